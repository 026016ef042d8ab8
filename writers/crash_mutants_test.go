package writers

import (
	"errors"
	"io"
	"math/rand/v2"
	"path"
	"slices"
	"testing"
)

// TestCrashesCatchMissingFsyncs leaves out every fsync of a run in turn, which
// is to take it out of what was done: what TestPropertyCrashes looks at finds
// each of them missing.
func TestCrashesCatchMissingFsyncs(t *testing.T) {
	places := worlds(t)
	for _, c := range []struct {
		story  int
		parent int // which fsync of the parent folder; 0: every fsync there is
		want   int
	}{
		// Files and folders, the file of exceptions, and the parent for each of the two.
		{replacing, 0, len(places[replacing].want.out) + 1 + 2},
		// When a publication was taken back, before its folder is removed.
		{takingBack, 2, 1},
		// Before a run sweeps what was taken back, and was not durable then.
		{takenBack, 2, 1},
	} {
		s := tell(t, places, c.story, rand.New(rand.NewPCG(0, 5)))
		mutants, ofParent := 0, 0
		for i, e := range s.history {
			if e.kind != synced && e.kind != syncedFolder {
				continue
			}
			if e.what == "sync folder "+workFolder {
				ofParent++
			}
			if c.parent != 0 && (c.parent != ofParent || e.what != "sync folder "+workFolder) {
				continue
			}
			mutants++
			mutant := *s
			mutant.history = slices.Delete(slices.Clone(s.history), i, i+1)
			if found := mutant.firstFault(t, i); found == nil {
				t.Errorf("story %d without %q: nothing is wrong after a crash", c.story, e.what)
			} else {
				t.Logf("story %d without %q: %v", c.story, e.what, found)
			}
		}
		if mutants != c.want {
			t.Errorf("story %d has %d fsyncs to leave out, want %d", c.story, mutants, c.want)
		}
	}
}

// firstFault crashes after each effect from one on, in many ways, until
// something is wrong.
func (s *story) firstFault(t *testing.T, from int) error {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(from), 6))
	for range 20 {
		for n := from; n <= len(s.history); n++ {
			for _, share := range shares {
				d, w := s.after(n, share, random)
				if _, err := s.judge(t, d, w, n); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// TestCrashesCatchCopies makes each rename a copy, all of which is durable
// before what was copied goes.
func TestCrashesCatchCopies(t *testing.T) {
	for _, target := range []string{outFolder, exceptionsPath} {
		s := &story{world: worlds(t)[replacing]}
		d := s.world.disk()
		s.before = d.rest()
		if err := runOn(t, copying{d, target}, "test", d.acknowledge); err != nil {
			t.Fatal(err)
		}
		s.history = d.history
		if found := s.firstFault(t, 0); found == nil {
			t.Errorf("%s is copied there: nothing is wrong after a crash", target)
		} else {
			t.Logf("%s is copied there: %v", target, found)
		}
	}
}

// copying is a disk that copies instead of renaming.
type copying struct {
	*disk
	target string // only to there
}

func (c copying) Rename(from, to string) error {
	if to != c.target {
		return c.disk.Rename(from, to)
	}
	return errors.Join(c.copy(from, to), c.SyncDir(path.Dir(to)), c.RemoveAll(from))
}

func (c copying) copy(from, to string) error {
	entries, err := c.ReadDir(from)
	if err != nil {
		return c.copyFile(from, to)
	}
	_ = c.Mkdir(to) // it may be there
	for _, entry := range entries {
		if err := c.copy(path.Join(from, entry.Name()), path.Join(to, entry.Name())); err != nil {
			return err
		}
	}
	return c.SyncDir(to)
}

func (c copying) copyFile(from, to string) error {
	source, err := c.Open(from)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(source)
	if err := errors.Join(err, c.RemoveAll(to)); err != nil {
		return err
	}
	copied, err := c.Create(to)
	if err != nil {
		return err
	}
	_, err = copied.Write(text)
	return errors.Join(err, copied.Sync())
}
