package writers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"flagfill/engine"
)

// jobs read every listed file once; the largest first, so that workers end
// together.
func (v *verifier) jobs(ctx context.Context) []func() error {
	shards := map[string]int{}
	if v.manifest != nil {
		n := len(v.manifest.Content.Shards)
		v.flowDigests, v.rowDigests = make([]string, n), make([]string, n)
		for i, s := range v.manifest.Content.Shards {
			shards[s.Path] = i
		}
	}
	names := make([]string, 0, len(v.sizes))
	for name := range v.sizes {
		if _, listed := v.sums[name]; listed {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(v.sizes[b], v.sizes[a]), cmp.Compare(a, b)) })
	jobs := make([]func() error, 0, len(names))
	for _, name := range names {
		shard, isShard := shards[name]
		if !isShard {
			shard = noShard
		}
		jobs = append(jobs, func() error { return v.timed(func() error { return v.readFile(ctx, name, shard) }) })
	}
	return jobs
}

// readFile hashes a file while it is read, as a flow where it is a shard. The
// tables are looked into afterwards: only undamaged bytes are trusted to a
// decoder that others wrote.
func (v *verifier) readFile(ctx context.Context, name string, shard int) error {
	f, err := v.fs.Open(v.locate(name))
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	defer func() { _ = f.Close() }()
	source := &source{file: f, size: v.sizes[name]}
	if err := v.examine(ctx, source, name, shard); err != nil {
		v.find(name, "%v", err)
	}
	if err := source.failure(); err != nil {
		return fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	return ctx.Err()
}

// examine gives the first thing that is wrong with a file, or why it could not
// be read, which the source knows.
func (v *verifier) examine(ctx context.Context, source *source, name string, shard int) error {
	sum := sha256.New()
	reader := io.TeeReader(source, sum)
	var misread error
	if shard != noShard {
		misread = v.readFlow(shard, reader)
	}
	if _, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{reader}, make([]byte, flowBufferBytes)); err != nil {
		return err
	}
	if digest := hex.EncodeToString(sum.Sum(nil)); digest != v.sums[name] {
		if !v.isStated(name, digest) {
			return errors.Join(errors.New("its bytes are not those that SHA256SUMS lists"), misread)
		}
		v.find(sumsName, "its digest of %s is not that of the file, which is as manifest.json lists it", engine.ShownPath(name))
	}
	if v.record != nil && name == differencesName {
		return guard(func() error { return v.readDifferences(ctx, source, v.sizes[name]) })
	}
	if v.manifest == nil {
		return misread
	}
	switch name {
	case changesName:
		return guard(func() error { return v.readChanges(ctx, source, v.sizes[name]) })
	case exceptionsName:
		return guard(func() error { return v.readExceptions(source, v.sizes[name]) })
	}
	return misread
}

// source remembers why reading failed, to tell a file that cannot be read from
// one that holds the wrong bytes.
type source struct {
	file   ReadFile
	size   int64 // of the file when it was listed: it may not end before
	failed atomic.Pointer[error]
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.note(err)
	return n, err
}

func (s *source) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 { // a damaged footer leads there
		return 0, io.ErrUnexpectedEOF
	}
	n, err := s.file.ReadAt(p, at)
	if n < len(p) && at+int64(n) < s.size && (err == nil || errors.Is(err, io.EOF)) {
		err = io.ErrUnexpectedEOF
	}
	s.note(err)
	return n, err
}

func (s *source) note(err error) {
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed.CompareAndSwap(nil, &err)
	}
}

func (s *source) failure() error {
	if err := s.failed.Load(); err != nil {
		return *err
	}
	return nil
}
