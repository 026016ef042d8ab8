package main

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

const runPoints = 20_000 // meter points: a run of 50 to 150 ms

// rehearsal is what the properties of kills, signals and rivals start from.
type rehearsal struct {
	publish         command
	earlier, digest string // a publication that it makes, and its content digest
	life            *life
}

// rehearse runs the program to its end before anybody disturbs it.
func rehearse(t *testing.T) *rehearsal {
	t.Helper()
	points := snapshot(t, runPoints, 1)
	r := &rehearsal{publish: func(out string) *exec.Cmd { return exec.Command(program(t), publishing(points, out)...) }}
	r.earlier, r.digest = published(t, points)
	r.life = measure(t, r.site(t), r.publish)
	return r
}

func (r *rehearsal) site(t *testing.T) *site {
	t.Helper()
	return newSite(t, r.earlier, r.digest)
}

// published runs the program once, and gives the folder and its content digest.
func published(t *testing.T, snapshot string) (dir, digest string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "publication")
	o := flagfill(t, publishing(snapshot, dir)...)
	if o.code != 0 || o.digest() == "" {
		t.Fatalf("a run that nobody disturbs: %d, %s", o.code, o.stderr)
	}
	return dir, o.digest()
}

// command makes one that publishes to a folder: the program, or a mutant.
type command func(out string) *exec.Cmd

// life is how long a run lasts at present, and the shares of that after which
// it begins to write and is about to publish.
type life struct {
	whole         time.Duration
	begun, sealed float64
}

// measure runs a command to its end a few times and takes the medians. What
// follows draws moments from this life; a moment that falls elsewhere is as good.
func measure(t *testing.T, s *site, publish command) *life {
	t.Helper()
	const runs = 5
	var lives [3][]time.Duration
	for n := range runs {
		s.clear(t, false)
		started := time.Now()
		outcomes := begun(t, publish(s.out))
		var o outcome
		for o.took == 0 {
			for i, name := range []string{"", "SHA256SUMS"} {
				if seen, _ := filepath.Glob(filepath.Join(s.parent, ".out.partial-*", name)); len(seen) > 0 && len(lives[i]) == n {
					lives[i] = append(lives[i], time.Since(started))
				}
			}
			select {
			case o = <-outcomes:
			default:
			}
		}
		if o.code != 0 {
			t.Fatalf("a run that nobody disturbs: %d, %s", o.code, o.stderr)
		}
		for i := range lives {
			lives[i] = append(lives[i], o.took)[:n+1] // where it was not seen too
		}
	}
	for i := range lives {
		slices.Sort(lives[i])
	}
	s.clear(t, false)
	whole := lives[2][runs/2]
	return &life{whole, float64(lives[0][runs/2]) / float64(whole), float64(lives[1][runs/2]) / float64(whole)}
}

// lasted takes into account how long a whole run lasted just now: the machine
// has other work too.
func (l *life) lasted(took time.Duration) { l.whole = (l.whole + took) / 2 }

// moment is one before anything is written, one in the whole life, or, in half
// of the cases, one near the publication: after that was seen, in some.
func (l *life) moment(rng *rand.Rand) moment {
	from, to := 0.0, 1.0
	seen := false
	switch rng.IntN(8) {
	case 0, 1:
		to = l.begun
	case 2, 3:
	case 4, 5, 6:
		from = l.sealed * 0.9
	default:
		from, seen = l.sealed*0.9, true
	}
	return moment{time.Duration((from + rng.Float64()*(to-from)) * float64(l.whole)), seen}
}

// moment is when a run is sent a signal.
type moment struct {
	after     time.Duration // its start
	published bool          // not before something stands at out
}

// signalled starts a command that publishes to the site, and sends it signals.
func (s *site) signalled(t *testing.T, c *exec.Cmd, at moment, signals ...syscall.Signal) outcome {
	t.Helper()
	outcomes := begun(t, c)
	strike := time.After(at.after)
	for {
		select {
		case o := <-outcomes:
			return o
		case <-strike:
		}
		if at.published && !s.published(t) {
			strike = time.After(10 * time.Microsecond)
			continue
		}
		for _, signal := range signals {
			_ = c.Process.Signal(signal) // it may just have ended
		}
		return <-outcomes
	}
}
