package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/assurance/property"
	"flagfill/config"
	"flagfill/engine"
	"flagfill/loaders"
)

// Files of another's writer, in whatever order and with or without statistics,
// give one result however often they are read, in splits of whatever size, and
// by however many workers.
func TestPropertyPassesLeaveNoTrace(t *testing.T) {
	const ways = 6
	property.Property{Goal: "R3", Name: "one result whatever the passes over the files", Unit: "runs", Seeds: 50}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 10))
			data := generatedTables(t, 50_000+random.Int64N(30_000), uint64(seed))
			if random.IntN(2) == 0 { // as an extract in MPxN order is
				slices.SortFunc(data.points, slices.Compare)
				slices.SortFunc(data.devices, func(a, b []string) int { return strings.Compare(a[2], b[2]) })
			}
			open, cfg := data.varied(t, random)
			var first *assessment
			for range ways {
				got := assess(t, open(1+random.IntN(1<<17)), cfg)
				if first == nil {
					first = got
				}
				diff := cmp.Diff(countsOf(t, first), countsOf(t, got))
				if others := first.others(got); diff != "" || len(others) > 0 {
					t.Fatalf("%d workers in %d passes list %d meter points otherwise, and count:\n%s", cfg.Workers, cfg.Passes, len(others), diff)
				}
				cfg.Workers, cfg.Passes = 1+random.IntN(8), 1+random.IntN(8)
				cases++
			}
			return cases
		})
}

// varied stores the tables in some way. They are opened to be read in splits of
// so many bytes, where that can be said.
func (s tables) varied(t *testing.T, random *rand.Rand) (open func(splitBytes int) engine.Inputs, cfg engine.Config) {
	t.Helper()
	cfg = asking(readingOf(random), random)
	how := newStoring(random, t.TempDir())
	_, devices := how.store(t, engine.Devices, deviceColumns, s.devices)
	_, points := how.store(t, engine.MeterPoints, pointColumns, s.points)
	path := filepath.Join(how.folder, "config.toml")
	if err := os.WriteFile(path, []byte(settingsOf(cfg)+strings.Join(how.config, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	file.Apply(&cfg)
	return func(splitBytes int) engine.Inputs {
		source := func(paths []string, table engine.Table) engine.Source {
			source, err := loaders.Open(paths, table, loaders.Options{Delimiter: file.Input.Delimiter, SplitBytes: int64(splitBytes)})
			if err != nil {
				t.Fatal(err)
			}
			return source
		}
		return engine.Inputs{Devices: source(devices, engine.Devices), MeterPoints: source(points, engine.MeterPoints)}
	}, cfg
}
