package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"flagfill/engine"
)

func TestTwoRunsForOneFolder(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	first, err := Create(t.Context(), OS{}, dir, testConfig(), testSettings())
	if err != nil {
		t.Fatal(err)
	}
	s := testSettings()
	s.StagingSuffix = "second"
	_, err = Create(t.Context(), OS{}, dir, testConfig(), s)
	wantRefusal(t, err, engine.RefusedUsage, "another run", ".out.partial-test")
	wantEntries(t, parent, ".out.partial-test")

	if other, err := Create(t.Context(), OS{}, dir+"2", testConfig(), s); err != nil {
		t.Errorf("a run for another folder: %v", err)
	} else if err := other.Abort(); err != nil {
		t.Error(err)
	}
	for range 2 { // the second time it does nothing
		if err := first.Abort(); err != nil {
			t.Error(err)
		}
	}
	wantEntries(t, parent)
}

// held is a file system on which the lock of a folder is never given back.
type held struct{ FS }

func (held) Lock(ctx context.Context, _ string) (io.Closer, error) {
	if _, bounded := ctx.Deadline(); !bounded {
		return nil, errors.New("this would wait for ever")
	}
	return nil, context.DeadlineExceeded
}

// TestParentStaysLocked is of a run that was stopped while it looked for others,
// or of any program that locks the folder in which the publication is to stand.
func TestParentStaysLocked(t *testing.T) {
	parent := t.TempDir()
	_, err := Create(t.Context(), held{OS{}}, filepath.Join(parent, "out"), testConfig(), testSettings())
	wantRefusal(t, err, engine.RefusedUsage, "another program has held the lock", parent)
	wantEntries(t, parent)
}

func TestDeadStagingIsSwept(t *testing.T) {
	parent := t.TempDir()
	for _, name := range []string{".out.partial-dead/flows/gas", ".other.partial-dead", ".out.partial-", ".out.partial-1.partial-x"} {
		if err := os.MkdirAll(filepath.Join(parent, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := publish(t, OS{}, filepath.Join(parent, "out"), testConfig(), testSettings(), smallPoints()); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, parent, ".other.partial-dead", ".out.partial-", ".out.partial-1.partial-x", "out")
}

// TestRunsThatEndMeanwhile has another run end while this one looks for it:
// aborted, its folder is listed and then gone; committed, DIR is taken by then.
func TestRunsThatEndMeanwhile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := testSettings()
	s.StagingSuffix = "other"
	begin := func() *Publication {
		other, err := Create(t.Context(), OS{}, dir, testConfig(), s)
		if err != nil {
			t.Fatal(err)
		}
		return other
	}
	p, err := Create(t.Context(), afterListing{OS{}, begin().Abort}, dir, testConfig(), testSettings())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Abort(); err != nil {
		t.Error(err)
	}
	other := begin()
	changes, result := run(testConfig(), smallPoints())
	if err := errors.Join(other.Write(changes), other.WriteExceptions(testExceptions)); err != nil {
		t.Fatal(err)
	}
	commit := func() error {
		_, err := other.Commit(t.Context(), result)
		return err
	}
	_, err = Create(t.Context(), afterListing{OS{}, commit}, dir, testConfig(), testSettings())
	wantRefusal(t, err, engine.RefusedUsage, "not empty")
	wantEntries(t, filepath.Dir(dir), "out")
}

// afterListing lets something happen once a folder is listed.
type afterListing struct {
	FS
	happen func() error
}

func (l afterListing) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := l.FS.ReadDir(name)
	if filepath.Base(name) == "out" {
		return entries, err
	}
	return entries, errors.Join(err, l.happen())
}

func TestFileSystemWithoutLocks(t *testing.T) {
	for _, number := range []syscall.Errno{syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.ENOLCK} {
		for _, kind := range []string{"lock /site #1", "try-lock /site/.out.partial-test #1"} {
			d := newDisk()
			d.put(map[string]string{workFolder + "/": ""})
			_, err := Create(t.Context(), newFaulty(d, fault{at: kind, err: number}), outFolder, testConfig(), testSettings())
			wantRefusal(t, err, engine.RefusedUsage, "flock")
			if left := d.tree(workFolder); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		}
	}
}

