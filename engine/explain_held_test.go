package engine

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"flagfill/engine/meterpoint"
)

var extractColumns = []string{"mpxn", "dcc_service_flag", "dcc_service_flag_efd", "rdp_id"}

// What an RDP holds for a meter point gets the class that a reconciliation
// gives it, and each row of the extract its own.
func TestHeldClasses(t *testing.T) {
	const asked = "1200023305967" // of LOND
	row := func(cells ...string) []string { return append([]string{asked}, cells...) }
	for _, c := range []struct {
		name           string
		device, status string // recorded
		rdp            string // named for the extract
		changedOn      string // as-of is 2026-11-21
		inFlight       int    // days; 0: none are
		tolerance      int    // likewise
		rows           [][]string
		switchOff      bool
		class          string
		isDifference   bool
		rowClasses     []string
	}{
		{name: "nobody covers it", device: "Commissioned", status: "A", rows: [][]string{{"1100013222946", "A", "", "EMEB"}}, class: "not_covered"},
		{name: "covered by name", device: "Commissioned", status: "A", rdp: "LOND", class: "missing", isDifference: true},
		{name: "covered by distributor", device: "Commissioned", status: "A", rows: [][]string{row("A", "", "")}, class: "match", rowClasses: []string{"used"}},
		{name: "on hold", device: "LIVE", status: "A", rows: [][]string{row("N", "", "LOND")}, class: "held", isDifference: true, rowClasses: []string{"used"}},
		{name: "two flags", device: "Commissioned", status: "A", rows: [][]string{row("A", "", "LOND"), row("N", "", "LOND")}, class: "duplicate", isDifference: true, rowClasses: []string{"used", "used"}},
		{name: "two equal rows", device: "Commissioned", status: "A", rows: [][]string{row("A", "", "LOND"), row("A", "", "LOND")}, class: "match", rowClasses: []string{"used", "repeat"}},
		{name: "the third equals the first", device: "Commissioned", status: "A", rows: [][]string{row("A", "2026-01-01", "LOND"), row("A", "2026-01-02", "LOND"), row("A", "2026-01-01", "LOND")}, class: "match", rowClasses: []string{"used", "used", "repeat"}},
		{name: "an empty flag beside one", device: "Commissioned", status: "A", rows: [][]string{row("", "", "LOND"), row("A", "", "LOND")}, class: "match", rowClasses: []string{"used", "used"}},
		{name: "nothing where Null is expected", status: "", rdp: "LOND", class: "match"},
		{name: "withheld", device: "InstalledNotCommissioned", status: "N", rows: [][]string{row("N", "", "LOND")}, switchOff: true, class: "withheld", rowClasses: []string{"used"}},
		{name: "missing", device: "Commissioned", status: "A", rows: [][]string{row("", "", "LOND")}, class: "missing", isDifference: true, rowClasses: []string{"used"}},
		{name: "at another RDP", device: "Commissioned", status: "A", rows: [][]string{row("A", "", "EMEB"), {"1200023305985", "A", "", "LOND"}}, class: "missing", isDifference: true, rowClasses: []string{"misrouted"}},
		{name: "unexpected", status: "", rows: [][]string{row("N", "", "LOND")}, class: "unexpected", isDifference: true, rowClasses: []string{"used"}},
		{name: "legacy", device: "Commissioned", status: "A", rows: [][]string{row("s", "", "LOND")}, class: "legacy", isDifference: true, rowClasses: []string{"used"}},
		{name: "stale", device: "Commissioned", status: "A", rows: [][]string{row("I", "2024-01-01", "LOND")}, class: "stale", isDifference: true, rowClasses: []string{"used"}},
		{name: "a date far off", device: "Commissioned", status: "A", changedOn: "2026-01-02", tolerance: 7, rows: [][]string{row("A", "2026-01-20", "LOND")}, class: "date", isDifference: true, rowClasses: []string{"used"}},
		{name: "a date near", device: "Commissioned", status: "A", changedOn: "2026-01-02", tolerance: 7, rows: [][]string{row("A", "2026-01-09", "LOND")}, class: "match", rowClasses: []string{"used"}},
		{name: "dates not compared", device: "Commissioned", status: "A", changedOn: "2026-01-02", rows: [][]string{row("A", "2026-01-20", "LOND")}, class: "match", rowClasses: []string{"used"}},
		{name: "a date of what nobody has recorded", device: "Decommissioned", status: "A", changedOn: "2026-01-02", tolerance: 7, rows: [][]string{row("N", "2026-01-20", "LOND")}, class: "match", rowClasses: []string{"used"}},
		{name: "in flight", device: "Commissioned", status: "A", changedOn: "2026-11-19", inFlight: 2, rows: [][]string{row("N", "", "LOND")}, class: "in_flight", rowClasses: []string{"used"}},
		{name: "no longer in flight", device: "Commissioned", status: "A", changedOn: "2026-11-18", inFlight: 2, rows: [][]string{row("N", "", "LOND")}, class: "stale", isDifference: true, rowClasses: []string{"used"}},
		{name: "held by nobody", device: "Commissioned", status: "A", rdp: "LOND", rows: [][]string{row("A", "", "?")}, class: "missing", isDifference: true, rowClasses: []string{"misrouted"}},
		{name: "no flag at all", device: "Commissioned", status: "A", rows: [][]string{row("?", "", "LOND")}, class: "missing", isDifference: true, rowClasses: []string{"unreadable"}},
		{name: "no such meter point", rows: [][]string{row("A", "", "LOND")}, status: "-", rowClasses: []string{"unknown_point"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			devices := &memoryTable{columns: []string{"device_type", "device_status", "mpxn"}, rows: [][]string{{"ESME", "Commissioned", "1100013222946"}}}
			if c.device != "" {
				devices.rows = append(devices.rows, []string{"ESME", c.device, asked})
			}
			points := &memoryTable{columns: []string{"mpxn", "service_status", "service_status_changed_on"}, rows: [][]string{{"1100013222946", "A", ""}}}
			if c.status != "-" {
				points.rows = append(points.rows, []string{asked, c.status, c.changedOn})
			}
			cfg := testConfig()
			cfg.Scope, cfg.Baseline = meterpoint.Backfill, meterpoint.BaselineGoLive // of a run: no matter here
			cfg.Switches.ReportElectricity = !c.switchOff
			held := &memoryTable{columns: extractColumns, rows: c.rows, splitRows: 1, uncounted: true}
			got, err := Explain(context.Background(), cfg, Inputs{devices, points}, held,
				Terms{RDP: c.rdp, InFlightDays: cmp.Or(c.inFlight, -1), DateToleranceDays: cmp.Or(c.tolerance, -1)}, []string{asked})
			if err != nil {
				t.Fatal(err)
			}
			h := got.All[0].Held
			if h.Class != c.class || h.Difference != c.isDifference || len(h.Rows) != len(c.rowClasses) {
				t.Fatalf("the class is %q, a difference: %v, rows %+v", h.Class, h.Difference, h.Rows)
			}
			for i, class := range c.rowClasses {
				if h.Rows[i].Class != class || h.Rows[i].Row != int64(i) {
					t.Errorf("row %d is %+v, want %s", i, h.Rows[i], class)
				}
			}
		})
	}
}

