package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"flagfill/bench/measure"
)

// The sheets, by the names of their files without .txt.
const (
	surgeSheet     = "surge-" // and the profile
	receiversSheet = "-rdps"  // after that
	scalingSheet   = "scaling"
	shapesSheet    = "shapes"
	memorySheet    = "memory"
	scalingChart   = "scaling.svg"
)

// tables makes the sections of the README, and the chart, from the sheets that
// are there.
func (b *bench) tables(context.Context) error {
	sections, growth, err := b.sections()
	if err != nil {
		return err
	}
	for _, s := range sections {
		text, err := "Not measured yet: `"+s.command+"` does it.", error(nil)
		if s.measured {
			text, err = s.table()
		}
		if err != nil {
			return fmt.Errorf("cannot make the table %s: %w", s.name, err)
		}
		if err := measure.RenewFile(b.readme, s.name, text); err != nil {
			return err
		}
	}
	if growth.Rows == nil {
		return nil
	}
	return b.chart(growth)
}

// section is a table of bench/README.md.
type section struct {
	name, command string
	measurements  string // after which it is shown, separated by spaces
	measured      bool
	table         func() (string, error)
}

// show prints the tables of what has just been measured.
func (b *bench) show(measurement string) error {
	sections, _, err := b.sections()
	if err != nil {
		return err
	}
	for _, s := range sections {
		if !slices.Contains(strings.Fields(s.measurements), measurement) {
			continue
		}
		text, err := s.table()
		if err != nil {
			return fmt.Errorf("cannot make the table %s: %w", s.name, err)
		}
		fmt.Println("\n" + text)
	}
	return nil
}

// sections are the tables, and the sheet of the chart, as far as they are
// measured.
func (b *bench) sections() (_ []section, growth measure.Sheet, err error) {
	var surges []surge
	for _, p := range profiles(1) {
		s := surge{name: p.name}
		if err := errors.Join(b.read(surgeSheet+p.name, &s.runs), b.read(surgeSheet+p.name+receiversSheet, &s.receivers)); err != nil {
			return nil, growth, err
		}
		if s.runs.Rows != nil {
			surges = append(surges, s)
		}
	}
	var shaped, remembered measure.Sheet
	if err := errors.Join(b.read(scalingSheet, &growth), b.read(shapesSheet, &shaped), b.read(memorySheet, &remembered)); err != nil {
		return nil, growth, err
	}
	return []section{
		{"surge", "make bench-surge", "profiles", surges != nil, func() (string, error) { return surgeTable(surges) }},
		{"rdps", "make bench-surge", "profiles", surges != nil, func() (string, error) { return receiversTable(surges) }},
		{"scaling", "make bench-scaling", "scaling", growth.Rows != nil, func() (string, error) { return scalingTable(growth) }},
		{"shapes", "make bench-shapes", "shapes", shaped.Rows != nil, func() (string, error) { return shapesTable(shaped) }},
		{"memory", "make bench-memory", "memory", remembered.Rows != nil, func() (string, error) { return memoryTable(remembered) }},
		{"reached", "make bench-scaling bench-memory", "scaling memory", growth.Rows != nil || remembered.Rows != nil, func() (string, error) { return goalsTable(growth, remembered) }},
	}, growth, nil
}

func (b *bench) chart(growth measure.Sheet) error {
	lines, err := growthLines(growth)
	if err != nil {
		return fmt.Errorf("cannot draw the chart of scaling: %w", err)
	}
	path := filepath.Join(b.results, scalingChart)
	if err := os.WriteFile(path, []byte(growthChart(lines)), 0o644); err != nil {
		return fmt.Errorf("cannot draw the chart of scaling: %w", err)
	}
	return nil
}

// read reads a sheet of the results. One that is not there stays empty.
func (b *bench) read(name string, into *measure.Sheet) error {
	s, err := measure.ReadSheetFile(filepath.Join(b.results, name+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	*into = s
	return err
}

// taken reads figures of a sheet and keeps the first error.
type taken struct {
	measure.Sheet
	err error
}

func (t *taken) figures(column string) []float64 {
	figures, err := t.Sheet.Figures(column)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return []float64{0}
	}
	return figures
}

func (t *taken) median(column string) float64 { return measure.Median(t.figures(column)) }

func (t *taken) low(column string) float64 {
	low, _, _ := measure.Spread(t.figures(column))
	return low
}

func (t *taken) high(column string) float64 {
	_, _, high := measure.Spread(t.figures(column))
	return high
}

// rows of both tables.
func (t *taken) rows() float64 { return t.median("point_rows") + t.median("device_rows") }

// source says under a table where its figures come from.
func source(s measure.Sheet, name string) string {
	return fmt.Sprintf("\n- `%s`, %s on %s; %s; [raw figures](results/%s.txt)",
		s.Note("command"), s.Note("began"), s.Note("machine"), s.Note("flagfill"), name)
}

// size of files.
func size(bytes float64) string {
	for _, unit := range []string{"B", "kB", "MB"} {
		if bytes < 1000 {
			return strings.TrimSuffix(strconv.FormatFloat(bytes, 'f', 1, 64), ".0") + " " + unit
		}
		bytes /= 1000
	}
	return strconv.FormatFloat(bytes, 'f', 2, 64) + " GB"
}

// millions of rows; all digits where there are few.
func millions(n float64) string {
	if n < 1e6 {
		return thousands(n)
	}
	return strconv.FormatFloat(n/1e6, 'f', 1, 64) + " M"
}

func thousands(n float64) string {
	text := strconv.FormatFloat(n, 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// said is a word of a sheet as words.
func said(word string) string { return strings.ReplaceAll(word, "-", " ") }
