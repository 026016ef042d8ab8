package writers

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// TestRunsOutOfOrder refuses what could not be cut into the same files again.
func TestRunsOutOfOrder(t *testing.T) {
	changes, _ := run(testConfig(), smallPoints())
	first, rest := part(changes, 0, 2), part(changes, 2, changes.Len())
	withRDPs := func(rdps ...string) *engine.Changes {
		other := *rest
		other.RDPs = rdps
		return &other
	}
	repeated := *part(changes, 0, 2)
	repeated.MPxN = []meterpoint.MPxN{changes.MPxN[0], changes.MPxN[0]}
	for _, c := range []struct {
		what string
		runs []*engine.Changes
		says string
	}{
		{"a run repeated", []*engine.Changes{first, first}, "is out of order"},
		{"two runs exchanged", []*engine.Changes{rest, first}, "is out of order"},
		{"a meter point twice", []*engine.Changes{&repeated}, "is out of order"},
		{"fewer RDPs", []*engine.Changes{first, withRDPs(testRDPs[:2]...)}, "not those of the runs before"},
		{"other RDPs", []*engine.Changes{first, withRDPs("", "LOND", "EELC", "XOSERVE")}, "not those of the runs before"},
		{"more RDPs", []*engine.Changes{first, withRDPs(append(slices.Clone(testRDPs), "SEEB")...)}, ""},
	} {
		p, err := Create(t.Context(), OS{}, filepath.Join(t.TempDir(), "out"), testConfig(), testSettings())
		if err != nil {
			t.Fatal(err)
		}
		err = nil
		for _, r := range c.runs {
			err = errors.Join(err, p.Write(r))
		}
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: got %v", c.what, err)
		}
		if err := p.Abort(); err != nil {
			t.Error(err)
		}
	}
}

// TestRunsAreCutAnywhere: where runs are cut changes no byte.
func TestRunsAreCutAnywhere(t *testing.T) {
	changes, result := run(testConfig(), smallPoints())
	digests := map[string]int{}
	for cut := range changes.Len() + 1 {
		p, err := Create(t.Context(), OS{}, filepath.Join(t.TempDir(), "out"), testConfig(), testSettings())
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(p.Write(part(changes, 0, cut)), p.Write(part(changes, cut, changes.Len())), p.WriteExceptions(testExceptions))
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := p.Commit(t.Context(), result)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		digests[manifest.ContentDigest] = cut
	}
	if len(digests) != 1 {
		t.Errorf("content digests by cut: %v", digests)
	}
}

// misremembering is a file system that keeps one byte of flow files wrongly.
type misremembering struct{ FS }

func (m misremembering) Create(name string) (File, error) {
	f, err := m.FS.Create(name)
	if filepath.Ext(name) == ".DXI" {
		f = misrememberingFile{f}
	}
	return f, err
}

type misrememberingFile struct{ File }

func (f misrememberingFile) Write(p []byte) (int, error) {
	wrong := slices.Clone(p)
	wrong[len(wrong)/2] ^= 1
	return f.File.Write(wrong)
}

// TestWhatDoesNotVerify is not published.
func TestWhatDoesNotVerify(t *testing.T) {
	parent := t.TempDir()
	_, err := publish(t, misremembering{OS{}}, filepath.Join(parent, "out"), testConfig(), testSettings(), smallPoints()[2:5])
	if err == nil || !strings.Contains(err.Error(), "the staged folder does not verify") {
		t.Errorf("got %v", err)
	}
	wantEntries(t, parent)
}

// TestNothingAfterTheEnd: whichever end it was, nothing is taken any more, and
// neither files nor goroutines are left.
func TestNothingAfterTheEnd(t *testing.T) {
	changes, result := run(testConfig(), smallPoints())
	for _, commit := range []bool{true, false} {
		before := openDescriptors(t)
		p, err := Create(t.Context(), OS{}, filepath.Join(t.TempDir(), "out")+"/", testConfig(), testSettings())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.Write(changes), p.WriteExceptions(testExceptions)); err != nil {
			t.Fatal(err)
		}
		if commit {
			_, err = p.Commit(t.Context(), result)
		} else {
			err = p.Abort()
		}
		if err != nil {
			t.Fatal(err)
		}
		_, again := p.Commit(t.Context(), result)
		for what, err := range map[string]error{"Write": p.Write(changes), "WriteExceptions": p.WriteExceptions(testExceptions), "Commit": again} {
			if err == nil || !strings.Contains(err.Error(), "has ended") {
				t.Errorf("%s after the end: %v", what, err)
			}
		}
		if now := openDescriptors(t); now != before {
			t.Errorf("committed %v: %d files are open, and %d were", commit, now, before)
		}
		goleak.VerifyNone(t)
	}
}

// openDescriptors counts them. Until the test ends no file is closed because
// nobody holds it any more.
func openDescriptors(t *testing.T) int {
	t.Helper()
	before := debug.SetGCPercent(-1)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// TestBothFailuresAreTold: why the run failed, and what it could not remove.
func TestBothFailuresAreTold(t *testing.T) {
	d := newDisk()
	d.put(map[string]string{workFolder + "/": ""})
	full := newFaulty(d, fault{at: "create " + workFolder + "/.out.partial-test/manifest.json #1", err: syscall.EIO, extent: ever})
	_, err := publish(t, full, outFolder, testConfig(), testSettings(), smallPoints())
	if err == nil || !strings.Contains(err.Error(), "cannot create manifest.json") || !strings.Contains(err.Error(), "cannot remove "+workFolder+"/.out.partial-test") {
		t.Errorf("got %v", err)
	}
}

// TestFailedFilesAreClosed: what a failing write has opened.
func TestFailedFilesAreClosed(t *testing.T) {
	for _, name := range []string{changesName, gas7, runName} {
		dir := filepath.Join(t.TempDir(), "out")
		before := openDescriptors(t)
		failing := newFaulty(OS{}, fault{at: "write " + filepath.Join(filepath.Dir(dir), ".out.partial-test", name) + " #1", err: syscall.EIO})
		if _, err := publish(t, failing, dir, testConfig(), testSettings(), smallPoints()); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: got %v", name, err)
		}
		if now := openDescriptors(t); now != before {
			t.Errorf("%s fails: %d files are open, and %d were", name, now, before)
		}
	}
}
