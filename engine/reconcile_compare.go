package engine

import (
	"cmp"
	"slices"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// heldRange is one worker's part of bringing what RDPs hold, range by range,
// to the points.
type heldRange struct {
	run    *run
	tally  *tally
	beside kernel.Beside // what is held for each point of the range; for numbers that are no point's, in their order
	sorter kernel.Sorter
	used   []*kernel.Chunk
	usual  *usualCases // nil in an explanation, which has to see every row

	chunk heldCopy // scratch, as are
	dated []kernel.Dated
	rows  []heldRow
}

// take brings the range's words of all gatherers to so many points. What a copy is
// kept of is counted apart.
func (h *heldRange) take(i int, to *assessed, kept *rangeCopy, index *kernel.Index, points int) *comparer {
	h.beside.Reset(points)
	for _, g := range h.run.gatherers {
		chunks := g.held.words.buckets.Take(i)
		if kept != nil {
			n := kernel.WordsIn([][]*kernel.Chunk{chunks})
			kept.held.words, kept.held.days = slices.Grow(kept.held.words, n), slices.Grow(kept.held.days, n)
		}
		for _, c := range chunks {
			h.chunk.words, h.chunk.days = c.Dated(h.chunk.words[:0], h.chunk.days[:0])
			h.beside.Put(index, h.chunk.words, h.chunk.days)
			if kept != nil {
				kept.held.words, kept.held.days = append(kept.held.words, h.chunk.words...), append(kept.held.days, h.chunk.days...)
			}
		}
		if h.run.morePasses {
			h.used = append(h.used, chunks...)
		}
	}
	c := &comparer{heldRange: h, comparison: h.run.comparison, tally: h.tally, to: &to.differences,
		changes: to.changes, lists: kept != nil || h.run.comparison.terms.Corrections}
	if kept != nil {
		c.tally = newTally()
	}
	h.sortStrays()
	return c
}

func (h *heldRange) sortStrays() {
	b := &h.beside
	b.Strays, b.StrayDays = h.sorter.Sort(b.Strays, b.StrayDays)
}

func (h *heldRange) giveBack(slab *kernel.Slab) {
	slab.Reuse(h.used)
	h.used = h.used[:0]
}

// expected is what a meter point's RDP should hold.
type expected struct {
	mpxn    meterpoint.MPxN
	rdp     uint8
	verdict *verdict
	day     int32 // of the recorded status
}

// heldRow is a row of what RDPs hold for one meter point.
type heldRow struct {
	holder uint8  // 0 where nobody known holds it
	sent   uint16 // the publication, from 1; 0 of an extract
	flag   meterpoint.ServiceStatus
	day    int32
	class  RowClass
}

// heldRow unpacks the payload of what is held for a number.
func (c *comparison) heldRow(m meterpoint.MPxN, payload uint32, day int32) heldRow {
	flag, rdp, sent := kernel.UnpackHeld(payload)
	return heldRow{holder: c.holder(m, rdp), sent: sent, flag: meterpoint.ServiceStatus(flag), day: day}
}

// comparer goes through what is held in a range, in step with its points.
type comparer struct {
	*heldRange
	comparison *comparison
	tally      *tally
	to         *Differences
	changes    *Changes   // where the decider lists what a point's correction changes
	lists      bool       // that also of points of a usual case
	passed     int        // strays of numbers below the point at hand
	at         int        // the index of the point at hand, beside which its rows stand
	judged     judged     // that point
	seen       *heldClass // nil but in an explanation
}

// judged is what a comparison makes of a meter point.
type judged struct {
	expected
	class    Class
	held     Flags
	sendable bool
}

// heldClass is what a comparison makes of one number.
type heldClass struct {
	rdp      uint8 // that is responsible
	expected meterpoint.ServiceStatus
	class    Class
	rows     []heldRow
}

// next reads the rows of the next number below the limit that is no point's;
// false where there is none.
func (c *comparer) next(limit uint64) (m meterpoint.MPxN, ok bool) {
	words := c.beside.Strays[c.passed:]
	if len(words) == 0 || kernel.Key(words[0]) >= limit {
		return 0, false
	}
	m, c.rows = meterpoint.MPxN(kernel.Key(words[0])), c.rows[:0]
	for _, w := range words {
		if kernel.Key(w) != uint64(m) {
			break
		}
		c.rows = append(c.rows, c.comparison.heldRow(m, kernel.Payload(w), c.beside.StrayDays[c.passed]))
		c.passed++
	}
	c.order()
	return m, true
}

// read reads the rows of the point at hand.
func (c *comparer) read(m meterpoint.MPxN) {
	c.rows, c.dated = c.rows[:0], c.beside.All(c.dated[:0], c.at)
	for _, d := range c.dated {
		c.rows = append(c.rows, c.comparison.heldRow(m, d.Payload(), d.Day()))
	}
	c.order()
}

// order brings rows into an order that does not depend on the one they came in.
func (c *comparer) order() {
	if len(c.rows) < 2 {
		return
	}
	rdps := c.run.deliveries.rdps // whose indexes depend on who came first
	slices.SortFunc(c.rows, func(a, b heldRow) int {
		return cmp.Or(cmp.Compare(rdps[a.holder], rdps[b.holder]), cmp.Compare(a.sent, b.sent),
			cmp.Compare(a.flag, b.flag), cmp.Compare(a.day, b.day))
	})
}

// rest classes the rows behind the last point, and counts the usual cases out.
func (c *comparer) rest(cells *histogram) {
	c.unknownBelow(1 << meterpoint.MPxNBits)
	c.endUsual(cells)
}

// unknownBelow classes rows of keys that no point has.
func (c *comparer) unknownBelow(limit uint64) {
	for m, ok := c.next(limit); ok; m, ok = c.next(limit) {
		c.classRows(func(heldRow, bool) RowClass { return RowUnknown })
		c.conclude(m, 0)
	}
}

// classRows gives each row its class: superseded, or what class makes of it and
// of whether it equals the row before it.
func (c *comparer) classRows(class func(row heldRow, repeats bool) RowClass) {
	latest := uint16(0) // of the holder
	for i, row := range slices.Backward(c.rows) {
		if i+1 == len(c.rows) || c.rows[i+1].holder != row.holder {
			latest = row.sent
		}
		switch {
		case row.sent < latest:
			c.rows[i].class = RowSuperseded
		default:
			repeats := false
			if i > 0 {
				before := c.rows[i-1]
				repeats = before.holder == row.holder && before.sent == row.sent && before.flag == row.flag && before.day == row.day
			}
			c.rows[i].class = class(row, repeats)
		}
	}
}

// conclude counts the rows and lists those that are differences.
func (c *comparer) conclude(m meterpoint.MPxN, responsible uint8) {
	if c.seen != nil {
		c.seen.rows = append(c.seen.rows, c.rows...)
	}
	for _, row := range c.rows {
		c.tally.counts[row.holder][m.Fuel()].Rows[row.class]++
		if row.class.IsDifference() {
			c.to.add(&Difference{MPxN: m, RDP: responsible, HeldBy: row.holder, Held: flagsOf(row.flag), ExpectedOn: NoDay,
				HeldOn: shownDay(row.day), Class: Classes + Class(row.class)})
			c.tally.listed++
		}
	}
}

// point classes a meter point and its rows. It returns the point's situation as
// the corrections see it: its RDP was told what it holds.
func (c *comparer) point(e expected, situation uint32) uint32 {
	c.unknownBelow(uint64(e.mpxn))
	c.read(e.mpxn)
	held, heldOn := Flags(0), int32(NoDay)
	c.classRows(func(row heldRow, repeats bool) RowClass {
		responsible := row.holder == e.rdp && e.rdp != 0
		switch {
		case row.flag != meterpoint.Null && !responsible:
			return RowMisrouted
		case repeats:
			return RowRepeat
		case row.flag != meterpoint.Null:
			held, heldOn = held|flagsOf(row.flag), max(heldOn, row.day)
		}
		return RowUsed
	})
	class := c.comparison.classOf(e, held, heldOn)
	status := e.verdict.status
	if c.seen != nil {
		c.seen.rdp, c.seen.expected, c.seen.class = e.rdp, status, class
	}
	c.judged = judged{e, class, held, (class.corrected() || class == NotSendable) && status.Reported() && !e.verdict.silent}
	c.tally.add(&c.judged, 1)
	if class.IsDifference() {
		l := lineOf(e, class, held, heldOn, c.comparison.asOfDay)
		c.to.add(&l)
		c.tally.listed++
	}
	c.conclude(e.mpxn, e.rdp)
	return told(situation, class, status, held)
}

// lineOf is the line of a meter point that is a difference.
func lineOf(e expected, class Class, held Flags, heldOn, asOfDay int32) Difference {
	l := Difference{MPxN: e.mpxn, RDP: e.rdp, Held: held, HeldOn: shownDay(heldOn), ExpectedOn: NoDay, Class: class}
	if held != 0 {
		l.HeldBy = e.rdp
	}
	if class != ExpectedOnHold {
		l.Expected = e.verdict.status
	}
	switch {
	case l.Expected == meterpoint.Null:
	case e.verdict.fate == meterpoint.Changed:
		l.ExpectedOn = asOfDay
	default:
		l.ExpectedOn = e.day
	}
	return l
}

// told is a situation in which the reported status is what the RDP holds, or
// the expected one where there is nothing to send. What the reported status said
// of the past stays said.
func told(situation uint32, class Class, expected meterpoint.ServiceStatus, held Flags) uint32 {
	before := meterpoint.ServiceStatus(situation >> 2 & 7)
	reported := held.first()
	switch {
	case expected == meterpoint.Null: // which is never sent
		return situation
	case held.several():
		reported = meterpoint.Unknown
	case class == NotCovered || class == Match || class == DateDiffers || class == InFlight:
		reported = expected
	}
	if before.Reported() && !reported.Reported() {
		situation |= 2
	}
	return situation&^(7<<2) | uint32(reported)<<2
}
