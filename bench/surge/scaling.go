package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"flagfill/bench/measure"
	"flagfill/bench/synth"
)

// scaling measures shares of Great Britain with one worker and with two, which
// take turns.
func (b *bench) scaling(ctx context.Context) (err error) {
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	command := made("bench-scaling", fmt.Sprintf("SIZES=%q", b.sizes), fmt.Sprintf("TURNS=%d", b.turns))
	r, err := b.record(ctx, scalingSheet, command, []measure.Note{{Name: "profile", Text: "gb, in no order; wall of the stages that gather and that assess from run.json"}},
		"points", "workers", "turn", "point_rows", "device_rows", "wall_seconds", "cpu_seconds", "peak_mib", "gather_seconds", "assess_seconds")
	if err != nil {
		return err
	}
	defer func() { err = r.Finish(err) }()
	for _, text := range strings.Fields(b.sizes) {
		points, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("cannot read a number of meter points: %w", err)
		}
		folder, err := b.ready(ctx, newSnapshot("gb", synth.GB, points))
		if err != nil {
			return err
		}
		t := trial{snapshot: folder, out: filepath.Join(scratch, "publication")}
		if _, err := b.run(ctx, t); err != nil {
			return err
		}
		for turn := range b.turns {
			for _, workers := range inTurn(turn, 1, 2) {
				t.workers = workers
				o, err := b.run(ctx, t)
				if err != nil {
					return err
				}
				totals := &o.Content.Totals
				if err := r.Write(points, workers, turn+1, totals.MeterPoints.Rows, totals.Devices.Rows,
					o.Wall.Seconds(), o.CPU.Seconds(), mebibytes(o.PeakBytes), o.readSeconds, o.decideSeconds); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// inTurn gives both, the other one first in every second turn.
func inTurn[T any](turn int, a, b T) [2]T {
	if turn%2 == 1 {
		return [2]T{b, a}
	}
	return [2]T{a, b}
}
