//go:build unix

package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// OS is the file system of the operating system. Folder locks are flock(2), so
// they end with the process however it ends; the file system must know them,
// as local ones do.
type OS struct{}

var _ FS = OS{}

// Mkdir is part of FS.
func (OS) Mkdir(name string) error {
	if err := os.Mkdir(name, folderMode); err != nil {
		return err
	}
	if err := os.Chmod(name, folderMode); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// Create is part of FS.
func (OS) Create(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(fileMode); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(name))
	}
	return f, nil
}

// Open is part of FS.
func (OS) Open(name string) (ReadFile, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Rename is part of FS. os.Rename would refuse an empty folder as target,
// which is a look before the leap: here the kernel alone decides.
func (OS) Rename(from, to string) error {
	if err := unix.Rename(from, to); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// RemoveAll is part of FS. os.RemoveAll holds a folder of every level open;
// where the limit on open files forbids that, one at a time does too.
func (OS) RemoveAll(name string) error {
	err := os.RemoveAll(name)
	if errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) {
		return removeByPath(name)
	}
	return err
}

func removeByPath(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		remove := os.Remove
		if entry.IsDir() {
			remove = removeByPath
		}
		if err := remove(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return os.Remove(folder)
}

// SyncDir is part of FS.
func (OS) SyncDir(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// ReadDir is part of FS.
func (OS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// Lstat is part of FS.
func (OS) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(name) }

// lockPoll is how long a waiting Lock sleeps between two attempts: flock(2)
// cannot wait and be cancelled too.
const lockPoll = 10 * time.Millisecond

// Lock is part of FS.
func (o OS) Lock(ctx context.Context, name string) (io.Closer, error) {
	for {
		lock, err := o.TryLock(name)
		if !errors.Is(err, ErrLocked) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// TryLock is part of FS.
func (OS) TryLock(name string) (io.Closer, error) {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	lock := os.NewFile(uintptr(fd), name)
	switch err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); {
	case err == nil:
		return lock, nil
	case errors.Is(err, unix.EWOULDBLOCK):
		return nil, errors.Join(fmt.Errorf("cannot lock %s: %w", name, ErrLocked), lock.Close())
	default:
		return nil, errors.Join(&fs.PathError{Op: "flock", Path: name, Err: err}, lock.Close())
	}
}
