package synth

import (
	"cmp"
	"fmt"
	"math"

	"flagfill/engine/meterpoint"
)

// estate is how often each story occurs, and with that where every row and
// every MPxN belongs: story by story and occurrence by occurrence, rows are
// numbered in each table, and MPxNs (slots) in each fuel.
type estate struct {
	cfg         Config
	stories     []story
	instances   []int64
	rowsBefore  [tables]finder // by story
	slotsBefore [2]finder      // by fuel, then by story
	templates   []template     // of the stories
	rowOrder    [tables]permutation
	slotOrder   [2]permutation // slot → rank of its MPxN within the fuel
	numbering   numbering
	groupRows   int64 // of a row group
}

// electricityShare is the share of MPANs: 29 million to 24 million gas points.
const electricityShare = 29.0 / 53

func newEstate(cfg Config) (*estate, error) {
	e := &estate{cfg: cfg, groupRows: cmp.Or(cfg.RowGroupRows, rowGroupRows)}
	n := float64(cfg.MeterPoints)
	for _, s := range profiles[cfg.Profile].homes {
		e.addHomes(s, int64(math.Round(n*float64(s.perMillion)/1e6)))
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
		e.addHomes(s, left[s.fuel(first)])
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
		e.rowsBefore[t] = e.sums(func(s *story) int64 {
			if t == devicesTable {
				return int64(len(s.devices))
			}
			return int64(len(s.points))
		})
	}
	for _, fuel := range meterpoint.Fuels {
		e.slotsBefore[fuel] = e.sums(func(s *story) int64 { return s.count(fuel) })
	}
	for i := range e.stories {
		e.templates = append(e.templates, e.template(i))
	}
}

func (e *estate) sums(count func(*story) int64) finder {
	before := []int64{0}
	for i := range e.stories {
		before = append(before, before[i]+count(&e.stories[i])*e.instances[i])
	}
	return newFinder(before)
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
	sizes := distributorSizes
	if e.cfg.OneDistributor {
		sizes = sizes[:1]
	}
	e.numbering = newNumbering(regular[meterpoint.Gas], regular[meterpoint.Electricity], mix(seed+200), sizes)
}

func (e *estate) rows(t table) int64 { return e.rowsBefore[t].end() }

func (e *estate) slots(fuel meterpoint.Fuel) int64 { return e.slotsBefore[fuel].end() }

// place is one row of a story's occurrence.
type place struct {
	number   int64 // of the row in its table
	instance int64
	story    uint8
	row      uint8 // of the story's rows in the table
}

// at finds the place of a table's row.
func (e *estate) at(t table, number int64) place {
	i := e.rowsBefore[t].find(number)
	within := uint32(number - e.rowsBefore[t].starts[i])
	per := uint32(len(e.templates[i].rows[t]))
	return place{number, int64(within / per), uint8(i), uint8(within % per)}
}

// mpxn of one of a story's refs, and its rank within the fuel.
func (e *estate) mpxn(p place, r ref) (meterpoint.MPxN, int64) {
	m := &e.templates[p.story].members[r]
	slot := m.first + p.instance*m.per
	rank := slot
	if order := &e.slotOrder[m.fuel]; uint64(slot) < order.n {
		rank = order.at(slot)
	}
	return e.numbering.mpxn(m.fuel, rank), rank
}

// appendBeside gives the rows of a table that stand at the MPxN of a rank, in a
// fixed order.
func (e *estate) appendBeside(to []place, t table, fuel meterpoint.Fuel, rank int64) []place {
	slot := rank
	if order := &e.slotOrder[fuel]; uint64(rank) < order.n {
		slot = order.from(rank)
	}
	i := e.slotsBefore[fuel].find(slot)
	tp := &e.templates[i]
	home := first
	for !tp.members[home].has(fuel, slot) {
		home++
	}
	instance := tp.members[home].instance(slot)
	rows := tp.rows[t]
	number := e.rowsBefore[t].starts[i] + instance*int64(len(rows))
	for j := range rows {
		if rows[j].home == home {
			to = append(to, place{number + int64(j), instance, uint8(i), uint8(j)})
		}
	}
	return to
}
