package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"flagfill/engine"
	"flagfill/writers"
)

// writeDryRun shows the whole content of the manifest that would stand, but for
// the digests of the files and the cells of the facts, which --json has.
func writeDryRun(w io.Writer, m *writers.Manifest, margins []engine.Margin) {
	c := &m.Content
	writeSettings(w, c)
	writeTotals(w, &c.Totals)
	writeTransitions(w, &c.Totals)
	writeRuleTotals(w, &c.Totals)
	writeShards(w, c.Shards)
	writeFiles(w, c)
	writeExceptions(w, &c.Totals)
	writeMargins(w, "limit", margins)
	writeAmbiguities(w, &c.Totals)
	writeInputs(w, m.Inputs)
	writeInputDigests(w, m.Inputs)
	writeSnapshot(w, &m.Snapshot)
	writeCautions(w, m.Cautions)
}

// writeSettings shows under which rules the content stands.
func writeSettings(w io.Writer, c *writers.Content) {
	t := newTable(w, "setting", "in force")
	t.AppendRows([]table.Row{
		{"installed_status", onOff(c.Switches.InstalledStatus)},
		{"report_electricity", onOff(c.Switches.ReportElectricity)},
		{"report_gas", onOff(c.Switches.ReportGas)},
	})
	for _, name := range slices.Sorted(maps.Keys(c.Rules)) {
		t.AppendRow(table.Row{"policy " + name, c.Rules[name]})
	}
	v, f := c.Validation, c.Flows
	t.AppendRows([]table.Row{
		{"mpan_check_digit", v.MPANCheckDigit},
		{"mprn_check_digits", fmt.Sprintf("%s, of %d to %d digits", v.MPRNCheckDigits, v.MPRNMinDigits, v.MPRNMaxDigits)},
		{"gas RDPs", strings.Join(c.RDP.Gas, ", ")},
		{"trust_column", onOff(c.RDP.TrustColumn)},
		{"max_records", count(int64(f.MaxRecords))},
		{"test_flag", f.TestFlag},
		{"gas_organisation_id", strconv.FormatInt(f.GasOrganisationID, 10)},
	})
	for _, l := range c.Layouts {
		state := "unconfirmed"
		if l.Confirmed {
			state = "confirmed"
		}
		t.AppendRow(table.Row{"layout of " + l.Flow, fmt.Sprintf("%s, %s, sha256 %s…", l.Name, state, l.SHA256[:min(12, len(l.SHA256))])})
	}
	t.Render()
	fmt.Fprint(w, "\ndistributors")
	for i, id := range slices.Sorted(maps.Keys(c.RDP.Distributors)) {
		if i%10 == 0 {
			fmt.Fprint(w, "\n ")
		}
		fmt.Fprintf(w, " %s=%s", id, c.RDP.Distributors[id])
	}
	fmt.Fprint(w, "\n\n")
}

func writeRuleTotals(w io.Writer, t *writers.Totals) {
	rows := newTable(w, "decided by rule", "fuel", "meter points")
	alignNumbers(rows, 3)
	for _, r := range t.Rules {
		rows.AppendRow(table.Row{r.Rule, r.Fuel, count(r.Count)})
	}
	if rows.Length() > 0 {
		rows.Render()
		fmt.Fprintln(w)
	}
}

// writeFiles lists every flow file, and the numbers of the next publication.
func writeFiles(w io.Writer, c *writers.Content) {
	files := newTable(w, "file", "flow", "number", "records", "size")
	alignNumbers(files, 3, 4, 5)
	for _, s := range c.Shards {
		files.AppendRow(table.Row{s.Path, s.Flow, strconv.FormatInt(s.FileID, 10), count(s.Records), sizeWords(s.Bytes)})
	}
	files.AppendRow(table.Row{c.Changes.Path, "", "", count(c.Changes.Rows), sizeWords(c.Changes.Bytes)})
	files.Render()
	fmt.Fprintf(w, "\nThe next publication starts with first_file_id = %d and first_generation = %d.\n", c.Next.FileID, c.Next.Generation)
	fmt.Fprintf(w, "%s kinds of meter point make up the facts; --json lists them.\n\n", count(int64(len(c.Facts))))
}

// marginsShown is how many limits a run's summary shows: those nearest to
// being exceeded.
const marginsShown = 3

// writeMargins shows how near a run came to its limits.
func writeMargins(w io.Writer, heading string, margins []engine.Margin) {
	t := newTable(w, heading, "where", "count", "base", "allowed", "margin")
	alignNumbers(t, 3, 4, 5, 6)
	for _, m := range margins {
		allowed, margin := "any", ""
		if m.Allowed >= 0 {
			allowed, margin = count(m.Allowed)+" ("+m.InForce+")", count(m.Allowed-m.Count)
		}
		t.AppendRow(table.Row{m.Limit, m.Where, count(m.Count), count(m.Base) + " " + m.Of, allowed, margin})
	}
	t.Render()
	fmt.Fprintln(w)
}

func writeInputs(w io.Writer, inputs []writers.InputTable) {
	t := newTable(w, "input", "files", "rows", "size", "fingerprint")
	alignNumbers(t, 2, 3, 4)
	for _, in := range inputs {
		t.AppendRow(table.Row{in.Table, count(int64(len(in.Files))), count(in.Rows), sizeWords(in.Bytes), in.Fingerprint})
	}
	t.Render()
	fmt.Fprintln(w)
}

// afterDryRun says how to publish what was shown.
func afterDryRun(w io.Writer, c *writers.Content) {
	fmt.Fprintf(w, "Next: the same command without --dry-run and with --as-of %s gives this content digest.\n", c.AsOf.Format(time.RFC3339))
}
