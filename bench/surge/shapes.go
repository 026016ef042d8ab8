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

// shape is a snapshot that differs from the usual one in one way.
type shape struct {
	name     string // a word
	snapshot snapshot
	crowded  bool // with one more meter point, of a thousand meters
}

const (
	crowdedMPRN  = "3938424403"
	crowdMeters  = 1000
	smallGroup   = 4096    // rows
	largestGroup = 1 << 40 // rows: more than there are
)

func shapes(points int64) []shape {
	with := func(name string, change func(*synth.Config)) shape {
		s := newSnapshot("shape-"+name, synth.Sparse, points)
		change(&s.Config)
		return shape{name: name, snapshot: s}
	}
	usual := with("usual", func(*synth.Config) {})
	crowded := usual
	crowded.name, crowded.crowded = "thousand-meters", true
	return []shape{
		usual,
		with("sorted", func(c *synth.Config) { c.Shuffled = false }),
		with("none-changed", func(c *synth.Config) { c.Settled, c.ErrorRate = 1, 0 }),
		with("all-changed", func(c *synth.Config) { c.Forgotten, c.ErrorRate = true, 0 }),
		with("one-row-group", func(c *synth.Config) { c.RowGroupRows = largestGroup }),
		with("small-row-groups", func(c *synth.Config) { c.RowGroupRows = smallGroup }),
		with("one-distributor", func(c *synth.Config) { c.OneDistributor = true }),
		crowded,
	}
}

// shapes measures all shapes, which take turns.
func (b *bench) shapes(ctx context.Context) (err error) {
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	all := shapes(b.points)
	trials := make([]trial, len(all))
	for i, s := range all {
		folder, err := b.ready(ctx, s.snapshot)
		if err != nil {
			return err
		}
		trials[i] = trial{snapshot: folder, out: filepath.Join(scratch, "publication")}
		if s.crowded {
			if trials[i].devices, trials[i].points, err = writeCrowd(scratch); err != nil {
				return err
			}
		}
	}
	command := made("bench-shapes", fmt.Sprintf("SHAPE_POINTS=%d", b.points), fmt.Sprintf("TURNS=%d", b.turns))
	r, err := b.record(ctx, shapesSheet, command, nil,
		"shape", "turn", "point_rows", "device_rows", "changed", "wall_seconds", "cpu_seconds", "peak_mib", "flow_records")
	if err != nil {
		return err
	}
	defer func() { err = r.Finish(err) }()
	for turn := range b.turns + 1 { // the first is not counted
		for i, s := range all {
			o, err := b.run(ctx, trials[i])
			if err != nil {
				return fmt.Errorf("cannot measure shape %s: %w", s.name, err)
			}
			totals := &o.Content.Totals
			if turn == 0 {
				continue
			}
			if err := r.Write(s.name, turn, totals.MeterPoints.Rows, totals.Devices.Rows, totals.MeterPoints.Changed,
				o.Wall.Seconds(), o.CPU.Seconds(), mebibytes(o.PeakBytes), totals.Reportable.Emitted); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeCrowd writes a meter point with a thousand meters, as CSV beside the
// snapshot's files.
func writeCrowd(folder string) (devices, points []string, err error) {
	var meters strings.Builder
	meters.WriteString("device_id,device_type,device_status,import_mpxn,secondary_import_mpan,export_mpan\n")
	for i := range crowdMeters {
		fmt.Fprintf(&meters, "00-00-00-00-00-00-%02X-%02X,GSME,Commissioned,%s,,\n", i>>8, i&0xFF, crowdedMPRN)
	}
	point := "mpxn,service_status,rdp_id,service_status_changed_on,ever_installed,reported_status\n" + crowdedMPRN + ",A,XOSERVE,2026-01-01,true,A\n"
	for name, text := range map[string]string{"crowd_devices.csv": meters.String(), "crowd_points.csv": point} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o640); err != nil {
			return nil, nil, fmt.Errorf("cannot write the meter point with many meters: %w", err)
		}
	}
	return []string{filepath.Join(folder, "crowd_devices.csv")}, []string{filepath.Join(folder, "crowd_points.csv")}, nil
}
