// Explain measures what explaining one meter point costs above the least that
// finding its rows can cost.
//
//	go run ./bench/explain -data DIR [flags]
//
// The least is a process that decodes, with flagfill's own loaders and as many
// workers, the identifiers of both tables that statistics cannot exclude, and
// throws them away. It and flagfill explain take turns; the figures are kept as
// text, and minimum, median and their ratio are printed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"flagfill/bench/measure"
)

// goal is the ratio to be reached.
const goal = 1.1

type bench struct {
	flagfill string
	data     string // folder of the snapshot
	sheet    string // file of the figures
	turns    int
	workers  int
}

func main() {
	if len(os.Args) == 5 && os.Args[1] == keysCommand {
		exit(decodeKeysCommand(os.Args[2], os.Args[3], os.Args[4]))
	}
	var b bench
	flag.StringVar(&b.flagfill, "flagfill", "bin/flagfill", "the program to measure")
	flag.StringVar(&b.data, "data", "", "folder with devices.parquet and meter_points.parquet")
	flag.StringVar(&b.sheet, "sheet", "bench/results/explain.txt", "file for the figures")
	flag.IntVar(&b.turns, "turns", 5, "runs of each, after one that is not counted")
	flag.IntVar(&b.workers, "workers", 2, "workers of each")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := errors.New("name the snapshot with -data, and at least one turn and worker")
	if b.data != "" && b.turns > 0 && b.workers > 0 {
		err = b.measure(ctx)
	}
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "explain:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// measure takes the figures and prints the table made of them.
func (b *bench) measure(ctx context.Context) error {
	if err := b.fill(ctx); err != nil {
		return err
	}
	sheet, err := measure.ReadSheetFile(b.sheet)
	if err != nil {
		return err
	}
	text, err := table(sheet)
	fmt.Print(text)
	return err
}

// fill writes the sheet row by row.
func (b *bench) fill(ctx context.Context) (err error) {
	ourselves, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find the reader of keys: %w", err)
	}
	mpxn, rows, err := middleMPxN(ctx, b.data)
	if err != nil {
		return err
	}
	version, err := measure.Version(ctx, b.flagfill)
	if err != nil {
		return err
	}
	file, err := os.Create(b.sheet)
	if err != nil {
		return fmt.Errorf("cannot write figures: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	notes := []measure.Note{{Name: "machine", Text: measure.Machine()}, {Name: "flagfill", Text: version},
		{Name: "snapshot", Text: fmt.Sprintf("%s, %d rows of both tables", filepath.Base(b.data), rows)},
		{Name: "workers", Text: strconv.Itoa(b.workers)}}
	sheet, err := measure.NewSheetWriter(file, notes, "turn", "of", "wall", "cpu", "peak")
	if err != nil {
		return err
	}
	workers := strconv.Itoa(b.workers)
	forms := []form{
		{ofKeys, []string{ourselves, keysCommand, workers, b.data, mpxn}},
		{ofExplain, []string{b.flagfill, "explain", "--devices", filepath.Join(b.data, "devices.parquet"),
			"--meter-points", filepath.Join(b.data, "meter_points.parquet"), "--workers", workers, mpxn}},
	}
	for turn := range b.turns + 1 { // the first is not counted
		for i := range forms {
			f := &forms[(i+turn)%len(forms)]
			if err := f.run(ctx, turn, sheet); err != nil {
				return err
			}
		}
	}
	return nil
}

// form is one of the two ways, with what its turns took.
type form struct {
	name    string
	command []string
}

func (f *form) run(ctx context.Context, turn int, sheet *measure.SheetWriter) error {
	cost, _, err := measure.Run(ctx, f.command...)
	if err != nil || turn == 0 {
		return err
	}
	return sheet.Write(turn, f.name, cost.Wall.Seconds(), cost.CPU.Seconds(), float64(cost.PeakBytes)/(1<<20))
}
