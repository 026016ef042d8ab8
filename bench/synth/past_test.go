package synth

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func changed(r Report) int64 {
	n := int64(0)
	for _, t := range r.Transitions {
		n += t.Count
	}
	return n
}

func TestShareOfMeterPointsThatChange(t *testing.T) {
	const points = 100_000
	first := changed(generate(t, Config{Dir: t.TempDir(), MeterPoints: points}))
	few := changed(generate(t, Config{Dir: t.TempDir(), MeterPoints: points, Settled: 0.9}))
	if low, high := first/12, first/8; few < low || few > high {
		t.Errorf("nine in ten settled: %d of %d changes are left", few, first)
	}
	if n := changed(generate(t, Config{Dir: t.TempDir(), MeterPoints: points, Settled: 1})); n != 0 {
		t.Errorf("all settled: %d changes are left", n)
	}
	all := generate(t, Config{Dir: t.TempDir(), MeterPoints: points, Forgotten: true})
	if n := changed(all); n != points-all.Held {
		t.Errorf("forgotten: %d of %d change, and %d are held", n, points, all.Held)
	}
}

func TestOneDistributor(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), MeterPoints: 50_000, OneDistributor: true, Shuffled: true}
	generate(t, cfg)
	rows, err := parquet.ReadFile[pointColumns](filepath.Join(cfg.Dir, MeterPointsFile))
	if err != nil {
		t.Fatal(err)
	}
	mpans := 0
	for _, row := range rows {
		m := textOf(row.MPxN)
		if len(m) != 13 {
			continue
		}
		if mpans++; !strings.HasPrefix(m, "10") {
			t.Fatalf("an MPAN of distributor %s", m[:2])
		}
	}
	if mpans < len(rows)/2 {
		t.Errorf("%d MPANs among %d meter points", mpans, len(rows))
	}
}

func TestRowGroupsOfAGivenSize(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), MeterPoints: 10_000, RowGroupRows: 3000, Shuffled: true}
	generate(t, cfg)
	rows, err := parquet.ReadFile[pointColumns](filepath.Join(cfg.Dir, MeterPointsFile))
	if err != nil || len(rows) != 10_000 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	e, err := newEstate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if groups := e.groups(meterPointsTable); groups != 4 {
		t.Errorf("%d row groups, want 4", groups)
	}
}
