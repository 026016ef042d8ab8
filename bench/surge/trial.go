package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"flagfill/bench/measure"
)

const asOf = "2026-11-21T02:00:00Z"

// trial is one way to run flagfill over a snapshot.
type trial struct {
	snapshot string   // folder
	devices  []string // more files of devices
	points   []string // more files of meter_points
	out      string   // where to publish; replaced by every run
	workers  int      // 0 for as many as there are CPUs
	options  []string
}

func (t trial) command(flagfill string) []string {
	command := []string{flagfill, "run", "--devices", filepath.Join(t.snapshot, "devices.parquet")}
	for _, path := range t.devices {
		command = append(command, "--devices", path)
	}
	command = append(command, "--meter-points", filepath.Join(t.snapshot, "meter_points.parquet"))
	for _, path := range t.points {
		command = append(command, "--meter-points", path)
	}
	command = append(command, "--out", t.out, "--as-of", asOf, "--progress", "none")
	if t.workers > 0 {
		command = append(command, "--workers", strconv.Itoa(t.workers))
	}
	return append(command, t.options...)
}

// outcome of a run: its cost, and what its publication says of it.
type outcome struct {
	measure.Cost
	publication
	readSeconds   float64 // wall, of the stage that reads both tables
	decideSeconds float64 // wall, of the stage that decides and writes
}

// publication is what of manifest.json and run.json is wanted here.
type publication struct {
	Content struct {
		Totals struct {
			Devices     struct{ Rows int64 }
			MeterPoints struct{ Rows, Changed int64 } `json:"meter_points"`
			Reportable  struct{ Emitted int64 }
		}
		Shards []shard
	}
	Files []struct{ Bytes int64 }
}

// shard is a flow file.
type shard struct {
	Fuel, RDP      string
	Records, Bytes int64
}

func (p *publication) bytes() (flows, all int64) {
	for _, s := range p.Content.Shards {
		flows += s.Bytes
	}
	for _, f := range p.Files {
		all += f.Bytes
	}
	return flows, all
}

// receiver is what one RDP is sent.
type receiver struct {
	fuel, rdp             string
	files, records, bytes int64
}

// receivers adds up the flow files of each RDP, electricity first.
func (p *publication) receivers() []receiver {
	var all []receiver
	for _, s := range p.Content.Shards {
		i := slices.IndexFunc(all, func(r receiver) bool { return r.rdp == s.RDP && r.fuel == s.Fuel })
		if i < 0 {
			i = len(all)
			all = append(all, receiver{fuel: s.Fuel, rdp: s.RDP})
		}
		all[i].files++
		all[i].records += s.Records
		all[i].bytes += s.Bytes
	}
	slices.SortFunc(all, func(a, b receiver) int { return cmp.Or(cmp.Compare(a.fuel, b.fuel), cmp.Compare(a.rdp, b.rdp)) })
	return all
}

// run runs flagfill once. What an earlier run left is removed first, outside
// the measured time.
func (b *bench) run(ctx context.Context, t trial) (outcome, error) {
	if err := os.RemoveAll(t.out); err != nil {
		return outcome{}, fmt.Errorf("cannot clear the output: %w", err)
	}
	var o outcome
	var err error
	if o.Cost, _, err = measure.Run(ctx, t.command(b.flagfill)...); err != nil {
		return outcome{}, err
	}
	if err := readJSON(filepath.Join(t.out, "manifest.json"), &o.publication); err != nil {
		return outcome{}, err
	}
	var record struct {
		Stages []struct {
			Name    string
			Seconds float64
		}
	}
	if err := readJSON(filepath.Join(t.out, "run.json"), &record); err != nil {
		return outcome{}, err
	}
	for _, stage := range record.Stages {
		switch stage.Name {
		case "read both tables":
			o.readSeconds = stage.Seconds
		case "decide and write":
			o.decideSeconds = stage.Seconds
		}
	}
	if o.readSeconds == 0 || o.decideSeconds == 0 {
		return outcome{}, fmt.Errorf("cannot find the times of the stages in %s", filepath.Join(t.out, "run.json"))
	}
	return o, nil
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("cannot read what the run published: %w", err)
	}
	return nil
}

func mebibytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }
