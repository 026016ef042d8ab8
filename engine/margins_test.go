package engine

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
)

// A run is refused exactly where one of its margins is exceeded, and the
// refusal names each of those.
func TestMarginsAgreeWithRefusal(t *testing.T) {
	refused := 0
	for seed := range 60 {
		random := rand.New(rand.NewPCG(uint64(seed), 5))
		devices, points := randomSnapshot(random, false)
		cfg := testConfig()
		share := func() Limit { return Limit{Share: float64(min(random.IntN(201), 100)) / 100, Count: -1} }
		cfg.Limits = Limits{MaxExceptions: share(), MaxDemotions: share(), MaxNoMeterLeft: share()}
		result, err := Run(context.Background(), cfg, Inputs{devices, points}, &memorySink{}, &Progress{})
		if result == nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var exceeded []Margin
		for _, m := range result.Margins {
			if m.Exceeded() {
				exceeded = append(exceeded, m)
			}
		}
		if len(result.Margins) != 6 {
			t.Fatalf("seed %d: %d margins", seed, len(result.Margins))
		}
		if (err != nil) != (len(exceeded) > 0) {
			t.Fatalf("seed %d: error %v, exceeded %v", seed, err, exceeded)
		}
		if err == nil {
			continue
		}
		refused++
		if n := strings.Count(err.Error(), " are allowed (--"); n != len(exceeded) {
			t.Errorf("seed %d: %d figures, want %d: %v", seed, n, len(exceeded), err)
		}
		for _, m := range exceeded {
			if flag := "--" + strings.ReplaceAll(m.Limit, "_", "-"); !strings.Contains(err.Error(), flag) || !strings.Contains(err.Error(), m.Where+": ") {
				t.Errorf("seed %d: %v does not name %v", seed, err, m)
			}
		}
	}
	if refused == 0 || refused == 60 {
		t.Errorf("%d of 60 runs refused", refused)
	}
}

// The RDPs of a fuel that is over a limit are named in its line; one that is
// over it while its fuel is not has a line of its own.
func TestExcessOfRDPs(t *testing.T) {
	margin := func(limit, where string, count int64) Margin {
		return newMargin(limit, where, Limit{Count: 10}, count, 12_345, ofActiveAndInstalled)
	}
	result := &Result{Margins: []Margin{
		margin(maxDemotions, "gas", 9), margin(maxDemotions, "gas, XOSERVE", 11),
		margin(maxDemotions, "electricity", 30), margin(maxDemotions, "electricity, EELC", 12),
		margin(maxDemotions, "electricity, EMEB", 2), margin(maxDemotions, "electricity, LOND", 16),
	}}
	want := `over a limit, nothing was published:
  gas, XOSERVE: 11 of 12,345 meter points recorded A or I would lose their status, at most 10 are allowed (--max-demotions)
  electricity: 30 of 12,345 meter points recorded A or I would lose their status, at most 10 are allowed (--max-demotions); over it by themselves too: EELC, LOND
`
	if got := (&run{}).checkLimits(result).Error(); !strings.HasPrefix(got, want) {
		t.Errorf("%s", got)
	}
}

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		limit         Limit
		base, allowed int64
	}{
		{Limit{Count: 0}, 1000, 0}, {Limit{Count: 7}, 0, 7},
		{Limit{Share: 0.001, Count: -1}, 1999, 1}, {Limit{Share: 0.001, Count: -1}, 999, 0},
		{Limit{Share: 1, Count: -1}, 5, -1},
	} {
		if got := c.limit.allowed(c.base); got != c.allowed {
			t.Errorf("%v of %d: %d, want %d", c.limit, c.base, got, c.allowed)
		}
	}
}

func TestTightest(t *testing.T) {
	margins := []Margin{{Where: "free", Count: 9, Allowed: -1}, {Where: "half", Count: 5, Allowed: 10},
		{Where: "none", Allowed: 0}, {Where: "over", Count: 1, Allowed: 0}}
	var order []string
	for _, m := range Tightest(margins) {
		order = append(order, m.Where)
	}
	if got := strings.Join(order, " "); got != "over half free none" {
		t.Error(got)
	}
}
