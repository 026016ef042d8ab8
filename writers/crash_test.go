package writers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"flagfill/assurance/property"
)

// story is what was done to a disk before it crashed.
type story struct {
	world     world
	before    picture
	history   []effect
	mayVanish bool // an empty outFolder may be gone: a run failed after it had replaced it
}

// Stories to tell: worlds as they are, and what happens in them.
const (
	plain      = iota // a run in an empty place
	replacing         // a run over an empty folder and an earlier file
	sweeping          // a run over what a crashed one left, which crashes too
	failing           // a run that fails somewhere and cleans up
	takingBack        // a run that cannot make its publication durable
	takenBack         // the same, and cannot take it back durably; another run follows
	storyCount
)

// TestPropertyCrashes crashes at every effect of a run, with every share of
// what is not durable: the publication is whole or absent, the file of
// exceptions is the old or the new one, what was reported as done stands there,
// and the next run sweeps what is left.
func TestPropertyCrashes(t *testing.T) {
	places := worlds(t)
	p := property.Property{Goal: "R4", Name: "crash leaves nothing or all", Unit: "crash states", Seeds: 60}
	p.Check(t, func(t *testing.T, seed int) (cases int64) {
		random := rand.New(rand.NewPCG(uint64(seed), 4))
		s := tell(t, places, seed%storyCount, random)
		for n := range len(s.history) + 1 {
			for _, share := range shares {
				cases++
				whole := n%10 == seed%10
				if err := s.crash(t, n, share, whole, random); err != nil {
					t.Errorf("story %d, crash after %d of %d effects (%s), %d%% survive: %v",
						seed%storyCount, n, len(s.history), s.upTo(n), share, err)
				}
			}
		}
		return cases
	})
}

func (s *story) upTo(n int) string {
	if n == 0 {
		return "nothing yet"
	}
	return s.history[n-1].what
}

// crash tries one crash state. The next run is a whole one, or ends after it
// has swept.
func (s *story) crash(t *testing.T, n, share int, whole bool, random *rand.Rand) error {
	t.Helper()
	d, w := s.after(n, share, random)
	now, err := s.judge(t, d, w, n)
	if err != nil {
		return err
	}
	if whole {
		return w.runAgain(t, d, now.published)
	}
	if now.published {
		return nil
	}
	if err := beginAndAbort(t.Context(), d); err != nil {
		return fmt.Errorf("the next run fails: %w", err)
	}
	now, err = w.look(t, d)
	if err == nil && now.left {
		err = errors.New("the next run leaves what was left")
	}
	return err
}

// after crashes after the n-th effect and gives the disk, and the world that it
// may show.
func (s *story) after(n, share int, random *rand.Rand) (*disk, world) {
	d, w := s.before.crash(s.history[:n], share, random), s.world
	if s.mayVanish && len(see(d).out) == 0 {
		w.before.out = nil
	}
	return d, w
}

// judge holds what stands after a crash against what was there before, and
// what was reported as done.
func (s *story) judge(t *testing.T, d *disk, w world, n int) (standing, error) {
	t.Helper()
	now, err := w.look(t, d)
	if err != nil {
		return now, err
	}
	for _, e := range s.history[:n] {
		if e.kind == acknowledged && (e.what == outFolder && !now.published || e.what == exceptionsPath && !now.exceptions) {
			return now, fmt.Errorf("%s was reported as done, and is lost", e.what)
		}
	}
	return now, nil
}

func beginAndAbort(ctx context.Context, fsys FS) error {
	s := testSettings()
	s.StagingSuffix = "next"
	p, err := Create(ctx, fsys, outFolder, testConfig(), s)
	if err != nil {
		return err
	}
	x, err := CreateExceptionsFile(ctx, fsys, exceptionsPath, s.StagingSuffix)
	if err != nil {
		return errors.Join(err, p.Abort())
	}
	return errors.Join(x.Abort(), p.Abort())
}

