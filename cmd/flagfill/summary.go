package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers"
)

// count writes a number as everywhere in this program.
func count(n int64) string { return engine.Grouped(n) }

// alignNumbers sets the given columns, counted from 1, to the right.
func alignNumbers(t table.Writer, columns ...int) {
	var configs []table.ColumnConfig
	for _, c := range columns {
		configs = append(configs, table.ColumnConfig{Number: c, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
}

func writeJSON(w io.Writer, v any) error {
	var document bytes.Buffer
	encoder := json.NewEncoder(&document)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(engine.VisibleJSON(document.Bytes()))
	return err
}

// runDocument is what run --json prints.
type runDocument struct {
	Schema        string            `json:"schema"`
	Out           string            `json:"out"`
	DryRun        bool              `json:"dry_run"`
	Signed        bool              `json:"signed"`
	Seconds       float64           `json:"seconds"`
	RowsPerSecond int64             `json:"rows_per_second"`
	Margins       []engine.Margin   `json:"margins"` // against every limit
	Stages        *stagesDocument   `json:"stages,omitempty"`
	InputsHashed  *hashedDocument   `json:"inputs_hashed,omitempty"`
	Manifest      *writers.Manifest `json:"manifest"`
}

// summarise prints the result of a run.
func (f *runFlags) summarise(w io.Writer, m *writers.Manifest, result *engine.Result, hashed *hashedInputs, timings writers.Timings, elapsed time.Duration) error {
	rows := result.Read.Devices.Rows + result.Read.MeterPoints.Rows
	rowsPerSecond := int64(float64(rows) / max(elapsed.Seconds(), 1e-9))
	if f.json {
		d := runDocument{"flagfill.run/1", f.out, f.dryRun, f.sign != "" && !f.dryRun, elapsed.Seconds(), rowsPerSecond, result.Margins, nil, hashed.document(), m}
		if f.stages {
			d.Stages = newStagesDocument(timings)
		}
		return writeJSON(w, d)
	}
	out := engine.ShownPath(f.out)
	signed, verify := "", "flagfill verify "
	if f.sign != "" {
		signed, verify = ", signed", "flagfill verify --key PUBLIC-KEY "
	}
	if f.dryRun {
		fmt.Fprintf(w, "Dry run: %s was not written. This is what it would hold.\n\n", out)
	} else {
		fmt.Fprintf(w, "Published %s%s, verified.\n\n", out, signed)
	}
	c := &m.Content
	fmt.Fprintf(w, "as of %s, fuel %s, scope %s, baseline %s\ncontent digest %s\n\n",
		c.AsOf.Format(time.RFC3339), c.Fuel, c.Scope, c.Baseline, m.ContentDigest)
	if f.dryRun {
		writeDryRun(w, m, result.Margins)
	} else {
		writeSummary(w, m, result.Margins)
	}
	if f.stages {
		writeStages(w, timings)
	}
	hashed.write(w)
	fmt.Fprintf(w, "%s rows in %.2f s: %s rows a second\n", count(rows), elapsed.Seconds(), count(rowsPerSecond))
	if f.dryRun {
		afterDryRun(w, c)
	} else {
		fmt.Fprintf(w, "Next: %s%s\n", verify, out)
	}
	return nil
}

// writeSummary shows what an operator looks at first.
func writeSummary(w io.Writer, m *writers.Manifest, margins []engine.Margin) {
	c := &m.Content
	writeTotals(w, &c.Totals)
	writeTransitions(w, &c.Totals)
	writeShards(w, c.Shards)
	writeExceptions(w, &c.Totals)
	tightest := engine.Tightest(margins)
	writeMargins(w, "nearest limits", tightest[:min(marginsShown, len(tightest))])
	writeAmbiguities(w, &c.Totals)
	writeCautions(w, m.Cautions)
}

func writeTotals(w io.Writer, t *writers.Totals) {
	p, d, r := t.MeterPoints, t.Devices, t.Reportable
	rows := newTable(w, "devices", "", "meter points", "", "reportable", "")
	alignNumbers(rows, 2, 4, 6)
	rows.AppendRows([]table.Row{
		{"rows", count(d.Rows), "rows", count(p.Rows), "total", count(r.Total)},
		{"meters", count(d.Meters), "not used", count(p.NotUsed), "emitted", count(r.Emitted)},
		{"associations", count(d.Associations), "other fuel", count(p.OtherFuel), "withheld", count(r.Withheld)},
		{"other fuel", count(d.OtherFuel), "assessed", count(p.Assessed), "undeliverable", count(r.Undeliverable)},
		{"not used", count(d.NotUsed), "  unchanged", count(p.Unchanged), "", ""},
		{"", "", "  changed", count(p.Changed), "held back", count(r.HeldBack)},
		{"", "", "  held", count(p.Held), "", ""},
		{"", "", "  left", count(p.Left), "", ""},
	})
	rows.Render()
	fmt.Fprintln(w)
}

func writeTransitions(w io.Writer, t *writers.Totals) {
	if len(t.Transitions) == 0 {
		fmt.Fprint(w, "No meter point changes its status.\n\n")
		return
	}
	rows := newTable(w, "transition", meterpoint.Gas.String(), meterpoint.Electricity.String())
	alignNumbers(rows, 2, 3)
	byMove := map[string][2]int64{}
	for _, tr := range t.Transitions {
		n := byMove[tr.From+" → "+tr.To]
		if tr.Fuel == meterpoint.Gas.String() {
			n[0] += tr.Count
		} else {
			n[1] += tr.Count
		}
		byMove[tr.From+" → "+tr.To] = n
	}
	for _, from := range []string{"Null", "A", "I", "N"} {
		for _, to := range []string{"A", "I", "N"} {
			if n, ok := byMove[from+" → "+to]; ok {
				rows.AppendRow(table.Row{from + " → " + to, count(n[0]), count(n[1])})
			}
		}
	}
	rows.Render()
	fmt.Fprintln(w)
}

// writeShards sums files and records per RDP.
func writeShards(w io.Writer, shards []writers.Shard) {
	if len(shards) == 0 {
		fmt.Fprint(w, "No flow file: there is nothing to tell.\n\n")
		return
	}
	type receiver struct{ fuel, rdp, flow string }
	var order []receiver
	files, records, bytes := map[receiver]int64{}, map[receiver]int64{}, map[receiver]int64{}
	for _, s := range shards {
		r := receiver{s.Fuel, s.RDP, s.Flow}
		if files[r] == 0 {
			order = append(order, r)
		}
		files[r]++
		records[r] += s.Records
		bytes[r] += s.Bytes
	}
	slices.SortFunc(order, func(a, b receiver) int { return strings.Compare(a.fuel+a.rdp, b.fuel+b.rdp) })
	rows := newTable(w, "RDP", "fuel", "flow", "files", "records", "size")
	alignNumbers(rows, 4, 5, 6)
	var allFiles, allRecords, allBytes int64
	for _, r := range order {
		rows.AppendRow(table.Row{r.rdp, r.fuel, r.flow, count(files[r]), count(records[r]), sizeWords(bytes[r])})
		allFiles, allRecords, allBytes = allFiles+files[r], allRecords+records[r], allBytes+bytes[r]
	}
	rows.AppendSeparator()
	rows.AppendRow(table.Row{"all", "", "", count(allFiles), count(allRecords), sizeWords(allBytes)})
	rows.Render()
	fmt.Fprintln(w)
}

func writeExceptions(w io.Writer, t *writers.Totals) {
	if len(t.Exceptions) == 0 {
		fmt.Fprint(w, "No exceptions.\n\n")
		return
	}
	rows := newTable(w, "exception", "count", "of which warnings")
	alignNumbers(rows, 2, 3)
	for code := range engine.Code(engine.Codes) {
		if n := t.Exceptions[code.String()]; n > 0 {
			rows.AppendRow(table.Row{code.String(), count(n), count(t.Warnings[code.String()])})
		}
	}
	rows.Render()
	fmt.Fprintln(w)
}

func writeAmbiguities(w io.Writer, t *writers.Totals) {
	rows := newTable(w, "open question", "policy", "meter points", "another choice would give")
	alignNumbers(rows, 3)
	for _, a := range t.Ambiguities {
		if a.Count == 0 {
			continue
		}
		var others []string
		for _, o := range a.Alternatives {
			others = append(others, fmt.Sprintf("%s: %s changed, %s reportable", o.Policy, count(o.Changed), count(o.Reportable)))
		}
		rows.AppendRow(table.Row{a.Name, a.Policy, count(a.Count), strings.Join(others, "; ")})
	}
	if rows.Length() == 0 {
		fmt.Fprint(w, "No meter point hangs on an open question.\n\n")
		return
	}
	rows.Render()
	fmt.Fprintln(w)
}

func writeCautions(w io.Writer, cautions []string) {
	if len(cautions) == 0 {
		return
	}
	fmt.Fprintln(w, "Cautions")
	for _, c := range cautions {
		fmt.Fprintln(w, "  "+c)
	}
	fmt.Fprintln(w)
}
