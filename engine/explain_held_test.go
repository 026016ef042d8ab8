package engine

import (
	"context"
	"testing"
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
		{name: "an empty flag beside one", device: "Commissioned", status: "A", rows: [][]string{row("", "", "LOND"), row("A", "", "LOND")}, class: "match", rowClasses: []string{"used", "used"}},
		{name: "nothing where Null is expected", status: "", rdp: "LOND", class: "match"},
		{name: "withheld", device: "InstalledNotCommissioned", status: "N", rows: [][]string{row("N", "", "LOND")}, switchOff: true, class: "withheld", rowClasses: []string{"used"}},
		{name: "missing", device: "Commissioned", status: "A", rows: [][]string{row("", "", "LOND")}, class: "missing", isDifference: true, rowClasses: []string{"used"}},
		{name: "at another RDP", device: "Commissioned", status: "A", rows: [][]string{row("A", "", "EMEB"), {"1200023305985", "A", "", "LOND"}}, class: "missing", isDifference: true, rowClasses: []string{"misrouted"}},
		{name: "unexpected", status: "", rows: [][]string{row("N", "", "LOND")}, class: "unexpected", isDifference: true, rowClasses: []string{"used"}},
		{name: "legacy", device: "Commissioned", status: "A", rows: [][]string{row("s", "", "LOND")}, class: "legacy", isDifference: true, rowClasses: []string{"used"}},
		{name: "stale", device: "Commissioned", status: "A", rows: [][]string{row("I", "2024-01-01", "LOND")}, class: "stale", isDifference: true, rowClasses: []string{"used"}},
		{name: "no flag at all", device: "Commissioned", status: "A", rows: [][]string{row("?", "", "LOND")}, class: "missing", isDifference: true, rowClasses: []string{"unreadable"}},
		{name: "no such meter point", rows: [][]string{row("A", "", "LOND")}, status: "-", rowClasses: []string{"unknown_point"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			devices := &memoryTable{columns: []string{"device_type", "device_status", "mpxn"}, rows: [][]string{{"ESME", "Commissioned", "1100013222946"}}}
			if c.device != "" {
				devices.rows = append(devices.rows, []string{"ESME", c.device, asked})
			}
			points := &memoryTable{columns: []string{"mpxn", "service_status"}, rows: [][]string{{"1100013222946", "A"}}}
			if c.status != "-" {
				points.rows = append(points.rows, []string{asked, c.status})
			}
			cfg := testConfig()
			cfg.Switches.ReportElectricity = !c.switchOff
			held := &memoryTable{columns: extractColumns, rows: c.rows, splitRows: 1, uncounted: true}
			got, err := Explain(context.Background(), cfg, Inputs{devices, points}, held, c.rdp, []string{asked})
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
