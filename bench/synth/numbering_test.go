package synth

import (
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
			for _, s := range append(e.numbering.distributors, e.numbering.mprns...) {
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
