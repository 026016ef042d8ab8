package main

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"flagfill/assurance/property"
)

const (
	killsPerSeed   = 20
	signalsPerSeed = 10
)

// found counts kills by what stood there afterwards.
type found struct{ nothing, staged, whole int }

// kill kills runs at moments of the seed, and gives what was wrong after one.
func kill(t *testing.T, s *site, l *life, publish command, seed int, found *found) (kills int64, faults []string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(seed), 6))
	s.clear(t, false)
	for kills < killsPerSeed && len(faults) == 0 {
		o := s.signalled(t, publish(s.out), l.moment(rng), syscall.SIGKILL)
		again, empty := rng.IntN(4) == 0, rng.IntN(4) == 0
		if o.code >= 0 { // too late
			l.lasted(o.took)
			faults = s.wholeFaults(t, o)
			s.clear(t, empty)
			continue
		}
		kills++
		faults = s.faults(t)
		switch {
		case s.published(t):
			found.whole++
		case len(s.staged(t)) > 0:
			found.staged++
		default:
			found.nothing++
		}
		if s.published(t) || len(faults) > 0 {
			s.clear(t, empty)
		} else if again { // else the next that is to be killed sweeps, if it gets there
			o = ended(t, publish(s.out))
			l.lasted(o.took)
			faults = s.wholeFaults(t, o)
			s.clear(t, empty)
		}
	}
	if len(faults) == 0 {
		faults = s.wholeFaults(t, ended(t, publish(s.out)))
	}
	return kills, faults
}

func TestPropertyKill(t *testing.T) {
	r := rehearse(t)
	var counts found
	property.Property{Goal: "R6", Name: "a killed run has published everything or nothing, and the next one sweeps", Unit: "kills", Seeds: 100}.Check(t, func(t *testing.T, seed int) int64 {
		kills, faults := kill(t, r.site(t), r.life, r.publish, seed, &counts)
		report(t, "killed", faults)
		return kills
	})
	t.Logf("a run lasts %v, begins to write after %.2f of it and is about to publish after %.2f; killed before there was anything: %d, while it was staged: %d, once published: %d",
		r.life.whole, r.life.begun, r.life.sealed, counts.nothing, counts.staged, counts.whole)
	if all := counts.nothing + counts.staged + counts.whole; all >= 10*killsPerSeed && min(counts.nothing, counts.staged, counts.whole) == 0 {
		t.Error("these kills fell into a part of the run's life alone")
	}
}

// TestPropertySignals interrupts runs, once or, as the impatient do, twice.
func TestPropertySignals(t *testing.T) {
	r := rehearse(t)
	var tooLate, atOnce int
	property.Property{Goal: "R6", Name: "an interrupted run leaves nothing, or has published", Unit: "interrupts", Seeds: 100}.Check(t, func(t *testing.T, seed int) int64 {
		rng := rand.New(rand.NewPCG(uint64(seed), 2))
		s := r.site(t)
		for range signalsPerSeed {
			signal, code := syscall.SIGINT, 130
			if rng.IntN(2) == 0 {
				signal, code = syscall.SIGTERM, 143
			}
			o := s.signalled(t, r.publish(s.out), r.life.moment(rng), slices.Repeat([]syscall.Signal{signal}, 1+rng.IntN(2))...)
			var faults []string
			switch o.code {
			case 0:
				tooLate++
				r.life.lasted(o.took)
				faults = s.wholeFaults(t, o)
			case -1: // before the program had begun to listen
				atOnce++
				faults = s.refusedFaults(t, o, -1)
			default:
				faults = s.refusedFaults(t, o, code, "nothing was published")
			}
			report(t, signal.String(), faults)
			s.clear(t, rng.IntN(4) == 0)
		}
		return signalsPerSeed
	})
	t.Logf("%d had published, %d had not begun to listen", tooLate, atOnce)
}

// Programs that publish in a bad way are found out.
func TestKillFindsMutants(t *testing.T) {
	earlier, digest := published(t, snapshot(t, runPoints, 1))
	for name, script := range map[string]string{
		"file by file":           `cp -r "$0" "$1"`,
		"without a sweep":        `cp -r "$0" "$2/.out.partial-$$" && cp "$0/run.json" "$2/.out.partial-$$" && mv -T "$2/.out.partial-$$" "$1"`,
		"a sweep of too much":    `rm -rf "$2"/.out*.partial-*; cp -r "$0" "$2/.out.partial-$$" && mv -T "$2/.out.partial-$$" "$1"`,
		"away with what was old": `mv "$2/earlier" "$2/.out.partial-old"; cp -r "$0" "$2/.out.partial-$$" && mv -T "$2/.out.partial-$$" "$1"; mv "$2/.out.partial-old" "$2/earlier"`,
	} {
		publish := func(out string) *exec.Cmd {
			return exec.Command("sh", "-c", script, earlier, out, filepath.Dir(out))
		}
		s := newSite(t, earlier, digest)
		l := measure(t, s, publish)
		caught := false
		for seed := range 10 {
			if _, faults := kill(t, newSite(t, earlier, digest), l, publish, seed, new(found)); len(faults) > 0 {
				t.Logf("%s: seed %d: %.200s", name, seed, faults[0])
				caught = true
				break
			}
		}
		if !caught {
			t.Errorf("%s: nothing was found", name)
		}
	}
}
