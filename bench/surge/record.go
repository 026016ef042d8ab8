package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"flagfill/bench/measure"
)

// record begins a sheet of the results with the notes that its figures must be
// read with.
func (b *bench) record(ctx context.Context, name, command string, more []measure.Note, columns ...string) (*measure.SheetFile, error) {
	notes, err := measure.Notes(ctx, b.flagfill, command)
	if err != nil {
		return nil, err
	}
	notes = append(notes, measure.Note{Name: "data", Text: "bench/synth, seed 1, snappy but for device_id, data pages v1 of 1 MiB, files in the page cache"})
	return measure.CreateSheetFile(filepath.Join(b.results, name+".txt"), os.Stdout, append(notes, more...), columns...)
}

// made is a make command with its variables.
func made(target string, variables ...string) string {
	return strings.Join(append([]string{"make", target}, variables...), " ")
}
