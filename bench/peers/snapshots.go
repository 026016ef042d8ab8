package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"flagfill/bench/measure"
)

// snapshot is one in a format.
type snapshot struct{ format, kind string }

// The kinds of snapshot. What looks at no value for itself can be right only of
// a sound one.
const (
	faulty = "faulty"
	sound  = "sound"
)

func (s snapshot) String() string { return "the " + s.kind + " snapshot as " + s.format }

func (b *bench) folder(s snapshot) string {
	return filepath.Join(b.snapshots, fmt.Sprintf("peers-%d-%s-%s", b.points, s.kind, s.format))
}

// ending of the names of its files. What stands behind a dash in the format, the
// codec within a file, is told by no name.
func (s snapshot) ending() string {
	ending, _, _ := strings.Cut(s.format, "-")
	return ending
}

// file is the name of a table's file.
func (s snapshot) file(table string) string { return table + "." + s.ending() }

// generate makes a snapshot unless it is there.
func (b *bench) generate(ctx context.Context, s snapshot) error {
	options := []string{"--format", s.format}
	if s.kind == sound {
		options = append(options, "--errors", "0")
	}
	return measure.MakeFolder(b.folder(s), func(partial string) error {
		_, _, err := measure.Run(ctx, append([]string{b.flagfill, "generate", "--out", partial, "--seed", "1",
			"--meter-points", strconv.FormatInt(b.points, 10)}, options...)...)
		return err
	})
}

// description is what describe.mjs says of a snapshot.
type description struct {
	DuckDB      string  `json:"duckdb"`
	Node        string  `json:"node"`
	ExportShare float64 `json:"export_mpan_share"`
	Tables      map[string]struct {
		Rows      int64             `json:"rows"`
		RowGroups int64             `json:"row_groups"`
		Codec     string            `json:"codec"`
		Notes     map[string]string `json:"notes"`
	} `json:"tables"`
}

func (b *bench) describe(ctx context.Context, s snapshot) (d description, err error) {
	_, text, err := measure.Run(ctx, "node", filepath.Join(b.peers, "describe.mjs"), b.folder(s))
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		return d, fmt.Errorf("cannot describe %s: %w", s, err)
	}
	return d, nil
}

// notes say what the figures must be read with. The first snapshot is Parquet.
func (b *bench) notes(ctx context.Context, command string, snapshots ...snapshot) ([]measure.Note, error) {
	notes, err := measure.Notes(ctx, b.flagfill, command)
	if err != nil {
		return nil, err
	}
	d, err := b.describe(ctx, snapshots[0])
	if err != nil {
		return nil, err
	}
	notes = append(notes, []measure.Note{
		{Name: "duckdb", Text: fmt.Sprintf("%s on Node %s", d.DuckDB, d.Node)},
		{Name: "tools", Text: strings.Join([]string{firstLine(ctx, "sort", "--version"), firstLine(ctx, "awk", "-W", "version"), firstLine(ctx, "go", "version"),
			firstLine(ctx, "gzip", "--version"), firstLine(ctx, "zstd", "--version")}, ", ")},
		{Name: "threads", Text: fmt.Sprintf("%d of flagfill, DuckDB and sort; go-maps has one goroutine", b.threads)},
		{Name: "export", Text: fmt.Sprintf("%.2f %% of the device rows have an export MPAN", 100*d.ExportShare)},
	}...)
	for _, s := range snapshots {
		more, err := b.tableNotes(ctx, s)
		if err != nil {
			return nil, err
		}
		notes = append(notes, more...)
	}
	return notes, nil
}

// megabytesOf both files.
func (b *bench) megabytesOf(s snapshot) (float64, error) {
	total := int64(0)
	for _, table := range []string{"devices", "meter_points"} {
		info, err := os.Stat(filepath.Join(b.folder(s), s.file(table)))
		if err != nil {
			return 0, fmt.Errorf("cannot tell the size of %s: %w", s, err)
		}
		total += info.Size()
	}
	return float64(total) / 1e6, nil
}

// tableNotes describe both tables of a snapshot. A file of another format holds
// the rows of its Parquet twin in the same order.
func (b *bench) tableNotes(ctx context.Context, s snapshot) ([]measure.Note, error) {
	var d description
	if s.ending() == "parquet" {
		var err error
		if d, err = b.describe(ctx, s); err != nil {
			return nil, err
		}
	}
	var notes []measure.Note
	for _, table := range []string{"devices", "meter_points"} {
		info, err := os.Stat(filepath.Join(b.folder(s), s.file(table)))
		if err != nil {
			return nil, fmt.Errorf("cannot describe %s: %w", s, err)
		}
		text := fmt.Sprintf("%.1f MB", float64(info.Size())/1e6)
		if t, ok := d.Tables[table]; ok {
			text += fmt.Sprintf(", %d rows in %d row groups, %s", t.Rows, t.RowGroups, t.Codec)
			for _, name := range []string{"seed", "shuffled", "error_rate", "page_bytes"} {
				if note, ok := t.Notes["flagfill.synth."+name]; ok {
					text += fmt.Sprintf(", %s %s", name, note)
				}
			}
		} else {
			text += ", the rows of the Parquet file in its order"
		}
		notes = append(notes, measure.Note{Name: strings.Join([]string{s.format, s.kind, table}, "-"), Text: text})
	}
	return notes, nil
}

// firstLine of what a command prints; its name where it prints none.
func firstLine(ctx context.Context, command ...string) string {
	text, _ := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
	line, _, _ := strings.Cut(string(text), "\n")
	if line == "" {
		return command[0]
	}
	return line
}
