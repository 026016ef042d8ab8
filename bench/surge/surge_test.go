package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flagfill/bench/synth"
)

// The generator runs as this program again, which here is the test.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == generateCommand {
		exit(generate(os.Args[2]))
	}
	os.Exit(m.Run())
}

func TestSnapshotsAreGeneratedOnce(t *testing.T) {
	b := &bench{snapshots: t.TempDir()}
	s := newSnapshot("gb", synth.GB, 1000)
	folder, err := b.ready(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(folder, "mark")
	for _, path := range []string{synth.DevicesFile, synth.MeterPointsFile} {
		if _, err := os.Stat(filepath.Join(folder, path)); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := b.ready(t.Context(), s); err != nil || again != folder {
		t.Errorf("%s, %v", again, err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("generated again: %v", err)
	}
}

func TestFailedSnapshotLeavesNothing(t *testing.T) {
	b := &bench{snapshots: t.TempDir()}
	if _, err := b.ready(t.Context(), newSnapshot("gb", synth.GB, synth.MaxMeterPoints+1)); err == nil {
		t.Error("no error")
	}
	if left, _ := os.ReadDir(b.snapshots); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// Two snapshots of one name would be taken for each other.
func TestSnapshotsDifferInName(t *testing.T) {
	named := map[string]synth.Config{}
	var all []snapshot
	for _, p := range profiles(0.001) {
		all = append(all, p.snapshot, inOrder("sorted", p.snapshot))
	}
	for _, s := range shapes(1000) {
		all = append(all, s.snapshot)
	}
	for _, s := range all {
		if other, known := named[s.name]; known && other != s.Config {
			t.Errorf("%s: %+v and %+v", s.name, s.Config, other)
		}
		named[s.name] = s.Config
	}
}

func TestReceiversAddUpTheirFiles(t *testing.T) {
	var p publication
	p.Content.Shards = []shard{{"gas", "XOSERVE", 5, 500}, {"electricity", "LOND", 1, 10}, {"gas", "XOSERVE", 7, 700}}
	want := []receiver{{"electricity", "LOND", 1, 1, 10}, {"gas", "XOSERVE", 2, 12, 1200}}
	if got := p.receivers(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestCommandOfATrial(t *testing.T) {
	got := strings.Join(trial{snapshot: "s", devices: []string{"d"}, points: []string{"p"}, out: "o", workers: 1, options: []string{"--memory", "1GiB"}}.command("f"), " ")
	want := "f run --devices s/devices.parquet --devices d --meter-points s/meter_points.parquet --meter-points p --out o --as-of " + asOf + " --progress none --workers 1 --memory 1GiB"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEveryOtherTurnIsTheOtherWayRound(t *testing.T) {
	if inTurn(0, 1, 2) != [2]int{1, 2} || inTurn(1, 1, 2) != [2]int{2, 1} {
		t.Error("turns do not alternate")
	}
}
