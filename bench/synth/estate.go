package synth

import (
	"fmt"
	"math"
	"sort"

	"flagfill/engine/meterpoint"
)

// estate is how often each story occurs, and with that where every row and
// every MPxN belongs: story by story and occurrence by occurrence, rows are
// numbered in each table, and MPxNs (slots) in each fuel.
type estate struct {
	cfg         Config
	stories     []story
	instances   []int64
	rowsBefore  [tables][]int64 // by story; one more entry holds the total
	slotsBefore [2][]int64      // by fuel, then as rowsBefore
	rowsPer     [tables][]int64 // of one occurrence
	slotsPer    [2][]int64
	rowOrder    [tables]permutation
	slotOrder   [2]permutation // slot → rank of its MPxN within the fuel
	numbering   numbering
	groupRows   int64 // of a row group
}

// electricityShare is the share of MPANs: 29 million to 24 million gas points.
const electricityShare = 29.0 / 53

func newEstate(cfg Config) (*estate, error) {
	e := &estate{cfg: cfg, groupRows: rowGroupRows}
	n := float64(cfg.MeterPoints)
	for _, s := range profiles[cfg.Profile].homes {
		e.add(s, int64(math.Round(n*float64(s.perMillion)/1e6)))
	}
	each := int64(math.Round(n * cfg.ErrorRate / float64(len(faults)+1)))
	for _, s := range faults {
		e.add(s, each)
	}
	electricity := int64(math.Round(n * electricityShare))
	left := [2]int64{meterpoint.Electricity: electricity, meterpoint.Gas: cfg.MeterPoints - electricity}
	left[meterpoint.Electricity] -= each
	for i, s := range e.stories {
		for _, fuel := range meterpoint.Fuels {
			left[fuel] -= e.instances[i] * s.named(fuel)
		}
	}
	for _, s := range unvisited {
		if left[s.fuel(first)] < 0 {
			return nil, fmt.Errorf("cannot plant faults at a share of %g of %d meter points: too few are left for them", cfg.ErrorRate, cfg.MeterPoints)
		}
		e.add(s, left[s.fuel(first)])
	}
	e.add(stray, each)
	e.count()
	e.order(each)
	return e, nil
}

func (e *estate) add(s story, instances int64) {
	e.stories = append(e.stories, s)
	e.instances = append(e.instances, instances)
}

func (e *estate) count() {
	for t := range tables {
		e.rowsPer[t], e.rowsBefore[t] = e.sums(func(s *story) int64 {
			if t == devicesTable {
				return int64(len(s.devices))
			}
			return int64(len(s.points))
		})
	}
	for _, fuel := range meterpoint.Fuels {
		e.slotsPer[fuel], e.slotsBefore[fuel] = e.sums(func(s *story) int64 { return s.count(fuel) })
	}
}

func (e *estate) sums(count func(*story) int64) (per, before []int64) {
	before = []int64{0}
	for i := range e.stories {
		n := count(&e.stories[i])
		per = append(per, n)
		before = append(before, before[i]+n*e.instances[i])
	}
	return per, before
}

// order picks the permutations. Stray MPANs are the last slots and stay there.
func (e *estate) order(strays int64) {
	seed := mix(e.cfg.Seed)
	for t := range tables {
		e.rowOrder[t] = newPermutation(e.rows(t), mix(seed+uint64(t)))
	}
	regular := [2]int64{e.slots(meterpoint.Gas), e.slots(meterpoint.Electricity) - strays}
	for _, fuel := range meterpoint.Fuels {
		e.slotOrder[fuel] = newPermutation(regular[fuel], mix(seed+100+uint64(fuel)))
	}
	e.numbering = newNumbering(regular[meterpoint.Gas], regular[meterpoint.Electricity], mix(seed+200))
}

func (e *estate) rows(t table) int64 { return e.rowsBefore[t][len(e.stories)] }

func (e *estate) slots(fuel meterpoint.Fuel) int64 { return e.slotsBefore[fuel][len(e.stories)] }

// place is one row of a story's occurrence.
type place struct {
	story    int
	instance int64
	row      int // of the story's rows in the table
}

// at finds the place of a table's row.
func (e *estate) at(t table, row int64) place {
	i := find(e.rowsBefore[t], row)
	row -= e.rowsBefore[t][i]
	per := e.rowsPer[t][i]
	return place{story: i, instance: row / per, row: int(row % per)}
}

// rowNumber is the inverse of at.
func (e *estate) rowNumber(t table, p place) int64 {
	return e.rowsBefore[t][p.story] + p.instance*e.rowsPer[t][p.story] + int64(p.row)
}

// mpxn of one of a story's refs, and its rank within the fuel.
func (e *estate) mpxn(p place, r ref) (meterpoint.MPxN, int64) {
	s := &e.stories[p.story]
	fuel := s.fuel(r)
	slot := e.slotsBefore[fuel][p.story] + p.instance*e.slotsPer[fuel][p.story] + s.ordinal(r)
	rank := slot
	if order := &e.slotOrder[fuel]; uint64(slot) < order.n {
		rank = order.at(slot)
	}
	return e.numbering.mpxn(fuel, rank), rank
}

// beside visits the rows of a table that stand at the MPxN of the given rank,
// in a fixed order, while visit says to go on.
func (e *estate) beside(t table, fuel meterpoint.Fuel, rank int64, visit func(place) bool) bool {
	slot := rank
	if order := &e.slotOrder[fuel]; uint64(rank) < order.n {
		slot = order.from(rank)
	}
	i := find(e.slotsBefore[fuel], slot)
	s := &e.stories[i]
	slot -= e.slotsBefore[fuel][i]
	instance, ordinal := slot/e.slotsPer[fuel][i], slot%e.slotsPer[fuel][i]
	for row := range e.rowsPer[t][i] {
		var home ref
		if t == devicesTable {
			home = s.devices[row].home()
		} else {
			home = s.points[row].of
		}
		here := s.fuel(home) == fuel && s.ordinal(home) == ordinal
		if here && !visit(place{story: i, instance: instance, row: int(row)}) {
			return false
		}
	}
	return true
}

// find gives the last i with before[i] <= x that is not empty.
func find(before []int64, x int64) int {
	return sort.Search(len(before), func(i int) bool { return before[i] > x }) - 1
}
