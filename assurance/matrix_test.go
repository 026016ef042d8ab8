package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flagfill/assurance/property"
)

// storage is one way in which a table may be written down: by this test, or by
// another program once and for all.
type storage struct {
	name    string
	ending  string // of the file's name
	content func(t *testing.T, columns []string, rows [][]string) []byte
	devices string // a file that holds the rows already; content is then nil
	points  string
}

// matrix is every format with its storages by seed: a format that is read has a
// line here. Parquet needs the most seeds; the others begin again.
var matrix = []struct {
	format   string
	storages func(seed int) []storage
}{
	{"Parquet by parquet-go", parquetStorages},
	{"Parquet by DuckDB", duckdbStorages},
	{"CSV", csvStorages},
	{"CSV in gzip and zstd", packedStorages},
	{"Arrow by arrow-go", arrowStorages},
}

const duckdbFolder = "../testdata/duckdb"

// The same rows give one content digest through every format, codec, encoding,
// page version, type and writer, alone and mixed within a table. The rows are
// those of testdata/duckdb.
func TestPropertyEveryStorageGivesOneDigest(t *testing.T) {
	property.Property{Goal: "R3", Name: "one digest through every format, codec, encoding, page version and type", Unit: "storages", Seeds: parquetSeeds}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			devices, points := rowsOf(t, "devices.csv"), rowsOf(t, "meter_points.csv")
			want := digestThrough(t, "CSV", []string{written(t, "d.csv", csvOf(devices))}, []string{written(t, "m.csv", csvOf(points))})
			var all []storage
			for _, m := range matrix {
				storages := m.storages(seed)
				t.Logf("%s: %d storages", m.format, len(storages))
				all = append(all, storages...)
			}
			for i, s := range all {
				other := all[(i+1)%len(all)]
				got := digestThrough(t, s.name, s.store(t, devices, s.devices, other), s.store(t, points, s.points, other))
				if got != want {
					t.Errorf("%s, with %s behind it: the content digest is %s, want %s", s.name, other.name, got, want)
				}
				cases++
			}
			return cases
		})
}

// A single other cell gives another digest: the comparison can fail.
func TestMatrixFindsAnotherCell(t *testing.T) {
	devices, points := rowsOf(t, "devices.csv"), rowsOf(t, "meter_points.csv")
	s := parquetStorages(0)[0]
	before := digestThrough(t, "before", s.store(t, devices, "", s), s.store(t, points, "", s))
	points.rows[7] = slices.Clone(points.rows[7])
	points.rows[7][1] = map[bool]string{true: "N", false: "A"}[points.rows[7][1] == "A"]
	if after := digestThrough(t, "after", s.store(t, devices, "", s), s.store(t, points, "", s)); after == before || after == "" {
		t.Errorf("digests %q and %q", before, after)
	}
}

// namedRows is a table as text; "" is null.
type namedRows struct {
	columns []string
	rows    [][]string
}

// store writes the rows down: half of them so, and half in another way, where
// that can be done.
func (s storage) store(t *testing.T, table namedRows, file string, other storage) (paths []string) {
	t.Helper()
	if s.content == nil {
		return []string{file}
	}
	if other.content == nil {
		other = s
	}
	half := len(table.rows) / 2
	return []string{
		written(t, "first"+s.ending, s.content(t, table.columns, table.rows[:half])),
		written(t, "second"+other.ending, other.content(t, table.columns, table.rows[half:])),
	}
}

func written(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// digestThrough is the content digest of a run on the files.
func digestThrough(t *testing.T, name string, devices, points []string) string {
	t.Helper()
	args := []string{"run", "--out", filepath.Join(t.TempDir(), "out"), "--dry-run", "--as-of", "2026-11-21T02:00:00Z", "--baseline", "go-live",
		"--max-exceptions", "100%", "--max-demotions", "100%", "--max-no-meter-left", "100%", "--progress", "none"}
	for _, path := range devices {
		args = append(args, "--devices", path)
	}
	for _, path := range points {
		args = append(args, "--meter-points", path)
	}
	o := flagfill(t, args...)
	if o.code != 0 {
		t.Errorf("%s: exit code %d\n%s", name, o.code, o.stderr)
		return ""
	}
	return o.digest()
}

// rowsOf reads a CSV file of testdata/duckdb, where \N is null.
func rowsOf(t *testing.T, name string) namedRows {
	t.Helper()
	file, err := os.Open(filepath.Join(duckdbFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		for i, cell := range row {
			if cell == `\N` {
				row[i] = ""
			}
		}
	}
	return namedRows{rows[0], rows[1:]}
}

// duckdbStorages are the files that DuckDB wrote with its own choices, a pair of
// them for each of the seeds.
func duckdbStorages(seed int) []storage {
	devices := []string{"snappy", "zstd-bigint-v2", "none-plain", "zstd-v2-small-groups", "gzip-dictionary"}
	points := []string{"snappy", "zstd-bigint", "none-ubigint-v2", "brotli-decimal", "lz4-v2"}
	d, p := devices[seed%len(devices)], points[seed%len(points)]
	return []storage{{name: fmt.Sprintf("DuckDB/%s and %s", d, p),
		devices: fmt.Sprintf("%s/devices-%s.parquet", duckdbFolder, d), points: fmt.Sprintf("%s/meter_points-%s.parquet", duckdbFolder, p)}}
}

// csvStorages are the ways to write CSV that every file may choose for itself.
func csvStorages(seed int) []storage {
	quote, end := []string{"", `"`}[seed%2], []string{"\n", "\r\n"}[seed/2%2]
	return []storage{{name: fmt.Sprintf("CSV/quote=%q/end=%q", quote, end), ending: ".csv",
		content: func(_ *testing.T, columns []string, rows [][]string) []byte {
			var text strings.Builder
			for _, row := range append([][]string{columns}, rows...) {
				text.WriteString(quote + strings.Join(row, quote+","+quote) + quote + end)
			}
			return []byte(text.String())
		}}}
}

func packedStorages(seed int) (storages []storage) {
	s := newStoring(rand.New(rand.NewPCG(uint64(seed), 31)), "")
	plain := csvStorages(seed)[0]
	for _, p := range packers {
		storages = append(storages, storage{name: plain.name + p.ending, ending: plain.ending + p.ending,
			content: func(t *testing.T, columns []string, rows [][]string) []byte {
				return s.packedBy(t, p, plain.content(t, columns, rows))
			}})
	}
	return storages
}

// arrowStorages are a few of the many ways, other ones for each seed: files and
// streams, compressed and not, every type that a column's rows fit.
func arrowStorages(seed int) (storages []storage) {
	for i := range 4 {
		s := newStoring(rand.New(rand.NewPCG(uint64(seed), uint64(32+i))), "")
		s.spelling = strings.ToLower
		storages = append(storages, storage{name: fmt.Sprintf("Arrow, way %d of seed %d", i, seed), ending: ".arrow",
			content: func(t *testing.T, columns []string, rows [][]string) []byte {
				all := make([]int, len(columns))
				for column := range all {
					all[column] = column
				}
				return s.arrow(t, columns, rows, all)
			}})
	}
	return storages
}

func csvOf(table namedRows) []byte {
	return csvStorages(0)[0].content(nil, table.columns, table.rows)
}
