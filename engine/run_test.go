package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flagfill/engine/meterpoint"
)

func testConfig() Config {
	cfg := Config{MPANCheck: Reject, MPRNCheck: Warn, Digits: meterpoint.DefaultDigits, Registrar: meterpoint.NewRegistrar(),
		AsOf: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), Limits: DefaultLimits(), Workers: 2}
	cfg.Rules = meterpoint.DefaultRules()
	cfg.Switches = Switches{true, true}
	return cfg
}

// noLimits lets everything through.
func noLimits() Limits {
	any := Limit{Share: 1, Count: -1}
	return Limits{MaxExceptions: any, MaxDemotions: any, MaxNoMeterLeft: any}
}

// Whatever the limit, a run over it is refused as such and one within it
// lists every exception.
func TestLimitsRefuse(t *testing.T) {
	refused := 0
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 2))
		devices, points := randomSnapshot(random, false)
		cfg := testConfig()
		cfg.Limits = noLimits()
		cfg.Limits.MaxExceptions = Limit{Count: int64(random.IntN(12))}
		var sink memorySink
		r, err := Run(context.Background(), cfg, Inputs{devices, points}, &sink, &Progress{})
		over := max(r.Exceptions.Serious(Devices), r.Exceptions.Serious(MeterPoints)) > cfg.Limits.MaxExceptions.Count
		var refusal *Refusal
		switch {
		case !over && err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case over && (!errors.As(err, &refusal) || refusal.Kind != RefusedLimit):
			t.Fatalf("seed %d: over the limit of %d, and %v", seed, cfg.Limits.MaxExceptions.Count, err)
		case over:
			refused++
		case int64(len(sink.exceptions)) != r.Exceptions.Serious(Devices)+r.Exceptions.Serious(MeterPoints):
			t.Fatalf("seed %d: %d exceptions listed", seed, len(sink.exceptions))
		}
		for _, e := range sink.exceptions {
			if e.Code == BadRDP && e.Value == "" {
				t.Fatalf("seed %d: %+v quotes nothing", seed, e)
			}
		}
	}
	if refused < 10 {
		t.Errorf("only %d runs were over their limit", refused)
	}
}

// Exceptions name the row and column that a person would point at.
func TestExceptionsNameRows(t *testing.T) {
	devices := &memoryTable{columns: deviceColumns, splitRows: 2, batchRows: 1, rows: [][]string{
		{"ESME", "Commissioned", "1030006718997", "", ""},
		{"ESME", "Commissioned", "12", "1200023305967", ""},
		{"Toaster", "Commissioned", "1030006718997", "", ""},
		{"GSME", "Commissioned", "3938424403", "", ""},
	}}
	points := &memoryTable{columns: pointColumns, splitRows: 2, batchRows: 2, rows: [][]string{
		{"1030006718997", "A", "EELC", "", "", ""},
		{"1100013222946", "N", "", "", "", ""},
		{"1030006718997", "A", "EELC", "", "", ""},
		{"1014568234275", "A", "", "", "", ""},
		{"1014568234275", "N", "", "", "", ""},
		{"2100041172109", "Z", "", "soon", "", ""},
		{"2100041172109", "Z", "", "soon", "", ""},
	}}
	cfg := testConfig()
	cfg.Limits = noLimits()
	var sink memorySink
	if _, err := Run(context.Background(), cfg, Inputs{devices, points}, &sink, &Progress{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range sink.exceptions {
		got = append(got, fmt.Sprintf("%s %d %s %s %q", e.Table, e.Row, e.Column, e.Code, e.Value))
	}
	want := []string{
		`devices 1 import_mpxn BAD_MPXN "12"`,
		`devices 1 secondary_import_mpan ORPHAN_MPXN "1200023305967"`,
		`devices 2 device_type UNKNOWN_DEVICE_TYPE "Toaster"`,
		`devices 3 import_mpxn ORPHAN_MPXN "3938424403"`,
		`meter_points 2 mpxn DUPLICATE_METER_POINT "1030006718997"`,
		`meter_points 3 mpxn CONFLICTING_METER_POINT "1014568234275"`,
		`meter_points 4 mpxn CONFLICTING_METER_POINT "1014568234275"`,
		`meter_points 5 service_status UNKNOWN_SERVICE_STATUS "Z"`,
		`meter_points 5 service_status_changed_on BAD_VALUE "soon"`,
		`meter_points 6 mpxn DUPLICATE_METER_POINT "2100041172109"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A snapshot of many ranges, sorted and shuffled, gives the same result, and
// its twin ranges are computed.
func TestManyRangesAgree(t *testing.T) {
	devices, points := &memoryTable{columns: deviceColumns, splitRows: 5000, batchRows: 1000}, &memoryTable{columns: pointColumns, splitRows: 5000, batchRows: 1000}
	random := rand.New(rand.NewPCG(7, 7))
	for i := range 60_000 {
		m := meterpoint.MPxN(1e12+uint64(i%14)*1e11) + meterpoint.MPxN(i/14)*10
		m += m.CheckDigit()
		points.rows = append(points.rows, []string{m.String(), []string{"A", "N", ""}[i%3], "", "2020-01-01", "", ""})
		devices.rows = append(devices.rows, []string{"ESME", []string{"Commissioned", "InstalledNotCommissioned"}[i/2%2], m.String(), "", ""})
	}
	cfg := testConfig()
	cfg.Limits = noLimits()
	results := map[string][]changeRow{}
	for _, order := range []string{"shuffled", "sorted"} {
		if order == "sorted" {
			slices.SortFunc(points.rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		} else {
			random.Shuffle(len(points.rows), func(i, j int) { points.rows[i], points.rows[j] = points.rows[j], points.rows[i] })
		}
		var sink memorySink
		if _, err := Run(context.Background(), cfg, Inputs{devices, points}, &sink, &Progress{}); err != nil {
			t.Fatal(order, err)
		}
		results[order] = sink.changes
		if !slices.IsSortedFunc(sink.changes, func(a, b changeRow) int {
			x, _ := strconv.Atoi(a.MPxN)
			y, _ := strconv.Atoi(b.MPxN)
			return x - y
		}) {
			t.Errorf("%s: changes are not in MPxN order", order)
		}
	}
	if diff := cmp.Diff(results["sorted"], results["shuffled"]); diff != "" {
		t.Error(diff)
	}
	if len(results["sorted"]) < 20_000 {
		t.Errorf("only %d changes", len(results["sorted"]))
	}
}
