package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// usualCases counts the meter points of a range in which nobody has to look at
// anything, by all that such a point depends on: there are few cases and many
// points. What a case comes to was found out by going through its first point.
// It is a direct-mapped table: a case gives way to another one, once it has been
// counted out.
type usualCases struct {
	table [usualSlots]usualCase
	taken []*usualCase // of the table: not free
	at    *usualCase   // of the point at hand
	key   uint64       // of the point at hand; 0 where it cannot be usual
}

const (
	usualSlotBits = 12
	usualSlots    = 1 << usualSlotBits
)

// usualCase is what points and rows of one key count as.
type usualCase struct {
	key    uint64 // 0 is free
	points int64  // not counted out yet
	cell   uint32
	rdp    uint8 // responsible
	holder uint8 // of the row
	fuel   meterpoint.Fuel
	class  Class
	rows   uint8 // of each point: one or none
}

// The key of a case, from the top: a mark, the status set, the distributor, the
// point's payload, whether there is a held row, and its payload.
const (
	usualMark       = 1 << 63
	usualHeldShift  = kernel.PayloadBits
	usualPointShift = usualHeldShift + 1
	usualPlaceShift = usualPointShift + kernel.PayloadBits
	usualSetShift   = usualPlaceShift + 7
)

// isUsual counts a meter point of one row if it is one of a case that is known,
// and takes its held row. Else the point has to be gone through, and learn may
// follow. Dates do not matter: either they are not compared, or they are equal.
func (c *comparer) isUsual(number uint64, set uint32, words []uint64, day int32) bool {
	u := c.usual
	if u == nil {
		return false
	}
	u.key = 0
	if len(words) > 1 || day == badDay {
		return false
	}
	key := uint64(usualMark) | uint64(set)<<usualSetShift | uint64(meterpoint.MPxN(number).Distributor())<<usualPlaceShift |
		uint64(kernel.Payload(words[0]))<<usualPointShift
	rows := 0
	if c.at < len(c.words) && kernel.Key(c.words[c.at]) <= number {
		held := c.words[c.at]
		if kernel.Key(held) < number || c.at+1 < len(c.words) && kernel.Key(c.words[c.at+1]) == number ||
			c.comparison.terms.DateToleranceDays >= 0 && c.days[c.at] != day {
			return false
		}
		key |= 1<<usualHeldShift | uint64(kernel.Payload(held))
		rows = 1
	}
	u.key, u.at = key, &u.table[key*0x9E3779B97F4A7C15>>(64-usualSlotBits)]
	if u.at.key != key {
		return false
	}
	u.at.points++
	c.at += rows
	return true
}

// learn makes a usual case of the point that has just been gone through, unless
// it is counted elsewhere than in its cell and by its class.
func (c *comparer) learn(rdp uint8, fuel meterpoint.Fuel, class Class, cell uint32, cells *histogram) {
	u := c.usual
	if u == nil || u.key == 0 || class != Match && class != NotCovered || len(c.rows) > 1 {
		return
	}
	known := usualCase{key: u.key, cell: cell, rdp: rdp, fuel: fuel, class: class}
	for _, row := range c.rows {
		if row.class != RowUsed {
			return
		}
		known.holder, known.rows = row.holder, 1
	}
	if u.at.key == 0 {
		u.taken = append(u.taken, u.at)
	}
	c.countOut(u.at, cells)
	*u.at = known
}

// countOut adds the points of a case to the counts.
func (c *comparer) countOut(u *usualCase, cells *histogram) {
	if u.points == 0 {
		return
	}
	cells.add(u.cell, u.points)
	c.tally.counts[u.rdp][u.fuel].Classes[u.class] += u.points
	c.tally.counts[u.holder][u.fuel].Rows[RowUsed] += u.points * int64(u.rows)
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
