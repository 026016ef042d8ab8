package synth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"flagfill/engine/meterpoint"
)

func generate(t *testing.T, cfg Config) Report {
	t.Helper()
	report, err := Generate(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// What the report says must be what a row-by-row count finds: every planted
// fault by code, every transition of a default run, and the control totals.
func TestReportIsWhatTheRowsHold(t *testing.T) {
	for _, cfg := range []Config{
		{MeterPoints: 1},
		{MeterPoints: 200, Seed: 3, ErrorRate: 0.2},
		{MeterPoints: 60_000, Seed: 1, ErrorRate: 0.01, Shuffled: true},
		{MeterPoints: 60_000, Seed: 2, ErrorRate: 0.01},
		{MeterPoints: 60_000, Seed: 2},
		{MeterPoints: 30_000, Seed: 3, ErrorRate: 0.01, Profile: GB},
		{MeterPoints: 30_000, Seed: 3, ErrorRate: 0.01, Profile: FIA, Shuffled: true},
		{MeterPoints: 60_000, Seed: 4, ErrorRate: 0.01, Settled: 0.97},
		{MeterPoints: 60_000, Seed: 4, ErrorRate: 0.01, Settled: 1, Shuffled: true},
		{MeterPoints: 60_000, Seed: 4, ErrorRate: 0.01, Forgotten: true, RowGroupRows: 700},
		{MeterPoints: 60_000, Seed: 4, ErrorRate: 0.01, OneDistributor: true},
	} {
		t.Run(fmt.Sprintf("profile %d, %d points, errors %g, shuffled %v, settled %g, forgotten %v, one distributor %v",
			cfg.Profile, cfg.MeterPoints, cfg.ErrorRate, cfg.Shuffled, cfg.Settled, cfg.Forgotten, cfg.OneDistributor), func(t *testing.T) {
			cfg.Dir, cfg.Workers = t.TempDir(), 2
			got := generate(t, cfg)
			want := countRows(t, filepath.Join(cfg.Dir, DevicesFile), filepath.Join(cfg.Dir, MeterPointsFile))
			if diff := cmp.Diff(want.Report, got); diff != "" {
				t.Errorf("-counted +reported:\n%s", diff)
			}
			if cfg.ErrorRate == 0 && len(got.Planted) > 0 {
				t.Errorf("faults without an error rate: %+v", got.Planted)
			}
			if cfg.ErrorRate == 0 && got.MeterPoints != cfg.MeterPoints {
				t.Errorf("%d meter_points rows, want %d", got.MeterPoints, cfg.MeterPoints)
			}
		})
	}
}

// A default run must be neither refused nor idle: exceptions below 0.1 % of
// each table, demotions below 5 % and lost meters below 0.5 % of the points
// recorded A, 1 to 3 % of all points changed, 1.2 device rows to a point.
func TestDefaultEstateIsBelievable(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), MeterPoints: 200_000, Seed: 7, ErrorRate: DefaultErrorRate, Shuffled: true, Workers: 2}
	report := generate(t, cfg)
	counted := countRows(t, filepath.Join(cfg.Dir, DevicesFile), filepath.Join(cfg.Dir, MeterPointsFile))
	within := func(what string, n, of int64, low, high float64) {
		t.Helper()
		if share := float64(n) / float64(of); share < low || share > high {
			t.Errorf("%s: %d of %d is %.4f, want %g to %g", what, n, of, share, low, high)
		}
	}
	faults := map[string]int64{}
	for _, p := range report.Planted {
		if !p.Warning {
			faults[p.Table] += p.Count
		}
	}
	within("exceptions in devices", faults[inDevices], report.Associations, 0.0001, 0.0005)
	within("exceptions in meter_points", faults[inMeterPoints], report.MeterPoints, 0.0001, 0.0005)
	changed, demoted := int64(0), [2]int64{}
	for _, tr := range report.Transitions {
		changed += tr.Count
		if meterpoint.Demotes(tr.From, tr.To) {
			demoted[tr.Fuel] += tr.Count
		}
	}
	within("changed points", changed, cfg.MeterPoints, 0.01, 0.03)
	within("held points", report.Held, cfg.MeterPoints, 0.0001, 0.001)
	within("device rows", report.Devices, cfg.MeterPoints, 1.15, 1.25)
	within("meters", report.Meters, cfg.MeterPoints, 0.62, 0.72)
	for _, fuel := range meterpoint.Fuels {
		within("demotions, "+fuel.String(), demoted[fuel], counted.recorded[fuel], 0.0005, 0.02)
		within("lost meters, "+fuel.String(), counted.lost[fuel], counted.recorded[fuel], 0.0001, 0.002)
	}
}

