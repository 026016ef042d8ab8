package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"flagfill/assurance/property"
)

// race has operators publish to one folder, each a snapshot of its own in turn,
// after its delay, and gives how they ended.
func race(t *testing.T, out string, snapshots []string, delays []time.Duration) []outcome {
	t.Helper()
	slices.Sort(delays)
	running := make([]<-chan outcome, len(delays))
	started := time.Now()
	for i, delay := range delays {
		<-time.After(delay - time.Since(started))
		running[i] = begun(t, exec.Command(program(t), publishing(snapshots[i%len(snapshots)], out)...))
	}
	outcomes := make([]outcome, len(delays))
	for i := range running {
		outcomes[i] = <-running[i]
	}
	return outcomes
}

// refusals are what a run may say that found another one ahead of it.
var refusals = []string{"another run is writing there", "it is not empty", "somebody else filled it meanwhile", "another program has held the lock"}

// judge finds the one winner of a race, and how long a loser took at most.
func judge(t *testing.T, s *site, outcomes ...outcome) (winner outcome, slowest time.Duration) {
	t.Helper()
	published := 0
	for _, o := range outcomes {
		switch {
		case o.code == 0:
			winner = o
			published++
		case o.code != 2 || o.stdout != "" || !slices.ContainsFunc(refusals, func(text string) bool { return strings.Contains(o.stderr, text) }):
			t.Errorf("a loser ends in %d with %q and %q", o.code, o.stdout, o.stderr)
		default:
			slowest = max(slowest, o.took)
		}
	}
	if published != 1 {
		t.Errorf("%d of %d published", published, len(outcomes))
	}
	s.digest = winner.digest() // a mixture has neither's
	report(t, "the race", s.wholeFaults(t, winner))
	return winner, slowest
}

func TestPropertyOperators(t *testing.T) {
	r := rehearse(t)
	snapshots := []string{snapshot(t, runPoints, 1), snapshot(t, runPoints, 2)}
	if _, second := published(t, snapshots[1]); second == r.digest {
		t.Fatal("a mixture of these publications would not show")
	}
	var longest time.Duration
	property.Property{Goal: "R6", Name: "of several runs for one folder one publishes, and the others are refused", Unit: "races", Seeds: 100}.Check(t, func(t *testing.T, seed int) (races int64) {
		rng := rand.New(rand.NewPCG(uint64(seed), 4))
		s := r.site(t)
		delays := map[string]func() time.Duration{
			"at once":     func() time.Duration { return 0 },
			"at any time": func() time.Duration { return time.Duration(rng.Float64() * float64(r.life.whole)) },
			// One looks what stands there while another publishes.
			"at the end": func() time.Duration {
				return max(0, r.life.moment(rng).after-time.Duration(r.life.begun*float64(r.life.whole)))
			},
		}
		for _, start := range []string{"at once", "at any time", "at the end"} {
			for _, count := range []int{2, 4} {
				starts := make([]time.Duration, count)
				for i := range count - 1 {
					starts[i] = delays[start]()
				}
				s.clear(t, rng.IntN(2) == 0)
				if rng.IntN(2) == 0 {
					leaveStaging(t, s.parent)
				}
				winner, slowest := judge(t, s, race(t, s.out, snapshots, starts)...)
				longest = max(longest, slowest)
				if start == "at once" {
					r.life.lasted(winner.took)
				}
				races++
			}
		}
		return races
	})
	t.Logf("no loser took longer than %v", longest)
}

// leaveStaging leaves what a run leaves that was killed on its way.
func leaveStaging(t *testing.T, parent string) {
	t.Helper()
	staging := filepath.Join(parent, ".out.partial-1-0123456789ab")
	if err := os.MkdirAll(filepath.Join(staging, "flows", "gas"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(staging, "manifest.json"), []byte("{"), 0o640); err != nil {
		t.Fatal(err)
	}
}

// A run that stands still, at any moment, is a living one.
func TestPropertyStandstill(t *testing.T) {
	r := rehearse(t)
	property.Property{Goal: "R6", Name: "the staging folder of a run that stands still is respected", Unit: "runs stopped", Seeds: 100}.Check(t, func(t *testing.T, seed int) (stopped int64) {
		rng := rand.New(rand.NewPCG(uint64(seed), 5))
		s := r.site(t)
		for range 5 {
			s.clear(t, rng.IntN(4) == 0)
			c := r.publish(s.out)
			outcomes := begun(t, c)
			<-time.After(r.life.moment(rng).after)
			_ = c.Process.Signal(syscall.SIGSTOP) // it may just have ended
			before := s.staged(t)
			second := ended(t, r.publish(s.out))
			if len(before) > 0 && second.code != 2 {
				t.Errorf("beside a living run, another ends in %d: %s", second.code, second.stderr)
			}
			_ = c.Process.Signal(syscall.SIGCONT)
			judge(t, s, <-outcomes, second)
			stopped++
		}
		return stopped
	})
}

// A publication of two runs, or of another run than the winner, is found out.
func TestMixtureShows(t *testing.T) {
	ours, digest := published(t, snapshot(t, runPoints, 1))
	theirs, _ := published(t, snapshot(t, runPoints, 2))
	s := newSite(t, ours, digest)
	for _, c := range []struct {
		from, with string // of whom all files are, and of whom one
		faults     int
	}{{ours, ours, 0}, {ours, theirs, 1}, {theirs, theirs, 1}} {
		text, err := os.ReadFile(filepath.Join(c.with, "changes.parquet"))
		if err == nil {
			err = os.CopyFS(s.out, os.DirFS(c.from))
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(s.out, "changes.parquet"), text, 0o640)
		}
		if err != nil {
			t.Fatal(err)
		}
		if faults := s.faults(t); len(faults) != c.faults {
			t.Errorf("%s with a file of %s: %v, want %d faults", c.from, c.with, faults, c.faults)
		}
		s.clear(t, false)
	}
}
