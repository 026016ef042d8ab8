// Package loaders turns files into Arrow batches: one file of this package per
// format, behind engine.Source.
package loaders

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"flagfill/engine"
)

// Options say how files are read, where their content does not tell.
type Options struct {
	Delimiter  rune  // between the fields of CSV: one ASCII character; 0 is the comma
	SplitBytes int64 // about how much of a CSV file one worker reads at a time; 0 is 8 MiB
}

// Open names the files of one table: each path is a file, a folder (its direct
// files) or a glob, and the files keep the order of paths; what a folder or a
// glob holds is sorted by name. Formats are told by content. A path that
// matches nothing, a file named twice and a file of an unknown format are a
// *engine.Refusal. The Source may be used by several goroutines and holds no
// file open: a Reader opens its own and closes it.
func Open(paths []string, table engine.Table, options Options) (engine.Source, error) {
	found, err := expand(paths, table)
	if err != nil {
		return nil, err
	}
	s := &fileSource{}
	for _, path := range found {
		file, err := openFile(path, table, options)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, file)
	}
	return s, nil
}

// openFile is where a format is told from another, and where a new one is
// added.
func openFile(path string, table engine.Table, options Options) (dataFile, error) {
	found, err := sniff(path)
	packing := packingOf(found)
	if err == nil && packing != nil {
		found, err = packing.sniff(path)
	}
	if err != nil {
		return nil, refusal(table, path, err)
	}
	named := formatOfName(path)
	switch {
	case found.kind == "Parquet":
		return &parquetFile{path: path, table: table}, nil
	case found.kind == arrowFileKind || found.kind == arrowStreamKind:
		return &arrowFile{path: path, table: table}, nil
	case found.kind == "text" && named == "":
		return newCSVFile(path, table, packing, options)
	case found.kind == "text":
		found.next = "it is the wrong file, or was cut off; text with comma-separated values needs a name that ends in .csv"
	}
	expected := "not Parquet, Arrow or CSV"
	if named != "" {
		expected = "not " + named
	}
	return nil, &engine.Refusal{
		Kind:    engine.RefusedInput,
		Problem: fmt.Sprintf("cannot read %s %s: it holds %s, %s", table, engine.ShownPath(path), found.kind, expected),
		Next:    found.next,
	}
}

// formatOfName is the binary format that a file's name claims, "" for none.
func formatOfName(path string) string {
	ending := strings.ToLower(filepath.Ext(path))
	switch {
	case ending == ".parquet":
		return "Parquet"
	case slices.Contains([]string{".arrow", ".arrows", ".feather"}, ending):
		return "Arrow"
	}
	return ""
}

// dataFile is one file of a source, in one format.
type dataFile interface {
	// plan describes the file and cuts it into splits, whose File is not set.
	plan(ctx context.Context) (engine.File, []engine.Split, error)
	// open reads one of these splits.
	open(split engine.Split, columns []int) (engine.Reader, error)
}

// fileSource is a table in any number of files, of one format or several.
type fileSource struct{ files []dataFile }

func (s *fileSource) Plan(ctx context.Context) (*engine.Plan, error) {
	plan := &engine.Plan{}
	for i, f := range s.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file, splits, err := f.plan(ctx)
		if err != nil {
			return nil, err
		}
		for j := range splits {
			splits[j].File = i
		}
		plan.Files = append(plan.Files, file)
		plan.Splits = append(plan.Splits, splits...)
	}
	return plan, nil
}

func (s *fileSource) Open(split engine.Split, columns []int) (engine.Reader, error) {
	if split.File < 0 || split.File >= len(s.files) {
		return nil, fmt.Errorf("cannot open split of file %d: the source has %d files", split.File, len(s.files))
	}
	return s.files[split.File].open(split, columns)
}

// Part is part of engine.PartSource: rows of a Parquet file are found page by
// page.
func (s *fileSource) Part(split engine.Split, from, rows int64) (engine.Split, bool) {
	if split.File < 0 || split.File >= len(s.files) {
		return split, false
	}
	_, ok := s.files[split.File].(*parquetFile)
	if !ok || from < 0 || rows < 1 || rows > split.Rows-from {
		return split, false
	}
	split.FirstRow, split.Rows, split.Bounds = split.FirstRow+from, rows, nil
	return split, true
}
