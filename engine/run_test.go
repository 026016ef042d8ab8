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

var (
	deviceColumns = []string{"device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan"}
	pointColumns  = []string{"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed", "reported_status"}
)

// randomSnapshot makes rows in which every kind of trouble is frequent. With
// numeric, identifiers hold numbers only.
func randomSnapshot(random *rand.Rand, numeric bool) (devices, points *memoryTable) {
	pick := func(choices ...string) string { return choices[random.IntN(len(choices))] }
	var numbers []string
	for range 1 + random.IntN(60) {
		m := meterpoint.MPxN(1e12 + random.Uint64N(15)*1e11 + random.Uint64N(50)*10)
		m += m.CheckDigit()
		if random.IntN(2) == 0 {
			m = meterpoint.MPxN(10000+random.Uint64N(100))*100 + 1e9*meterpoint.MPxN(random.Uint64N(3))
			m += m.CheckDigits()
		}
		if random.IntN(20) == 0 {
			m++
		}
		if random.IntN(40) == 0 {
			m = 98e11 + m%1e11
		}
		numbers = append(numbers, m.String())
	}
	number := func() string {
		n := numbers[random.IntN(len(numbers))]
		if numeric {
			return n
		}
		switch random.IntN(30) {
		case 0:
			return pick("", " ", "12345", "12345678901", "x", "1030006718997x", "00000000000000001", "-5", "１２３")
		case 1:
			return "000" + n
		case 2:
			return "  " + n + " "
		}
		return n
	}
	status := func() string {
		return pick("Commissioned", "COMMISSIONED", "Installed Not Commissioned", "INSTALLED_NOT_COMMISSIONED", "Pending",
			"Whitelisted", "Suspended", "Recovery", "Recovered", "Decommissioned", "withdrawn", " Commissioned ", "", "Active")
	}
	devices = &memoryTable{columns: deviceColumns}
	for range random.IntN(150) {
		row := []string{pick("ESME", "ESME", "GSME", "gsme", "CHF", "PPMID", "IHD or CAD", "", "Meter"), status(), number(), "", ""}
		if random.IntN(3) == 0 {
			row[3] = number()
		}
		if random.IntN(3) == 0 {
			row[4] = row[2+random.IntN(2)]
		}
		devices.rows = append(devices.rows, row)
	}
	points = &memoryTable{columns: pointColumns}
	for range random.IntN(100) {
		row := []string{number(), pick("A", "I", "N", "", "Null", "n", "S", "W", "?"), "", "", pick("", "true", "F", "no", "maybe"), pick("", "A", "I", "N", "W")}
		if random.IntN(4) == 0 {
			row[2] = pick("EELC", "XOSERVE", "LOND", "eelc", "TOOLONG")
		}
		if random.IntN(2) == 0 {
			row[3] = pick("2024-02-29", "2023-02-29", "2020-01-01", "soon", " 2025-12-31 ")
		}
		points.rows = append(points.rows, row)
		if random.IntN(10) == 0 {
			points.rows = append(points.rows, slices.Clone(row))
		}
	}
	return devices, points
}

func countsByName(c *ExceptionCounts) map[string]int {
	counts := map[string]int{}
	for table := range c.All {
		for code, n := range c.All[table] {
			if n > 0 {
				counts[Table(table).String()+" "+Code(code).String()] = int(n)
			}
		}
	}
	return counts
}

// Random snapshots, whatever their shape, give what the oracle gives.
func TestRunAgreesWithOracle(t *testing.T) {
	snapshots, assessed := 250, 0
	for seed := range snapshots {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		numeric := random.IntN(4) == 0
		devices, points := randomSnapshot(random, numeric)
		cfg := testConfig()
		cfg.Limits, cfg.ListWarnings, cfg.Workers = noLimits(), true, 1+random.IntN(3)
		cfg.Fuel = FuelChoice(random.IntN(3))
		cfg.Scope, cfg.Baseline = meterpoint.Scope(random.IntN(2)), meterpoint.Baseline(random.IntN(3))
		want := oracle{baseline: cfg.Baseline.String(), scope: cfg.Scope.String(), fuel: cfg.Fuel.String()}
		want.run(devices, points)

		var sink memorySink
		got, err := Run(context.Background(), cfg,
			Inputs{devices.shape(random, numeric), points.shape(random, numeric)}, &sink, &Progress{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		compare := func(what string, got, want any) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %s, %s, %s: %s (-oracle +engine):\n%s", seed, cfg.Fuel, cfg.Scope, cfg.Baseline, what, diff)
			}
		}
		compare("changes", sink.changes, want.changes)
		compare("exceptions counted", countsByName(&got.Exceptions), want.codes)
		listed := map[string]int{}
		for _, e := range sink.exceptions {
			listed[e.Table.String()+" "+e.Code.String()]++
		}
		compare("exceptions listed", listed, want.codes)
		totals := got.Read.MeterPoints
		compare("totals", []int64{totals.Rows, totals.Assessed, totals.NotUsed, totals.OtherFuel},
			[]int64{int64(len(points.rows)), int64(want.assessed), int64(want.notUsed), int64(want.otherFuel)})
		rules := map[string]int{}
		for _, r := range got.Summary.Rules {
			rules[r.Rule] += int(r.Count)
		}
		compare("rules", rules, want.rules)
		assessed += want.assessed
	}
	t.Logf("%d snapshots, %d meter points", snapshots, assessed)
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
