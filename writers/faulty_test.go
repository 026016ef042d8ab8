package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// fault is what goes wrong with one operation of a file system. An operation
// is named by what it does, to which path, and for which time: unlike its
// number in the run, that does not depend on how goroutines take turns.
type fault struct {
	at     string // "sync /site/out #1"; "" for none
	err    error  // errShort and errCut stand for silent faults
	extent extent
}

type extent uint8

const (
	once extent = iota
	full        // afterwards all that needs space fails too
	ever        // afterwards everything fails
)

// Faults without an error number: a write that takes half and does not say so,
// a file that ends too early when it is read.
var (
	errShort = errors.New("half is written, without an error")
	errCut   = errors.New("the file ends too early")
)

// faulty is a file system with one fault. It lists the operations.
type faulty struct {
	FS
	fault
	*operations
}

type operations struct {
	mu     sync.Mutex
	times  map[string]int
	names  []string
	failed []string
	lost   bool // bytes, by errCut
}

func newFaulty(fsys FS, f fault) faulty {
	return faulty{fsys, f, &operations{times: map[string]int{}}}
}

var needsSpace = []string{"mkdir", "create", "write", "sync", "sync-dir"}

func (f faulty) step(kind, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := kind + " " + path
	f.times[name]++
	name = fmt.Sprintf("%s #%d", name, f.times[name])
	f.names = append(f.names, name)
	again := len(f.failed) > 0 && (f.extent == ever || f.extent == full && slices.Contains(needsSpace, kind))
	if name != f.at && !again {
		return nil
	}
	f.failed = append(f.failed, name)
	if errors.Is(f.err, errShort) || errors.Is(f.err, errCut) {
		return f.err
	}
	return &fs.PathError{Op: kind, Path: path, Err: f.err}
}

// cleaningFailed tells whether what fails is needed to leave nothing behind.
func (f faulty) cleaningFailed() bool {
	for i, name := range f.failed {
		if strings.HasPrefix(name, "remove ") || i > 0 && strings.HasPrefix(name, "sync-dir ") {
			return true
		}
	}
	return false
}

func (f faulty) Mkdir(name string) error {
	if err := f.step("mkdir", name); err != nil {
		return err
	}
	return f.FS.Mkdir(name)
}

func (f faulty) Create(name string) (File, error) {
	if err := f.step("create", name); err != nil {
		return nil, err
	}
	file, err := f.FS.Create(name)
	return faultyFile{file, name, f}, err
}

func (f faulty) Open(name string) (ReadFile, error) {
	if err := f.step("open", name); err != nil {
		return nil, err
	}
	file, err := f.FS.Open(name)
	return faultyReadFile{file, name, f}, err
}

func (f faulty) Rename(from, to string) error {
	if err := f.step("rename", to); err != nil {
		return err
	}
	return f.FS.Rename(from, to)
}

func (f faulty) RemoveAll(name string) error {
	if err := f.step("remove", name); err != nil {
		return err
	}
	return f.FS.RemoveAll(name)
}

func (f faulty) SyncDir(name string) error {
	if err := f.step("sync-dir", name); err != nil {
		return err
	}
	return f.FS.SyncDir(name)
}

func (f faulty) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.step("read-dir", name); err != nil {
		return nil, err
	}
	return f.FS.ReadDir(name)
}

func (f faulty) Lstat(name string) (fs.FileInfo, error) {
	if err := f.step("lstat", name); err != nil {
		return nil, err
	}
	return f.FS.Lstat(name)
}

func (f faulty) IsMountPoint(name string) (bool, error) {
	if err := f.step("is-mount-point", name); err != nil {
		return false, err
	}
	return f.FS.IsMountPoint(name)
}

func (f faulty) Lock(ctx context.Context, name string) (io.Closer, error) {
	if err := f.step("lock", name); err != nil {
		return nil, err
	}
	lock, err := f.FS.Lock(ctx, name)
	return faultyLock{lock, name, f}, err
}

func (f faulty) TryLock(name string) (io.Closer, error) {
	if err := f.step("try-lock", name); err != nil {
		return nil, err
	}
	lock, err := f.FS.TryLock(name)
	return faultyLock{lock, name, f}, err
}

type faultyLock struct {
	io.Closer
	name string
	fs   faulty
}

// Close gives the lock back even where it fails, as close(2) does.
func (l faultyLock) Close() error { return errors.Join(l.Closer.Close(), l.fs.step("unlock", l.name)) }

type faultyFile struct {
	File
	name string
	fs   faulty
}

func (f faultyFile) Write(p []byte) (int, error) {
	err := f.fs.step("write", f.name)
	if err == nil {
		return f.File.Write(p)
	}
	n, _ := f.File.Write(p[:len(p)/2])
	if errors.Is(err, errShort) {
		err = nil
	}
	return n, err
}

func (f faultyFile) Sync() error {
	if err := f.fs.step("sync", f.name); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f faultyFile) Close() error { return errors.Join(f.File.Close(), f.fs.step("close", f.name)) }

type faultyReadFile struct {
	ReadFile
	name string
	fs   faulty
}

func (f faultyReadFile) Read(p []byte) (int, error) {
	failure := f.fs.step("read", f.name)
	if failure != nil && !errors.Is(failure, errCut) {
		return 0, failure
	}
	n, err := f.ReadFile.Read(p)
	return f.cut(n, err, failure)
}

func (f faultyReadFile) ReadAt(p []byte, at int64) (int, error) {
	failure := f.fs.step("read-at", f.name)
	if failure != nil && !errors.Is(failure, errCut) {
		return 0, failure
	}
	n, err := f.ReadFile.ReadAt(p, at)
	return f.cut(n, err, failure)
}

// cut ends the file where it should go on.
func (f faultyReadFile) cut(n int, err, failure error) (int, error) {
	if failure == nil || n == 0 {
		return n, err
	}
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	f.fs.lost = true
	return 0, io.EOF
}

func (f faultyReadFile) Close() error {
	return errors.Join(f.ReadFile.Close(), f.fs.step("close-read", f.name))
}
