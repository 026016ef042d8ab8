package engine

import (
	"fmt"
	"slices"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// checkedShare is how many ranges share one that is computed again by the
// plain twin.
const checkedShare = 256

// isChecked chooses the ranges that are computed again: one in 256, and at
// least one in every run. Which ones follows from the number of rows; a range
// has its turn as often as it holds sampled points, since a range of a gap, which
// may hold nothing, would prove nothing.
func (r *run) isChecked(i int) bool {
	turns, rows := max(r.ranges.Count()/checkedShare, 1), int(r.points.rows())
	sampled := 0
	if len(r.share) > 0 {
		sampled = r.share[len(r.share)-1]
	}
	if sampled == 0 {
		share := min(checkedShare, r.ranges.Count())
		return i%share == rows%share
	}
	from := 0
	if i > 0 {
		from = r.share[i-1]
	}
	for turn := range turns {
		first, end := sampled*turn/turns, sampled*(turn+1)/turns
		if end == first {
			continue
		}
		if at := first + rows%(end-first); from <= at && at < r.share[i] {
			return true
		}
	}
	return false
}

// rangeCopy is a range's input, kept for the twin.
type rangeCopy struct {
	devices, points []uint64
	days            []int32
	held            heldCopy // empty but in a reconciliation
}

func copyRange(devices, points []uint64, days []int32) *rangeCopy {
	return &rangeCopy{devices: slices.Clone(devices), points: slices.Clone(points), days: slices.Clone(days)}
}

// twinRow is what a meter_points row says.
type twinRow struct {
	payload uint32
	day     int32
}

// twinPoint is what the twin knows of one point.
type twinPoint struct {
	set      meterpoint.StatusSet
	first    twinRow
	rows     int64
	conflict bool // another row differs from the first
}

// check computes the range again with maps, without tables, sorting kernels or
// packed verdicts, and compares changes, cells and exception counts.
func (c *rangeCopy) check(r *run, d decider) error {
	points, made := make(map[meterpoint.MPxN]*twinPoint, len(c.points)), make([]twinPoint, len(c.points))
	kernel.Populate(made)
	for i, w := range c.points {
		m, row := meterpoint.MPxN(kernel.Key(w)), twinRow{kernel.Payload(w), c.days[i]}
		p := points[m]
		if p == nil {
			p = &made[len(points)]
			points[m], p.first = p, row
		}
		p.rows++
		p.conflict = p.conflict || row != p.first
	}
	twin := &ledger{}
	for _, w := range c.devices {
		if p := points[meterpoint.MPxN(kernel.Key(w))]; p != nil {
			p.set |= meterpoint.StatusSet(w & setMask)
		} else if w&bearing != 0 {
			twin.count(Devices, OrphanMPxN, false, 1)
		}
	}
	keys := make([]meterpoint.MPxN, 0, len(points))
	for m := range points {
		keys = append(keys, m)
	}
	slices.Sort(keys)
	again, cells := &Changes{}, map[uint32]int64{}
	var held *heldTwin
	if d.compare != nil {
		held = newHeldTwin(r, c.held)
	}
	for _, m := range keys {
		r.decidePlainly(m, points[m], again, cells, twin, held)
	}
	switch {
	case !again.equal(d.changes):
		return fmt.Errorf("the twin lists %d meter points where the engine lists %d, or others", again.Len(), d.changes.Len())
	case !d.cells.equal(cells):
		return fmt.Errorf("the twin counts other facts in %d cells", len(cells))
	case twin.counts != d.ledger.counts:
		return fmt.Errorf("the twin counts other exceptions")
	case held != nil:
		return held.compare(d.compare.tally, d.compare.to)
	}
	return nil
}

func (r *run) decidePlainly(m meterpoint.MPxN, p *twinPoint, changes *Changes, cells map[uint32]int64, found *ledger, held *heldTwin) {
	payload, day := p.first.payload, p.first.day
	if p.conflict {
		payload, day = 0, NoDay
		found.count(MeterPoints, ConflictingMeterPoint, false, p.rows)
	} else if p.rows > 1 {
		found.count(MeterPoints, DuplicateMeterPoint, false, p.rows-1)
	}
	recorded, reported, ever := unpackPoint(payload)
	code := payload >> kernel.RDPShift & 255
	name := "?"
	if int(code) < len(r.rdpCodes.names) {
		name = r.rdpCodes.names[code]
	}
	rdp, problem := r.cfg.Registrar.Resolve(m, name)
	point := meterpoint.Point{Set: p.set, Recorded: recorded, Reported: reported, Ever: ever == everTrue,
		OwnRow: p.conflict || ever == everBad || day == badDay}
	o := r.cfg.Question.Outcome(point)
	at := slices.Index(r.deliveries.rdps, rdp)
	if held != nil {
		point = held.point(m, uint8(at), day, point, o)
		o = r.cfg.Question.Outcome(point)
	}
	cells[cellKey(uint8(at), m.Fuel(), situation(point))]++

	if !p.conflict {
		if problem != meterpoint.RDPKnown {
			found.count(MeterPoints, [...]Code{0, NoRDP, BadRDP, RDPMismatch}[problem], false, 1)
		}
		if !recorded.InForce() {
			found.count(MeterPoints, UnknownServiceStatus, false, 1)
		}
		if !reported.InForce() {
			found.count(MeterPoints, UnknownReportedStatus, true, 1)
		}
		if point.OwnRow {
			found.count(MeterPoints, BadValue, false, 1)
		}
	}
	if o.Fate == meterpoint.Unchanged && !o.Reportable {
		return
	}
	disposition, effective := RecordedOnly, r.asOfDay
	switch {
	case o.Fate == meterpoint.Held:
		disposition, effective = Held, NoDay
	case o.Fate == meterpoint.Left:
		disposition, effective = Left, NoDay
	case o.Reportable:
		disposition = dispose(m.Fuel(), rdp != "", o.Status, r.cfg.Switches)
	}
	if o.Fate == meterpoint.Unchanged && day != NoDay {
		effective = day
	} else if o.Fate == meterpoint.Unchanged {
		found.count(MeterPoints, MissingEffectiveDate, true, 1)
	}
	changes.MPxN = append(changes.MPxN, m)
	changes.RDP = append(changes.RDP, uint8(at))
	changes.Old = append(changes.Old, recorded)
	changes.New = append(changes.New, o.Status)
	changes.Rule = append(changes.Rule, o.Rule)
	changes.Disposition = append(changes.Disposition, disposition)
	changes.EffectiveOn = append(changes.EffectiveOn, effective)
}

func (c *Changes) equal(other *Changes) bool {
	return slices.Equal(c.MPxN, other.MPxN) && slices.Equal(c.RDP, other.RDP) && slices.Equal(c.Old, other.Old) &&
		slices.Equal(c.New, other.New) && slices.Equal(c.Rule, other.Rule) &&
		slices.Equal(c.Disposition, other.Disposition) && slices.Equal(c.EffectiveOn, other.EffectiveOn)
}

func (h *histogram) equal(cells map[uint32]int64) bool {
	if h.used != len(cells) {
		return false
	}
	for i, k := range h.keys {
		if k != 0 && cells[k-1] != h.counts[i] {
			return false
		}
	}
	return true
}
