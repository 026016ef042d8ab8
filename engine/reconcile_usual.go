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
	table       [usualSlots]usualCase
	taken       []*usualCase // of the table: not free
	at          *usualCase   // of the point at hand
	key         usualKey     // of the point at hand; zero where it cannot be usual
	linesFrom   int          // where its lines begin
	changesFrom int          // and what its correction changes
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
	line
	expected bool  // since the point's own date
	held     uint8 // since the latest date of these rows, a bit each
}

// usualChange is what a correction changes, but for its number and its date.
type usualChange struct {
	change
	listed bool
	dated  bool // effective on the point's own date: an exception where there is none
}

// isUsual settles a meter point of one row if it is one of a case that is known,
// and takes its held rows. Else the point has to be gone through, and learn may
// follow. Where dates are compared they are equal, and of two rows it matters
// only which is the later one.
func (c *comparer) isUsual(number uint64, set uint32, words []uint64, day int32) bool {
	u := c.usual
	if u == nil {
		return false
	}
	u.key = usualKey{}
	if len(words) > 1 || day == badDay {
		return false
	}
	rows, ok := c.usualRows(number, day)
	if !ok {
		return false
	}
	key := c.usualKey(number, set, words[0], rows)
	known := &u.table[(key.first^uint64(key.second)<<32)*0x9E3779B97F4A7C15>>(64-usualSlotBits)]
	if known.key != key || known.change.dated && day == NoDay {
		u.key, u.at, u.linesFrom, u.changesFrom = key, known, c.to.Len(), c.changes.Len()
		return false
	}
	known.points++
	c.at += rows
	if known.listed > 0 || known.change.listed && c.lists {
		c.list(known, meterpoint.MPxN(number), day, c.days[c.at-rows:c.at])
	}
	return true
}

// usualKey is the key of a point by its word, its set and the next rows of what
// is held.
func (c *comparer) usualKey(number uint64, set uint32, word uint64, rows int) (key usualKey) {
	key.first = uint64(usualMark) | uint64(set)<<usualSetShift | uint64(meterpoint.MPxN(number).Distributor())<<usualPlaceShift |
		uint64(kernel.Payload(word))<<usualPointShift
	if rows > 0 {
		key.first |= 1<<usualHeldShift | uint64(kernel.Payload(c.words[c.at]))
	}
	if rows > 1 {
		key.second = usualSecond | kernel.Payload(c.words[c.at+1])
		switch first, second := c.days[c.at], c.days[c.at+1]; {
		case second > first:
			key.second |= usualSecondLater
		case first > second:
			key.second |= usualFirstLater
		}
	}
	return key
}

// usualRows is how many rows are held for a number, next to be read; false
// where there are too many, or others before them, or dates to be compared.
func (c *comparer) usualRows(number uint64, day int32) (rows int, ok bool) {
	for _, held := range c.words[c.at:] {
		if key := kernel.Key(held); key > number {
			break
		} else if key < number || rows == rowsOfCase || c.comparison.terms.DateToleranceDays >= 0 && c.days[c.at+rows] != day {
			return 0, false
		}
		rows++
	}
	return rows, true
}

// list adds what a point of a known case has to list; days are those of its
// held rows.
func (c *comparer) list(known *usualCase, m meterpoint.MPxN, day int32, days []int32) {
	for i := range known.lines[:known.listed] {
		u := &known.lines[i]
		u.mpxn, u.heldOn = m, NoDay
		if u.expected {
			u.expectedOn = day
		}
		for row, heldOn := range days {
			if u.held>>row&1 != 0 {
				u.heldOn = max(u.heldOn, heldOn)
			}
		}
		c.to.add(&u.line)
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
	if u.at.key == (usualKey{}) {
		u.taken = append(u.taken, u.at)
	}
	c.countOut(u.at, cells)
	*u.at = known
}

// learnLines takes the lines that the point has just listed: its own, and those
// of its rows, which have been sorted.
func (c *comparer) learnLines(known *usualCase) {
	j := &known.judged
	swapped, used := 0, uint8(0)
	if len(c.rows) == rowsOfCase {
		first := c.comparison.heldRow(j.mpxn, c.words[c.at-rowsOfCase], c.days[c.at-rowsOfCase])
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
			known.lines[n] = usualLine{line: c.to.line(from + n), held: bit}
			n++
		}
	}
	if j.class.IsDifference() {
		l := c.to.line(from)
		known.lines[0] = usualLine{l, l.expected != meterpoint.Null && j.verdict.fate != meterpoint.Changed, used}
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
