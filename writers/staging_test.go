package writers

import (
	"context"
	"errors"
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
		for _, kind := range []string{"lock /work #1", "try-lock /work/.out.partial-test #1"} {
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
	}
}
