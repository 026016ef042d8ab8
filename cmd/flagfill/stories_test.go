package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// storiesFolder holds a folder for each story: story.md says what it shows,
// devices.csv and meter_points.csv are its snapshot, config.toml and flags
// what it is run with, and want/ what must come of it. What is wanted was
// worked out from the rule by hand; no program writes it.
var storiesFolder = filepath.Join("..", "..", "testdata", "stories")

// encoding is a way to store the same table.
type encoding struct {
	name         string
	csv          bool // as it is, or in quotes
	arrow        bool // else Parquet
	quoted       bool
	integers     bool // columns of plain numbers become BIGINT
	rowsPerGroup int
}

var encodings = []encoding{
	{name: "text", rowsPerGroup: 1000},
	{name: "integers in small row groups", integers: true, rowsPerGroup: 3},
	{name: "CSV", csv: true},
	{name: "CSV in quotes", csv: true, quoted: true},
	{name: "Arrow file", arrow: true, rowsPerGroup: 1000},
	{name: "Arrow stream of small batches", arrow: true, integers: true, rowsPerGroup: 3},
}

func TestStories(t *testing.T) {
	stories, err := os.ReadDir(storiesFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		t.Run(s.Name(), func(t *testing.T) {
			t.Parallel()
			story := filepath.Join(storiesFolder, s.Name())
			var digests []string
			for _, e := range encodings {
				t.Run(e.name, func(t *testing.T) { digests = append(digests, runStory(t, story, e)) })
			}
			if len(slices.Compact(digests)) > 1 {
				t.Errorf("the content digest depends on how the snapshot is stored: %s", digests)
			}
		})
	}
}

// runStory runs one story and compares what comes of it with what is wanted.
// It gives the content digest, "" for a story that is refused.
func runStory(t *testing.T, story string, e encoding) string {
	folder := t.TempDir()
	out := filepath.Join(folder, "out")
	args := []string{"run", "--as-of", "2026-11-21T02:00:00Z", "--progress", "none", "--out", out}
	for flag, table := range map[string]string{"--devices": "devices", "--meter-points": "meter_points"} {
		path := filepath.Join(story, table+".csv")
		rows := readCSV(t, path)
		switch {
		case e.quoted:
			path = filepath.Join(folder, table+".csv")
			writeQuotedCSV(t, path, rows)
		case e.arrow:
			path = filepath.Join(folder, table+".arrow")
			writeArrow(t, path, rows, e)
		case !e.csv:
			path = filepath.Join(folder, table+".parquet")
			writeParquet(t, path, rows, e)
		}
		args = append(args, flag, path)
	}
	if config := filepath.Join(story, "config.toml"); exists(config) {
		args = append(args, "--config", config)
	}
	args = append(args, linesOf(t, filepath.Join(story, "flags"))...)

	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, &stdout, &stderr)
	want := filepath.Join(story, "want")
	if exists(filepath.Join(want, "exit")) {
		compareRefusal(t, want, folder, code, stderr.String())
		return ""
	}
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr.String())
	}
	for _, part := range linesOf(t, filepath.Join(want, "says")) {
		if !strings.Contains(stdout.String(), part) {
			t.Errorf("the summary does not say %q:\n%s", part, stdout.String())
		}
	}
	compareFlows(t, want, out)
	comparePublishedTable(t, want, out, "changes", false)
	comparePublishedTable(t, want, out, "exceptions", true)
	digest := compareTotals(t, want, out)
	if code := run(context.Background(), []string{"verify", out}, &stdout, &stderr); code != 0 {
		t.Errorf("verify ends in exit code %d\n%s", code, stderr.String())
	}
	return digest
}

// compareRefusal checks the exit code and the text, and that nothing is left.
func compareRefusal(t *testing.T, want, folder string, code int, text string) {
	if wanted := linesOf(t, filepath.Join(want, "exit"))[0]; strconv.Itoa(code) != wanted {
		t.Errorf("exit code %d, want %s", code, wanted)
	}
	for _, part := range linesOf(t, filepath.Join(want, "says")) {
		if !strings.Contains(text, part) {
			t.Errorf("the text does not say %q:\n%s", part, text)
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, ".out.partial-*"))
	if err != nil {
		t.Fatal(err)
	}
	if exists(filepath.Join(folder, "out")) || len(left) > 0 {
		t.Errorf("a refused run left a publication: out exists: %v, partial ones: %v", exists(filepath.Join(folder, "out")), left)
	}
}

// compareFlows compares paths and bytes of all flow files.
func compareFlows(t *testing.T, want, out string) {
	if diff := gocmp.Diff(flowFiles(t, want), flowFiles(t, out)); diff != "" {
		t.Errorf("flow files (- wanted, + published):\n%s", diff)
	}
}

