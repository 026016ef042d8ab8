package loaders

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"flagfill/engine"
)

// Expected says which files are to be read, and what they hold: a list as
// sha256sum writes it.
type Expected struct {
	path  string
	lines []expectedFile
}

type expectedFile struct {
	line   int // from 1
	path   string
	sha256 string
	info   fs.FileInfo // nil: no such file
}

// Bounds of a list of digests.
const (
	maxListBytes   = 16 << 20
	problemsShown  = 10
	sha256HexChars = 64
)

// ReadExpected reads a list of digests. A name in it is that of a file beside
// the list or, where none is there, of one below the working folder. A list that
// cannot be read, or is none, is a *engine.Refusal.
func ReadExpected(path string) (*Expected, error) {
	refuse := func(next, format string, args ...any) error {
		return &engine.Refusal{Kind: engine.RefusedInput, Next: next,
			Problem: "cannot use --expect-inputs " + engine.ShownPath(path) + ": " + fmt.Sprintf(format, args...)}
	}
	text, err := readList(path)
	if err != nil {
		return nil, refuse("Name a list that sha256sum wrote: sha256sum FILE… > "+engine.ShownPath(path), "%v", err)
	}
	e := &Expected{path: path}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		file, ok := parseListed(line)
		if !ok {
			return nil, refuse("Write the list again: sha256sum FILE… > "+engine.ShownPath(path),
				"line %d: expected a SHA-256 of %d hexadecimal digits, two spaces and a file name, as sha256sum writes them", number, sha256HexChars)
		}
		file.line = number
		file.info = locateListed(filepath.Dir(path), file.path)
		for _, other := range e.lines {
			if other.path == file.path || file.info != nil && other.info != nil && os.SameFile(other.info, file.info) {
				return nil, refuse("Keep the line that is right.", "line %d: the file of line %d is listed again", number, other.line)
			}
		}
		e.lines = append(e.lines, file)
	}
	if len(e.lines) == 0 {
		return nil, refuse("Write the list again: sha256sum FILE… > "+engine.ShownPath(path), "it lists no file")
	}
	return e, nil
}

func readList(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		var inner *fs.PathError
		if errors.As(err, &inner) {
			err = inner.Err // the path stands in the text already
		}
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxListBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxListBytes:
		return nil, fmt.Errorf("it takes more than the %d bytes that are read", maxListBytes)
	case bytes.IndexByte(text, 0) >= 0:
		return nil, errors.New("it is no text")
	}
	return text, nil
}

// parseListed reads "digest  name" or "digest *name"; a backslash in front says
// that the name has escapes.
func parseListed(line string) (expectedFile, bool) {
	bare, escaped := strings.CutPrefix(line, `\`)
	if len(bare) < sha256HexChars+3 {
		return expectedFile{}, false
	}
	digest, mark, name := strings.ToLower(bare[:sha256HexChars]), bare[sha256HexChars:sha256HexChars+2], bare[sha256HexChars+2:]
	if _, err := hex.DecodeString(digest); err != nil || mark != "  " && mark != " *" {
		return expectedFile{}, false
	}
	if escaped {
		name = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name)
	}
	return expectedFile{path: name, sha256: digest}, true
}

// locateListed finds the file that a name in a list means; nil for none.
func locateListed(folder, name string) fs.FileInfo {
	places := []string{filepath.Join(folder, name), name}
	if filepath.IsAbs(name) {
		places = places[1:]
	}
	for _, path := range places {
		if info, err := os.Stat(path); err == nil {
			return info
		}
	}
	return nil
}

// Cover refuses files that the list does not name, and names that are no file of
// a table. It reads no file.
func (e *Expected) Cover(files []InputFile) error {
	var problems []string
	listed := make([]bool, len(e.lines))
	for _, f := range files {
		info, err := os.Stat(f.Path)
		if err != nil {
			return refusal(f.Table, f.Path, err)
		}
		at := e.find(info)
		if at < 0 {
			problems = append(problems, fmt.Sprintf("%s %s is to be read, and is not listed", f.Table, engine.ShownPath(f.Path)))
			continue
		}
		listed[at] = true
	}
	for i, l := range e.lines {
		switch {
		case listed[i]:
		case l.info == nil:
			problems = append(problems, fmt.Sprintf("%s (line %d) is listed, and is not there", engine.ShownPath(l.path), l.line))
		default:
			problems = append(problems, fmt.Sprintf("%s (line %d) is listed, and is not to be read", engine.ShownPath(l.path), l.line))
		}
	}
	return e.refuse(problems, "Give every listed file with --devices, --meter-points or --extract, and no other; or take from the list, or add to it, what belongs to this snapshot.")
}

// find is the line that means a file; −1 for none.
func (e *Expected) find(info fs.FileInfo) int {
	for i, l := range e.lines {
		if l.info != nil && os.SameFile(l.info, info) {
			return i
		}
	}
	return -1
}

// Check refuses files with other digests than the list has.
func (e *Expected) Check(digests []Digest) error {
	var problems []string
	for _, d := range digests {
		at := e.find(d.info)
		if at < 0 {
			return refusal(d.Table, d.Path, errChanged) // since Cover
		}
		if l := e.lines[at]; l.sha256 != d.SHA256 {
			problems = append(problems, fmt.Sprintf("%s %s: its SHA-256 is %s, line %d expects %s", d.Table, engine.ShownPath(d.Path), d.SHA256, l.line, l.sha256))
		}
	}
	return e.refuse(problems, "These are not the bytes that were sent: fetch the files again; if they are right, ask for their list again.")
}

func (e *Expected) refuse(problems []string, next string) error {
	if len(problems) == 0 {
		return nil
	}
	if more := len(problems) - problemsShown; more > 0 {
		problems = append(problems[:problemsShown], fmt.Sprintf("and %d more", more))
	}
	return &engine.Refusal{Kind: engine.RefusedInput, Next: next,
		Problem: "the inputs are not those of --expect-inputs " + engine.ShownPath(e.path) + ":\n  " + strings.Join(problems, "\n  ")}
}
