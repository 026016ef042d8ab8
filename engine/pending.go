package engine

import (
	"slices"

	"flagfill/engine/kernel"
)

// pending are words of several batches of a split, on their way to the buckets:
// the more go there at once, the more of them go to the same place. Batches stay
// small all the same, because what is decoded should stay in a near cache.
type pending struct {
	buckets *kernel.Buckets
	ranges  *kernel.Ranges
	dated   bool

	words []uint64
	rows  []int32 // beside words: from first on
	days  []int32 // beside words, of dated ones
	first int64   // on the trail
}

func newPending(ranges *kernel.Ranges, slab *kernel.Slab) pending {
	return pending{buckets: kernel.NewBuckets(slab, ranges.Count()), ranges: ranges, dated: slab.WithDays}
}

// fits tells whether rows that begin at first on the trail may join those at hand.
func (p *pending) fits(first int64, rows int) bool {
	return len(p.words) == 0 || first+int64(rows)-p.first <= kernel.MaxTrail
}

// room is where a batch's words, rows and days go, so many at most; from is what
// its first row is called. add follows.
func (p *pending) room(first int64, most int) (words []uint64, rows, days []int32, from int32) {
	n := len(p.words)
	if n == 0 {
		p.first = first
	}
	p.words, p.rows = slices.Grow(p.words, most), slices.Grow(p.rows, most)
	words, rows = p.words[n:n+most], p.rows[n:n+most]
	if p.dated {
		p.days = slices.Grow(p.days, most)
		days = p.days[n : n+most]
	}
	return words, rows, days, int32(first - p.first)
}

// add keeps the first words that stand in the room.
func (p *pending) add(words int) {
	n := len(p.words) + words
	p.words, p.rows = p.words[:n], p.rows[:n]
	if p.dated {
		p.days = p.days[:n]
	}
}

// scatter sends all to their buckets.
func (p *pending) scatter() {
	p.buckets.Scatter(p.ranges, p.words, p.days, p.rows, p.first)
	p.words, p.rows, p.days = p.words[:0], p.rows[:0], p.days[:0]
}
