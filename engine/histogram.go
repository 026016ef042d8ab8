package engine

import (
	"cmp"
	"slices"

	"flagfill/engine/meterpoint"
)

// Everything an outcome depends on besides configuration, as one index: status
// set 11 bits, recorded 3, reported 3, ever 1, own row 1.
const (
	situationBits = meterpoint.StatusSetBits + 8
	situations    = 1 << situationBits
)

func situation(p meterpoint.Point) uint32 {
	s := uint32(p.Set)<<8 | uint32(p.Recorded)<<5 | uint32(p.Reported)<<2
	if p.Ever {
		s |= 2
	}
	if p.OwnRow {
		s |= 1
	}
	return s
}

func pointOf(situation uint32) meterpoint.Point {
	return meterpoint.Point{
		Set:      meterpoint.StatusSet(situation >> 8),
		Recorded: meterpoint.ServiceStatus(situation >> 5 & 7),
		Reported: meterpoint.ServiceStatus(situation >> 2 & 7),
		Ever:     situation&2 != 0,
		OwnRow:   situation&1 != 0,
	}
}

// verdict is an outcome packed for looking up, once the rule was asked.
type verdict struct {
	asked      bool
	status     meterpoint.ServiceStatus
	rule       meterpoint.Rule
	fate       meterpoint.Fate
	reportable bool
	silent     bool // the status stands, and may not be told whatever the RDP knows
}

// verdicts is the rule as a table, filled as situations occur: a few thousand
// of them do, and asking for all would take longer than a small run. One worker
// owns it.
type verdicts struct {
	question meterpoint.Question
	table    [situations]verdict
}

// of looks up what the rule says, and asks it where it was not asked before.
func (v *verdicts) of(situation uint32) *verdict {
	known := &v.table[situation]
	if !known.asked {
		v.ask(situation)
	}
	return known
}

func (v *verdicts) ask(situation uint32) {
	o := v.question.Outcome(pointOf(situation))
	v.table[situation] = verdict{true, o.Status, o.Rule, o.Fate, o.Reportable, o.Silent}
}

// histogram counts cells: a small open-addressing table by cell key. A cell
// key is the situation, the fuel above it, the RDP above that.
type histogram struct {
	keys   []uint32 // key + 1; 0 is free
	counts []int64
	used   int
}

const histogramStart = 1 << 12

func newHistogram() *histogram {
	return &histogram{keys: make([]uint32, histogramStart), counts: make([]int64, histogramStart)}
}

func cellKey(rdp uint8, fuel meterpoint.Fuel, situation uint32) uint32 {
	return uint32(rdp)<<(situationBits+1) | uint32(fuel)<<situationBits | situation
}

func (h *histogram) add(key uint32, n int64) {
	mask := uint32(len(h.keys) - 1)
	at := (key * 0x9E3779B1) >> 7 & mask
	for h.keys[at] != key+1 {
		if h.keys[at] == 0 {
			h.insert(key, n)
			return
		}
		at = (at + 1) & mask
	}
	h.counts[at] += n
}

func (h *histogram) insert(key uint32, n int64) {
	if 2*h.used >= len(h.keys) {
		old := *h
		h.keys, h.counts, h.used = make([]uint32, 2*len(old.keys)), make([]int64, 2*len(old.keys)), 0
		for i, k := range old.keys {
			if k != 0 {
				h.add(k-1, old.counts[i])
			}
		}
	}
	mask := uint32(len(h.keys) - 1)
	at := (key * 0x9E3779B1) >> 7 & mask
	for h.keys[at] != 0 {
		at = (at + 1) & mask
	}
	h.keys[at], h.counts[at] = key+1, n
	h.used++
}

func (h *histogram) merge(other *histogram) {
	for i, k := range other.keys {
		if k != 0 {
			h.add(k-1, other.counts[i])
		}
	}
}

// facts turns the cells into their public form, sorted.
func (h *histogram) facts(rdps []string) Facts {
	facts := make(Facts, 0, h.used)
	for i, k := range h.keys {
		if k == 0 {
			continue
		}
		key := k - 1
		facts = append(facts, Cell{
			Fuel:  meterpoint.Fuel(key >> situationBits & 1),
			RDP:   rdps[key>>(situationBits+1)],
			Point: pointOf(key & (situations - 1)),
			Count: h.counts[i],
		})
	}
	slices.SortFunc(facts, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Fuel, b.Fuel), cmp.Compare(a.RDP, b.RDP),
			cmp.Compare(situation(a.Point), situation(b.Point)))
	})
	return facts
}
