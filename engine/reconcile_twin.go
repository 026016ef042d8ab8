package engine

import (
	"cmp"
	"fmt"
	"slices"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// heldTwin reconciles a range again, one meter point at a time from maps,
// without the kernels, the sorting and the shortcuts of comparer.
type heldTwin struct {
	run      *run
	rows     map[meterpoint.MPxN][]heldRow // of numbers that have not been looked at
	latest   map[uint8]uint16              // of the number at hand, as is
	seen     map[heldRow]bool
	lines    []Difference
	counts   map[twinCount]int64
	sendable int64
}

// twinCount is what a twin counts points and rows by; a row class stands above
// the point classes, as in Differences.
type twinCount struct {
	rdp   uint8
	fuel  meterpoint.Fuel
	class Class
}

// heldCopy is a range's part of what is held, kept for the twin.
type heldCopy struct {
	words []uint64
	days  []int32
}

func newHeldTwin(r *run, held heldCopy) *heldTwin {
	t := &heldTwin{run: r, rows: make(map[meterpoint.MPxN][]heldRow, len(held.words)), counts: map[twinCount]int64{},
		latest: map[uint8]uint16{}, seen: map[heldRow]bool{}}
	made := make([]heldRow, len(held.words))
	kernel.Populate(made)
	for i, w := range held.words {
		m := meterpoint.MPxN(kernel.Key(w))
		flag, code, sent := kernel.UnpackHeld(kernel.Payload(w))
		name := r.comparison.terms.RDP
		if code != rdpAbsent {
			name = r.rdpCodes.names[min(int(code), len(r.rdpCodes.names)-1)]
		} else if name == "" {
			name, _ = r.cfg.Registrar.Resolve(m, "")
		}
		holder := uint8(0)
		if code != rdpBad && name != "" {
			holder = uint8(slices.Index(r.deliveries.rdps, name))
		}
		row := heldRow{holder: holder, sent: sent, flag: meterpoint.ServiceStatus(flag), day: held.days[i]}
		if others := t.rows[m]; len(others) > 0 {
			t.rows[m] = append(others, row)
		} else {
			made[i] = row
			t.rows[m] = made[i : i+1 : i+1]
		}
	}
	return t
}

func (t *heldTwin) count(rdp uint8, m meterpoint.MPxN, class Class) {
	t.counts[twinCount{rdp, m.Fuel(), class}]++
}

// classRows classes the rows of one number; responsible is 0 where nobody is.
func (t *heldTwin) classRows(m meterpoint.MPxN, isPoint bool, responsible uint8) (held Flags, heldOn int32) {
	rows, latest, seen := t.rows[m], t.latest, t.seen
	clear(latest)
	clear(seen)
	for _, row := range rows {
		latest[row.holder] = max(latest[row.holder], row.sent)
	}
	heldOn = NoDay
	for _, row := range rows {
		class := RowUsed
		switch {
		case row.sent < latest[row.holder]:
			class = RowSuperseded
		case !isPoint:
			class = RowUnknown
		case row.flag != meterpoint.Null && (responsible == 0 || row.holder != responsible):
			class = RowMisrouted
		case seen[row]:
			class = RowRepeat
		case row.flag != meterpoint.Null:
			held |= 1 << row.flag
			heldOn = max(heldOn, row.day)
		}
		seen[row] = seen[row] || class == RowUsed
		t.count(row.holder, m, Classes+Class(class))
		if class.IsDifference() {
			t.lines = append(t.lines, Difference{MPxN: m, RDP: responsible, HeldBy: row.holder, Held: flagsOf(row.flag),
				ExpectedOn: NoDay, HeldOn: shownDay(row.day), Class: Classes + Class(class)})
		}
	}
	delete(t.rows, m)
	return held, heldOn
}

// point classes a meter point whose outcome is known, and gives it as the
// corrections see it.
func (t *heldTwin) point(m meterpoint.MPxN, rdp uint8, day int32, p meterpoint.Point, o meterpoint.Outcome) meterpoint.Point {
	held, heldOn := t.classRows(m, true, rdp)
	class := t.classOf(m, rdp, day, o, held, heldOn)
	t.count(rdp, m, class)
	if class.IsDifference() {
		t.lines = append(t.lines, lineOf(expected{m, rdp, &verdict{status: o.Status, fate: o.Fate}, day}, class, held, shownDay(heldOn), t.run.asOfDay))
	}
	if slices.Contains([]Class{Missing, Stale, Legacy, Duplicate, NotSendable}, class) && o.Status.Reported() && !o.Silent {
		t.sendable++
	}
	if o.Status == meterpoint.Null {
		return p
	}
	wasReported := p.Reported.Reported()
	switch {
	case held.several():
		p.Reported = meterpoint.Unknown
	case slices.Contains([]Class{NotCovered, Match, DateDiffers, InFlight}, class):
		p.Reported = o.Status
	default:
		p.Reported = held.first()
	}
	p.Ever = p.Ever || wasReported && !p.Reported.Reported()
	return p
}

// classOf asks the questions of the classes one by one.
func (t *heldTwin) classOf(m meterpoint.MPxN, rdp uint8, day int32, o meterpoint.Outcome, held Flags, heldOn int32) Class {
	c, agrees := t.run.comparison, held == flagsOf(o.Status)
	if rdp == 0 || !c.covered[rdp] {
		return NotCovered
	}
	if o.Hold {
		return ExpectedOnHold
	}
	if held.several() {
		return Duplicate
	}
	if agrees {
		compared := c.terms.DateToleranceDays >= 0 && held != 0 && o.Fate == meterpoint.Unchanged && day != NoDay && heldOn != NoDay
		if compared && (heldOn == badDay || int64(day)-int64(heldOn) > int64(c.terms.DateToleranceDays) || int64(heldOn)-int64(day) > int64(c.terms.DateToleranceDays)) {
			return DateDiffers
		}
		return Match
	}
	if n := int64(c.terms.InFlightDays); n >= 0 && int64(day) >= int64(c.asOfDay)-n && int64(day) <= int64(c.asOfDay)+n {
		return InFlight
	}
	maySend := o.Status == meterpoint.Active || o.Status == meterpoint.Null || !o.Silent && t.run.cfg.Switches.Reports(m.Fuel(), o.Status)
	if !maySend {
		return NotSendable
	}
	if held == 0 {
		return Missing
	}
	if o.Status == meterpoint.Null {
		return Unexpected
	}
	if s := held.first(); s == meterpoint.LegacyS || s == meterpoint.LegacyW {
		return Legacy
	}
	return Stale
}

// compare classes the rows that no point has, and holds everything against what
// the engine found of the range.
func (t *heldTwin) compare(found *tally, differences *Differences) error {
	for m := range t.rows { // which classRows takes out
		t.classRows(m, false, 0)
	}
	for rdp := range found.counts {
		for fuel := range found.counts[rdp][:noFuel] {
			for class := range Class(LineClasses) {
				if n := found.counts[rdp][fuel].of(class); n != t.counts[twinCount{uint8(rdp), meterpoint.Fuel(fuel), class}] {
					return fmt.Errorf("the twin counts other classes than the engine")
				}
			}
		}
	}
	lines := slices.Clone(differences.Lines)
	slices.SortFunc(lines, compareLines)
	slices.SortFunc(t.lines, compareLines)
	if !slices.Equal(lines, t.lines) || found.sendable != t.sendable {
		return fmt.Errorf("the twin lists %d differences where the engine lists %d, or others", len(t.lines), len(lines))
	}
	return nil
}

func compareLines(a, b Difference) int {
	return cmp.Or(cmp.Compare(a.MPxN, b.MPxN), cmp.Compare(a.Class, b.Class), cmp.Compare(a.HeldBy, b.HeldBy),
		cmp.Compare(a.Held, b.Held), cmp.Compare(a.HeldOn, b.HeldOn))
}
