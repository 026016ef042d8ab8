package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// yard is a folder with everything in it that the program could take for the
// world: its working folder, its home, its place for temporary files.
type yard struct {
	dir, work string
}

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{dir: t.TempDir()}
	y.work = filepath.Join(y.dir, "home", "work")
	for _, folder := range []string{y.work, filepath.Join(y.dir, "tmp")} {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	return y
}

// write puts a file into the working folder.
func (y *yard) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(y.work, name), content, 0o640); err != nil {
		t.Fatal(err)
	}
}

// run runs the program in the yard. It may make what is named in makes, paths
// within the working folder, and what is below that; all else must be as it
// was. It must end in one of the codes, and what it says must be safe to show.
func (y *yard) run(t *testing.T, codes []int, makes []string, args ...string) outcome {
	t.Helper()
	before := y.listing(t)
	c := exec.CommandContext(t.Context(), program(t), args...)
	c.Dir = y.work
	c.Env = []string{"HOME=" + filepath.Dir(y.work), "TMPDIR=" + filepath.Join(y.dir, "tmp")}
	o := ended(t, c)
	if !slices.Contains(codes, o.code) {
		t.Errorf("%q: exit code %d, want one of %v\n%q", args, o.code, codes, o.stderr)
	}
	for _, fault := range unsafe(o, slices.Contains(args, "--json")) {
		t.Errorf("%q: %s", args, fault)
	}
	after := y.listing(t)
	for path, content := range after {
		isMade := slices.ContainsFunc(makes, func(m string) bool {
			m = filepath.Join(y.work, m)
			return path == m || strings.HasPrefix(path, m+"/")
		})
		if !isMade && before[path] != content {
			t.Errorf("%q: makes %q, which it has no business to", args, path)
		}
	}
	for path := range before {
		if _, there := after[path]; !there {
			t.Errorf("%q: removes %q", args, path)
		}
	}
	return o
}

// listing describes everything in the yard.
func (y *yard) listing(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(y.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			found[path] = d.Type().String()
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// unsafe says what of the output a terminal might obey, or a reader take for
// what it is not.
func unsafe(o outcome, isJSON bool) (faults []string) {
	for name, text := range map[string]string{"stdout": o.stdout, "stderr": o.stderr} {
		if !utf8.ValidString(text) {
			faults = append(faults, name+" is not UTF-8")
		}
		if at := strings.IndexFunc(text, func(c rune) bool { return c != '\n' && !unicode.IsGraphic(c) }); at >= 0 {
			faults = append(faults, fmt.Sprintf("%s holds what cannot be seen: %q", name, text[max(at-40, 0):min(at+40, len(text))]))
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimLeft(line, " "), forged) {
				faults = append(faults, fmt.Sprintf("%s has a line that a file or a name put there: %q", name, line))
			}
		}
		if strings.Contains(text, "goroutine ") || strings.Contains(text, "internal fault") {
			faults = append(faults, fmt.Sprintf("%s shows a crash: %s", name, text))
		}
	}
	if isJSON && o.stdout != "" && !json.Valid([]byte(o.stdout)) {
		faults = append(faults, fmt.Sprintf("stdout is no JSON document: %q", o.stdout))
	}
	return faults
}

// The yard finds what it is there to find.
func TestUnsafeFindsWhatItShould(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[31mb": "cannot be seen", "a\u202eb": "cannot be seen", "a\rb": "cannot be seen", "a\xffb": "not UTF-8",
		"cannot read a\n" + forged + ": all is well": "a line that", "a\ngoroutine 1 [running]:": "crash", "{": "no JSON",
	} {
		if faults := unsafe(outcome{stdout: text}, true); !strings.Contains(strings.Join(faults, "\n"), want) {
			t.Errorf("of %q it says %q, and not that it is %s", text, faults, want)
		}
	}
	if faults := unsafe(outcome{stdout: "{\"a\": \"•\"}\n", stderr: "cannot read \"a\\n" + forged + "\": –\n"}, true); len(faults) > 0 {
		t.Errorf("of what is safe it says %q", faults)
	}
}
