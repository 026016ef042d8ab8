package engine

import "sort"

// trail numbers the rows that one worker reads of one table, in the order in
// which it reads them, so that a word can keep its row in two bytes, and leads
// back from a number to the row.
type trail struct {
	next  int64
	steps []trailStep
}

type trailStep struct {
	first int64 // number of the split's first row
	split int
}

// begin sets numbers aside for a split of as many rows at most.
func (t *trail) begin(split int, rows int64) {
	t.steps = append(t.steps, trailStep{t.next, split})
	t.next += rows
}

// trailRow is the number of the first row of the batch at hand.
func (s *scanner) trailRow() int64 { return s.trail.steps[len(s.trail.steps)-1].first + s.first }

// place finds the row of a number.
func (t *trail) place(number int64) place {
	i := sort.Search(len(t.steps), func(i int) bool { return t.steps[i].first > number }) - 1
	return place{t.steps[i].split, number - t.steps[i].first}
}