func flowFiles(t *testing.T, folder string) map[string]string {
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), "flows", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, path))
		files[path] = string(content)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// comparePublishedTable compares want/NAME.csv with NAME.parquet. The columns
// of both must be the same; rows stand in the same order, or are sorted where
// order has no meaning.
func comparePublishedTable(t *testing.T, want, out, name string, sorted bool) {
	wanted := readCSV(t, filepath.Join(want, name+".csv"))
	published := readParquet(t, filepath.Join(out, name+".parquet"))
	if i := slices.Index(published[0], "file"); i >= 0 {
		for _, row := range published[1:] { // files are wanted by table, whatever they are stored as
			name := filepath.Base(row[i])
			row[i] = strings.TrimSuffix(name, filepath.Ext(name)) + ".parquet"
		}
	}
	if sorted {
		slices.SortFunc(wanted[1:], slices.Compare[[]string])
		slices.SortFunc(published[1:], slices.Compare[[]string])
	}
	if diff := gocmp.Diff(asLines(wanted), asLines(published)); diff != "" {
		t.Errorf("%s.parquet (- wanted, + published):\n%s", name, diff)
	}
}

func asLines(rows [][]string) []string {
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	return lines
}

// compareTotals compares every total that want/totals.json names, and gives
// the content digest.
func compareTotals(t *testing.T, want, out string) string {
	var manifest struct {
		ContentDigest string `json:"content_digest"`
		Content       struct {
			Totals map[string]any `json:"totals"`
		} `json:"content"`
	}
	var wanted map[string]any
	readJSON(t, filepath.Join(out, "manifest.json"), &manifest)
	readJSON(t, filepath.Join(want, "totals.json"), &wanted)
	for name, total := range wanted {
		if diff := gocmp.Diff(total, manifest.Content.Totals[name]); diff != "" {
			t.Errorf("totals.%s (- wanted, + published):\n%s", name, diff)
		}
	}
	if manifest.ContentDigest == "" {
		t.Error("the manifest has no content digest")
	}
	return manifest.ContentDigest
}

// failer is what ends a test, of Go or of a script.
type failer interface{ Fatal(args ...any) }

// writeParquet stores a table: a header and its rows. Empty cells are null.
func writeParquet(t failer, path string, rows [][]string, e encoding) {
	header, rows := rows[0], rows[1:]
	columns := parquet.Group{}
	isInteger := map[string]bool{}
	for i, name := range header {
		isInteger[name] = e.integers && areIntegers(rows, i)
		columns[name] = parquet.Optional(parquet.String())
		if isInteger[name] {
			columns[name] = parquet.Optional(parquet.Int(64))
		}
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	schema := parquet.NewSchema("table", columns)
	w := parquet.NewWriter(file, schema, parquet.MaxRowsPerRowGroup(int64(e.rowsPerGroup)))
	for _, cells := range rows {
		row := make(parquet.Row, len(header))
		for i, name := range header {
			leaf, _ := schema.Lookup(name)
			row[leaf.ColumnIndex] = cellValue(t, cells[i], isInteger[name]).Level(0, min(len(cells[i]), 1), leaf.ColumnIndex)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmp.Or(w.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
}

func cellValue(t failer, text string, isInteger bool) parquet.Value {
	if text == "" {
		return parquet.NullValue()
	}
	if !isInteger {
		return parquet.ByteArrayValue([]byte(text))
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return parquet.Int64Value(n)
}

// areIntegers tells whether a column holds numbers, each written the one way
// that a number has.
func areIntegers(rows [][]string, column int) bool {
	found := false
	for _, row := range rows {
		if row[column] == "" {
			continue
		}
		n, err := strconv.ParseInt(row[column], 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != row[column] {
			return false
		}
		found = true
	}
	return found
}

// readParquet gives a table as text: its column names, then its rows. Null is
// empty, a date is written as in ISO 8601.
func readParquet(t failer, path string) [][]string {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	fields := file.Schema().Fields()
	table := [][]string{{}}
	for _, f := range fields {
		table[0] = append(table[0], f.Name())
	}
	for _, group := range file.RowGroups() {
		rows := group.Rows()
		buffer := make([]parquet.Row, 16)
		for {
			n, err := rows.ReadRows(buffer)
			for _, row := range buffer[:n] {
				cells := make([]string, len(fields))
				for _, v := range row {
					cells[v.Column()] = cellText(fields[v.Column()], v)
				}
				table = append(table, cells)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

func cellText(field parquet.Field, v parquet.Value) string {
	if v.IsNull() {
		return ""
	}
	if logical := field.Type().LogicalType(); logical != nil && logical.String() == "DATE" {
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
	}
	return v.String()
}

func readCSV(t failer, path string) [][]string {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
	return rows
}

func readJSON(t *testing.T, path string, into any) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
}

// linesOf reads a text file line by line; none where there is no such file.
func linesOf(t *testing.T, path string) []string {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