// What is explained of every number in a snapshot and its extracts, all full of
// faults, is what a reconciliation of them counts and lists: the class of each
// point and of each row, by fuel and by RDP.
func TestExplainAgreesWithReconciliation(t *testing.T) {
	classes := map[string]bool{}
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 23))
		c := randomHeldCase(random, 20+random.IntN(380)+400*int(seed%2))
		var sink differenceSink
		reconciled, err := Reconcile(t.Context(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, joinedTables(c.shaped), c.terms, &sink, &Progress{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		// Neither the scope nor the baseline of a run is a matter of what RDPs hold.
		c.cfg.Scope, c.cfg.Baseline = meterpoint.Scope(random.IntN(2)), meterpoint.Baseline(random.IntN(3))
		asked, unasked := c.numbers()
		got, err := Explain(t.Context(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, joinedTables(c.shaped), c.terms, asked)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		points, rows, lines := heldExplained(got)
		wantPoints, wantRows := countsOf(reconciled)
		for class := range wantPoints {
			classes[class[strings.Index(class, " ")+1:]] = true
		}
		for class := range wantRows {
			classes[class[strings.Index(class, " ")+1:]] = true
		}
		for class := range wantRows { // of the total alone: whose the others are, nobody is asked
			if wantRows[class] -= unasked[class]; wantRows[class] == 0 || strings.HasSuffix(class, "unreadable") && class != "unreadable" {
				delete(wantRows, class)
			}
		}
		for class := range rows {
			if strings.HasSuffix(class, " unreadable") {
				delete(rows, class)
			}
		}
		for _, part := range []struct {
			name      string
			want, got any
		}{{"points", wantPoints, points}, {"rows", wantRows, rows}, {"lines", classedLines(sink.lines), lines}} {
			if diff := gocmp.Diff(part.want, part.got); diff != "" {
				t.Fatalf("seed %d: %s, %+v (-reconciled +explained):\n%s", seed, part.name, c.terms, diff)
			}
		}
	}
	if len(classes) != Classes+RowClasses {
		t.Errorf("only these classes came up: %v", classes)
	}
}

// numbers are all that can be asked for, and how many extract rows of each class
// have none.
func (c *heldCase) numbers() (asked []string, unasked map[string]int) {
	all := &agreementCase{devices: c.devices, points: &memoryTable{rows: slices.Clone(c.points.rows)}}
	unasked = map[string]int{}
	for _, table := range c.extracts {
		for _, row := range table.rows {
			all.points.rows = append(all.points.rows, row)
			if _, ok := meterpoint.ParseMPxN([]byte(row[0])); !ok {
				unasked["unreadable"]++
			}
		}
	}
	return numbersIn(all), unasked
}

// heldExplained counts and lists as a reconciliation does.
func heldExplained(all *Explanations) (points, rows map[string]int, lines []string) {
	points, rows = map[string]int{}, map[string]int{}
	for _, x := range all.All {
		h, fuel := x.Held, cmp.Or(x.Fuel, None)
		if h.Class != "" {
			points[h.Class]++
			points[fuel+" "+h.Class]++
			points[orNone(h.Responsible)+" "+h.Class]++
		}
		if h.Difference {
			lines = append(lines, x.MPxN+" "+strings.Replace(h.Expected, "Null", "", 1)+" "+h.Class)
		}
		for _, row := range h.Rows {
			rows[row.Class]++
			rows[fuel+" "+row.Class]++
			rows[orNone(row.RDP)+" "+row.Class]++
			if row.Difference {
				lines = append(lines, x.MPxN+"  "+row.Class+" "+row.RDP)
			}
		}
	}
	slices.Sort(lines)
	return points, rows, lines
}

// classedLines are the lines of numbers that can be asked for, cut down to what
// an explanation says.
func classedLines(all []string) (lines []string) {
	for _, line := range all {
		cells := strings.Split(line, "|")
		m, ok := meterpoint.ParseMPxN([]byte(cells[0]))
		if !ok {
			continue
		}
		text := m.String() + " " + cells[3] + " " + cells[7]
		if slices.Contains(rowClassNames[:], cells[7]) {
			text += " " + cells[8]
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	return lines
}
