package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"

	"flagfill/bench/measure"
	"flagfill/bench/synth"
)

// generateCommand makes this program generate a snapshot and end. It runs as a
// process of its own, for whoever measures must stay small (see measure.Run).
const generateCommand = "generate"

// snapshot is a folder with both tables.
type snapshot struct {
	name string
	synth.Config
}

// newSnapshot is one of a profile in no order, as a usual extract.
func newSnapshot(name string, profile synth.Profile, meterPoints int64) snapshot {
	return snapshot{fmt.Sprintf("%s-%d", name, meterPoints), synth.Config{
		Profile: profile, MeterPoints: meterPoints, Seed: 1, ErrorRate: synth.DefaultErrorRate, Shuffled: true,
	}}
}

// pointsOf is how many meter points a share of a profile has, at least one.
func pointsOf(share float64, profile synth.Profile) int64 {
	return max(int64(math.Round(share*float64(profile.MeterPoints()))), 1)
}

// ready generates the snapshot unless it is there, and gives its folder.
func (b *bench) ready(ctx context.Context, s snapshot) (string, error) {
	folder := filepath.Join(b.snapshots, s.name)
	return folder, measure.MakeFolder(folder, func(partial string) error {
		cfg := s.Config
		cfg.Dir, cfg.Workers = partial, runtime.NumCPU()
		settings, err := json.Marshal(cfg)
		if err != nil {
			return fmt.Errorf("cannot pass on the settings of a snapshot: %w", err)
		}
		ourselves, err := os.Executable()
		if err != nil {
			return fmt.Errorf("cannot find the generator: %w", err)
		}
		_, _, err = measure.Run(ctx, ourselves, generateCommand, string(settings))
		return err
	})
}

// generate is the process that ready starts.
func generate(settings string) error {
	var cfg synth.Config
	if err := json.Unmarshal([]byte(settings), &cfg); err != nil {
		return fmt.Errorf("cannot read the settings of a snapshot: %w", err)
	}
	_, err := synth.Generate(context.Background(), cfg)
	return err
}
