package writers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"flagfill/engine"
)

// stagedFile counts and hashes what is written to one file of a publication.
type stagedFile struct {
	path   string // within the publication, with slashes
	file   File
	hash   hash.Hash
	bytes  int64
	closed bool
	watch  *engine.Stopwatch // of the goroutine that writes; nil: nobody asks
}

func newStagedFile(path string, file File) *stagedFile {
	return &stagedFile{path: path, file: file, hash: sha256.New()}
}

// Write is part of io.Writer.
func (f *stagedFile) Write(p []byte) (int, error) {
	f.watch.Lap(stepEncode)
	n, err := f.file.Write(p)
	f.watch.Lap(stepWrite)
	f.hash.Write(p[:n])
	f.watch.Lap(stepHash)
	f.bytes += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return n, fmt.Errorf("cannot write %s: %w", f.path, err)
	}
	return n, nil
}

// sync makes the file durable and closes it.
func (f *stagedFile) sync() error {
	f.closed = true
	if err := errors.Join(f.file.Sync(), f.file.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", f.path, err)
	}
	return nil
}

// abandon closes a file that is about to be removed with its folder.
func (f *stagedFile) abandon() {
	if !f.closed {
		f.closed = true
		_ = f.file.Close()
	}
}

// listing of the file as it was written.
func (f *stagedFile) listing() FileListing {
	return FileListing{Path: f.path, Bytes: f.bytes, SHA256: hex.EncodeToString(f.hash.Sum(nil))}
}
