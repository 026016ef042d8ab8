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

	"flagfill/engine"
)

// staging is the folder .DIR.partial-SUFFIX beside DIR in which a publication
// is built. The folder's own lock, held for as long as the run lives, tells a
// living run from what a dead one left; there are no lock files to go stale.
type staging struct {
	fs   FS
	dir  string // where the publication will stand
	path string // where it is built
	lock io.Closer
}

// refuseTarget looks up front at what a run would only stumble over at its
// end: the rename.
func refuseTarget(fsys FS, dir string) error {
	refuse := func(what string) error {
		return &engine.Refusal{Kind: engine.RefusedUsage,
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
		return nil
	case err != nil:
		return fmt.Errorf("cannot look at %s: %w", dir, err)
	case !info.IsDir():
		return refuse("it exists and is not a folder")
	}
	if mounted, err := fsys.IsMountPoint(dir); err != nil {
		return fmt.Errorf("cannot look at %s: %w", dir, err)
	} else if mounted {
		return refuse("it is a mount point, which cannot be replaced in one step; name a folder within it")
	}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cannot list %s: %w", dir, err)
	}
	if len(entries) > 0 {
		return refuse("it is not empty")
	}
	return nil
}

// claim makes and locks the staging folder. The lock of the parent folder
// guards the moment between looking for other runs and being visible to them.
func claim(ctx context.Context, fsys FS, dir, suffix string) (*staging, error) {
	if !isName(suffix) {
		return nil, fmt.Errorf("cannot stage %s: the suffix %q is not letters, digits, - and _", dir, suffix)
	}
	parent := filepath.Dir(dir)
	parentLock, err := fsys.Lock(ctx, parent)
	if err != nil {
		return nil, fmt.Errorf("cannot publish to %s: cannot lock the folder %s: %w", dir, parent, err)
	}
	defer func() { _ = parentLock.Close() }()

	prefix := "." + filepath.Base(dir) + ".partial-"
	if err := sweep(fsys, dir, parent, prefix); err != nil {
		return nil, err
	}
	s := &staging{fs: fsys, dir: dir, path: filepath.Join(parent, prefix+suffix)}
	if err := fsys.Mkdir(s.path); err != nil {
		return nil, fmt.Errorf("cannot make a folder in %s: %w", parent, err)
	}
	if s.lock, err = fsys.TryLock(s.path); err != nil {
		return nil, errors.Join(err, fsys.RemoveAll(s.path))
	}
	return s, nil
}

// sweep removes what dead runs for the same DIR left, and finds a living one.
func sweep(fsys FS, dir, parent, prefix string) error {
	entries, err := fsys.ReadDir(parent)
	if err != nil {
		return fmt.Errorf("cannot list %s: %w", parent, err)
	}
	for _, entry := range entries {
		suffix, ours := strings.CutPrefix(entry.Name(), prefix)
		if !ours || !entry.IsDir() || !isName(suffix) {
			continue
		}
		path := filepath.Join(parent, entry.Name())
		lock, err := fsys.TryLock(path)
		if errors.Is(err, ErrLocked) {
			return &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
				Problem: fmt.Sprintf("cannot publish to %s: another run is publishing there, in %s", dir, path),
				Next:    "Wait for it to end, or name another folder."}
		}
		if err != nil {
			return fmt.Errorf("cannot tell whether %s is of a living run: %w", path, err)
		}
		if err := errors.Join(fsys.RemoveAll(path), lock.Close()); err != nil {
			return fmt.Errorf("cannot remove %s, which a dead run left: %w", path, err)
		}
	}
	return nil
}

// publish makes the staged folder, durable already, visible as DIR. After an
// error it is not visible, and still staged.
func (s *staging) publish() error {
	err := s.fs.Rename(s.path, s.dir)
	if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) {
		return &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot publish to %s: somebody else filled it meanwhile", s.dir),
			Next:    "Look at what stands there; run again with another folder."}
	}
	if err != nil {
		return fmt.Errorf("cannot publish to %s: %w", s.dir, err)
	}
	if err := s.fs.SyncDir(filepath.Dir(s.dir)); err != nil {
		err = fmt.Errorf("cannot make %s durable: %w", s.dir, err)
		if back := s.fs.Rename(s.dir, s.path); back != nil {
			return errors.Join(err, fmt.Errorf("cannot take back %s, which is whole: %w", s.dir, back))
		}
		return err
	}
	return nil
}

// remove takes the staging folder away before it gives its lock back, so that
// nobody can mistake it for a dead run's.
func (s *staging) remove() error {
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
