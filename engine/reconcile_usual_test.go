package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// Points counted by their case come to what they come to one by one, also where
// there are more cases than places for them.
func TestUsualCasesAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 23))
	const points = 60_000
	held := &heldRange{usual: &usualCases{}}
	c := &comparer{heldRange: held, comparison: &comparison{deliveries: &deliveries{}, terms: Terms{DateToleranceDays: -1}}, tally: newTally()}
	var numbers []meterpoint.MPxN
	for i := range points {
		m := meterpoint.MPxN(1e12 + i*100_000_000) // of 60 distributors
		numbers = append(numbers, m)
		if random.IntN(2) == 0 {
			held.words, held.days = append(held.words, kernel.Word(uint64(m), random.Uint32N(1<<kernel.PayloadBits)>>random.IntN(16))), append(held.days, int32(i))
		}
	}
	c.run = &run{deliveries: c.comparison.deliveries}
	cells, want := newHistogram(), map[uint32]int64{}
	wanted, counted := newTally(), 0
	count := func(tally *tally, rdp uint8, rows int) {
		tally.counts[rdp][meterpoint.Electricity].Classes[Match]++
		tally.counts[0][meterpoint.Electricity].Rows[RowUsed] += int64(rows)
	}
	for i, m := range numbers {
		payload := random.Uint32N(1<<kernel.PayloadBits) >> random.IntN(16) << 4 >> 4 &^ 15
		rdp, cell := uint8(payload>>kernel.RDPShift), uint32(m.Distributor())<<20|payload
		rows := 0
		if c.at < len(c.words) && kernel.Key(c.words[c.at]) == uint64(m) {
			rows = 1
		}
		want[cell]++
		count(wanted, rdp, rows)
		before := c.at
		if c.isUsual(uint64(m), 5, []uint64{kernel.Word(uint64(m), payload)}, int32(i)) {
			counted++
			if c.at != before+rows {
				t.Fatalf("%d rows were taken of a point with %d", c.at-before, rows)
			}
			continue
		}
		c.next(uint64(m) + 1)
		for row := range c.rows {
			c.rows[row].class = RowUsed
		}
		cells.add(cell, 1)
		count(c.tally, rdp, rows)
		c.learn(rdp, meterpoint.Electricity, Match, cell, cells)
	}
	c.rest(cells)
	if counted < points/10 || counted > points*9/10 {
		t.Errorf("%d of %d points were usual: this proves little", counted, points)
	}
	if !cells.equal(want) || *c.tally != *wanted {
		t.Error("counted by case, points come to something else")
	}
	if c.isUsual(uint64(numbers[0]), 5, []uint64{kernel.Word(uint64(numbers[0]), 0)}, 0) {
		t.Error("a case outlives its range")
	}
}

// pointThatLearns is a comparer that has gone through one point with one held
// row of that class, and may have made a usual case of it.
func pointThatLearns(m meterpoint.MPxN, word, heldWord uint64, class Class, rowClass RowClass, tolerance int) *comparer {
	held := &heldRange{usual: &usualCases{}, words: []uint64{heldWord}, days: []int32{7}}
	c := &comparer{heldRange: held, comparison: &comparison{deliveries: &deliveries{}, terms: Terms{DateToleranceDays: tolerance}}, tally: newTally()}
	c.isUsual(uint64(m), 0, []uint64{word}, 7)
	c.next(uint64(m) + 1)
	c.rows[0].class = rowClass
	c.learn(0, meterpoint.Electricity, class, 1, newHistogram())
	return c
}

// A point that somebody may have to look at is gone through.
func TestUsualCasesAreLookedAtClosely(t *testing.T) {
	const m, other = 1200023305967, 1200023305968
	word, heldWord := kernel.Word(m, 1<<4), kernel.Word(m, 1<<17)
	for name, x := range map[string]struct {
		points, held []uint64
		day, heldDay int32
		tolerance    int
		usual        bool
	}{
		"one row, dates aside":         {[]uint64{word}, []uint64{heldWord}, 1, 2, -1, true},
		"equal dates":                  {[]uint64{word}, []uint64{heldWord}, 2, 2, 0, true},
		"other dates":                  {[]uint64{word}, []uint64{heldWord}, 1, 2, 30, false},
		"a date that does not parse":   {[]uint64{word}, []uint64{heldWord}, badDay, badDay, -1, false},
		"a second row of the point":    {[]uint64{word, word}, []uint64{heldWord}, 1, 2, -1, false},
		"a second row of what is held": {[]uint64{word}, []uint64{heldWord, heldWord}, 1, 2, -1, false},
		"no row held":                  {[]uint64{word}, nil, 1, 2, -1, false},
		"rows of no point before it":   {[]uint64{word}, []uint64{kernel.Word(m-1, 0), heldWord}, 1, 2, -1, false},
		"rows of another point":        {[]uint64{word}, []uint64{kernel.Word(other, 1<<17)}, 1, 2, -1, false},
		"another flag held":            {[]uint64{word}, []uint64{kernel.Word(m, 2<<17)}, 1, 2, -1, false},
		"another recorded status":      {[]uint64{kernel.Word(m, 1<<17|1<<4)}, []uint64{heldWord}, 1, 2, -1, false},
	} {
		c := pointThatLearns(m, word, heldWord, Match, RowUsed, x.tolerance)
		c.words, c.days, c.at = x.held, slices.Repeat([]int32{x.heldDay}, len(x.held)), 0
		if got := c.isUsual(m, 0, x.points, x.day); got != x.usual {
			t.Errorf("%s: usual is %v", name, got)
		}
	}
	for class := range Class(Classes) {
		for row := range RowClass(RowClasses) {
			c := pointThatLearns(m, word, heldWord, class, row, -1)
			c.at = 0
			want := (class == Match || class == NotCovered) && row == RowUsed
			if got := c.isUsual(m, 0, []uint64{word}, 7); got != want {
				t.Errorf("class %v with a row %v: usual is %v", class, row, got)
			}
		}
	}
}