// Many small row groups, so that the workers' turns matter.
func TestSameSeedSameBytes(t *testing.T) {
	table := func(cfg Config, workers int) []byte {
		t.Helper()
		e, err := newEstate(cfg)
		if err != nil {
			t.Fatal(err)
		}
		e.groupRows = 1000
		var out bytes.Buffer
		if err := writeTable(context.Background(), &out, e, devicesTable, workers); err != nil {
			t.Fatal(err)
		}
		if err := writeTable(context.Background(), &out, e, meterPointsTable, workers); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for _, shuffled := range []bool{true, false} {
		cfg := Config{MeterPoints: 20_500, Seed: 1, ErrorRate: 0.01, Shuffled: shuffled}
		once := table(cfg, 1)
		for _, workers := range []int{1, 2, 3, 7} {
			if !bytes.Equal(once, table(cfg, workers)) {
				t.Errorf("shuffled %v: %d workers wrote other bytes than one", shuffled, workers)
			}
		}
		cfg.Seed = 2
		if bytes.Equal(once, table(cfg, 1)) {
			t.Errorf("shuffled %v: seeds 1 and 2 gave the same bytes", shuffled)
		}
	}
}

func TestSortedMeansMPxNOrder(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), MeterPoints: 30_000, Seed: 5, ErrorRate: 0.01}
	generate(t, cfg)
	rows, err := parquet.ReadFile[pointColumns](filepath.Join(cfg.Dir, MeterPointsFile))
	if err != nil {
		t.Fatal(err)
	}
	last := meterpoint.MPxN(0)
	for i, row := range rows {
		m, ok := meterpoint.ParseMPxN([]byte(textOf(row.MPxN)))
		if !ok || !meterpoint.DefaultDigits.Valid(m) {
			continue
		}
		if m < last {
			t.Fatalf("row %d: %v after %v", i, m, last)
		}
		last = m
	}
}

func TestGenerateRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no meter points":       {MeterPoints: 0},
		"too many":              {MeterPoints: MaxMeterPoints + 1},
		"too many faults":       {MeterPoints: 1000, ErrorRate: 0.9},
		"a negative share":      {MeterPoints: 1000, ErrorRate: -0.1},
		"too much settled":      {MeterPoints: 1000, Settled: 1.1},
		"settled and forgotten": {MeterPoints: 1000, Settled: 0.5, Forgotten: true},
		"too many row groups":   {MeterPoints: 100_000, RowGroupRows: 1},
	} {
		cfg.Dir = filepath.Join(t.TempDir(), "snapshot")
		if _, err := Generate(context.Background(), cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := os.Stat(cfg.Dir); !os.IsNotExist(err) {
			t.Errorf("%s: the folder was made", name)
		}
	}
}

func TestInterruptedLeavesNoFile(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if _, err := Generate(ctx, Config{Dir: dir, MeterPoints: 10_000, Workers: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestFailedExtractsLeaveNoFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "truth.csv")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(t.Context(), Config{Dir: dir, MeterPoints: 100, Format: CSV, Extracts: true}); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want that the file exists", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 || left[0].Name() != "truth.csv" {
		t.Errorf("left %v", left)
	}
}

func TestGenerateOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, MeterPointsFile)
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(context.Background(), Config{Dir: dir, MeterPoints: 10}); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want that the file exists", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Errorf("the file now holds %d bytes", len(text))
	}
	if _, err := os.Stat(filepath.Join(dir, DevicesFile)); !os.IsNotExist(err) {
		t.Error("the other table was left behind")
	}
}
