package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// usualCases settles the meter points of a range that are like one before, by
// all that such a point depends on: there are few cases and many points. What a
// case comes to was found out by going through its first point; the others are
// counted, and their lines are those of the first with another number and other
// dates. It is a direct-mapped table: a case gives way to another one, once it
// has been counted out.
type usualCases struct {
	table [usualSlots]usualCase
	taken []*usualCase // of the table: not free

	// Of the point at hand:
	held        [rowsOfCase]kernel.Dated // the lesser first, and zero where there are fewer
	slot        *usualCase
	key         usualKey // zero where it cannot be usual
	linesFrom   int      // where its lines begin
	changesFrom int      // and what its correction changes
}

const (
	usualSlotBits = 10
	usualSlots    = 1 << usualSlotBits
	rowsOfCase    = 2 // of what is held for one point, at most
)

// usualKey is what a case depends on: the point and the first row held for it,
// and the second row. Zero is no key.
type usualKey struct {
	first  uint64
	second uint32
}

// The first part, from the top: a mark, the status set, the distributor, the
// point's payload, whether there is a held row, and its payload. The second: a
// mark, how the dates of both rows compare, and the payload.
const (
	usualMark        = 1 << 63
	usualHeldShift   = kernel.PayloadBits
	usualPointShift  = usualHeldShift + 1
	usualPlaceShift  = usualPointShift + kernel.PayloadBits
	usualSetShift    = usualPlaceShift + 7
	usualSecond      = 1 << 31
	usualSecondLater = 1 << 30
	usualFirstLater  = 1 << 29
)

// usualCase is what a point of one key comes to, with the rows held for it.
type usualCase struct {
	key    usualKey
	points int64 // not counted out yet
	cell   uint32
	rows   uint8
	listed uint8
	row    [rowsOfCase]heldRow
	judged judged
	lines  [1 + rowsOfCase]usualLine
	change usualChange
}

// usualLine is a line but for its number and its dates, which are those of the
// point listed last.
type usualLine struct {
	Difference
	expected bool  // since the point's own date
	held     uint8 // since the latest date of these rows, a bit each
}

// usualChange is what a correction changes, but for its number and its date.
type usualChange struct {
	change
	listed bool
	dated  bool // effective on the point's own date: an exception where there is none
}

// isUsual settles a meter point of one row if it is one of a case that is known.
// Else the point has to be gone through, and learn may follow. Where dates are
// compared they are equal, and of two rows it matters only which is the later
// one.
func (c *comparer) isUsual(at int, number uint64, set uint32, words []uint64, day int32) bool {
	c.at = at
	u := c.usual
	if u == nil {
		return false
	}
	u.key = usualKey{}
	var n int
	u.held[0], u.held[1], n = c.beside.Two(at)
	if len(words) > 1 || day == badDay || n > rowsOfCase || c.lags(number) || !c.alike(n, day) {
		return false
	}
	key := u.keyOf(number, set, words[0], n)
	known := &u.table[(key.first^uint64(key.second)<<32)*0x9E3779B97F4A7C15>>(64-usualSlotBits)]
	if known.key != key || known.change.dated && day == NoDay {
		u.key, u.slot, u.linesFrom, u.changesFrom = key, known, c.to.Len(), c.changes.Len()
		return false
	}
	known.points++
	if known.listed > 0 || known.change.listed && c.lists {
		c.list(known, meterpoint.MPxN(number), day)
	}
	return true
}

// lags tells whether rows of numbers that are no point's come before a number.
func (c *comparer) lags(number uint64) bool {
	return c.passed < len(c.beside.Strays) && kernel.Key(c.beside.Strays[c.passed]) < number
}

// alike tells whether the days of the rows held need no comparison with the
// point's own, or are equal to it.
func (c *comparer) alike(n int, day int32) bool {
	if c.comparison.terms.DateToleranceDays < 0 {
		return true
	}
	for _, row := range c.usual.held[:n] {
		if row.Day() != day {
			return false
		}
	}
	return true
}

