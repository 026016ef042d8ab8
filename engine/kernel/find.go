package kernel

import (
	"encoding/binary"
	"slices"
)

// Sought are numbers to be found among many others.
type Sought struct {
	numbers []uint64 // sorted
	marks   [64]uint64
}

// NewSought prepares the search for numbers, which it copies.
func NewSought(numbers []uint64) *Sought {
	s := &Sought{numbers: slices.Compact(slices.Sorted(slices.Values(numbers)))}
	for _, n := range s.numbers {
		s.marks[n/64%64] |= 1 << (n % 64)
	}
	return s
}

// Index is the place of a number among those sought, in their order; −1 for
// any other number.
func (s *Sought) Index(number uint64) int {
	if s.marks[number/64%64]>>(number%64)&1 == 0 {
		return -1
	}
	if i, found := slices.BinarySearch(s.numbers, number); found {
		return i
	}
	return -1
}

// Find appends the indexes of the numbers that are sought to rows. Negative
// integers are never among them.
func Find[T int64 | uint64](rows []int32, numbers []T, sought *Sought) []int32 {
	if len(sought.numbers) == 1 { // the rule
		return findOne(rows, numbers, sought.numbers[0])
	}
	for i, n := range numbers {
		if sought.Index(uint64(n)) >= 0 {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// findOne looks at eight numbers at a time, which together differ from the one
// by the least that any of them does: one branch, guessed rightly, for eight.
func findOne[T int64 | uint64](rows []int32, numbers []T, only uint64) []int32 {
	const together = 8
	whole := len(numbers) &^ (together - 1)
	for at := 0; at < whole; at += together {
		b := numbers[at : at+together : at+together]
		differ := min(
			min(uint64(b[0])^only, uint64(b[1])^only), min(uint64(b[2])^only, uint64(b[3])^only),
			min(uint64(b[4])^only, uint64(b[5])^only), min(uint64(b[6])^only, uint64(b[7])^only))
		if differ == 0 {
			rows = findPlainly(rows, b, only, at)
		}
	}
	return findPlainly(rows, numbers[whole:], only, whole)
}

func findPlainly[T int64 | uint64](rows []int32, numbers []T, only uint64, first int) []int32 {
	for i, n := range numbers {
		if uint64(n) == only {
			rows = append(rows, int32(first+i))
		}
	}
	return rows
}

// FindTexts does the same among texts, of which text i is
// data[offsets[i]:offsets[i+1]].
func FindTexts(rows []int32, offsets []int32, data []byte, sought *Sought) []int32 {
	if len(sought.numbers) == 1 && sought.numbers[0] >= 1000 {
		return findOneText(rows, offsets, data, sought.numbers[0])
	}
	var numbers [256]uint64
	for from := 0; from+1 < len(offsets); from += len(numbers) {
		n := min(len(numbers), len(offsets)-1-from)
		ParseTexts(numbers[:n], offsets[from:], data, nil)
		for i, number := range numbers[:n] {
			if sought.Index(number) >= 0 {
				rows = append(rows, int32(from+i))
			}
		}
	}
	return rows
}

// findOneText reads only those texts that end with the last four digits of the
// number, or with no digit: there may be spaces behind them.
func findOneText(rows []int32, offsets []int32, data []byte, only uint64) []int32 {
	ending := uint32(0)
	for i, n := 3, only; i >= 0; i, n = i-1, n/10 {
		ending |= uint32('0'+n%10) << (8 * i)
	}
	for i, end := range offsets[min(1, len(offsets)):] {
		if end >= 4 {
			last := binary.LittleEndian.Uint32(data[end-4 : end])
			if last != ending && byte(last>>24)-'0' <= 9 {
				continue
			}
		}
		if parseSlowly(data[offsets[i]:end]) == only {
			rows = append(rows, int32(i))
		}
	}
	return rows
}
