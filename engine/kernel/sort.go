package kernel

import (
	"math/bits"
	"slices"
)

const (
	radixBits  = 11
	radixSize  = 1 << radixBits
	radixFewer = 64 // fewer words are sorted by comparison
	radixSteps = (keyBits + radixBits - 1) / radixBits
)

// Sorter sorts words by key, and keeps the scratch space between calls.
type Sorter struct {
	words  []uint64
	days   []int32
	counts [radixSteps][radixSize]uint32
}

// Sort brings the words into key order; words of one key stand in any order.
// days move with them where not nil. The sorted slices may be the ones given
// or the sorter's own, which are then exchanged for them: use the results only.
func (s *Sorter) Sort(words []uint64, days []int32) ([]uint64, []int32) {
	varying, sorted := survey(words)
	if sorted {
		return words, days
	}
	if len(words) < radixFewer && days == nil {
		slices.Sort(words)
		return words, nil
	}
	steps := (bits.Len64(varying>>PayloadBits) + radixBits - 1) / radixBits
	s.count(words, steps)
	if cap(s.words) < len(words) {
		s.words = make([]uint64, cap(words))
	}
	if days != nil && cap(s.days) < len(days) {
		s.days = make([]int32, cap(days))
	}
	for step := range steps {
		shift := PayloadBits + step*radixBits
		to := s.words[:len(words)]
		if days == nil {
			move(to, words, &s.counts[step], shift)
		} else {
			toDays := s.days[:len(days)]
			moveWithDays(to, words, toDays, days, &s.counts[step], shift)
			s.days, days = days, toDays
		}
		s.words, words = words, to
	}
	return words, days
}

// survey finds which bits differ between words and whether they are in key
// order already.
func survey(words []uint64) (varying uint64, sorted bool) {
	if len(words) == 0 {
		return 0, true
	}
	first, last := words[0], uint64(0)
	sorted = true
	for _, w := range words {
		varying |= w ^ first
		key := w >> PayloadBits
		if key < last {
			sorted = false
		}
		last = key
	}
	return varying, sorted
}

// count turns the digits of every step into starting positions.
func (s *Sorter) count(words []uint64, steps int) {
	for step := range steps {
		clear(s.counts[step][:])
	}
	for _, w := range words {
		key := w >> PayloadBits
		for step := range steps {
			s.counts[step][key%radixSize]++
			key >>= radixBits
		}
	}
	for step := range steps {
		at := uint32(0)
		for digit, n := range s.counts[step] {
			s.counts[step][digit] = at
			at += n
		}
	}
}

func move(to, from []uint64, next *[radixSize]uint32, shift int) {
	for _, w := range from {
		digit := w >> shift % radixSize
		to[next[digit]] = w
		next[digit]++
	}
}

func moveWithDays(to, from []uint64, toDays, days []int32, next *[radixSize]uint32, shift int) {
	days = days[:len(from)]
	for i, w := range from {
		digit := w >> shift % radixSize
		at := next[digit]
		to[at] = w
		toDays[at] = days[i]
		next[digit] = at + 1
	}
}
