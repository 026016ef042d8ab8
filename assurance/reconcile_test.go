package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"flagfill/assurance/property"
)

// heldRow is a row of an extract, as the generator writes it.
type heldRow struct {
	MPxN   *string `parquet:"mpxn,optional"`
	Flag   *string `parquet:"dcc_service_flag,optional"`
	FlagOn *int32  `parquet:"dcc_service_flag_efd,optional,date"`
	RDP    *string `parquet:"rdp_id,optional"`
}

// truthRow is what the generator says is wrong.
type truthRow struct {
	MPxN             *string `parquet:"mpxn,optional"`
	RDP              *string `parquet:"rdp_id,optional"`
	Class            *string `parquet:"class,optional"`
	ClassWithDevices *string `parquet:"class_with_devices,optional"`
	RowClass         *string `parquet:"row_class,optional"`
}

// differenceLine is a line of differences.parquet.
type differenceLine struct {
	MPxN     *string `parquet:"mpxn,optional"`
	RDP      *string `parquet:"rdp_id,optional"`
	Expected *string `parquet:"expected,optional"`
	Class    string  `parquet:"class"`
	HeldBy   *string `parquet:"held_by,optional"`
}

// correction is a row of the corrections' changes.parquet.
type correction struct {
	MPxN        string  `parquet:"mpxn"`
	RDP         *string `parquet:"rdp_id,optional"`
	New         *string `parquet:"new_status,optional"`
	EffectiveOn *int32  `parquet:"effective_on,optional,date"`
	Disposition string  `parquet:"disposition"`
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func readRows[T any](t *testing.T, path string) []T {
	t.Helper()
	rows, err := parquet.ReadFile[T](path)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// estate is a snapshot with what RDPs hold.
type estate struct{ dir, extracts string }

// reconcile runs the command, which must find differences, and gives the folder
// and its counts.
func (e estate) reconcile(t *testing.T, out string, args ...string) (dir string, classes map[string]int64) {
	t.Helper()
	dir = filepath.Join(e.dir, out)
	o := flagfill(t, append([]string{"reconcile", "--meter-points", filepath.Join(e.dir, "meter_points.parquet"), "--extract", e.extracts,
		"--out", dir, "--as-of", "2026-09-30T12:00:00Z", "--date-tolerance-days", "29", "--max-exceptions", "1%", "--progress", "none"}, args...)...)
	if o.code != 3 {
		t.Fatalf("exit code %d: %s", o.code, o.stderr)
	}
	var record struct{ Classes, Rows map[string]int64 }
	content, err := os.ReadFile(filepath.Join(dir, "reconciliation.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &record); err != nil {
		t.Fatal(err)
	}
	maps.Copy(record.Classes, record.Rows)
	return dir, record.Classes
}

// differences counts the lines of a reconciliation.
func differences(t *testing.T, dir string) map[string]int {
	t.Helper()
	found := map[string]int{}
	for _, line := range readRows[differenceLine](t, filepath.Join(dir, "differences.parquet")) {
		holder := line.RDP
		if isRowClass(line.Class) {
			holder = line.HeldBy
		}
		found[text(line.MPxN)+" "+text(holder)+" "+line.Class]++
	}
	return found
}

func isRowClass(class string) bool {
	return class == "unreadable" || class == "unknown_point" || class == "misrouted"
}

// truth counts the lines that a reconciliation should have, and by class what
// it should count besides.
func (e estate) truth(t *testing.T, withDevices, inFlight bool) map[string]int {
	t.Helper()
	planted := map[string]int{}
	for _, row := range readRows[truthRow](t, filepath.Join(e.dir, "truth.parquet")) {
		class := text(row.RowClass)
		switch {
		case class == "" && withDevices:
			class = text(row.ClassWithDevices)
		case class == "":
			class = text(row.Class)
		}
		if class == "match" || class == "not_covered" || class == "repeat" || class == "in_flight" && !inFlight {
			continue
		}
		planted[text(row.MPxN)+" "+text(row.RDP)+" "+class]++
	}
	return planted
}

// Every difference that was planted is found, of its class and no other, and
// nothing else is; the corrections put right what can be put right by sending.
func TestPropertyReconciliationFindsWhatWasPlanted(t *testing.T) {
	const meterPoints = 25_000
	property.Property{Goal: "R2", Name: "reconcile finds what was planted, and corrects it", Unit: "meter points", Seeds: 40}.Check(t,
		func(t *testing.T, seed int) int64 {
			e := estate{dir: filepath.Join(t.TempDir(), "estate")}
			e.extracts = filepath.Join(e.dir, "extracts")
			o := flagfill(t, "generate", "--out", e.dir, "--meter-points", strconv.Itoa(meterPoints), "--seed", strconv.Itoa(100+seed), "--errors", "0.001", "--extracts")
			if o.code != 0 {
				t.Fatalf("cannot generate: %s", o.stderr)
			}
			for name, devices := range map[string][]string{"computed": {"--devices", filepath.Join(e.dir, "devices.parquet")}, "recorded": nil} {
				e.check(t, name, devices)
			}
			return 2 * meterPoints
		})
}

func (e estate) check(t *testing.T, name string, devices []string) {
	t.Helper()
	dir, counts := e.reconcile(t, name, append(devices, "--in-flight-days", "7", "--corrections")...)
	planted := e.truth(t, devices != nil, false)
	if diff := cmp.Diff(planted, differences(t, dir)); diff != "" {
		t.Fatalf("%s: (-planted +found):\n%s", name, diff)
	}
	e.checkInFlight(t, name, devices, counts["in_flight"])

	again := e.corrected(t, name, dir)
	fixed, after := again.reconcile(t, name+"-again", append(devices, "--in-flight-days", "7")...)
	for _, class := range []string{"missing", "stale", "legacy"} {
		if counts[class] == 0 || after[class] != 0 {
			t.Errorf("%s: %d meter points were %s, and after the corrections %d are", name, counts[class], class, after[class])
		}
	}
	for _, line := range readRows[differenceLine](t, filepath.Join(fixed, "differences.parquet")) {
		if line.Class == "duplicate" && line.Expected != nil {
			t.Errorf("%s: a duplicate stays where a flag could be sent", name)
		}
	}
	for _, class := range []string{"held", "unexpected", "misrouted", "unreadable", "unknown_point", "in_flight"} {
		if counts[class] != after[class] {
			t.Errorf("%s: %d were %s, and the corrections make %d of them", name, counts[class], class, after[class])
		}
	}
}

// checkInFlight looks at what is under way: with no such allowance, these are
// differences like any other.
func (e estate) checkInFlight(t *testing.T, name string, devices []string, counted int64) {
	t.Helper()
	dir, _ := e.reconcile(t, name+"-at-once", devices...)
	settled, all, underWay := e.truth(t, devices != nil, false), differences(t, dir), map[string]int{}
	for line := range all {
		if settled[line] == 0 {
			number, _ := cutLine(line)
			underWay[number]++
		}
	}
	planted := map[string]int{}
	for line := range e.truth(t, devices != nil, true) {
		if number, class := cutLine(line); class == "in_flight" {
			planted[number]++
		}
	}
	if diff := cmp.Diff(planted, underWay); diff != "" || int64(len(planted)) != counted || counted == 0 {
		t.Errorf("%s: %d meter points are in flight (-planted +found):\n%s", name, counted, diff)
	}
}

// cutLine takes a key of differences apart. An MPxN may hold spaces; RDPs and
// classes do not.
func cutLine(line string) (number, class string) {
	parts := strings.Split(line, " ")
	return strings.Join(parts[:len(parts)-2], " "), parts[len(parts)-1]
}

// corrected is the estate once every RDP has applied the corrections: each
// replaces all that it held for the meter point.
func (e estate) corrected(t *testing.T, name, dir string) estate {
	t.Helper()
	sent := map[string][]heldRow{} // by RDP
	replaced := map[string]bool{}
	for _, c := range readRows[correction](t, filepath.Join(dir, "corrections", "changes.parquet")) {
		if c.Disposition == "emitted" {
			sent[text(c.RDP)] = append(sent[text(c.RDP)], heldRow{&c.MPxN, c.New, c.EffectiveOn, c.RDP})
			replaced[text(c.RDP)+" "+c.MPxN] = true
		}
	}
	after := estate{e.dir, filepath.Join(e.dir, name+"-corrected")}
	if err := os.Mkdir(after.extracts, 0o750); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(e.extracts, "*.parquet"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no extracts: %v", err)
	}
	for _, path := range paths {
		rows := slices.DeleteFunc(readRows[heldRow](t, path), func(r heldRow) bool {
			unreadable := text(r.Flag) == "Q" // which nobody took for a flag
			return !unreadable && replaced[text(r.RDP)+" "+text(r.MPxN)]
		})
		rdp := filepath.Base(path[:len(path)-len(".parquet")])
		if err := parquet.WriteFile(filepath.Join(after.extracts, filepath.Base(path)), append(rows, sent[rdp]...)); err != nil {
			t.Fatal(err)
		}
	}
	return after
}