// keyOf is the key of a point by its word, its set and the n rows held for it.
func (u *usualCases) keyOf(number uint64, set uint32, word uint64, n int) (key usualKey) {
	first, second := u.held[0], u.held[1]
	key.first = uint64(usualMark) | uint64(set)<<usualSetShift | uint64(meterpoint.MPxN(number).Distributor())<<usualPlaceShift |
		uint64(kernel.Payload(word))<<usualPointShift | uint64(first.Payload())
	if n > 0 {
		key.first |= 1 << usualHeldShift
	}
	later := uint32(0)
	if second.Day() > first.Day() {
		later = usualSecondLater
	}
	if first.Day() > second.Day() {
		later = usualFirstLater
	}
	key.second = usualSecond | later | second.Payload()
	if n < 2 { // often, and not predictably: no branch
		key.second = 0
	}
	return key
}

// list adds what a point of a known case has to list.
func (c *comparer) list(known *usualCase, m meterpoint.MPxN, day int32) {
	for i := range known.lines[:known.listed] {
		u := &known.lines[i]
		first, second := c.usual.held[0].Day(), c.usual.held[1].Day()
		if u.held&1 == 0 { // no branch
			first = NoDay
		}
		if u.held&2 == 0 {
			second = NoDay
		}
		line := c.to.add(&u.Difference)
		line.MPxN, line.HeldOn = m, shownDay(max(first, second))
		if u.expected {
			line.ExpectedOn = day
		}
	}
	if known.change.listed && c.lists {
		x := known.change.change
		x.mpxn = m
		if known.change.dated {
			x.effectiveOn = day
		}
		c.changes.add(x)
	}
}

// learn makes a usual case of the point that has just been gone through, without
// an exception, and of what corrects it. What is under way depends on its date.
func (c *comparer) learn(cell uint32, correction *verdict, cells *histogram) {
	u, j := c.usual, &c.judged
	if u == nil || u.key == (usualKey{}) || c.comparison.terms.InFlightDays >= 0 && !j.class.isTimeless() {
		return
	}
	known := usualCase{key: u.key, cell: cell, judged: *j, rows: uint8(len(c.rows))}
	c.learnLines(&known)
	if c.changes.Len() > u.changesFrom {
		known.change = usualChange{c.changes.change(u.changesFrom), true, correction.fate == meterpoint.Unchanged}
	}
	if u.slot.key == (usualKey{}) {
		u.taken = append(u.taken, u.slot)
	}
	c.countOut(u.slot, cells)
	*u.slot = known
}

// learnLines takes the lines that the point has just listed: its own, and those
// of its rows, which have been sorted.
func (c *comparer) learnLines(known *usualCase) {
	j := &known.judged
	swapped, used := 0, uint8(0)
	if len(c.rows) == rowsOfCase {
		lesser := c.usual.held[0]
		first := c.comparison.heldRow(j.mpxn, lesser.Payload(), lesser.Day())
		if first.class = c.rows[0].class; first != c.rows[0] {
			swapped = 1
		}
	}
	from, n := c.usual.linesFrom, 0
	if j.class.IsDifference() {
		n = 1
	}
	for i, row := range c.rows {
		known.row[i] = row
		bit := uint8(1) << (i ^ swapped)
		if row.class == RowUsed && row.flag != meterpoint.Null {
			used |= bit
		}
		if row.class.IsDifference() {
			known.lines[n] = usualLine{Difference: c.to.Lines[from+n], held: bit}
			n++
		}
	}
	if j.class.IsDifference() {
		l := c.to.Lines[from]
		known.lines[0] = usualLine{l, l.Expected != meterpoint.Null && j.verdict.fate != meterpoint.Changed, used}
	}
	known.listed = uint8(n)
}

// countOut adds the points of a case to the counts.
func (c *comparer) countOut(u *usualCase, cells *histogram) {
	if u.points == 0 {
		return
	}
	cells.add(u.cell, u.points)
	if x := &u.change; x.listed && !c.lists {
		c.tally.unlisted.add(x.disposition, x.old, x.new, u.points)
	}
	c.tally.add(&u.judged, u.points)
	c.tally.listed += u.points * int64(u.listed)
	for _, row := range u.row[:u.rows] {
		c.tally.counts[row.holder][u.judged.mpxn.Fuel()].Rows[row.class] += u.points
	}
	u.points = 0
}

// endUsual counts all cases out and forgets them: what they come to may differ
// once more has been read.
func (c *comparer) endUsual(cells *histogram) {
	if c.usual == nil {
		return
	}
	for _, u := range c.usual.taken {
		c.countOut(u, cells)
		*u = usualCase{}
	}
	c.usual.taken = c.usual.taken[:0]
}
