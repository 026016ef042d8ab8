package synth

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"flagfill/engine/meterpoint"
)

func TestPermutationIsABijection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 3000).Draw(t, "n")
		p := newPermutation(n, rapid.Uint64().Draw(t, "key"))
		seen := make([]bool, n)
		for i := range n {
			to := p.at(i)
			if to < 0 || to >= n || seen[to] {
				t.Fatalf("element %d of %d goes to %d, outside or taken", i, n, to)
			}
			seen[to] = true
			if back := p.from(to); back != i {
				t.Fatalf("element %d of %d goes to %d and comes back as %d", i, n, to, back)
			}
		}
	})
}

func TestPermutationOfManyComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1<<40).Draw(t, "n")
		p := newPermutation(n, rapid.Uint64().Draw(t, "key"))
		i := rapid.Int64Range(0, n-1).Draw(t, "i")
		if to := p.at(i); to < 0 || to >= n || p.from(to) != i {
			t.Fatalf("element %d of %d goes to %d and comes back as %d", i, n, to, p.from(to))
		}
	})
}

// Where an element goes says nothing of where its neighbours go, in either
// digit of the network: pairs fall evenly into the squares of a grid.
func TestPermutationScatters(t *testing.T) {
	const n, cells = 1<<18 + 7, 16
	for key := range uint64(10) {
		p := newPermutation(n, mix(key))
		for _, step := range []int64{1, 2, 1 << p.bits} {
			var grid [cells][cells]float64
			for i := range n - step {
				grid[p.at(i)*cells/n][p.at(i+step)*cells/n]++
			}
			mean := float64(n-step) / (cells * cells)
			for i := range grid {
				for j, count := range grid[i] {
					if math.Abs(count-mean) > 6*math.Sqrt(mean) {
						t.Fatalf("key %d, step %d: %g pairs are in square %d, %d, not about %g", key, step, count, i, j, mean)
					}
				}
			}
		}
	}
}

// Every rank is a valid MPxN of its fuel with good check digits, and ranks and
// MPxNs have one order, up to the largest estate.
func TestNumberingIsValidAndOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.Int64Range(2, MaxMeterPoints).Draw(t, "points")
		e, err := newEstate(Config{MeterPoints: points, ErrorRate: DefaultErrorRate})
		if err != nil {
			t.Fatal(err)
		}
		for _, fuel := range meterpoint.Fuels {
			from := rapid.Int64Range(0, e.slots(fuel)-1).Draw(t, "rank")
			starts := []int64{0, from, e.slots(fuel) - 30}
			for _, s := range e.numbering.spans[fuel] {
				starts = append(starts, s.from-15)
			}
			for _, start := range starts {
				checkRanks(t, e, fuel, max(start, 0))
			}
		}
	})
}

func checkRanks(t *rapid.T, e *estate, fuel meterpoint.Fuel, from int64) {
	last := meterpoint.MPxN(0)
	for rank := from; rank < min(from+30, e.slots(fuel)); rank++ {
		m := e.numbering.mpxn(fuel, rank)
		if m.Fuel() != fuel || !meterpoint.DefaultDigits.Valid(m) || !m.CheckOK() {
			t.Fatalf("%v rank %d of %d: %v is no MPxN", fuel, rank, e.slots(fuel), m)
		}
		if m <= last {
			t.Fatalf("%v rank %d of %d: %v is not above %v", fuel, rank, e.slots(fuel), m, last)
		}
		if bad := spoilt(m); bad.CheckOK() || bad.Fuel() != fuel || !meterpoint.DefaultDigits.Valid(bad) {
			t.Fatalf("%v spoilt gives %v", m, bad)
		}
		last = m
	}
}
