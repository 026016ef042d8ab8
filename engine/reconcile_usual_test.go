package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// manyAlike is a range of points and of what is held for them, sorted: many are
// alike but for their numbers and dates.
type manyAlike struct {
	points, held  []uint64
	sets          []uint32
	days, heldOns []int32
}

const alikeDay = 20_000

// randomAlike makes some of few distributors, with none to three rows held, of a
// few payloads each, so that there are more cases than places for them.
func randomAlike(random *rand.Rand, points int, rdps uint8) *manyAlike {
	day := func() int32 { return []int32{NoDay, badDay, alikeDay, alikeDay + 1}[min(random.IntN(40), 3)] }
	sets, payloads := make([]uint32, 2), make([]uint32, 6)
	for i := range sets {
		sets[i] = random.Uint32N(1 << meterpoint.StatusSetBits)
	}
	for i := range payloads {
		payloads[i] = random.Uint32N(5)<<17 | random.Uint32N(5)<<kernel.ReportedShift | random.Uint32N(3)<<kernel.EverShift |
			random.Uint32N(uint32(rdps))*(random.Uint32N(4)/3)<<kernel.RDPShift
	}
	a := &manyAlike{}
	for i := range points {
		number := uint64(1e12) + uint64(i)*1e12/uint64(points)
		if random.IntN(20) == 0 {
			a.hold(random, number-1, rdps, day())
		}
		a.points = append(a.points, kernel.Word(number, payloads[random.IntN(len(payloads))]))
		a.sets = append(a.sets, sets[random.IntN(len(sets))])
		a.days = append(a.days, day())
		for range []int{0, 1, 1, 1, 2, 2, 2, 3}[random.IntN(8)] {
			a.hold(random, number, rdps, day())
		}
	}
	return a
}

// hold adds a row, most of them by the RDP of the distributor.
func (a *manyAlike) hold(random *rand.Rand, number uint64, rdps uint8, day int32) {
	payload := []uint32{0}
	flag, rdp := max(random.IntN(12)-6, random.IntN(2)), random.IntN(int(rdps))*(random.IntN(20)/19)
	kernel.PackHeld(payload, []uint8{uint8(flag)}, []uint8{uint8(rdp)}, random.IntN(12)/11)
	a.held, a.heldOns = append(a.held, kernel.Word(number, payload[0])), append(a.heldOns, day)
}

// decide gives all that comes of the points, and how many of them were like one
// before. Changes of those are listed or only counted.
func (a *manyAlike) decide(r *run, usual *usualCases, lists bool) (decided, changes string, alike int) {
	var index kernel.Index
	points := index.Build(slices.Clone(a.points))
	held := &heldRange{run: r, tally: newTally(), usual: usual}
	held.beside.Reset(len(points))
	held.beside.Put(&index, a.held, a.heldOns)
	held.sortStrays()
	to := &assessed{changes: new(Changes)}
	c := &comparer{heldRange: held, comparison: r.comparison, tally: held.tally, to: &to.differences, changes: to.changes, lists: lists}
	d := decider{run: r, cells: newHistogram(), verdicts: newAssessor(r).verdicts, ledger: &ledger{}, changes: to.changes, compare: c}
	for i, word := range a.points {
		if c.isUsual(i, kernel.Key(word), a.sets[i], a.points[i:i+1], a.days[i]) {
			alike++
		} else {
			d.point(kernel.Key(word), a.sets[i], a.points[i:i+1], a.days[i:i+1])
		}
	}
	c.rest(d.cells)
	cells := map[uint32]int64{}
	for i, key := range d.cells.keys {
		if key != 0 {
			cells[key] = d.cells.counts[i]
		}
	}
	changed := held.tally.unlisted
	changed.count(to.changes)
	held.tally.unlisted = written{}
	return fmt.Sprintf("%v\n%v\n%v\n%v\n%v", cells, *held.tally, *d.ledger, changed, to.differences), fmt.Sprint(*to.changes), alike
}

// A point that is settled because it is like one before comes to what it comes
// to by itself: counts, lines, corrections and exceptions, in their order.
func TestUsualCasesChangeNothing(t *testing.T) {
	for seed := range 12 {
		random := rand.New(rand.NewPCG(uint64(seed), 23))
		c := randomHeldCase(random, 300)
		c.cfg.AsRecorded, c.cfg.Passes, c.terms.RDP = false, 1, ""
		c.terms.InFlightDays, c.terms.DateToleranceDays = []int{-1, 0, 400}[seed%3], []int{-1, 1}[seed/3%2]
		r := readWhole(t, c)
		r.comparison.asOfDay = alikeDay + 1
		for i := range r.comparison.covered {
			r.comparison.covered[i] = i > 0 && random.IntN(8) > 0
		}
		a := randomAlike(random, 20_000, uint8(min(len(r.rdpCodes.names), 20)))
		usual := &usualCases{}
		want, wantChanges, _ := a.decide(r, nil, true)
		for range 2 { // what one range has learnt is no use to the next
			got, changes, alike := a.decide(r, usual, true)
			if diff := cmp.Diff(want+wantChanges, got+changes); diff != "" {
				t.Fatalf("seed %d (-one by one +like one before):\n%s", seed, diff)
			}
			if got, changes, _ = a.decide(r, usual, false); got != want || len(changes) > len(wantChanges) || seed == 0 && len(changes) == len(wantChanges) {
				t.Fatalf("seed %d: where nobody takes the changes (-taken +not taken):\n%s", seed, cmp.Diff(want, got))
			}
			least := 8
			if c.terms.DateToleranceDays >= 0 {
				least = 3 // most dates differ
			}
			if share := alike * 100 / len(a.points); share < least || share > 90 {
				t.Errorf("seed %d: %d %% of the points were like one before: this proves little", seed, share)
			}
		}
	}
}

// Of two rows held, the order in which they come does not matter, nor who else
// holds one.
func TestUsualCasesOfTwoRows(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 23))
	c := randomHeldCase(random, 300)
	c.cfg.AsRecorded, c.cfg.Passes, c.terms = false, 1, Terms{InFlightDays: -1, DateToleranceDays: -1, MaxDifferences: Limit{Share: 1, Count: -1}}
	r := readWhole(t, c)
	for i := range r.comparison.covered {
		r.comparison.covered[i] = i > 0
	}
	a := &manyAlike{}
	const each = 9
	for i := range 400 {
		number := uint64(1_200_000_000_000 + i)
		a.points, a.sets, a.days = append(a.points, kernel.Word(number, 1<<17)), append(a.sets, 0), append(a.days, alikeDay)
		payloads := []uint32{0, 0}
		kernel.PackHeld(payloads, []uint8{1, uint8(1 + i/each%3)}, []uint8{0, uint8(i / each % 2)}, 0)
		days := []int32{alikeDay, alikeDay + int32(i%3)}
		if i%2 == 0 {
			slices.Reverse(payloads)
		}
		for row := range 2 {
			a.held, a.heldOns = append(a.held, kernel.Word(number, payloads[row])), append(a.heldOns, days[row])
		}
	}
	want, wantChanges, _ := a.decide(r, nil, true)
	got, changes, alike := a.decide(r, &usualCases{}, true)
	if diff := cmp.Diff(want+wantChanges, got+changes); diff != "" || alike < 300 {
		t.Errorf("%d of 400 points were like one before (-one by one +like one before):\n%s", alike, diff)
	}
}
