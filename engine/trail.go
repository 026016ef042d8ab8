package engine

import "sort"

// trail numbers the rows that one worker reads of one table, in the order in
// which it reads them, so that a word can keep its row in two bytes, and leads
// back from a number to file and row.
type trail struct {
	next  int64
	steps []trailStep
}

type trailStep struct {
	first int64 // number of the split's first row
	split Split
}

func (t *trail) begin(split Split) {
	t.steps = append(t.steps, trailStep{t.next, split})
	t.next += split.Rows
}

// trailRow is the number of the first row of the batch at hand.
func (s *scanner) trailRow() int64 {
	step := s.trail.steps[len(s.trail.steps)-1]
	return step.first + s.first - step.split.FirstRow
}

// place is where a row stands.
type place struct {
	file int
	row  int64
}

// place finds the row of a number.
func (t *trail) place(number int64) place {
	i := sort.Search(len(t.steps), func(i int) bool { return t.steps[i].first > number }) - 1
	step := t.steps[i]
	return place{step.split.File, number - step.first + step.split.FirstRow}
}
