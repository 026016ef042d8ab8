package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"flagfill/bench/measure"
	"flagfill/bench/synth"
)

// budget is what memory is measured with beside none.
const budget = "512MiB"

// memory measures Great Britain in no order and in MPxN order, without a budget
// and with one, which take turns.
func (b *bench) memory(ctx context.Context) (err error) {
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	command := made("bench-memory", fmt.Sprintf("SHARE=%g", b.share), fmt.Sprintf("TURNS=%d", b.turns))
	r, err := b.record(ctx, memorySheet, command, []measure.Note{{Name: "profile", Text: "gb; peak resident memory from outside, rusage"}},
		"order", "budget", "turn", "point_rows", "device_rows", "wall_seconds", "cpu_seconds", "peak_mib")
	if err != nil {
		return err
	}
	defer func() { err = r.Finish(err) }()
	for _, order := range []string{"sorted", "shuffled"} {
		folder, err := b.ready(ctx, inOrder(order, newSnapshot("gb", synth.GB, pointsOf(b.share, synth.GB))))
		if err != nil {
			return err
		}
		t := trial{snapshot: folder, out: filepath.Join(scratch, "publication")}
		if _, err := b.run(ctx, t); err != nil {
			return err
		}
		for turn := range b.turns {
			for _, options := range inTurn(turn, nil, []string{"--memory", budget}) {
				t.options = options
				o, err := b.run(ctx, t)
				if err != nil {
					return err
				}
				given := "none"
				if len(options) > 0 {
					given = budget
				}
				totals := &o.Content.Totals
				if err := r.Write(order, given, turn+1, totals.MeterPoints.Rows, totals.Devices.Rows,
					o.Wall.Seconds(), o.CPU.Seconds(), mebibytes(o.PeakBytes)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// inOrder is the snapshot with its rows in an order.
func inOrder(order string, s snapshot) snapshot {
	if s.Shuffled = order == "shuffled"; !s.Shuffled {
		s.name = strings.Replace(s.name, "-", "-sorted-", 1)
	}
	return s
}
