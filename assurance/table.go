package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"flagfill/assurance/property"
)

// totals of all seeds of a property that were tried.
func totals(r property.Result) (cases int64, seeds, failures int, seconds float64) {
	for _, run := range r.Runs {
		cases += run.Cases
		seeds += run.To - run.From + 1
		failures += len(run.Failures)
		seconds += run.Seconds
	}
	return cases, seeds, failures, seconds
}

// plain is the table for a terminal.
func plain(results []property.Result) string {
	w := table.NewWriter()
	w.SetStyle(table.StyleLight)
	w.AppendHeader(table.Row{"goal", "property", "tried", "seeds", "failed", "seconds"})
	for _, r := range results {
		cases, seeds, failures, seconds := totals(r)
		w.AppendRow(table.Row{r.Goal, r.Name, thousands(cases) + " " + r.Unit, fmt.Sprintf("%d of %d", seeds, r.Seeds), failures, fmt.Sprintf("%.1f", seconds)})
	}
	w.SortBy([]table.SortBy{{Name: "goal", Mode: table.AscAlphaNumeric}, {Name: "property"}})
	return w.Render() + "\n"
}

// markdown is the table of docs/assurance.md.
func markdown(r record) string {
	var b strings.Builder
	b.WriteString("| goal | property | tried | seeds | failed | seconds | to repeat a seed |\n|---|---|--:|--:|--:|--:|---|\n")
	for _, p := range r.Properties {
		cases, seeds, failures, seconds := totals(p.Result)
		fmt.Fprintf(&b, "| %s | %s | %s %s | %d of %d | %d | %.1f | `make assurance ONLY=%s SEEDS=N` |\n",
			p.Goal, p.Name, thousands(cases), p.Unit, seeds, p.Seeds, failures, seconds, p.Test)
	}
	fmt.Fprintf(&b, "\nTried on %s.\n", r.Machine)
	return b.String()
}

func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

const (
	tableBegins = "<!-- made by make assurance: begins -->\n"
	tableEnds   = "<!-- made by make assurance: ends -->\n"
)

// renewed is the document with the table made from the record.
func renewed(document string, r record) (string, error) {
	before, rest, begins := strings.Cut(document, tableBegins)
	_, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		return "", fmt.Errorf("the marks %q and %q are missing", strings.TrimSpace(tableBegins), strings.TrimSpace(tableEnds))
	}
	return before + tableBegins + markdown(r) + tableEnds + after, nil
}

func renew(path string, r record) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot renew the table of %s: %w", path, err)
	}
	text, err := renewed(string(document), r)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		return fmt.Errorf("cannot renew the table of %s: %w", path, err)
	}
	return nil
}
