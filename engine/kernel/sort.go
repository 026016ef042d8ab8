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

// Keys of a range are mostly spread evenly over it, so one pass by their upper
// bits leaves a word in each bucket, or none, and a pass of insertion the rest:
// there are one to four buckets to a word.
const (
	bucketBits  = 16
	bucketWords = 24 // a fuller bucket means clustered keys: then digit by digit
)

// Sorter sorts words by key, and keeps the scratch space between calls.
type Sorter struct {
	words   []uint64
	days    []int32
	counts  [radixSteps][radixSize]uint32
	buckets [1 << bucketBits]uint32
}

// Sort brings the words into key order; words of one key stand in any order.
// days move with them where not nil. The sorted slices may be the ones given
// or the sorter's own, which are then exchanged for them: use the results only.
func (s *Sorter) Sort(words []uint64, days []int32) ([]uint64, []int32) {
	lowest, highest, sorted := survey(words)
	if sorted {
		return words, days
	}
	if len(words) < radixFewer && days == nil {
		slices.Sort(words)
		return words, nil
	}
	if cap(s.words) < len(words) {
		s.words = make([]uint64, cap(words))
	}
	if days != nil && cap(s.days) < len(days) {
		s.days = make([]int32, cap(days))
	}
	if shift, even := s.spread(words, lowest, highest); even {
		words, days = s.exchange(words, days, func(to []uint64, toDays []int32) {
			moveByValue(to, words, toDays, days, &s.buckets, lowest, shift)
		})
		insert(words, days)
		return words, days
	}
	steps := (bits.Len64((lowest^highest)>>PayloadBits) + radixBits - 1) / radixBits
	s.count(words, steps)
	for step := range steps {
		from, fromDays := words, days
		words, days = s.exchange(words, days, func(to []uint64, toDays []int32) {
			moveByDigit(to, from, toDays, fromDays, &s.counts[step], PayloadBits+step*radixBits)
		})
	}
	return words, days
}

// exchange has the words moved to the sorter's space, which becomes theirs.
func (s *Sorter) exchange(words []uint64, days []int32, move func(to []uint64, toDays []int32)) ([]uint64, []int32) {
	to, toDays := s.words[:len(words)], []int32(nil)
	if days != nil {
		toDays = s.days[:len(days)]
	}
	move(to, toDays)
	s.words = words
	if days != nil {
		s.days = days
	}
	return to, toDays
}

// survey finds the lowest and the highest word and whether all are in key
// order already.
func survey(words []uint64) (lowest, highest uint64, sorted bool) {
	if len(words) == 0 {
		return 0, 0, true
	}
	lowest, last := words[0], uint64(0)
	sorted = true
	for _, w := range words {
		lowest, highest = min(lowest, w), max(highest, w)
		key := w >> PayloadBits
		if key < last {
			sorted = false
		}
		last = key
	}
	return lowest, highest, sorted
}

// spread counts the words by bucket and turns the counts into starting
// positions; even tells whether no bucket is too full. A bucket is what
// remains of a word less the lowest, shifted right by shift.
func (s *Sorter) spread(words []uint64, lowest, highest uint64) (shift int, even bool) {
	width := min(bucketBits, bits.Len(uint(len(words)))+1)
	shift = max(bits.Len64(highest-lowest)-width, 0)
	buckets := s.buckets[:1<<width]
	clear(buckets)
	for _, w := range words {
		buckets[(w-lowest)>>shift]++
	}
	at, fullest := uint32(0), uint32(0)
	for bucket, n := range buckets {
		buckets[bucket] = at
		at += n
		fullest = max(fullest, n)
	}
	return shift, fullest <= bucketWords
}

func moveByValue(to, from []uint64, toDays, days []int32, next *[1 << bucketBits]uint32, lowest uint64, shift int) {
	for i, w := range from {
		bucket := (w - lowest) >> shift % (1 << bucketBits)
		at := next[bucket]
		next[bucket] = at + 1
		to[at] = w
		if days != nil {
			toDays[at] = days[i]
		}
	}
}

// insert sorts words that stand near their places already.
func insert(words []uint64, days []int32) {
	for i := 1; i < len(words); i++ {
		w := words[i]
		if words[i-1] <= w {
			continue
		}
		at := i
		for at > 0 && words[at-1] > w {
			words[at] = words[at-1]
			at--
		}
		words[at] = w
		if days != nil {
			day := days[i]
			copy(days[at+1:i+1], days[at:i])
			days[at] = day
		}
	}
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

func moveByDigit(to, from []uint64, toDays, days []int32, next *[radixSize]uint32, shift int) {
	for i, w := range from {
		digit := w >> shift % radixSize
		at := next[digit]
		next[digit] = at + 1
		to[at] = w
		if days != nil {
			toDays[at] = days[i]
		}
	}
}
