package loaders

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flagfill/engine"
)

// written puts files into a folder and names them as the inputs of a table.
func written(t *testing.T, folder string, contents map[string]string) (files []InputFile) {
	t.Helper()
	for name, content := range contents {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, InputFile{engine.Devices, path})
	}
	return files
}

func hexOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// Each file has the digest of its bytes, whatever the workers and its size.
func TestHashFiles(t *testing.T) {
	contents := map[string]string{"empty": "", "small": "a", "exact": strings.Repeat("b", hashBytes), "large": strings.Repeat("c", 3*hashBytes+5)}
	files := written(t, t.TempDir(), contents)
	for workers := 1; workers <= 5; workers += 2 {
		digests, err := HashFiles(context.Background(), files, workers)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range digests {
			content := contents[filepath.Base(d.Path)]
			if d.InputFile != files[i] || d.SHA256 != hexOf(content) || d.Bytes != int64(len(content)) {
				t.Errorf("%s: %d bytes, %s", d.Path, d.Bytes, d.SHA256)
			}
		}
		if err := StillAsHashed(digests); err != nil {
			t.Error(err)
		}
	}
}

// A file that changed after it was hashed is found, also at the same size; one
// that is gone as well.
func TestHashedFilesThatChange(t *testing.T) {
	files := written(t, t.TempDir(), map[string]string{"a": "before"})
	digests, err := HashFiles(context.Background(), files, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[0].Path, []byte("after!"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(files[0].Path, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, StillAsHashed(digests), files[0].Path, "has changed")
	if err := os.Remove(files[0].Path); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, StillAsHashed(digests), files[0].Path, "no such file")
	_, err = HashFiles(context.Background(), files, 1)
	mustRefuse(t, err, "devices", files[0].Path, "no such file")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := HashFiles(ended, written(t, t.TempDir(), map[string]string{"a": "b"}), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: %v", err)
	}
}

// Every name that a file can have is read back from the line that sha256sum
// writes for it, and any text is a list or is not.
func TestListedNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[ -~\n\rä]{1,12}`).Draw(t, "name")
		digest := hexOf(name)
		mark := rapid.SampledFrom([]string{"  ", " *"}).Draw(t, "mark")
		line := digest + mark + name
		if strings.ContainsAny(name, "\\\n\r") {
			line = `\` + digest + mark + strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(name)
		}
		got, ok := parseListed(line)
		if !ok || got.path != name || got.sha256 != digest {
			t.Fatalf("%q is read as %q of %q, %v", line, got.sha256, got.path, ok)
		}
		for cut := range 66 {
			if _, ok := parseListed(line[:cut]); ok {
				t.Fatalf("%q is taken for a line", line[:cut])
			}
		}
	})
}

func FuzzListed(f *testing.F) {
	f.Add(hexOf("") + "  devices.parquet")
	f.Add(`\` + hexOf("") + ` *a\nb`)
	f.Add("SHA256 (devices.parquet) = " + hexOf(""))
	f.Fuzz(func(t *testing.T, line string) {
		got, ok := parseListed(line)
		if ok && (got.path == "" || len(got.sha256) != sha256HexChars || got.sha256 != strings.ToLower(got.sha256)) {
			t.Errorf("%q is read as %q of %q", line, got.sha256, got.path)
		}
	})
}

// What does not agree is named, at most so much of it.
func TestExpectedNamesWhatDiffers(t *testing.T) {
	folder := t.TempDir()
	var list strings.Builder
	var files []InputFile
	for i := range problemsShown + 3 {
		files = append(files, written(t, folder, map[string]string{fmt.Sprint("f", i): "now"})...)
		fmt.Fprintf(&list, "%s  f%d\n", hexOf("then"), i)
	}
	path := filepath.Join(folder, "SHA256SUMS")
	if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	expected, err := ReadExpected(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := expected.Cover(files); err != nil {
		t.Fatal(err)
	}
	digests, err := HashFiles(context.Background(), files, 2)
	if err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, expected.Check(digests), path, "f0: its SHA-256 is "+hexOf("now")+", line 1 expects "+hexOf("then"), "f9: ", "and 3 more")
	mustRefuse(t, expected.Cover(files[:2]), "f2", "(line 3) is listed, and is not to be read", "and 1 more")
	other := written(t, t.TempDir(), map[string]string{"stray": "now"})
	mustRefuse(t, expected.Cover(append(files, other...)), "stray is to be read, and is not listed")
	_, err = ReadExpected(saved(t, "list", []byte("\x00")))
	mustRefuse(t, err, "it is no text")
	_, err = ReadExpected(saved(t, "list", make([]byte, maxListBytes+1)))
	mustRefuse(t, err, "more than the 16777216 bytes")
	remark := "#" + strings.Repeat("x", maxListBytes-list.Len()-2) + "\n"
	if _, err = ReadExpected(saved(t, "list", []byte(remark+list.String()))); err != nil {
		t.Errorf("a list of %d bytes: %v", maxListBytes, err)
	}
}
