package writers

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"flagfill/engine"
)

func setUmask(mask int) int { return syscall.Umask(mask) }

func wantRefusal(t *testing.T, err error, kind engine.RefusalKind, words ...string) {
	t.Helper()
	var refusal *engine.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != kind || refusal.Next == "" {
		t.Errorf("got %v, want a refusal of kind %d that says what to do", err, kind)
		return
	}
	for _, w := range words {
		if !strings.Contains(refusal.Problem, w) {
			t.Errorf("the refusal does not say %q: %s", w, refusal.Problem)
		}
	}
}

func TestRefusedTargets(t *testing.T) {
	parent := t.TempDir()
	for _, name := range []string{"full/kept", "empty/", "file"} {
		path := filepath.Join(parent, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte("kept"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("empty", filepath.Join(parent, "link")); err != nil {
		t.Fatal(err)
	}
	create := func(fsys FS, name string) error {
		p, err := Create(t.Context(), fsys, filepath.Join(parent, name), testConfig(), testSettings())
		if err == nil {
			err = p.Abort()
		}
		return err
	}
	wantRefusal(t, create(OS{}, "full"), engine.RefusedUsage, "not empty")
	wantRefusal(t, create(OS{}, "file"), engine.RefusedUsage, "not a folder")
	wantRefusal(t, create(OS{}, "link"), engine.RefusedUsage, "not a folder")
	wantRefusal(t, create(mounted{OS{}}, "empty"), engine.RefusedUsage, "mount point")
	var refusal *engine.Refusal
	if err := create(OS{}, "none/out"); !errors.Is(err, fs.ErrNotExist) || errors.As(err, &refusal) {
		t.Errorf("a missing parent: got %v", err)
	}
	for _, dir := range []string{"/", ".", "..", ""} {
		_, err := Create(t.Context(), OS{}, dir, testConfig(), testSettings())
		wantRefusal(t, err, engine.RefusedUsage, "does not name the folder itself")
	}
	wantEntries(t, parent, "empty", "file", "full", "link")
}

type mounted struct{ FS }

func (mounted) IsMountPoint(string) (bool, error) { return true, nil }

func TestEmptyFolderIsReplaced(t *testing.T) {
	dir := t.TempDir()
	if _, err := publish(t, OS{}, dir, testConfig(), testSettings(), smallPoints()); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, dir, sumsName, changesName, exceptionsName, "flows", manifestName, reportName, runName)
	lock, err := OS{}.TryLock(dir)
	if err != nil {
		t.Fatalf("the run keeps the lock of what is public: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Error(err)
	}
}

// TestSomebodyElseIsFirst fills DIR between Create and Commit: the kernel's
// rename decides.
func TestSomebodyElseIsFirst(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	changes, result := run(testConfig(), smallPoints())
	p, err := Create(t.Context(), OS{}, dir, testConfig(), testSettings())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Write(changes), p.WriteExceptions(testExceptions)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "theirs"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = p.Commit(t.Context(), result)
	wantRefusal(t, err, engine.RefusedUsage, "somebody else")
	wantEntries(t, parent, "out")
	wantEntries(t, dir, "theirs")
}

func TestCancelled(t *testing.T) {
	parent := t.TempDir()
	changes, result := run(testConfig(), smallPoints())
	p, err := Create(t.Context(), OS{}, filepath.Join(parent, "out"), testConfig(), testSettings())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Write(changes), p.WriteExceptions(testExceptions)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Commit(ctx, result); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantEntries(t, parent)
	s := testSettings()
	s.DryRun = true
	dry, err := Create(t.Context(), OS{}, filepath.Join(parent, "out"), testConfig(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(dry.Write(changes), dry.WriteExceptions(testExceptions)); err != nil {
		t.Fatal(err)
	}
	if _, err := dry.Commit(ctx, result); !errors.Is(err, context.Canceled) {
		t.Errorf("a dry run: got %v", err)
	}
	if err := p.Write(changes); err == nil {
		t.Error("a run was written after the end")
	}
}

// TestCancelledBeforeTheRename: what is proven by then is not published.
func TestCancelledBeforeTheRename(t *testing.T) {
	parent, cfg := t.TempDir(), testConfig()
	cfg.Workers = 1
	changes, result := run(cfg, smallPoints())
	commit := func(ctx context.Context, fsys FS, name string) error {
		p, err := Create(t.Context(), fsys, filepath.Join(parent, name), cfg, testSettings())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.Write(changes), p.WriteExceptions(testExceptions)); err != nil {
			t.Fatal(err)
		}
		_, err = p.Commit(ctx, result)
		return err
	}
	var opened []string
	if err := commit(t.Context(), opening{OS{}, &opened}, "whole"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	left := len(opened) // the last one is for the report, made once more when all is proven
	if err := commit(ctx, cancelling{OS{}, &left, cancel}, "out"); !errors.Is(err, context.Canceled) || left != 0 {
		t.Errorf("got %v, with %d files to open", err, left)
	}
	ctx, cancel = context.WithCancel(t.Context())
	if err := commit(ctx, cancellingSync{OS{}, cancel}, "out"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, though somebody gave up while folders were made durable", err)
	}
	wantEntries(t, parent, "whole")
}

// cancellingSync is a file system on which somebody gives up while a folder is
// made durable.
type cancellingSync struct {
	FS
	cancel func()
}

func (c cancellingSync) SyncDir(name string) error {
	c.cancel()
	return c.FS.SyncDir(name)
}

func TestDryRun(t *testing.T) {
	parent := t.TempDir()
	wet, err := publish(t, OS{}, filepath.Join(parent, "wet"), testConfig(), testSettings(), smallPoints())
	if err != nil {
		t.Fatal(err)
	}
	s := testSettings()
	s.DryRun = true
	dry, err := publish(t, OS{}, filepath.Join(parent, "dry"), testConfig(), s, smallPoints())
	if err != nil {
		t.Fatal(err)
	}
	if dry.ContentDigest != wet.ContentDigest {
		t.Error("a dry run gives another content")
	}
	wantEntries(t, parent, "wet")
	_, err = publish(t, OS{}, filepath.Join(parent, "wet"), testConfig(), s, smallPoints())
	wantRefusal(t, err, engine.RefusedUsage, "not empty")
}

func TestExceptionsFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.parquet")
	for _, commit := range []bool{false, true} {
		x, err := CreateExceptionsFile(t.Context(), OS{}, path, "test")
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Write(testExceptions); err != nil {
			t.Fatal(err)
		}
		wantEntries(t, folder, ".x.parquet.partial-test")
		if commit {
			if err := x.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.Abort(); err != nil {
			t.Error(err)
		}
		if !commit {
			wantEntries(t, folder)
		}
	}
	wantEntries(t, folder, "x.parquet")
	_, err := CreateExceptionsFile(t.Context(), OS{}, folder, "test")
	wantRefusal(t, err, engine.RefusedUsage, "not a file")
}
