package kernel

import "math/bits"

// MaxRanges bounds the number of ranges.
const MaxRanges = 4096

const (
	keyBits      = 44
	cellBits     = 32 // of a key within its cell
	cells        = 1 << (keyBits - cellBits)
	slotsPerCut  = 8
	crowdedShare = 16      // one in so many cuts in a slot with others: the cell has more slots
	slotsPerCell = 1 << 14 // and no more than this
	paddedBounds = 2 * MaxRanges
	manyCuts     = 1 << 15 // marks a slot with more than one cut
)

// Ranges cuts the numbers below 2⁴⁴ into consecutive ranges. Keys are
// clustered, so each cell of the key space is divided, from its first cut to
// its last, into equal slots, eight for each cut; looking a range up takes two
// table steps and, within the slot, one compare without a branch. Where cuts
// crowd, it is a search of fixed length.
type Ranges struct {
	bounds [paddedBounds]uint64 // first keys of the ranges 1, 2, …; padded with the maximum
	cells  [cells]cell
	slots  []uint16 // ranges that end before the slot's first key; manyCuts
	count  int
	steps  int
}

// cell is where the slots of a cell of the key space stand. Keys before the
// first slot belong to it, keys behind the last one to that.
type cell struct {
	from  uint64 // first key of the first slot
	start uint32 // first slot
	last  uint16 // slots behind it
	shift uint16 // a slot is what remains of a key less from
}

// NewRanges cuts at the given first keys: sorted, without repeats, at most
// MaxRanges − 1. Range 0 starts at 0.
func NewRanges(firstKeys []uint64) *Ranges {
	r := &Ranges{count: len(firstKeys) + 1}
	for i := range r.bounds {
		r.bounds[i] = ^uint64(0)
	}
	copy(r.bounds[:], firstKeys)
	most, ended := 0, 0 // cuts in a slot; ranges that end before the cell
	for at := range r.cells {
		n := 0
		for ended+n < len(firstKeys) && firstKeys[ended+n]>>cellBits == uint64(at) {
			n++
		}
		cuts, start := firstKeys[ended:ended+n], len(r.slots)
		for slots := slotsPerCut * max(n, 1); ; slots *= 2 {
			c, fullest, crowded := r.cutCell(slots, ended, cuts)
			if crowdedShare*crowded <= n || 2*slots > slotsPerCell {
				r.cells[at] = c
				most, ended = max(most, fullest), ended+n
				break
			}
			r.slots = r.slots[:start]
		}
	}
	for 1<<r.steps <= most {
		r.steps++
	}
	return r
}

// cutCell divides a cell into at most so many slots, given the cuts in it and
// how many ranges end before it. It tells how many cuts the fullest slot has, and
// how many share one.
func (r *Ranges) cutCell(slots, ended int, cuts []uint64) (c cell, fullest, crowded int) {
	c.start = uint32(len(r.slots))
	if len(cuts) == 0 {
		r.slots = append(r.slots, uint16(ended))
		return c, 0, 0
	}
	c.from = cuts[0]
	span := cuts[len(cuts)-1] - c.from
	c.shift = uint16(max(bits.Len64(span)-bits.Len(uint(slots))+1, 0))
	c.last = uint16(span >> c.shift)
	for slot := range uint64(c.last) + 1 {
		n := 0
		for n < len(cuts) && (cuts[n]-c.from)>>c.shift == slot {
			n++
		}
		entry := uint16(ended)
		if n > 1 {
			entry |= manyCuts
			crowded += n
		}
		r.slots = append(r.slots, entry)
		fullest = max(fullest, n)
		ended, cuts = ended+n, cuts[n:]
	}
	return c, fullest, crowded
}

// slot is the entry of the slot that a key belongs to.
func (r *Ranges) slot(key uint64) uint16 {
	c := &r.cells[key>>cellBits%cells]
	slot := min((max(key, c.from)-c.from)>>(c.shift&63), uint64(c.last))
	return r.slots[uint64(c.start)+slot]
}

// Count of ranges.
func (r *Ranges) Count() int { return r.count }

// Span gives the first and the last key of the ranges from up to and without
// to, of which there is one at least.
func (r *Ranges) Span(from, to int) (first, last uint64) {
	last = 1<<keyBits - 1
	if from > 0 {
		first = r.bounds[from-1]
	}
	if to < r.count {
		last = r.bounds[to-1] - 1
	}
	return first, last
}

// Of is the range that holds the key.
func (r *Ranges) Of(key uint64) int {
	at := uint64(r.slot(key) &^ manyCuts)
	for step := uint64(1) << r.steps >> 1; step > 0; step >>= 1 {
		_, before := bits.Sub64(key, r.bounds[(at+step-1)%paddedBounds], 0)
		at += step & (before - 1)
	}
	return int(at)
}

// Find writes the range of each word's key to ranges.
func (r *Ranges) Find(ranges []uint16, words []uint64) {
	ranges = ranges[:len(words)]
	for i, w := range words {
		key := w >> PayloadBits
		at := r.slot(key)
		if at >= manyCuts { // seldom: most slots have one cut or none
			ranges[i] = uint16(r.Of(key))
			continue
		}
		_, before := bits.Sub64(key, r.bounds[at], 0)
		ranges[i] = at + 1 - uint16(before)
	}
}
