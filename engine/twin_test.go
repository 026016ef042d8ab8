package engine

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"flagfill/assurance/property"
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// gathered is a run over random rows that was read into many small ranges.
// Under its baseline the points' own dates show.
func gathered(t *testing.T, random *rand.Rand) *run {
	t.Helper()
	c := randomCase(random, 3000)
	c.cfg.Passes, c.cfg.Baseline = 1, meterpoint.BaselineGoLive
	r, err := plan(t.Context(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, &Progress{})
	if err != nil {
		t.Fatal(err)
	}
	var keys []uint64
	for range 200 {
		keys = append(keys, random.Uint64N(1e10), 1e12+random.Uint64N(15e11))
	}
	r.ranges = kernel.NewRanges(cutKeys(keys, 40))
	for _, prepare := range []func() error{
		r.choosePasses,
		func() error { r.employ(); return nil },
		func() error { return r.gather(context.Background(), 0) },
		func() error { return r.deliveries.resolve(r.rdpCodes) },
	} {
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// sortedRange is what the sorting kernel made of a range, and the table that
// outcomes are looked up in.
type sortedRange struct {
	devices, points []uint64
	days            []int32
	verdicts        *verdicts
}

func (s *sortedRange) clone() *sortedRange {
	return &sortedRange{slices.Clone(s.devices), slices.Clone(s.points), slices.Clone(s.days),
		&verdicts{question: s.verdicts.question}}
}

// rangeFaults are faults of kernels and of the table, as they show in what the
// engine decides from. Where there is nothing to spoil they do nothing.
var rangeFaults = map[string]func(*sortedRange, *rand.Rand){
	"a device word is lost": func(s *sortedRange, random *rand.Rand) {
		if n := len(s.devices); n > 0 {
			at := random.IntN(n)
			s.devices = slices.Delete(s.devices, at, at+1)
		}
	},
	"the device words after one are lost": func(s *sortedRange, random *rand.Rand) {
		s.devices = s.devices[:random.IntN(len(s.devices)+1)]
	},
	"a bit of a folded set is wrong": func(s *sortedRange, random *rand.Rand) {
		if n := len(s.devices); n > 0 {
			s.devices[random.IntN(n)] ^= 1 << random.IntN(meterpoint.StatusSetBits)
		}
	},
	"a device word goes to the next meter point": func(s *sortedRange, random *rand.Rand) {
		if n := len(s.devices); n > 1 {
			at := random.IntN(n - 1)
			s.devices[at] = kernel.Word(kernel.Key(s.devices[at+1]), kernel.Payload(s.devices[at]))
		}
	},
	"a meter point is lost": func(s *sortedRange, random *rand.Rand) {
		if n := len(s.points); n > 0 {
			at := random.IntN(n)
			s.points, s.days = slices.Delete(s.points, at, at+1), slices.Delete(s.days, at, at+1)
		}
	},
	"a meter point stands twice": func(s *sortedRange, random *rand.Rand) {
		if n := len(s.points); n > 0 {
			at := random.IntN(n)
			s.points, s.days = slices.Insert(s.points, at, s.points[at]), slices.Insert(s.days, at, s.days[at])
		}
	},
	"a bit of a point word is wrong": func(s *sortedRange, random *rand.Rand) {
		if n := len(s.points); n > 0 {
			s.points[random.IntN(n)] ^= 1 << (17 + random.IntN(2)) // of the recorded status
		}
	},
	"a day is another's": func(s *sortedRange, random *rand.Rand) {
		if n := len(s.days); n > 1 {
			at := random.IntN(n - 1)
			s.days[at] = s.days[at+1]
		}
	},
	"a line of the table is wrong": func(s *sortedRange, random *rand.Rand) {
		spoil(s.verdicts, random)
	},
}

// spoil puts one wrong verdict in for every status set: one of the situations
// with a recorded and a reported status.
func spoil(v *verdicts, random *rand.Rand) {
	p := meterpoint.Point{Recorded: meterpoint.ServiceStatus(random.IntN(4)), Reported: meterpoint.ServiceStatus(random.IntN(4)), Ever: random.IntN(2) == 0}
	what := random.IntN(4)
	for set := range meterpoint.StatusSet(meterpoint.StatusSets) {
		p.Set = set
		wrong := v.of(situation(p))
		switch what {
		case 0:
			wrong.status = (wrong.status + 1) % 4
		case 1:
			wrong.rule = (wrong.rule + 1) % meterpoint.RuleCount
		case 2:
			wrong.fate = (wrong.fate + 1) % 4
		case 3:
			wrong.reportable = !wrong.reportable
		}
	}
}

// decided is all that a range adds to a run.
type decided struct {
	cells   *histogram
	found   *ledger
	changes *Changes
}

func (s *sortedRange) decide(r *run) decided {
	d := decided{newHistogram(), &ledger{}, &Changes{}}
	decider{run: r, cells: d.cells, verdicts: s.verdicts, ledger: d.found, changes: d.changes}.meet(s.points, s.days, s.devices)
	return d
}

func (d decided) equal(other decided) bool {
	cells := map[uint32]int64{}
	for i, k := range other.cells.keys {
		if k != 0 {
			cells[k-1] = other.cells.counts[i]
		}
	}
	return d.changes.equal(other.changes) && d.cells.equal(cells) && d.found.counts == other.found.counts
}

// Whatever a kernel or the table gets wrong in a range, the twin finds it as
// soon as it changes anything that the range adds to the run, and it finds
// nothing else.
func TestPropertyTwinFindsEveryFaultThatMatters(t *testing.T) {
	mattered := map[string]int{}
	property.Property{Goal: "R13", Name: "the twin finds every fault of a range that changes anything", Unit: "planted faults", Seeds: 50}.
		Check(t, func(t *testing.T, seed int) (planted int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 13))
			r := gathered(t, random)
			a := newAssessor(r)
			for i := range r.ranges.Count() {
				a.take(i)
				before := copyRange(a.deviceWords, a.pointWords, a.days)
				var s sortedRange
				s.devices = slices.Sorted(slices.Values(a.deviceWords))
				s.points, s.days = a.points.Sort(a.pointWords, a.days)
				s.verdicts = &verdicts{question: r.cfg.Question}
				a.deviceWords, a.pointWords, a.days = nil, nil, nil
				sound := s.decide(r)
				if err := before.check(r, decider{cells: sound.cells, ledger: sound.found, changes: sound.changes}); err != nil {
					t.Fatalf("range %d is sound, and %v", i, err)
				}
				for _, name := range slices.Sorted(maps.Keys(rangeFaults)) {
					faulty := s.clone()
					rangeFaults[name](faulty, random)
					d := faulty.decide(r)
					matters := !d.equal(sound)
					if err := before.check(r, decider{cells: d.cells, ledger: d.found, changes: d.changes}); (err != nil) != matters {
						t.Fatalf("range %d, %s: it matters: %v, and the twin says %v", i, name, matters, err)
					}
					if matters {
						mattered[name]++
						planted++
					}
				}
			}
			return planted
		})
	for name := range rangeFaults {
		if mattered[name] == 0 {
			t.Errorf("%s: never mattered", name)
		}
	}
}

// A wrong table stops the run at the range that is computed again, and at no
// other.
func TestTwinStopsTheRun(t *testing.T) {
	r := gathered(t, rand.New(rand.NewPCG(1, 14)))
	stopped := 0
	for i := range r.ranges.Count() {
		a := newAssessor(r)
		for s := range a.verdicts.table {
			a.verdicts.table[s] = verdict{asked: true, status: meterpoint.Active, rule: meterpoint.RuleCommissioned}
		}
		err := a.assessRange(i, &assessed{changes: new(Changes)})
		if err == nil {
			continue
		}
		stopped++
		if !r.isChecked(i) || !strings.HasPrefix(err.Error(), "self-check of range") {
			t.Errorf("range %d: %v", i, err)
		}
	}
	if stopped != 1 {
		t.Errorf("%d of %d ranges stopped the run", stopped, r.ranges.Count())
	}
}

// One range in 256 is computed again, at least one in every run, and each has
// its turn as the number of rows changes.
func TestCheckedRanges(t *testing.T) {
	for _, ranges := range []int{1, 2, 40, 256, 257, 1000, 2400} {
		var cuts []uint64
		for i := 1; i < ranges; i++ {
			cuts = append(cuts, uint64(i)*1e9)
		}
		r := &run{ranges: kernel.NewRanges(cuts), points: &table{plan: &Plan{Files: make([]File, 1)}}}
		if r.ranges.Count() != ranges {
			t.Fatalf("%d ranges, want %d", r.ranges.Count(), ranges)
		}
		had := map[int]bool{}
		for rows := range int64(checkedShare) {
			r.points.plan.Files[0].Rows = 1_000_000 + rows
			checked := 0
			for i := range ranges {
				if r.isChecked(i) {
					had[i] = true
					checked++
				}
			}
			if low := max(ranges/checkedShare, 1); checked < low || checked > low+1 {
				t.Errorf("%d of %d ranges are computed again", checked, ranges)
			}
		}
		if len(had) != ranges {
			t.Errorf("%d of %d ranges have their turn", len(had), ranges)
		}
	}
}

// Where the spread of the points is known, no turn is wasted on an empty range.
func TestCheckedRangesHoldPoints(t *testing.T) {
	var cuts []uint64
	for i := range 999 {
		cuts = append(cuts, uint64(i+1)*1e9)
	}
	r := &run{ranges: kernel.NewRanges(cuts), points: &table{plan: &Plan{Files: make([]File, 1)}}}
	var sample []uint64
	for i := range uint64(300) { // every tenth range holds three of them
		sample = append(sample, i/3*1e10+i)
	}
	r.share = sharesOf(r.ranges, sample)
	had := map[int]bool{}
	for rows := range int64(300) {
		r.points.plan.Files[0].Rows = rows
		checked := 0
		for i := range r.ranges.Count() {
			if r.isChecked(i) {
				had[i] = true
				checked++
				if i%10 != 0 {
					t.Fatalf("with %d rows the empty range %d has a turn", rows, i)
				}
			}
		}
		if checked != 3 {
			t.Errorf("with %d rows %d ranges have a turn", rows, checked)
		}
	}
	if len(had) != 100 {
		t.Errorf("%d of 100 ranges had a turn", len(had))
	}
}

// What a run spends on the twin: a range of the usual size, decided and then
// computed again. Of the ranges of a large run, one in 256 is.
func BenchmarkTwin(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 15))
	texts := randomTexts{Rand: random}
	var devices, points memoryTable
	devices.columns, points.columns = deviceColumns, pointColumns
	devices.splitRows, devices.batchRows, points.splitRows, points.batchRows = 1<<15, 1<<13, 1<<15, 1<<13
	for i := range pointsPerRange {
		m := meterpoint.MPxN(1e12 + 7*i*10)
		m += m.CheckDigit()
		points.rows = append(points.rows, []string{m.String(), texts.pick("A", "A", "A", "A", "N", "I", ""), "", "2020-01-01", "", ""})
		for range 1 + i%5/4 {
			devices.rows = append(devices.rows, []string{"ESME", texts.pick("Commissioned", "Commissioned", "Commissioned", "InstalledNotCommissioned"), m.String(), "", ""})
		}
	}
	cfg := testConfig()
	cfg.Limits = noLimits()
	r, err := plan(b.Context(), cfg, Inputs{&devices, &points}, &Progress{})
	if err != nil {
		b.Fatal(err)
	}
	if err := r.do(b.Context(), &memorySink{}); err != nil {
		b.Fatal(err)
	}
	r.employ()
	if err := r.gather(b.Context(), 0); err != nil {
		b.Fatal(err)
	}
	a := newAssessor(r)
	a.take(0)
	copied := copyRange(a.deviceWords, a.pointWords, a.days)
	s := sortedRange{verdicts: a.verdicts}
	s.devices = slices.Sorted(slices.Values(a.deviceWords))
	s.points, s.days = a.points.Sort(a.pointWords, a.days)
	d := s.decide(r)
	b.Run(fmt.Sprintf("rows=%d/workers=1", len(points.rows)+len(devices.rows)), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := copied.check(r, decider{cells: d.cells, ledger: d.found, changes: d.changes}); err != nil {
				b.Fatal(err)
			}
		}
		perPoint := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / pointsPerRange
		b.ReportMetric(perPoint, "ns/point")
		b.ReportMetric(perPoint/checkedShare, "ns/point-of-a-run")
	})
}
