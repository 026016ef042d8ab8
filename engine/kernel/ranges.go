package kernel

import "math/bits"

// MaxRanges bounds the number of ranges.
const MaxRanges = 4096

const (
	keyBits      = 44
	cellBits     = 32 // of a key within its cell
	cells        = 1 << (keyBits - cellBits)
	slotsPerCut  = 8
	crowdedShare = 16      // one in so many cuts in a slot with others: the cell is divided again
	slotsPerCell = 1 << 12 // and no further than this
	paddedBounds = 2 * MaxRanges
	manyCuts     = 1 << 15 // marks a slot with more than one cut
)

// Ranges cuts the numbers below 2⁴⁴ into consecutive ranges. Keys are
// clustered, so each cell of the key space is divided into as many equal slots
// as there are cuts in it, times eight; looking a range up takes two table
// steps and, within the slot, one compare without a branch. Where cuts crowd, it
// is a search of fixed length.
type Ranges struct {
	bounds [paddedBounds]uint64 // first keys of the ranges 1, 2, …; padded with the maximum
	cells  [cells]uint64        // first slot above 8 bits of shift
	slots  []uint16             // ranges that end at or before the slot's first key; manyCuts
	count  int
	steps  int
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
	for c := range uint64(cells) {
		cuts := 0
		for ended+cuts < len(firstKeys) && firstKeys[ended+cuts]>>cellBits == c {
			cuts++
		}
		slotBits := 0
		if cuts > 0 {
			slotBits = bits.Len(uint(cuts * slotsPerCut))
		}
		start := len(r.slots)
		for {
			fullest, crowded := r.cutCell(c, slotBits, ended, firstKeys[ended:ended+cuts])
			if crowdedShare*crowded <= cuts || 2<<slotBits > slotsPerCell {
				r.cells[c] = uint64(start)<<8 | uint64(cellBits-slotBits)
				most, ended = max(most, fullest), ended+cuts
				break
			}
			slotBits++
			r.slots = r.slots[:start]
		}
	}
	for 1<<r.steps <= most {
		r.steps++
	}
	return r
}

// cutCell divides a cell into slots, given the cuts in it and how many ranges
// end before it. It tells how many cuts the fullest slot has, and how many share
// one.
func (r *Ranges) cutCell(c uint64, slotBits, ended int, cuts []uint64) (fullest, crowded int) {
	for slot := range uint64(1) << slotBits {
		first, width := c<<cellBits+slot<<(cellBits-slotBits), uint64(1)<<(cellBits-slotBits)
		if len(cuts) > 0 && cuts[0] == first {
			ended, cuts = ended+1, cuts[1:]
		}
		n := 0
		for n < len(cuts) && cuts[n]-first < width {
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
	return fullest, crowded
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
	cell := r.cells[key>>cellBits%cells]
	at := uint64(r.slots[cell>>8+key<<32>>32>>(cell&63)] &^ manyCuts)
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
		cell := r.cells[key>>cellBits%cells]
		at := r.slots[cell>>8+key<<32>>32>>(cell&63)]
		if at >= manyCuts { // seldom: most slots have one cut or none
			ranges[i] = uint16(r.Of(key))
			continue
		}
		_, before := bits.Sub64(key, r.bounds[at], 0)
		ranges[i] = at + 1 - uint16(before)
	}
}
