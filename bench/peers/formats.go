package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"flagfill/bench/measure"
)

const formatsSheet = "formats"

// arrowReader is Go's Arrow library, which reads and does nothing else.
const arrowReader = "arrow-reader"

// format is a way to store the same rows.
type format struct {
	name, title string
	from        string // the format whose files are written again as this one; generated where empty
}

// formats in the order of the table, each behind the one that it is made from.
var formats = []format{
	{"parquet", "Parquet, snappy", ""},
	{"parquet-zstd", "Parquet, zstd", "parquet"},
	{"csv", "CSV", ""},
	{"csv.gz", "CSV in gzip", "csv"},
	{"csv.zst", "CSV in zstd", "csv"},
	{"arrow", "Arrow, plain", ""},
	{"arrow-lz4", "Arrow, LZ4", "arrow"},
	{"arrow-zstd", "Arrow, zstd", "arrow"},
}

// formats measures the job on the same rows in every format, in pairs. All must
// first give the same flow records, whatever the format and the program.
func (b *bench) formats(ctx context.Context) (err error) {
	if err := install(ctx, b.peers); err != nil {
		return err
	}
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	goarrow := filepath.Join(scratch, "goarrow")
	if err := b.build(ctx, "goarrow", goarrow); err != nil {
		return err
	}
	comparisons, err := b.proveFormats(ctx, scratch, goarrow)
	if err != nil {
		return err
	}
	var snapshots []snapshot
	for _, c := range comparisons {
		snapshots = append(snapshots, c.snapshot)
	}
	notes, err := b.notes(ctx, fmt.Sprintf("make bench-formats FORMAT_POINTS=%d TURNS=%d", b.points, b.turns), snapshots...)
	if err != nil {
		return err
	}
	return b.measureTurns(ctx, formatsSheet, notes, comparisons)
}

// proveFormats makes the files of every format and compares what is made of them.
func (b *bench) proveFormats(ctx context.Context, scratch, goarrow string) ([]comparison, error) {
	var all []comparison
	var first []string // the flow records of the first format
	for _, f := range formats {
		s := snapshot{f.name, faulty}
		if err := b.store(ctx, s, f.from, goarrow); err != nil {
			return nil, fmt.Errorf("cannot make %s: %w", s, err)
		}
		c := comparison{s, []contender{b.ours(s, scratch), b.formatPeer(s, scratch, goarrow)}}
		records, err := b.prove(ctx, c)
		if first == nil {
			first = records
		}
		if err == nil {
			err = sameRecords(records, first)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot compare on %s: %w", s, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// formatPeer is whom flagfill is measured beside. DuckDB reads no Arrow files
// without an extension, which it would fetch over the network.
func (b *bench) formatPeer(s snapshot, scratch, goarrow string) contender {
	if s.ending() != "arrow" {
		return b.duckdb(s, scratch, "all")
	}
	return contender{name: arrowReader, out: filepath.Join(scratch, "none"), command: []string{goarrow, "read", strconv.Itoa(b.threads),
		filepath.Join(b.folder(s), s.file("devices")), filepath.Join(b.folder(s), s.file("meter_points"))}}
}

// store makes the files of a snapshot unless they are there: generated, or those
// of another format written again.
func (b *bench) store(ctx context.Context, s snapshot, from, goarrow string) error {
	if from == "" {
		return b.generate(ctx, s)
	}
	source := snapshot{from, s.kind}
	return measure.MakeFolder(b.folder(s), func(partial string) error {
		if err := os.Mkdir(partial, 0o750); err != nil {
			return err
		}
		for _, table := range []string{"devices", "meter_points"} {
			in, out := filepath.Join(b.folder(source), source.file(table)), filepath.Join(partial, s.file(table))
			say("writing %s again as %s", in, s.format)
			if err := b.rewrite(ctx, s.format, in, out, goarrow); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) rewrite(ctx context.Context, format, in, out, goarrow string) error {
	commands := map[string][]string{
		"parquet-zstd": {"node", filepath.Join(b.peers, "rewrite.mjs"), in, out},
		"csv.zst":      {"zstd", "-q", "-o", out, in},
		"arrow-lz4":    {goarrow, "pack", "lz4", in, out},
		"arrow-zstd":   {goarrow, "pack", "zstd", in, out},
	}
	if command, ok := commands[format]; ok {
		_, _, err := measure.Run(ctx, command...)
		return err
	}
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	defer file.Close()
	gzip := exec.CommandContext(ctx, "gzip", "-n", "-c", in)
	gzip.Stdout, gzip.Stderr = file, os.Stderr
	return gzip.Run()
}
