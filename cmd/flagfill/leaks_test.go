package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"flagfill/assurance/property"
)

// countdown is a context that is interrupted when it was asked so many times.
type countdown struct {
	context.Context
	left   atomic.Int64
	cancel context.CancelCauseFunc
}

func newCountdown(parent context.Context, asked int64) *countdown {
	ctx, cancel := context.WithCancelCause(parent)
	c := &countdown{Context: ctx, cancel: cancel}
	c.left.Store(asked)
	return c
}

func (c *countdown) ask() {
	if c.left.Add(-1) == 0 {
		c.cancel(interrupted{syscall.SIGINT})
	}
}

func (c *countdown) Err() error {
	c.ask()
	return c.Context.Err()
}

func (c *countdown) Done() <-chan struct{} {
	c.ask()
	return c.Context.Done()
}

// leftBehind runs a command, and returns its exit code, its stderr, and what it
// leaves of goroutines and open files below folder.
func leftBehind(t *testing.T, ctx context.Context, folder string, args []string) (code int, said string, left []string) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	var stdout, stderr bytes.Buffer
	code = run(ctx, args, &stdout, &stderr)
	if err := goleak.Find(before); err != nil {
		left = append(left, err.Error())
	}
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range descriptors {
		if path, err := os.Readlink("/proc/self/fd/" + d.Name()); err == nil && strings.HasPrefix(path, folder) {
			left = append(left, path+" is open")
		}
	}
	return code, stderr.String(), left
}

// Whatever a command was asked for, and however it ends, nothing is left.
func TestCommandsLeaveNothingBehind(t *testing.T) {
	folder := t.TempDir()
	args := snapshot(t, folder, 3000)
	snapshotDir, out := filepath.Join(folder, "snapshot"), filepath.Join(folder, "out")
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitDone, append(args, "--dry-run")},
		{exitDone, append(args, "--progress", "plain", "--exceptions", filepath.Join(folder, "exceptions.parquet"))},
		{exitUsage, args}, // there is a publication already
		{exitDone, []string{"verify", out}},
		{exitDone, []string{"inspect", snapshotDir}},
		{exitOverLimit, withOut(args, filepath.Join(folder, "over"), "--max-demotions", "0")},
		{exitRefused, withOut(args, filepath.Join(folder, "rows"), "--expect-rows", "devices=1")},
		{exitRefused, withOut(args, filepath.Join(folder, "missing"), "--devices", filepath.Join(folder, "nothing"))},
		{exitFailed, withOut(args, filepath.Join(folder, "no", "such", "folder", "out"))},
		{exitUsage, []string{"run", "--workers", "0"}},
		{exitDone, []string{"generate", "--out", filepath.Join(folder, "more"), "--meter-points", "3000"}},
		{exitDone, []string{"rules"}},
	} {
		code, said, left := leftBehind(t, t.Context(), folder, c.args)
		if code != c.code {
			t.Errorf("%q: exit code %d, want %d: %s", c.args, code, c.code, said)
		}
		if len(left) > 0 {
			t.Errorf("%q leaves %q", c.args, left)
		}
	}
}

// withOut is the arguments with another folder to publish to, and more.
func withOut(args []string, out string, more ...string) []string {
	var changed []string
	for _, a := range args {
		if filepath.Base(a) == "out" {
			a = out
		}
		changed = append(changed, a)
	}
	return append(changed, more...)
}

// A command that is interrupted, whenever that is, leaves nothing: no
// goroutine, no open file, and nothing on disk unless it had finished.
func TestPropertyInterruptedCommandsLeaveNothingBehind(t *testing.T) {
	property.Property{Goal: "R11", Name: "an interrupted run leaves no goroutine, open file or staging folder", Unit: "interrupted runs", Seeds: 20}.
		Check(t, func(t *testing.T, seed int) (interrupted int64) {
			folder := t.TempDir()
			args := append(snapshot(t, folder, 2000+100*int64(seed)), "--workers", "3")
			for asked := int64(1); ; asked += 1 + asked/4 {
				code, said, left := leftBehind(t, newCountdown(t.Context(), asked), folder, args)
				if len(left) > 0 {
					t.Errorf("interrupted when asked %d times: leaves %q", asked, left)
				}
				if code == exitDone {
					return interrupted
				}
				if code != exitInterrupt {
					t.Fatalf("interrupted when asked %d times: exit code %d: %s", asked, code, said)
				}
				if names := leftovers(t, folder); len(names) > 0 {
					t.Fatalf("interrupted when asked %d times: %s stand there", asked, names)
				}
				interrupted++
			}
		})
}
