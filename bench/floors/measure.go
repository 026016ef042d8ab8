package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"flagfill/bench/measure"
)

const asOf = "2026-11-21T02:00:00Z"

var workerCounts = []int{1, 2}

// Kinds of rows of the sheet, beside the crews of flagfill run --stages.
const (
	ofPages = "pages" // of the process that reads pages
	ofRun   = "run"   // of flagfill run
	ofStage = "stage" // of its stages
)

var columns = []string{"workers", "turn", "of", "what", "seconds"}

// runReport is what flagfill run --stages --json prints, as far as it is wanted.
type runReport struct {
	Stages struct {
		Wall []part
		Work []struct {
			Name  string
			Steps []part
		}
	}
}

type part struct {
	Name    string
	Seconds float64
}

// measure writes the sheet row by row.
func (b *bench) measure(ctx context.Context) (err error) {
	ourselves, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find the reader of pages: %w", err)
	}
	scratch, err := os.MkdirTemp("", "flagfill-floors-")
	if err != nil {
		return fmt.Errorf("cannot make a folder for publications: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	notes, err := b.notes(ctx)
	if err != nil {
		return err
	}
	file, err := os.Create(b.sheet())
	if err != nil {
		return fmt.Errorf("cannot write figures: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sheet, err := measure.NewSheetWriter(file, notes, columns...)
	if err != nil {
		return err
	}
	trial := &trial{sheet: sheet, pages: []string{ourselves, pagesCommand}, out: filepath.Join(scratch, "publication"), bench: b}
	for turn := range b.turns + 1 { // the first is not counted
		for _, workers := range workerCounts {
			fmt.Fprintf(os.Stderr, "floors: turn %d of %d, %d workers\n", turn, b.turns, workers)
			if err := trial.turn(ctx, turn, workers); err != nil {
				return err
			}
		}
	}
	return nil
}

// trial is the page floor and a run over one snapshot.
type trial struct {
	*bench
	sheet *measure.SheetWriter
	pages []string // command without its arguments
	out   string   // where to publish; replaced by every run
}

// turn measures both, one first in even turns and the other in odd ones. Turn 0
// leaves the files in the page cache and writes nothing.
func (t *trial) turn(ctx context.Context, turn, workers int) error {
	forms := []func(context.Context, int, int) error{t.readPages, t.run}
	if turn%2 == 1 {
		forms[0], forms[1] = forms[1], forms[0]
	}
	for _, form := range forms {
		if err := form(ctx, turn, workers); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) readPages(ctx context.Context, turn, workers int) error {
	cost, _, err := measure.Run(ctx, append(t.pages, strconv.Itoa(workers), t.data)...)
	if err != nil {
		return err
	}
	return t.writeCost(turn, workers, ofPages, cost)
}

func (t *trial) run(ctx context.Context, turn, workers int) error {
	if err := os.RemoveAll(t.out); err != nil {
		return fmt.Errorf("cannot clear the last publication: %w", err)
	}
	cost, stdout, err := measure.Run(ctx, t.flagfill, "run", "--devices", filepath.Join(t.data, "devices.parquet"),
		"--meter-points", filepath.Join(t.data, "meter_points.parquet"), "--out", t.out, "--as-of", asOf,
		"--workers", strconv.Itoa(workers), "--progress", "none", "--stages", "--json")
	if err != nil {
		return err
	}
	var report runReport
	if err := json.Unmarshal(stdout, &report); err != nil {
		return fmt.Errorf("cannot read the result of a run: %w", err)
	}
	if len(report.Stages.Wall) == 0 {
		return fmt.Errorf("cannot measure %s: it prints no stages", t.flagfill)
	}
	if err := t.writeCost(turn, workers, ofRun, cost); err != nil {
		return err
	}
	if err := t.writeParts(turn, workers, ofStage, report.Stages.Wall); err != nil {
		return err
	}
	for _, crew := range report.Stages.Work {
		if err := t.writeParts(turn, workers, crew.Name, crew.Steps); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) writeCost(turn, workers int, of string, cost measure.Cost) error {
	return t.writeParts(turn, workers, of, []part{{"wall", cost.Wall.Seconds()}, {"cpu", cost.CPU.Seconds()}})
}

func (t *trial) writeParts(turn, workers int, of string, parts []part) error {
	for _, p := range parts {
		if turn == 0 {
			return nil
		}
		if err := t.sheet.Write(workers, turn, cell(of), cell(p.Name), p.Seconds); err != nil {
			return err
		}
	}
	return nil
}

// cell writes a name without spaces.
func cell(name string) string { return strings.ReplaceAll(name, " ", "_") }

// notes are what the figures must be read with.
func (b *bench) notes(ctx context.Context) ([]measure.Note, error) {
	version, err := measure.Version(ctx, b.flagfill)
	if err != nil {
		return nil, err
	}
	notes := []measure.Note{{Name: "machine", Text: measure.Machine()}, {Name: "flagfill", Text: version}, {Name: "turns", Text: strconv.Itoa(b.turns)}}
	tables, err := readPages(b.data, 1)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		notes = append(notes, measure.Note{Name: t.Table, Text: fmt.Sprintf(
			"%d rows in %d row groups, %d columns needed of %.1f MB, codec of the last %s, pages of %s bytes, seed %s, shuffled %s",
			t.Rows, t.RowGroups, t.Columns, float64(t.Bytes)/1e6, strings.ToLower(t.Codec), t.PageBytes, t.Seed, t.Shuffled)})
	}
	return notes, nil
}
