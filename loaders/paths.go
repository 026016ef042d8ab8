package loaders

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flagfill/engine"
)

// expand lists the files that the paths name. A path that exists is taken
// literally, so a file whose name has a bracket in it can be given too.
func expand(paths []string, table engine.Table) ([]string, error) {
	if len(paths) == 0 {
		return nil, &engine.Refusal{
			Kind:    engine.RefusedUsage,
			Problem: fmt.Sprintf("no file is named for %s", table),
			Next:    "Name a file, a folder or a quoted glob",
		}
	}
	list := &fileList{table: table}
	for _, path := range paths {
		if err := list.add(path); err != nil {
			return nil, err
		}
	}
	return list.paths, nil
}

// fileList gathers files and notices one that comes up twice, under whatever
// name: reading a file twice would double its rows.
type fileList struct {
	table engine.Table
	paths []string
	infos []fs.FileInfo
}

func (l *fileList) add(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, `*?[`):
		return l.addGlob(path)
	case err != nil:
		return refusal(l.table, path, err)
	case info.IsDir():
		return l.addFolder(path)
	}
	return l.addFile(path, info)
}

func (l *fileList) addGlob(pattern string) error {
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return &engine.Refusal{Kind: engine.RefusedInput, Err: err,
			Problem: fmt.Sprintf("cannot read %s: %s is neither a file nor a glob: %v", l.table, engine.ShownPath(pattern), err),
			Next:    "Close every [ with a ], or put a \\ before it."}
	}
	slices.Sort(matches)
	before := len(l.paths)
	for _, path := range matches {
		if skipped(filepath.Base(path)) {
			continue
		}
		if err := l.add(path); err != nil {
			return err
		}
	}
	return l.refuseNothing(pattern, before)
}

// addFolder takes the direct files of a folder; folders in it are left alone.
func (l *fileList) addFolder(folder string) error {
	entries, err := os.ReadDir(folder) // sorted by name
	if err != nil {
		return refusal(l.table, folder, err)
	}
	before := len(l.paths)
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if skipped(e.Name()) {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return refusal(l.table, path, err)
		}
		if info.IsDir() {
			continue
		}
		if err := l.addFile(path, info); err != nil {
			return err
		}
	}
	return l.refuseNothing(folder, before)
}

func (l *fileList) refuseNothing(path string, before int) error {
	if len(l.paths) > before {
		return nil
	}
	return &engine.Refusal{
		Kind:    engine.RefusedInput,
		Problem: fmt.Sprintf("cannot read %s %s: it matches no file (hidden files, names that start with _ and lists of digests are left out)", l.table, engine.ShownPath(path)),
		Next:    "Check the path, and that the extract was written there",
	}
}

func (l *fileList) addFile(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return refusal(l.table, path, errors.New("it is not a regular file"))
	}
	for i, other := range l.infos {
		if os.SameFile(other, info) {
			return &engine.Refusal{
				Kind:    engine.RefusedInput,
				Problem: fmt.Sprintf("cannot read %s %s: it is the same file as %s, named before", l.table, engine.ShownPath(path), engine.ShownPath(l.paths[i])),
				Next:    "Name each file once.",
			}
		}
	}
	l.paths = append(l.paths, path)
	l.infos = append(l.infos, info)
	return nil
}

// skipped tells the names that writers of data sets use for what is no data:
// _SUCCESS, _metadata, .crc files, lists of digests.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "SHA256SUMS" || strings.HasSuffix(name, ".sha256")
}
