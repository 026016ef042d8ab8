package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"flagfill/bench/measure"
)

const jobSheet = "peers"

// job measures whole runs. All contenders must first give the same flow
// records, and the same exceptions where they list any; then they take turns.
func (b *bench) job(ctx context.Context) (err error) {
	if err := install(ctx, b.peers); err != nil {
		return err
	}
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	gomap := filepath.Join(scratch, "gomap")
	if err := b.build(ctx, "gomap", gomap); err != nil {
		return err
	}
	comparisons := b.comparisons(scratch, gomap)
	var snapshots []snapshot
	for _, c := range comparisons {
		snapshots = append(snapshots, c.snapshot)
		if err := b.generate(ctx, c.snapshot); err != nil {
			return err
		}
		if _, err := b.prove(ctx, c); err != nil {
			return fmt.Errorf("cannot compare on %s: %w", c.snapshot, err)
		}
	}
	notes, err := b.notes(ctx, fmt.Sprintf("make bench-peers PEER_POINTS=%d TURNS=%d", b.points, b.turns), snapshots...)
	if err != nil {
		return err
	}
	return b.measureTurns(ctx, jobSheet, notes, comparisons)
}

// build makes a program of those beside this one.
func (b *bench) build(ctx context.Context, name, path string) error {
	output, err := exec.CommandContext(ctx, "go", "build", "-o", path, "./"+filepath.Join(b.peers, name)).CombinedOutput()
	if err != nil {
		return fmt.Errorf("cannot build %s: %w\n%s", name, err, output)
	}
	return nil
}

// measureTurns has the contenders of each comparison take turns.
func (b *bench) measureTurns(ctx context.Context, name string, notes []measure.Note, comparisons []comparison) (err error) {
	sheet, err := measure.CreateSheetFile(filepath.Join(b.results, name+".txt"), os.Stdout, notes,
		"format", "snapshot", "program", "turn", "wall_seconds", "inside_seconds", "cpu_seconds", "peak_mib", "input_mb")
	if err != nil {
		return err
	}
	defer func() { err = sheet.Finish(err) }()
	for _, c := range comparisons {
		inputMegabytes, err := b.megabytesOf(c.snapshot)
		if err != nil {
			return err
		}
		for turn := range b.turns {
			if err := c.takeTurn(ctx, turn, inputMegabytes, sheet); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeTurn runs every contender once. Each turn another one begins.
func (c comparison) takeTurn(ctx context.Context, turn int, inputMegabytes float64, sheet *measure.SheetFile) error {
	for i := range c.contenders {
		next := c.contenders[(turn+i)%len(c.contenders)]
		cost, stdout, err := next.run(ctx)
		if err != nil {
			return err
		}
		if err := sheet.Write(c.format, c.kind, next.name, turn+1, cost.Wall.Seconds(), insideSeconds(stdout), cost.CPU.Seconds(), mebibytes(cost.PeakBytes), inputMegabytes); err != nil {
			return err
		}
		if err := measure.Rest(ctx, cost); err != nil {
			return err
		}
	}
	return nil
}

func (c contender) run(ctx context.Context) (measure.Cost, []byte, error) {
	if err := os.RemoveAll(c.out); err != nil {
		return measure.Cost{}, nil, fmt.Errorf("cannot clear the output of %s: %w", c.name, err)
	}
	return measure.Run(ctx, c.command...)
}

// insideSeconds is the time by a program's own clock, without its start-up; 0
// where it says nothing.
func insideSeconds(stdout []byte) float64 {
	var said struct {
		Seconds float64 `json:"seconds"`
	}
	if json.Unmarshal(stdout, &said) != nil {
		return 0
	}
	return said.Seconds
}

func mebibytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// install fetches the pinned DuckDB where it is not there yet.
func install(ctx context.Context, peers string) error {
	if _, err := os.Stat(filepath.Join(peers, "node_modules", "@duckdb", "node-api")); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	say("installing DuckDB into %s", peers)
	cmd := exec.CommandContext(ctx, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund")
	cmd.Dir, cmd.Stdout, cmd.Stderr = peers, os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cannot install DuckDB into %s: %w", peers, err)
	}
	return nil
}
