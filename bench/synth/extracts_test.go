package synth

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"flagfill/engine/meterpoint"
)

// reconcile gives the class of every meter point and row, from the files alone
// and one row after another. It knows nothing of what was planted.
type reconcile struct {
	points map[meterpoint.MPxN]referencePoint
	rows   map[meterpoint.MPxN][]extractColumns // of the RDP that answers
	found  []truthColumns                       // rows, then points
}

func (r *reconcile) read(t *testing.T, folder string) (total int64) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.parquet"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no extracts: %v", err)
	}
	for _, path := range paths {
		rows, err := parquet.ReadFile[extractColumns](path)
		if err != nil {
			t.Fatal(err)
		}
		total += int64(len(rows))
		for _, row := range rows {
			if rdp := textOf(row.RDPID); rdp+".parquet" != filepath.Base(path) {
				t.Fatalf("a row of %s in %s", rdp, path)
			}
			if class := r.row(row); class != "used" {
				r.found = append(r.found, truthColumns{MPxN: row.MPxN, RDPID: row.RDPID, RowClass: &class})
			}
		}
	}
	return total
}

func (r *reconcile) row(row extractColumns) string {
	m, ok := meterpoint.ParseMPxN([]byte(textOf(row.MPxN)))
	flag := meterpoint.ParseServiceStatus([]byte(textOf(row.Flag)))
	if !ok || !meterpoint.DefaultDigits.Valid(m) || flag == meterpoint.Unknown {
		return "unreadable"
	}
	p, known := r.points[m]
	switch same := func(x extractColumns) bool { return cmp.Equal(x, row) }; {
	case !known:
		return "unknown_point"
	case p.rdp != textOf(row.RDPID):
		return "misrouted"
	case slices.ContainsFunc(r.rows[m], same):
		return "repeat"
	}
	r.rows[m] = append(r.rows[m], row)
	return "used"
}

func (r *reconcile) class(m meterpoint.MPxN, withDevices bool) string {
	p := r.points[m]
	expected, hold := p.Recorded, p.OwnRow || !p.Recorded.InForce()
	if withDevices {
		decision := meterpoint.Decide(p.Point, meterpoint.DefaultRules())
		expected, hold = decision.Status, decision.Hold
	}
	flags, days := map[meterpoint.ServiceStatus]bool{}, []int32{}
	for _, row := range r.rows[m] {
		if flag := meterpoint.ParseServiceStatus([]byte(textOf(row.Flag))); flag != meterpoint.Null {
			flags[flag] = true
			days = append(days, *row.FlagDate)
		}
	}
	recent := p.changedOn != 0 && reconcileOn-p.changedOn <= inFlightDays
	switch {
	case p.rdp == "":
		return "not_covered"
	case hold:
		return "held"
	case len(flags) > 1:
		return "duplicate"
	case expected == meterpoint.Null && len(flags) == 0:
		return "match"
	case flags[expected]:
		if off := p.changedOn - days[0]; expected == p.Recorded && (off >= 30 || off <= -30) {
			return "date"
		}
		return "match"
	case recent:
		return "in_flight"
	case len(flags) == 0:
		return "missing"
	case expected == meterpoint.Null:
		return "unexpected"
	case flags[meterpoint.LegacyS] || flags[meterpoint.LegacyW]:
		return "legacy"
	}
	return "stale"
}

// What the truth says must be what a reconciliation finds, meter point by meter
// point and row by row, and every class must occur.
func TestTruthIsWhatAReconciliationFinds(t *testing.T) {
	for _, shuffled := range []bool{true, false} {
		cfg := Config{Dir: t.TempDir(), MeterPoints: 60_000, Seed: 11, ErrorRate: 0.01, Extracts: true, Shuffled: shuffled, Workers: 2}
		report := generate(t, cfg)
		r := reconcile{points: countRows(t, cfg.Path(inDevices), cfg.Path(inMeterPoints)).points, rows: map[meterpoint.MPxN][]extractColumns{}}
		counted := newExtractCounts()
		counted.Rows = r.read(t, filepath.Join(cfg.Dir, ExtractsFolder))
		for _, row := range r.found {
			counted.RowClasses[textOf(row.RowClass)]++
		}
		for m, p := range r.points {
			class, withDevices := r.class(m, false), r.class(m, true)
			counted.classes(class, withDevices)
			if class != "match" || withDevices != "match" {
				text := m.String()
				r.found = append(r.found, truthColumns{MPxN: &text, RDPID: holderOf(m, p.rdp), Class: &class, ClassWithDevices: &withDevices})
			}
		}
		if diff := cmp.Diff(counted, *report.Extracts); diff != "" {
			t.Errorf("shuffled %v: -counted +reported:\n%s", shuffled, diff)
		}
		truth, err := parquet.ReadFile[truthColumns](cfg.Path(TruthTable))
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(truth, byText)
		slices.SortFunc(r.found, byText)
		if diff := cmp.Diff(r.found, truth); diff != "" {
			t.Errorf("shuffled %v: -found +truth:\n%s", shuffled, diff)
		}
		for _, class := range []string{"match", "not_covered", "held", "duplicate", "date", "in_flight", "missing", "unexpected", "legacy", "stale"} {
			if counted.Classes[class] == 0 {
				t.Errorf("shuffled %v: no meter point is %s", shuffled, class)
			}
		}
		if classes := slices.Sorted(maps.Keys(counted.RowClasses)); !slices.Equal(classes, []string{"misrouted", "repeat", "unknown_point", "unreadable"}) {
			t.Errorf("shuffled %v: rows are %v", shuffled, classes)
		}
	}
}

// holderOf names the RDP whose meter points the truth lists it with: the
// distributor's, also where a faulty rdp_id means that nobody answers.
func holderOf(m meterpoint.MPxN, rdp string) *string {
	if rdp == "" {
		rdp, _ = registrar.Resolve(m, "")
	}
	if rdp == "" {
		return nil
	}
	return &rdp
}

func byText(a, b truthColumns) int {
	line := func(c truthColumns) string {
		return strings.Join([]string{textOf(c.MPxN), textOf(c.RDPID), textOf(c.Class), textOf(c.ClassWithDevices), textOf(c.RowClass)}, ",")
	}
	return strings.Compare(line(a), line(b))
}
