package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"flagfill/engine"
)

// storedFile is a file of an input table: evidence must lead back to its rows.
type storedFile struct {
	path    string
	columns map[string]int // as the file spells them: which cell of a row
	rows    [][]string
}

// delimiters that a run's CSV files may have, as the configuration says them.
var delimiters = map[byte]string{',': "", ';': `";"`, '\t': `"\t"`, '|': `"|"`}

// storing is how the tables of one run are written down: all that must leave
// no trace in what is published.
type storing struct {
	*rand.Rand
	folder    string
	delimiter byte
	spelling  func(column string) string // of columns, in every file of the run
	isMapped  bool                       // by the configuration: then every file has every column
	config    []string                   // what the configuration must say about it
}

func newStoring(random *rand.Rand, folder string) *storing {
	s := &storing{Rand: random, folder: folder, delimiter: ",;\t|"[random.IntN(4)], spelling: strings.ToLower}
	if text := delimiters[s.delimiter]; text != "" {
		s.config = append(s.config, "[input]\ndelimiter = "+text)
	}
	switch random.IntN(4) {
	case 0:
		s.spelling = strings.ToUpper
	case 1:
		s.isMapped = true
		s.spelling = func(column string) string { return "THEIR_" + column }
		for table, columns := range map[engine.Table][]string{engine.Devices: deviceColumns, engine.MeterPoints: pointColumns} {
			text := "[columns." + table.String() + "]\n"
			for _, c := range columns {
				text += fmt.Sprintf("%s = %q\n", c, s.spelling(c))
			}
			s.config = append(s.config, text)
		}
		slices.Sort(s.config)
	}
	return s
}

// store writes one table: its rows in some order, cut into some files. paths
// are what the program is given for them.
func (s *storing) store(t *testing.T, table engine.Table, columns []string, rows [][]string) (files []storedFile, paths []string) {
	t.Helper()
	folder := filepath.Join(s.folder, table.String())
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	rows = s.ordered(rows)
	cuts := []int{0, len(rows)}
	for range []int{0, 0, 1, 2, 6}[s.IntN(5)] {
		cuts = append(cuts, s.IntN(len(rows)+1))
	}
	slices.Sort(cuts)
	for i, from := range cuts[:len(cuts)-1] {
		f := storedFile{filepath.Join(folder, fmt.Sprintf("%02d part", i)), map[string]int{}, rows[from:cuts[i+1]]}
		kept, content := s.kept(table, columns, f.rows), []byte(nil)
		for _, column := range kept {
			f.columns[s.spelling(columns[column])] = column
		}
		switch s.IntN(6) {
		case 0, 1, 2:
			f.path += ".parquet"
			content = s.parquet(t, columns, f.rows, kept)
		case 3:
			f.path += []string{".arrow", ".arrows", ".feather", ".dat"}[s.IntN(4)]
			content = s.arrow(t, columns, f.rows, kept)
		default:
			f.path += ".csv"
			content = s.csv(columns, f.rows, kept)
			content, f.path = s.packed(t, content, f.path)
		}
		if err := os.WriteFile(f.path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		paths = append(paths, f.path)
	}
	switch s.IntN(3) {
	case 0:
		paths = []string{folder}
	case 1:
		paths = []string{filepath.Join(folder, "0* part.*")}
	default:
		s.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	}
	return files, paths
}

func (s *storing) ordered(rows [][]string) [][]string {
	rows = slices.Clone(rows)
	switch s.IntN(4) {
	case 0:
		s.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	case 1:
		slices.SortStableFunc(rows, slices.Compare)
	case 2:
		slices.Reverse(rows)
	}
	return rows
}

// neededColumns is how many columns of a table no file may lack.
var neededColumns = map[engine.Table]int{engine.Devices: 3, engine.MeterPoints: 2}

// kept chooses the columns of one file, and their order: others that hold
// nothing may be missing.
func (s *storing) kept(table engine.Table, columns []string, rows [][]string) []int {
	var kept []int
	for _, i := range s.Perm(len(columns)) {
		holds := slices.ContainsFunc(rows, func(row []string) bool { return row[i] != "" })
		if holds || i < neededColumns[table] || s.isMapped || s.IntN(2) == 0 {
			kept = append(kept, i)
		}
	}
	return kept
}

// csv writes as RFC 4180 allows.
func (s *storing) csv(columns []string, rows [][]string, kept []int) []byte {
	var out bytes.Buffer
	end, quoteAll, blankLines := []string{"\n", "\r\n"}[s.IntN(2)], s.IntN(4) == 0, s.IntN(4) == 0
	if s.IntN(4) == 0 {
		out.WriteString("\ufeff")
	}
	write := func(fields func(i int) string) {
		for i := range kept {
			if i > 0 {
				out.WriteByte(s.delimiter)
			}
			text := fields(i)
			if quoteAll || strings.ContainsAny(text, "\"\n,;\t|") {
				text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
			}
			out.WriteString(text)
		}
		out.WriteString(end)
		if blankLines && s.IntN(8) == 0 {
			out.WriteString(end)
		}
	}
	write(func(i int) string { return s.spelling(columns[kept[i]]) })
	for _, row := range rows {
		write(func(i int) string { return row[kept[i]] })
	}
	if s.IntN(4) == 0 && !blankLines {
		return bytes.TrimSuffix(out.Bytes(), []byte(end))
	}
	return out.Bytes()
}

// packed is the file as gzip or zstd would make it, in a member or two, or as
// it is.
func (s *storing) packed(t *testing.T, text []byte, path string) ([]byte, string) {
	t.Helper()
	if at := s.IntN(4); at < len(packers) {
		return s.packedBy(t, packers[at], text), path + packers[at].ending
	}
	return text, path
}

// packer is a program that packs extracts.
type packer struct {
	ending string
	open   func(level int) (resetWriter, error)
}

type resetWriter interface {
	io.WriteCloser
	Reset(io.Writer)
}

var packers = []packer{
	{".gz", func(level int) (resetWriter, error) { return gzip.NewWriterLevel(nil, level) }},
	{".zst", func(level int) (resetWriter, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.EncoderLevel(level)))
	}},
}

func (s *storing) packedBy(t *testing.T, by packer, text []byte) []byte {
	t.Helper()
	w, err := by.open(1 + s.IntN(4))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	first := s.IntN(len(text) + 1)
	for _, part := range [][]byte{text[:first], text[first:]} {
		w.Reset(&out)
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}
