package writers

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"sync/atomic"
)

// faulty is a file system whose n-th operation fails, once. It counts them.
type faulty struct {
	FS
	failAt     int64 // 0: never
	err        error
	operations *atomic.Int64
}

func newFaulty(failAt int64, err error) faulty {
	return faulty{OS{}, failAt, err, new(atomic.Int64)}
}

func (f faulty) step() error {
	if f.operations.Add(1) == f.failAt {
		return f.err
	}
	return nil
}

func (f faulty) Mkdir(name string) error {
	if err := f.step(); err != nil {
		return err
	}
	return f.FS.Mkdir(name)
}

func (f faulty) Create(name string) (File, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	file, err := f.FS.Create(name)
	return faultyFile{file, f}, err
}

func (f faulty) Open(name string) (ReadFile, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	file, err := f.FS.Open(name)
	return faultyReadFile{file, f}, err
}

func (f faulty) Rename(from, to string) error {
	if err := f.step(); err != nil {
		return err
	}
	return f.FS.Rename(from, to)
}

func (f faulty) SyncDir(string) error {
	return f.step() // nothing here has to outlive the machine
}

func (f faulty) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	return f.FS.ReadDir(name)
}

func (f faulty) Lstat(name string) (fs.FileInfo, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	return f.FS.Lstat(name)
}

func (f faulty) Lock(ctx context.Context, name string) (io.Closer, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	return f.FS.Lock(ctx, name)
}

func (f faulty) TryLock(name string) (io.Closer, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	return f.FS.TryLock(name)
}

type faultyFile struct {
	File
	fs faulty
}

func (f faultyFile) Write(p []byte) (int, error) {
	if err := f.fs.step(); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f faultyFile) Sync() error { return f.fs.step() }

func (f faultyFile) Close() error { return errors.Join(f.fs.step(), f.File.Close()) }

type faultyReadFile struct {
	ReadFile
	fs faulty
}

func (f faultyReadFile) Read(p []byte) (int, error) {
	if err := f.fs.step(); err != nil {
		return 0, err
	}
	return f.ReadFile.Read(p)
}

func (f faultyReadFile) ReadAt(p []byte, at int64) (int, error) {
	if err := f.fs.step(); err != nil {
		return 0, err
	}
	return f.ReadFile.ReadAt(p, at)
}
