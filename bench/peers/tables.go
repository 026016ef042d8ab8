package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"flagfill/bench/measure"
)

const jobChart = "peers.svg"

// sections are the tables of bench/README.md, by the sheet each is made from.
var sections = []struct {
	measurement, sheet, command string
	table                       func(measure.Sheet) (string, error)
}{
	{"job", jobSheet, "make bench-peers", jobTables},
	{"formats", formatsSheet, "make bench-formats", formatsTable},
	{"reconcile", reconcileSheet, "make bench-reconcile", reconcileTable},
	{"publish", publishSheet, "make bench-publish", publishTable},
}

// show prints the table of what has just been measured.
func (b *bench) show(measurement string) error {
	for _, s := range sections {
		if s.measurement != measurement {
			continue
		}
		sheet, err := measure.ReadSheetFile(filepath.Join(b.results, s.sheet+".txt"))
		if err != nil {
			return err
		}
		text, err := s.table(sheet)
		if err != nil {
			return fmt.Errorf("cannot make the table %s: %w", s.sheet, err)
		}
		fmt.Println("\n" + text)
	}
	return nil
}

// tables makes the sections of the README, and the chart, from the sheets that
// are there.
func (b *bench) tables(context.Context) error {
	for _, s := range sections {
		text := "Not measured yet: `" + s.command + "` does it."
		sheet, err := measure.ReadSheetFile(filepath.Join(b.results, s.sheet+".txt"))
		if err == nil {
			text, err = s.table(sheet)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot make the table %s: %w", s.sheet, err)
		}
		if err := measure.RenewFile(b.readme, s.sheet, text); err != nil {
			return err
		}
		if err == nil && s.sheet == jobSheet {
			if err := b.chart(sheet); err != nil {
				return fmt.Errorf("cannot draw the chart of peers: %w", err)
			}
		}
	}
	return nil
}

func (b *bench) chart(sheet measure.Sheet) error {
	results, err := summarise(sheet)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.results, jobChart), []byte(barChart(results)), 0o644)
}

// words say what a program is.
var words = map[string]string{
	flagfillRun: "`flagfill run`",
	duckdbAll:   "DuckDB, all checks, exceptions listed",
	duckdbCount: "DuckDB, all checks, exceptions counted",
	duckdbNone:  "DuckDB, no checks",
	goMaps:      "Go with maps, no checks",
	sortJoinAwk: "sort, join and awk, no checks",
}

// The figures to reach: how many times as long DuckDB takes with all checks.
var goals = map[string]float64{"parquet": 15, "csv": 6}

// jobTables holds a table for each comparison, and what was to be reached.
func jobTables(sheet measure.Sheet) (string, error) {
	results, err := summarise(sheet)
	if err != nil {
		return "", err
	}
	text, reached := "", [][]string(nil)
	for _, r := range results {
		var rows [][]string
		for _, s := range r.programs {
			rows = append(rows, []string{words[s.program], measure.Seconds(s.leastSeconds), measure.Seconds(s.wallSeconds), measure.Seconds(s.insideSeconds),
				measure.Seconds(s.cpuSeconds), measure.MiB(s.peakMiB), measure.Times(s.timesOurs)})
			if goal := goals[r.format]; s.program == duckdbAll {
				reached = append(reached, []string{fmt.Sprintf("%s: DuckDB with all checks takes %g times as long", title(r.format), goal),
					measure.Times(s.timesOurs) + ", " + measure.Times(s.timesOursInside) + " without its start-up", measure.Reached(s.timesOurs >= goal)})
			}
		}
		text += fmt.Sprintf("**%s, %s**, %d turns\n\n", title(r.format), kinds[r.kind], r.programs[0].turns)
		text += measure.Markdown([]string{"", "wall min", "wall median", "without start-up", "user + system", "peak RSS", "wall to flagfill's"}, rows) + "\n"
	}
	text += measure.Markdown([]string{"goal", "figure", "reached"}, reached)
	return text + source(sheet, jobSheet) + "\n![" + chartTitle + "](results/" + jobChart + ")\n", nil
}

var kinds = map[string]string{faulty: "faults planted, every check made", sound: "no faults; flagfill checks all the same"}

func title(format string) string {
	return map[string]string{"parquet": "Parquet", "csv": "CSV"}[format]
}

// source says under a table where its figures come from.
func source(s measure.Sheet, name string) string {
	return fmt.Sprintf("\n`%s`, %s, %s; %s; DuckDB %s ([raw figures](results/%s.txt)).\n",
		s.Note("command"), s.Note("began"), s.Note("machine"), s.Note("flagfill"), s.Note("duckdb"), name)
}

// megabytes as a cell of a table; a dash for 0.
func megabytes(bytes float64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f MB", bytes/1e6)
}

// thousands apart, as a cell of a table; a dash for 0.
func thousands(n float64) string {
	if n == 0 {
		return "–"
	}
	text := fmt.Sprintf("%.0f", n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
