package kernel

import "slices"

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
	if len(sought.numbers) == 1 { // the rule: one compare a number
		only := sought.numbers[0]
		for i, n := range numbers {
			if uint64(n) == only {
				rows = append(rows, int32(i))
			}
		}
		return rows
	}
	for i, n := range numbers {
		if sought.Index(uint64(n)) >= 0 {
			rows = append(rows, int32(i))
		}
	}
	return rows
}
