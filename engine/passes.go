package engine

import (
	"fmt"
	"slices"

	"flagfill/engine/kernel"
)

// maxPasses bounds how often a table may be read.
const maxPasses = 64

// span is a run of ranges: from, up to and without to.
type span struct{ from, to int }

func (s span) empty() bool { return s.from == s.to }

// pass is one way over the tables. The words of its ranges are kept, all others
// dropped; then its points are decided. Passes bound memory without temporary
// files: a range needs its words only while it is decided.
type pass struct {
	points  span
	devices span // gathered in this pass; empty where an earlier pass did
}

// passes are the whole way, in key order.
type passes struct {
	all    []pass
	of     [][]uint8  // by table and range: the pass that keeps its words
	needed [][]uint64 // by table and split: the passes, as bits, that have to read it
}

// choosePasses takes the fewest passes that keep to the memory budget, and more
// over the meter points where that costs nothing: where their files are sorted,
// as their own statistics show, each split is read in one pass or two.
func (r *run) choosePasses() error {
	if r.cfg.Passes > 0 { // asked for, whatever the budget
		r.passes = r.newPasses(min(r.cfg.Passes, r.ranges.Count()), min((r.cfg.Passes+1)/2, r.ranges.Count()))
		return nil
	}
	for n := 1; ; n += max(n/4, 1) {
		n = min(n, maxPasses, r.ranges.Count())
		p := r.freePasses(n)
		if need := r.need(len(p.all), n); need <= r.cfg.MemoryBytes || r.cfg.MemoryBytes == 0 {
			r.passes = p
			r.announce(need)
			return nil
		}
		if n == maxPasses || n == r.ranges.Count() {
			return r.refuseBudget(r.need(len(p.all), n))
		}
	}
}

// pointsPerPass is how many points make a further pass over them worth its
// while.
const pointsPerPass = 6 << 20

// freePasses is devices passes, each over as many passes for the points as hardly
// cost more reading than one.
func (r *run) freePasses(devices int) *passes {
	best := r.newPasses(devices, devices)
	for points := 2 * devices; points <= min(maxPasses, r.ranges.Count()) && r.points.rows()/int64(points) >= pointsPerPass; points += devices {
		p := r.newPasses(points, devices)
		if 100*p.reads(MeterPoints) > 104*best.splits(MeterPoints) {
			break
		}
		best = p
	}
	return best
}

// newPasses cuts the ranges into so many passes over the points; devices are
// read in so many of these.
func (r *run) newPasses(points, devices int) *passes {
	ranges := r.ranges.Count()
	p := &passes{of: [][]uint8{Devices: make([]uint8, ranges), MeterPoints: make([]uint8, ranges)}}
	first := r.points.firstKeys()
	cut := func(i, parts int) int {
		if i > 0 && i < parts && len(first) > parts { // where a split begins, so that passes share none
			return r.ranges.Of(first[len(first)*i/parts])
		}
		return r.share.cut(i, parts, ranges)
	}
	group, gathers := -1, 0
	for i := range points {
		next := pass{points: span{cut(i, points), cut(i+1, points)}}
		if g := i * devices / points; g != group {
			group, gathers = g, i
			next.devices.from = next.points.from
			for j := i; j < points && j*devices/points == g; j++ {
				next.devices.to = cut(j+1, points)
			}
		}
		for at := next.points.from; at < next.points.to; at++ {
			p.of[Devices][at], p.of[MeterPoints][at] = uint8(gathers), uint8(i)
		}
		p.all = append(p.all, next)
	}
	p.needed = [][]uint64{Devices: r.neededBy(r.devices, p, func(x pass) span { return x.devices }),
		MeterPoints: r.neededBy(r.points, p, func(x pass) span { return x.points })}
	return p
}

// neededBy says which passes have to read each split of a table. Every split is
// read at least once. Devices are always read in the first pass: an orphan is
// one whatever the statistics say.
func (r *run) neededBy(t *table, p *passes, spanOf func(pass) span) []uint64 {
	needed := make([]uint64, len(t.plan.Splits))
	for at := range needed {
		bounds := t.keyBounds(at)
		if t.name == Devices {
			needed[at] = 1
		}
		for i, x := range p.all {
			s := spanOf(x)
			if s.empty() {
				continue
			}
			first, last := r.ranges.Span(s.from, s.to)
			if slices.ContainsFunc(bounds, func(b Bounds) bool { return b.MayHold(first, last) }) {
				needed[at] |= 1 << i
			}
		}
		if needed[at] == 0 {
			needed[at] = 1
		}
	}
	return needed
}

// reads counts how many splits of a table all passes read, splits how many
// there are.
func (p *passes) reads(t Table) (n int) {
	for _, passes := range p.needed[t] {
		for ; passes != 0; passes &= passes - 1 {
			n++
		}
	}
	return n
}

func (p *passes) splits(t Table) int { return len(p.needed[t]) }

// rowsToRead counts the rows of all splits that all passes read.
func (r *run) rowsToRead() int64 {
	rows := int64(0)
	for _, t := range []*table{r.devices, r.points} {
		share := float64(r.passes.reads(t.name)) / float64(max(r.passes.splits(t.name), 1))
		rows += int64(share * float64(t.rows()))
	}
	return rows
}

// list gives the splits of a table that a pass reads.
func (p *passes) list(t Table, pass int) (splits []int) {
	for at, needed := range p.needed[t] {
		if needed>>pass&1 != 0 {
			splits = append(splits, at)
		}
	}
	return splits
}

// agree refuses a split that holds a key which its file's statistics exclude
// from a pass that should have read it.
func (p *passes) agree(r *run, s *scanner, words []uint64) error {
	needed := p.needed[s.table.name][s.at]
	for _, w := range words {
		if i := p.of[s.table.name][r.ranges.Of(kernel.Key(w))]; needed>>i&1 == 0 {
			return &Refusal{Kind: RefusedInput,
				Problem: fmt.Sprintf("cannot read %s: %s: the statistics of its identifiers exclude values that stand in the rows from %d on",
					s.table.name, ShownPath(s.file().Path), s.split.FirstRow+s.first),
				Next: "The file is damaged, or its writer is faulty: ask for the extract again."}
		}
	}
	return nil
}
