package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"flagfill/bench/synth"
)

// snapshot generates meter points into a folder of the test, and gives the
// arguments of a run over them into folder/out.
func snapshot(t *testing.T, folder string, meterPoints int64) []string {
	t.Helper()
	cfg := synth.Config{Dir: filepath.Join(folder, "snapshot"), MeterPoints: meterPoints, Seed: 1, Workers: 2, Shuffled: true}
	if _, err := synth.Generate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	return []string{"run", "--as-of", "2026-11-21T02:00:00Z", "--progress", "none", "--baseline", "go-live",
		"--devices", filepath.Join(cfg.Dir, synth.DevicesFile),
		"--meter-points", filepath.Join(cfg.Dir, synth.MeterPointsFile),
		"--out", filepath.Join(folder, "out")}
}

// leftovers lists what stands in a folder beside the snapshot.
func leftovers(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != "snapshot" {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestInterruptedBeforeTheStart(t *testing.T) {
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: exitInterrupt, syscall.SIGTERM: exitTerminate} {
		folder := t.TempDir()
		args := snapshot(t, folder, 100)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(interrupted{signal})
		var stdout, stderr bytes.Buffer
		if code := run(ctx, args, &stdout, &stderr); code != want {
			t.Errorf("%v: exit code %d, want %d", signal, code, want)
		}
		if !strings.Contains(stderr.String(), "nothing was published") || stdout.Len() > 0 {
			t.Errorf("%v: stdout %q, stderr %q", signal, stdout.String(), stderr.String())
		}
		if left := leftovers(t, folder); len(left) > 0 {
			t.Errorf("%v left %s", signal, left)
		}
	}
}

// A run is interrupted as soon as a file of the staging folder appears. It ends
// with the code of the signal and leaves nothing, or it was past the point
// where it could be stopped: then it is done, and what it published is whole.
func TestInterruptedOnTheWay(t *testing.T) {
	folder := t.TempDir()
	args := snapshot(t, folder, 20_000)
	for _, seen := range []string{"", "changes.parquet", "flows/gas/XOSERVE/*", "manifest.json", "SHA256SUMS"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		ended, watched := make(chan struct{}), make(chan struct{})
		go func() { // ends when the file is there or the run has ended
			defer close(watched)
			for {
				select {
				case <-ended:
					return
				default:
				}
				if found, _ := filepath.Glob(filepath.Join(folder, ".out.partial-*", seen)); len(found) > 0 {
					cancel(interrupted{syscall.SIGTERM})
					return
				}
			}
		}()
		var stdout, stderr bytes.Buffer
		code := run(ctx, args, &stdout, &stderr)
		close(ended)
		<-watched
		cancel(nil)
		switch left := leftovers(t, folder); code {
		case exitTerminate:
			if len(left) > 0 {
				t.Errorf("interrupted at %q, it left %s", seen, left)
			}
		case exitDone:
			if len(left) != 1 || run(t.Context(), []string{"verify", filepath.Join(folder, "out")}, &stdout, &stderr) != exitDone {
				t.Errorf("interrupted at %q, it is done, and %s stand there\n%s", seen, left, stdout.String())
			}
			if err := os.RemoveAll(filepath.Join(folder, "out")); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("interrupted at %q: exit code %d\n%s", seen, code, stderr.String())
		}
	}
}
