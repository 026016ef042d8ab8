package kernel

import "slices"

// MaxRanges bounds the number of ranges.
const MaxRanges = 4096

const (
	keyBits   = 44
	cellShift = 30
	cells     = 1 << (keyBits - cellShift)
)

// Ranges cuts the numbers below 2⁴⁴ into consecutive ranges. Looking one up
// takes a table step and a search of fixed length without branches.
type Ranges struct {
	cell   [cells]uint16         // ranges that end at or before the cell's first key
	bounds [2 * MaxRanges]uint64 // first keys of the ranges 1, 2, …; padded with the maximum
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
	most := 0
	for c := range r.cell {
		before, _ := slices.BinarySearch(firstKeys, uint64(c)<<cellShift)
		after, _ := slices.BinarySearch(firstKeys, uint64(c+1)<<cellShift)
		r.cell[c] = uint16(before)
		most = max(most, after-before)
	}
	for 1<<r.steps <= most {
		r.steps++
	}
	return r
}

// Count of ranges.
func (r *Ranges) Count() int { return r.count }

// Of is the range that holds the key.
func (r *Ranges) Of(key uint64) int {
	at := uint64(r.cell[key>>cellShift%cells])
	for step := uint64(1) << r.steps >> 1; step > 0; step >>= 1 {
		next := at
		if r.bounds[(at+step-1)%(2*MaxRanges)] <= key {
			next = at + step
		}
		at = next
	}
	return int(at)
}

// Find writes the range of each word's key to ranges.
func (r *Ranges) Find(ranges []uint16, words []uint64) {
	ranges = ranges[:len(words)]
	for i, w := range words {
		ranges[i] = uint16(r.Of(w >> PayloadBits))
	}
}
