package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flagfill/bench/measure"
	"flagfill/bench/synth"
)

// profile is a day on which a run has much to do, or little.
type profile struct {
	name     string
	says     string // what it is
	snapshot snapshot
	options  []string
}

// settledShare leaves about 30,000 changes of Great Britain's 57 million meter
// points: a usual day has 10,000 to 50,000.
const settledShare = 0.97

func profiles(share float64) []profile {
	britain := newSnapshot("gb", synth.GB, pointsOf(share, synth.GB))
	forgotten := newSnapshot("gb-forgotten", synth.GB, pointsOf(share, synth.GB))
	forgotten.Forgotten = true
	settled := newSnapshot("gb-settled", synth.GB, pointsOf(share, synth.GB))
	settled.Settled = settledShare
	return []profile{
		{"fia", "the first run at a go-live: 5 million live meters, every I and N is news", newSnapshot("fia", synth.FIA, pointsOf(share, synth.FIA)), []string{"--baseline", "go-live"}},
		{"gb", "Great Britain's full snapshot, as the first run finds it", britain, nil},
		{"republish", "no status is recorded or reported and every meter point once had a meter, so that every one is sent", forgotten, []string{"--baseline", "reported"}},
		{"daily", "Great Britain with all but 3 % of the first run's changes recorded", settled, nil},
		{"stress", "100 million meter points", newSnapshot("stress", synth.Sparse, max(int64(share*synth.MaxMeterPoints), 1)), nil},
	}
}

// profiles measures each of the profiles named, into two sheets a profile: runs,
// and what each RDP is sent.
func (b *bench) profiles(ctx context.Context) error {
	all := profiles(b.share)
	for _, name := range strings.Fields(b.names) {
		i := slices.IndexFunc(all, func(p profile) bool { return p.name == name })
		if i < 0 {
			return fmt.Errorf("cannot measure profile %q: there is none", name)
		}
		if err := b.profile(ctx, all[i]); err != nil {
			return fmt.Errorf("cannot measure profile %s: %w", name, err)
		}
	}
	return nil
}

func (b *bench) profile(ctx context.Context, p profile) (err error) {
	folder, err := b.ready(ctx, p.snapshot)
	if err != nil {
		return err
	}
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	t := trial{snapshot: folder, out: filepath.Join(scratch, "publication"), options: p.options}
	command := made("bench-surge", "PROFILES="+p.name, fmt.Sprintf("SHARE=%g", b.share), fmt.Sprintf("TURNS=%d", b.turns))
	notes := []measure.Note{{Name: "profile", Text: p.says}, {Name: "options", Text: strings.Join(append([]string{"run"}, p.options...), " ")}}
	last, err := b.run(ctx, t)
	if err != nil {
		return err
	}
	r, err := b.record(ctx, surgeSheet+p.name, command, notes, "turn", "point_rows", "device_rows",
		"wall_seconds", "cpu_seconds", "peak_mib", "changed", "flow_records", "flow_files", "flow_bytes", "all_bytes", "verify_seconds")
	if err != nil {
		return err
	}
	defer func() { err = r.Finish(err) }()
	for turn := range b.turns {
		if last, err = b.run(ctx, t); err != nil {
			return err
		}
		verify, _, err := measure.Run(ctx, b.flagfill, "verify", t.out)
		if err != nil {
			return err
		}
		flows, bytes := last.bytes()
		totals := &last.Content.Totals
		if err := r.Write(turn+1, totals.MeterPoints.Rows, totals.Devices.Rows,
			last.Wall.Seconds(), last.CPU.Seconds(), mebibytes(last.PeakBytes), totals.MeterPoints.Changed,
			totals.Reportable.Emitted, len(last.Content.Shards), flows, bytes, verify.Wall.Seconds()); err != nil {
			return err
		}
	}
	return b.recordReceivers(ctx, p, command, notes, &last)
}

func (b *bench) recordReceivers(ctx context.Context, p profile, command string, notes []measure.Note, o *outcome) (err error) {
	r, err := b.record(ctx, surgeSheet+p.name+receiversSheet, command, notes, "fuel", "rdp", "files", "records", "bytes")
	if err != nil {
		return err
	}
	defer func() { err = r.Finish(err) }()
	for _, to := range o.receivers() {
		if err := r.Write(to.fuel, to.rdp, to.files, to.records, to.bytes); err != nil {
			return err
		}
	}
	return nil
}
