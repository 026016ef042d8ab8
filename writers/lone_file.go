package writers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"flagfill/engine"
)

// loneFile is a file that is whole or as it was before, as a publication is: it
// is staged, made durable, and renamed to its path.
type loneFile struct {
	purpose string // "write exceptions", say
	target  string
	staging *staging
	file    *stagedFile
	ended   bool
}

// createLoneFile begins a file that is to stand at target. It is staged beside
// claimed: the target, or the folder in which it stands. A target that exists
// and is no file is an *engine.Refusal of kind RefusedUsage.
func createLoneFile(ctx context.Context, fsys FS, purpose, claimed, target, suffix string) (*loneFile, error) {
	purpose += " to " + target
	if info, err := fsys.Lstat(target); err == nil && !info.Mode().IsRegular() {
		return nil, &engine.Refusal{Kind: engine.RefusedUsage,
			Problem: fmt.Sprintf("cannot %s: it exists and is not a file", purpose),
			Next:    "Name a file."}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot %s: %w", purpose, err)
	}
	s, err := claim(ctx, fsys, purpose, claimed, suffix)
	if err != nil {
		return nil, err
	}
	l := &loneFile{purpose: purpose, target: target, staging: s}
	file, err := fsys.Create(l.staged())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot %s: %w", purpose, err), s.remove())
	}
	l.file = newStagedFile(target, file)
	return l, nil
}

func (l *loneFile) staged() string { return filepath.Join(l.staging.path, filepath.Base(l.target)) }

// commit makes the file durable and visible at its path, in place of one that
// stood there, unless what was to be written could not be: err says why.
func (l *loneFile) commit(err error) error {
	if err == nil {
		err = l.file.sync()
	}
	if err == nil {
		err = l.publish()
	}
	return errors.Join(err, l.abort()) // which removes the staging folder
}

func (l *loneFile) publish() error {
	err := l.staging.fs.Rename(l.staged(), l.target)
	if err == nil {
		err = l.staging.fs.SyncDir(filepath.Dir(l.target))
	}
	if err != nil {
		return fmt.Errorf("cannot %s: %w", l.purpose, err)
	}
	return nil
}

// abort removes what was written so far. After commit or abort it does nothing.
func (l *loneFile) abort() error {
	if l.ended {
		return nil
	}
	l.ended = true
	l.file.abandon()
	return l.staging.remove()
}