// tell runs on a disk at rest and gives what happened.
func tell(t *testing.T, places []world, kind int, random *rand.Rand) *story {
	t.Helper()
	s := &story{world: places[random.IntN(len(places))]}
	var d *disk
	switch kind {
	case plain, replacing:
		s.world = places[kind]
		d = s.world.disk()
	case sweeping:
		d = halfDone(t, s.world, random)
		s.world.before.out = see(d).out
		s.world.before.exceptions = see(d).exceptions
	default:
		d = s.world.disk()
	}
	s.before = d.rest()
	switch kind {
	case plain, replacing, sweeping:
		runToEnd(t, d, "test")
	case failing:
		fails := failingOperations(s.world.operations(t))
		at := fails[random.IntN(len(fails))]
		s.mayVanish = at == lastSyncOfParent(fails)
		runThatFails(t, d, fault{at: at, err: syscall.EIO})
	case takingBack:
		s.mayVanish = true
		runThatFails(t, d, fault{at: lastSyncOfParent(s.world.operations(t)), err: syscall.EIO})
	case takenBack:
		s.mayVanish = true
		runThatFails(t, d, fault{at: lastSyncOfParent(s.world.operations(t)), err: syscall.EIO, extent: full})
		d.endProcess()
		runToEnd(t, d, "again")
	}
	s.history = interleave(d.history, random)
	return s
}

// runToEnd runs and writes down what was reported as done.
func runToEnd(t *testing.T, d *disk, suffix string) {
	t.Helper()
	if err := runOn(t, d, suffix, d.acknowledge); err != nil {
		t.Fatal(err)
	}
}

func (d *disk) acknowledge(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.history = append(d.history, effect{kind: acknowledged, what: path})
}

func runThatFails(t *testing.T, d *disk, f fault) {
	t.Helper()
	if err := runOn(t, newFaulty(d, f), "test", d.acknowledge); !errors.Is(err, f.err) {
		t.Fatalf("%s fails: got %v", f.at, err)
	}
}

// halfDone gives a disk that crashed before anything was public.
func halfDone(t *testing.T, w world, random *rand.Rand) *disk {
	t.Helper()
	d := w.disk()
	before := d.rest()
	runToEnd(t, d, "dead")
	history := interleave(d.history, random)
	public := slices.IndexFunc(history, func(e effect) bool { return e.what == "rename "+outFolder })
	return before.crash(history[:random.IntN(public)], shares[random.IntN(len(shares))], random)
}

// failingOperations are those of a run that end it on the goroutine that runs:
// when another one fails, what is done in the meantime is for chance to say.
func failingOperations(operations []string) []string {
	return slices.DeleteFunc(operations, func(name string) bool {
		kind, rest, _ := strings.Cut(name, " ")
		return !slices.Contains([]string{"mkdir", "create", "write", "rename", "sync-dir"}, kind) ||
			strings.HasPrefix(rest, "/site/.out") && strings.Contains(rest, changesName)
	})
}

func lastSyncOfParent(operations []string) string {
	last := ""
	for _, name := range operations {
		if strings.HasPrefix(name, "sync-dir "+workFolder+" ") {
			last = max(last, name)
		}
	}
	return last
}

// interleave lets chance say when the goroutine that makes files durable does
// so: at any time after their last byte, before the next step that waits for
// it. The order in which it was recorded is for the scheduler to say, and would
// not be the same again.
func interleave(history []effect, random *rand.Rand) []effect {
	ofLane := func(e effect) bool { return e.kind == synced && strings.Contains(e.what, "/.out.partial-") }
	var lane, mixed []effect
	writes := map[int]int{}
	for _, e := range history {
		if ofLane(e) {
			lane = append(lane, e)
		} else if e.kind == wrote {
			writes[e.node]++
		}
	}
	release := func(all bool) {
		for len(lane) > 0 && writes[lane[0].node] == 0 && (all || random.IntN(2) == 0) {
			mixed, lane = append(mixed, lane[0]), lane[1:]
		}
	}
	for _, e := range history {
		if ofLane(e) {
			continue
		}
		release(e.waits())
		mixed = append(mixed, e)
		if e.kind == wrote {
			writes[e.node]--
		}
	}
	release(true)
	return mixed
}

// waits tells whether a run waits for the lane before this effect: it makes
// folders durable, or names change or go.
func (e effect) waits() bool {
	return e.kind == syncedFolder || e.kind == entered && (strings.HasPrefix(e.what, "rename") || slices.Contains(slices.Collect(maps.Values(e.names)), 0))
}

// TestStoriesRepeat holds that a seed tells the same story again, whatever the
// scheduler does.
func TestStoriesRepeat(t *testing.T) {
	places := worlds(t)
	for seed := range uint64(2 * storyCount) {
		var stories [2]*story
		for i := range stories {
			stories[i] = tell(t, places, int(seed%storyCount), rand.New(rand.NewPCG(seed, 4)))
		}
		if !reflect.DeepEqual(stories[0], stories[1]) {
			t.Errorf("seed %d tells two stories", seed)
		}
	}
}
