package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"flagfill/engine"
)

// staging is the folder .TARGET.partial-SUFFIX beside TARGET in which a
// publication, or a file of exceptions, is built. The folder's own lock, held
// for as long as the run lives, tells a living run from what a dead one left;
// there are no lock files to go stale.
type staging struct {
	fs     FS
	target string // where what is built will stand
	path   string // the staging folder
	lock   io.Closer
	empty  bool // an empty folder stands at target, which publish replaces
	kept   bool // remove leaves the folder to the next run
}

// refuseTarget looks up front at what a run would only stumble over at its
// end: the rename. It tells whether an empty folder stands there. One that goes
// away under its eyes has just been replaced by another run: it looks again.
func refuseTarget(fsys FS, dir string) (empty bool, err error) {
	for range 3 {
		if empty, err = lookAtTarget(fsys, dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return empty, err
}

func lookAtTarget(fsys FS, dir string) (empty bool, err error) {
	refuse := func(what string) (bool, error) {
		return false, &engine.Refusal{Kind: engine.RefusedUsage,
			Problem: fmt.Sprintf("cannot publish to %s: %s", dir, what),
			Next:    "Name a folder that does not exist yet, or an empty one."}
	}
	switch filepath.Base(dir) {
	case ".", "..", string(filepath.Separator):
		return refuse("this path does not name the folder itself")
	}
	info, err := fsys.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("cannot look at %s: %w", dir, err)
	case !info.IsDir():
		return refuse("it exists and is not a folder")
	}
	if mounted, err := fsys.IsMountPoint(dir); err != nil {
		return false, fmt.Errorf("cannot look at %s: %w", dir, err)
	} else if mounted {
		return refuse("it is a mount point, which cannot be replaced in one step; name a folder within it")
	}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return false, fmt.Errorf("cannot list %s: %w", dir, err)
	}
	if len(entries) > 0 {
		return refuse("it is not empty")
	}
	return true, nil
}

// claim makes and locks the staging folder of a run whose purpose is to
// "publish to DIR", say. The lock of the parent folder guards the moment
// between looking for other runs and being visible to them.
func claim(ctx context.Context, fsys FS, purpose, target, suffix string) (*staging, error) {
	if !isName(suffix) {
		return nil, fmt.Errorf("cannot %s: the suffix %q is not letters, digits, - and _", purpose, suffix)
	}
	parent := filepath.Dir(target)
	waiting, stop := context.WithTimeout(ctx, lockWait)
	defer stop()
	parentLock, err := fsys.Lock(waiting, parent)
	if err != nil {
		return nil, lockRefused(purpose, parent, err)
	}
	defer func() { _ = parentLock.Close() }()

	prefix := "." + filepath.Base(target) + ".partial-"
	if err := sweep(fsys, purpose, parent, prefix); err != nil {
		return nil, err
	}
	s := &staging{fs: fsys, target: target, path: filepath.Join(parent, prefix+suffix)}
	if err := fsys.Mkdir(s.path); err != nil {
		return nil, fmt.Errorf("cannot make a folder in %s: %w", parent, err)
	}
	if s.lock, err = fsys.TryLock(s.path); err != nil {
		return nil, errors.Join(lockRefused(purpose, s.path, err), fsys.RemoveAll(s.path))
	}
	return s, nil
}

// lockWait is how long a run waits for the lock of a parent folder. Another run
// holds it while it sweeps; one that was stopped then, and any other program,
// may hold it for ever.
const lockWait = 5 * time.Second

// lockRefused says why a folder could not be locked. That another program does
// not give the lock back, or that a file system has none, is for the user to
// mend.
func lockRefused(purpose, folder string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot %s: another program has held the lock of the folder %s for %v", purpose, folder, lockWait),
			Next:    "Run again when it has ended (fuser names it), or name a path in another folder."}
	}
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK) {
		return &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot %s: the file system of %s has no locks (flock)", purpose, folder),
			Next:    "Name a path on a local disk, and copy from there what stands in the end."}
	}
	return fmt.Errorf("cannot %s: cannot lock the folder %s: %w", purpose, folder, err)
}

// sweep removes what dead runs for the same target left, and finds a living one.
func sweep(fsys FS, purpose, parent, prefix string) error {
	entries, err := fsys.ReadDir(parent)
	if err != nil {
		return fmt.Errorf("cannot list %s: %w", parent, err)
	}
	synced := false
	for _, entry := range entries {
		suffix, ours := strings.CutPrefix(entry.Name(), prefix)
		if !ours || !entry.IsDir() || !isName(suffix) {
			continue
		}
		if !synced { // or a crash could bring the folder back under the name that a rename gave it, emptied
			if err := fsys.SyncDir(parent); err != nil {
				return fmt.Errorf("cannot make the folder %s durable: %w", parent, err)
			}
			synced = true
		}
		if err := removeDead(fsys, purpose, filepath.Join(parent, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// removeDead removes a staging folder unless a living run holds its lock.
func removeDead(fsys FS, purpose, path string) error {
	lock, err := fsys.TryLock(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // its run has just ended
		return nil
	case errors.Is(err, ErrLocked):
		return &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot %s: another run is writing there, in %s", purpose, path),
			Next:    "Wait for it to end, or name another path."}
	case err != nil:
		return fmt.Errorf("cannot tell whether %s is of a living run: %w", path, err)
	}
	if err := errors.Join(fsys.RemoveAll(path), lock.Close()); err != nil {
		return fmt.Errorf("cannot remove %s, which a dead run left: %w", path, err)
	}
	return nil
}

// publish makes the staged folder, durable already, visible as DIR. After an
// error it is not visible, and still staged.
func (s *staging) publish() error {
	err := s.fs.Rename(s.path, s.target)
	if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) {
		return &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot publish to %s: somebody else filled it meanwhile", s.target),
			Next:    "Look at what stands there; run again with another folder."}
	}
	if err != nil {
		return fmt.Errorf("cannot publish to %s: %w", s.target, err)
	}
	if err := s.fs.SyncDir(filepath.Dir(s.target)); err != nil {
		return errors.Join(fmt.Errorf("cannot make %s durable: %w", s.target, err), s.takeBack())
	}
	return nil
}

// takeBack hides what became visible and may not be durable. Before that is
// durable in its turn nothing may be removed: a crash could still bring the
// folder back as DIR, and it must be whole then.
func (s *staging) takeBack() error {
	if err := s.fs.Rename(s.target, s.path); err != nil {
		return fmt.Errorf("cannot take back %s, which is whole: %w", s.target, err)
	}
	var failed error
	if s.empty {
		if err := s.fs.Mkdir(s.target); err != nil {
			failed = fmt.Errorf("cannot put back the empty folder %s: %w", s.target, err)
		}
	}
	if err := s.fs.SyncDir(filepath.Dir(s.target)); err != nil {
		s.kept = true
		failed = errors.Join(failed, fmt.Errorf("cannot remove %s, which is left to the next run: %w", s.path, err))
	}
	return failed
}

// remove takes the staging folder away before it gives its lock back, so that
// nobody can mistake it for a dead run's.
func (s *staging) remove() error {
	if s.kept {
		return s.release()
	}
	if err := errors.Join(s.fs.RemoveAll(s.path), s.release()); err != nil {
		return fmt.Errorf("cannot remove %s: %w", s.path, err)
	}
	return nil
}

func (s *staging) release() error {
	if s.lock == nil {
		return nil
	}
	lock := s.lock
	s.lock = nil
	return lock.Close()
}