// TestRemoveByPath is of what a run does that may open one folder at a time. It
// follows no link.
func TestRemoveByPath(t *testing.T) {
	parent := t.TempDir()
	for _, folder := range []string{"out/flows/gas", "kept"} {
		if err := os.MkdirAll(filepath.Join(parent, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(parent, folder, "file"), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../kept", filepath.Join(parent, "out", "link")); err != nil {
		t.Fatal(err)
	}
	if err := removeByPath(filepath.Join(parent, "out")); err != nil {
		t.Error(err)
	}
	wantEntries(t, parent, "kept")
	wantEntries(t, filepath.Join(parent, "kept"), "file")
}

// TestExceptionsFileOfOthers has the file of exceptions treat what dead and
// living runs left as a publication does.
func TestExceptionsFileOfOthers(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.parquet")
	if err := os.MkdirAll(filepath.Join(folder, ".x.parquet.partial-dead", "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	first, err := CreateExceptionsFile(t.Context(), OS{}, path, "first")
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, folder, ".x.parquet.partial-first")
	_, err = CreateExceptionsFile(t.Context(), OS{}, path, "second")
	wantRefusal(t, err, engine.RefusedUsage, "another run", ".x.parquet.partial-first")
	if err := errors.Join(first.Write(testExceptions), first.Commit()); err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(); err == nil {
		t.Error("a second Commit passes")
	}
	wantEntries(t, folder, "x.parquet")
}

// TestWhatIsLeftIsSaid has taking back and removing fail: the user is told what
// stands where.
func TestWhatIsLeftIsSaid(t *testing.T) {
	const staged = workFolder + "/.out.partial-test"
	kept := func(s *staging) error {
		s.kept = true
		return s.remove()
	}
	for _, c := range []struct {
		at   string
		do   func(*staging) error
		says string
	}{
		{"rename " + staged + " #1", (*staging).takeBack, "cannot take back " + outFolder + ", which is whole"},
		{"mkdir " + outFolder + " #1", (*staging).takeBack, "cannot put back the empty folder " + outFolder},
		{"sync-dir " + workFolder + " #1", (*staging).takeBack, "cannot remove " + staged + ", which is left to the next run"},
		{"remove " + staged + " #1", (*staging).remove, "cannot remove " + staged},
		{"unlock " + outFolder + " #1", (*staging).remove, "cannot remove " + staged},
		{"unlock " + outFolder + " #1", kept, "unlock " + outFolder},
	} {
		d := newDisk()
		d.put(map[string]string{outFolder + "/": ""})
		s := &staging{fs: newFaulty(d, fault{at: c.at, err: syscall.EIO}), target: outFolder, path: staged, empty: true}
		var err error
		if s.lock, err = s.fs.TryLock(outFolder); err != nil {
			t.Fatal(err)
		}
		if err := c.do(s); !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s fails: got %v", c.at, err)
		}
		if left := strings.Contains(c.says, "left to the next run"); left && !s.kept {
			t.Errorf("%s fails: what is left to the next run would be removed", c.at)
		}
	}
}

// TestSweepSyncsOnce, however many folders there are to sweep, and sweeps none
// where that fails.
func TestSweepSyncsOnce(t *testing.T) {
	left := map[string]string{workFolder + "/.out.partial-1/": "", workFolder + "/.out.partial-2/": "", workFolder + "/.out.partial-3": "a file"}
	d := newDisk()
	d.put(left)
	failing := newFaulty(d, fault{at: "sync-dir " + workFolder + " #1", err: syscall.EIO})
	if _, err := claim(t.Context(), failing, "publish", outFolder, "test"); !errors.Is(err, syscall.EIO) || len(d.tree(workFolder)) != len(left) {
		t.Errorf("%v is left: %v", d.tree(workFolder), err)
	}
	if _, err := claim(t.Context(), d, "publish", outFolder, "../test"); err == nil || !strings.Contains(err.Error(), "is not letters") {
		t.Errorf("got %v", err)
	}
	watched := newFaulty(d, fault{})
	if _, err := claim(t.Context(), watched, "publish", outFolder, "test"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"sync-dir " + workFolder: 1, "remove " + workFolder + "/.out.partial-1": 1, "remove " + workFolder + "/.out.partial-2": 1, "remove " + workFolder + "/.out.partial-3": 0} {
		if got := watched.times[name]; got != want {
			t.Errorf("%s: %d times, not %d", name, got, want)
		}
	}
}

// fleeting is a file system on which a folder is gone when it is listed, so
// many times.
type fleeting struct {
	FS
	times *int
}

func (f fleeting) ReadDir(name string) ([]fs.DirEntry, error) {
	if *f.times--; *f.times >= 0 {
		return nil, fs.ErrNotExist
	}
	return f.FS.ReadDir(name)
}

// TestTargetThatComesAndGoes is looked at three times.
func TestTargetThatComesAndGoes(t *testing.T) {
	for times, want := range map[int]error{0: nil, 2: nil, 3: fs.ErrNotExist} {
		empty, err := refuseTarget(fleeting{OS{}, &times}, t.TempDir())
		if !errors.Is(err, want) || empty != (want == nil) {
			t.Errorf("%v, %v, want %v", empty, err, want)
		}
	}
}

// oneClose is something that may be closed once.
type oneClose struct {
	File
	closed int
}

func (c *oneClose) Close() error {
	if c.closed++; c.closed > 1 {
		return fmt.Errorf("closed %d times", c.closed)
	}
	return nil
}

// TestClosedOnce: files and locks, in whichever way they end, and then again.
func TestClosedOnce(t *testing.T) {
	for what, ends := range map[string][]func(*stagedFile){
		"abandoned twice":        {(*stagedFile).abandon, (*stagedFile).abandon},
		"synced, then abandoned": {func(f *stagedFile) { _ = f.sync() }, (*stagedFile).abandon},
	} {
		c := &oneClose{File: discardedFile{}}
		f := newStagedFile("file", c)
		for _, end := range ends {
			end(f)
		}
		if c.closed != 1 {
			t.Errorf("%s: closed %d times", what, c.closed)
		}
	}
	lock := &oneClose{}
	s := staging{lock: lock}
	if err := errors.Join(s.release(), s.release()); err != nil || lock.closed != 1 {
		t.Errorf("a lock given back twice: %v", err)
	}
}

// halfFile takes half of what is written, and does not say so.
type halfFile struct{ File }

func (halfFile) Write(p []byte) (int, error) { return len(p) / 2, nil }

func TestShortWriteIsAnError(t *testing.T) {
	f := newStagedFile("file", halfFile{})
	if n, err := f.Write([]byte("text")); n != 2 || !errors.Is(err, io.ErrShortWrite) || f.listing().Bytes != 2 {
		t.Errorf("%d bytes are written, %d listed: %v", n, f.listing().Bytes, err)
	}
}
