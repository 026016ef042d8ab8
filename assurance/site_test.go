package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// site is a folder in which runs publish to out, beside things of others that
// they have to leave alone.
type site struct {
	parent, out string
	digest      string // of what is to stand at out
	others      map[string]string
}

// room is a new folder in memory where the system has such: a process that ends
// leaves what it wrote as it is, synced or not, so that a disk would tell no
// more and take its time.
func room(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "flagfill-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// newSite puts an earlier publication, a file and what a dead run for another
// folder left beside the place of the next publication.
func newSite(t *testing.T, earlier, digest string) *site {
	t.Helper()
	parent := room(t)
	s := &site{parent: parent, out: filepath.Join(parent, "out"), digest: digest}
	if err := os.CopyFS(filepath.Join(parent, "earlier"), os.DirFS(earlier)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(parent, ".out2.partial-1"), 0o750); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"out.txt", ".out2.partial-1/manifest.json", ".out.partial"} {
		if err := os.WriteFile(filepath.Join(parent, name), []byte(name), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	s.others = s.tree(t, func(string) bool { return true })
	return s
}

// tree describes everything in the site that is of interest.
func (s *site) tree(t *testing.T, ofInterest func(path string) bool) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(s.parent), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !ofInterest(path):
			return fs.SkipDir
		case d.IsDir():
			found[path] = "folder"
			return nil
		}
		text, err := os.ReadFile(filepath.Join(s.parent, path))
		found[path] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func isStaging(path string) bool { return strings.HasPrefix(path, ".out.partial-") }

// staged lists the staging folders of runs for out.
func (s *site) staged(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(s.parent)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if isStaging(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// published tells whether something stands at out that is no empty folder.
func (s *site) published(t *testing.T) bool {
	t.Helper()
	entries, err := os.ReadDir(s.out)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(entries) > 0
}

// faults of what stands at out, where something does, and of what stood beside
// it before: a publication has to be whole, and the rest as it was.
func (s *site) faults(t *testing.T) []string {
	t.Helper()
	var faults []string
	now := s.tree(t, func(path string) bool { return path != "out" && !isStaging(path) })
	if !maps.Equal(now, s.others) {
		faults = append(faults, fmt.Sprintf("what stood there before is %v and was %v", now, s.others))
	}
	if staged := s.staged(t); len(staged) > 1 {
		faults = append(faults, fmt.Sprintf("%v are staged", staged))
	}
	if !s.published(t) {
		return faults
	}
	if proof := flagfill(t, "verify", s.out); proof.code != 0 || proof.digest() != s.digest {
		faults = append(faults, fmt.Sprintf("it is published and not whole: verify ends in %d with %q and %q", proof.code, proof.digest(), proof.stderr))
	}
	return faults
}

// wholeFaults of a run that had to publish and leave nothing else.
func (s *site) wholeFaults(t *testing.T, o outcome) []string {
	t.Helper()
	faults := s.faults(t)
	if o.code != 0 || !s.published(t) {
		faults = append(faults, fmt.Sprintf("it did not publish: exit code %d, %s", o.code, o.stderr))
	}
	return append(faults, s.stagedFaults(t)...)
}

// refusedFaults of a run that had to fail with a code and say why, and leave
// nothing.
func (s *site) refusedFaults(t *testing.T, o outcome, code int, says ...string) []string {
	t.Helper()
	faults := s.faults(t)
	if o.code != code {
		faults = append(faults, fmt.Sprintf("exit code %d, want %d: %s", o.code, code, o.stderr))
	}
	for _, text := range says {
		if !strings.Contains(o.stderr, text) {
			faults = append(faults, fmt.Sprintf("it does not say %q: %s", text, o.stderr))
		}
	}
	if s.published(t) {
		faults = append(faults, "it published")
	}
	return append(faults, s.stagedFaults(t)...)
}

func (s *site) stagedFaults(t *testing.T) []string {
	t.Helper()
	if staged := s.staged(t); len(staged) > 0 {
		return []string{fmt.Sprintf("it left %v", staged)}
	}
	return nil
}

// clear takes away what stands at out; empty puts an empty folder there.
func (s *site) clear(t *testing.T, empty bool) {
	t.Helper()
	err := os.RemoveAll(s.out)
	if err == nil && empty {
		err = os.Mkdir(s.out, 0o750)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func report(t *testing.T, what string, faults []string) {
	t.Helper()
	for _, fault := range faults {
		t.Errorf("%s: %s", what, fault)
	}
}
