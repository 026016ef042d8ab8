package writers

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"

	"flagfill/assurance/property"
	"flagfill/engine"
)

// faults are tried with every operation. Two make no sense with each.
func faults() []fault {
	list := []fault{{err: syscall.ENOSPC}, {err: syscall.ENOSPC, extent: full}, {err: errShort}, {err: errCut}}
	for _, err := range []error{syscall.EIO, syscall.EMFILE, syscall.EROFS, syscall.EDQUOT} {
		list = append(list, fault{err: err})
	}
	for _, err := range []error{syscall.ENOSPC, syscall.EIO, syscall.EMFILE, syscall.EROFS, syscall.EDQUOT} {
		list = append(list, fault{err: err, extent: ever})
	}
	return append(list, fault{err: syscall.EDQUOT, extent: full})
}

// TestPropertyFaults lets every operation of a run fail in turn, in every way
// and in every world: the run says so, nothing is half done, nothing that was
// there is touched, and the next run succeeds.
func TestPropertyFaults(t *testing.T) {
	kinds, places := faults(), worlds(t)
	p := property.Property{Goal: "R5", Name: "failing operation leaves nothing", Unit: "faults", Seeds: len(kinds) * len(places)}
	p.Check(t, func(t *testing.T, seed int) (cases int64) {
		w, f := places[seed/len(kinds)], kinds[seed%len(kinds)]
		for _, at := range w.operations(t) {
			if f.at = at; !f.fits() {
				continue
			}
			cases++
			if err := w.fail(t, f, nil); err != nil {
				t.Errorf("%s fails with %q (extent %d): %v", at, f.err, f.extent, err)
			}
		}
		return cases
	})
}

// TestFaultsWhereSomethingStands lets those operations fail that take place
// only where an empty folder, an earlier file or what dead runs left stands.
func TestFaultsWhereSomethingStands(t *testing.T) {
	places := worlds(t)
	everywhere := places[plain].operations(t)
	tried := 0
	for _, w := range places {
		for _, at := range w.operations(t) {
			if slices.Contains(everywhere, at) {
				continue
			}
			tried++
			if err := w.fail(t, fault{at: at, err: syscall.EIO}, nil); err != nil {
				t.Errorf("%s fails: %v", at, err)
			}
		}
	}
	if tried < 10 {
		t.Errorf("only %d operations take place nowhere else", tried)
	}
}

// operations of a run in which nothing fails.
func (w world) operations(t *testing.T) []string {
	t.Helper()
	sound := newFaulty(w.disk(), fault{})
	if err := runOn(t, sound, "test", nil); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(sound.names))
}

// fits tells whether an operation can fail in this way.
func (f fault) fits() bool {
	switch f.err {
	case errShort:
		return strings.HasPrefix(f.at, "write ")
	case errCut:
		return strings.HasPrefix(f.at, "read ") || strings.HasPrefix(f.at, "read-at ")
	}
	return true
}

// fail runs with one fault and gives what is wrong with the outcome. What the
// run is told of the fault may go through a filter.
func (w world) fail(t *testing.T, f fault, filter func(FS) FS) error {
	t.Helper()
	d := w.disk()
	faulty := newFaulty(d, f)
	seen := FS(faulty)
	if filter != nil {
		seen = filter(faulty)
	}
	promised := map[string]bool{}
	err := runOn(t, seen, "test", func(path string) { promised[path] = true })
	if faulty.cleaningFailed() && len(see(d).out) == 0 {
		w.before.out = nil // an empty folder that could not be put back
	}
	s, wrong := w.look(t, d)
	switch {
	case wrong != nil:
		return wrong
	case len(faulty.failed) == 0:
		return errors.New("the operation did not take place")
	case promised[outFolder] && !s.published, promised[exceptionsPath] && !s.exceptions:
		return errors.New("what was promised does not stand there")
	case err == nil && !faulty.harmless():
		return errors.New("nobody noticed")
	case err == nil:
		return w.runAgain(t, d, s.published)
	}
	if s.published && f.extent == once {
		return fmt.Errorf("it is public although the run failed: %w", err)
	}
	for name := range see(d).partial {
		if _, before := w.before.partial[name]; !before && !faulty.cleaningFailed() {
			return fmt.Errorf("%s is left: %w", name, err)
		}
	}
	var refusal *engine.Refusal
	if errors.As(err, &refusal) {
		return fmt.Errorf("the run fails as if the user could mend it: %w", err)
	}
	reason := f.err
	if reason == errShort {
		reason = io.ErrShortWrite
	}
	if reason != errCut && !errors.Is(err, reason) {
		return fmt.Errorf("the error does not say why: %w", err)
	}
	return w.runAgain(t, d, s.published)
}

// harmless are faults that need not end a run: of giving back what is only
// read, or locks of what is done; and an end of file where the file ends.
func (f faulty) harmless() bool {
	return strings.HasPrefix(f.at, "close-read ") || strings.HasPrefix(f.at, "unlock ") || f.err == errCut && !f.lost
}

// TestFaultsAreMissed shows that TestPropertyFaults can fail: a run that does
// not hear of a fault is found out, whichever operation it is.
func TestFaultsAreMissed(t *testing.T) {
	w := worlds(t)[plain]
	for _, kind := range []string{"write", "sync", "close", "sync-dir", "remove", "create"} {
		missed := 0
		for _, at := range w.operations(t) {
			if !strings.HasPrefix(at, kind+" ") {
				continue
			}
			missed++
			if err := w.fail(t, fault{at: at, err: syscall.EIO}, func(fsys FS) FS { return deaf{fsys, kind} }); err == nil {
				t.Errorf("%s fails without a sound, and that passes", at)
			}
		}
		if missed == 0 {
			t.Errorf("no operation is a %s", kind)
		}
	}
}

// deaf is a file system that is not told of failures of one kind.
type deaf struct {
	FS
	kind string
}

func (d deaf) hears(kind string, err error) error {
	if kind == d.kind {
		return nil
	}
	return err
}

func (d deaf) Create(name string) (File, error) {
	f, err := d.FS.Create(name)
	if err != nil && d.kind == "create" {
		return discardedFile{}, nil
	}
	return deafFile{f, d}, err
}

func (d deaf) SyncDir(name string) error   { return d.hears("sync-dir", d.FS.SyncDir(name)) }
func (d deaf) RemoveAll(name string) error { return d.hears("remove", d.FS.RemoveAll(name)) }

type deafFile struct {
	File
	fs deaf
}

func (f deafFile) Write(p []byte) (int, error) {
	if n, err := f.File.Write(p); f.fs.hears("write", err) != nil {
		return n, err
	}
	return len(p), nil
}

func (f deafFile) Sync() error  { return f.fs.hears("sync", f.File.Sync()) }
func (f deafFile) Close() error { return f.fs.hears("close", f.File.Close()) }
