package writers

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// FS is what a publication needs of a file system. It is a seam: tests put
// file systems behind it that fail or crash at a chosen operation. Names are
// paths as the operating system takes them. Errors are, or wrap, those of
// io/fs and the system's error numbers.
type FS interface {
	// Mkdir makes a folder of mode 0750, whatever the umask.
	Mkdir(name string) error
	// Create makes a file of mode 0640, whatever the umask, that did not exist.
	Create(name string) (File, error)
	// Open opens a regular file for reading; it follows no link.
	Open(name string) (ReadFile, error)
	// Rename is rename(2): it replaces a file, or a folder that is empty, and
	// fails with ENOTEMPTY or EEXIST on any other folder.
	Rename(from, to string) error
	// RemoveAll removes a file or folder with all in it; none is no error.
	RemoveAll(name string) error
	// SyncDir makes the entries of a folder durable.
	SyncDir(name string) error
	// ReadDir lists a folder by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Lstat describes a file; it follows no link.
	Lstat(name string) (fs.FileInfo, error)
	// IsMountPoint tells whether another file system, or a part of one, is
	// mounted on a folder.
	IsMountPoint(name string) (bool, error)
	// Lock waits for the exclusive lock of a folder. Closing gives it back.
	Lock(ctx context.Context, name string) (io.Closer, error)
	// TryLock is Lock without waiting; it fails with ErrLocked.
	TryLock(name string) (io.Closer, error)
}

// File is a file being written.
type File interface {
	io.Writer
	// Sync makes what was written durable.
	Sync() error
	Close() error
}

// ReadFile is a file being read.
type ReadFile interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// ErrLocked says that another process, or another run in this one, holds the
// lock of a folder.
var ErrLocked = errors.New("the folder is locked")

// Modes of what a publication consists of.
const (
	folderMode fs.FileMode = 0o750
	fileMode   fs.FileMode = 0o640
)

// discarding is the file system of a dry run: it looks at the real one and
// changes nothing.
type discarding struct{ FS }

func (discarding) Mkdir(string) error          { return nil }
func (discarding) Create(string) (File, error) { return discardedFile{}, nil }
func (discarding) Rename(_, _ string) error    { return nil }
func (discarding) RemoveAll(string) error      { return nil }
func (discarding) SyncDir(string) error        { return nil }

type discardedFile struct{}

func (discardedFile) Write(p []byte) (int, error) { return len(p), nil }
func (discardedFile) Sync() error                 { return nil }
func (discardedFile) Close() error                { return nil }
