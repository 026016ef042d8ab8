package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flagfill/bench/measure"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// The ratio is of explain to keys, and of the medians beside that of the least.
func TestTable(t *testing.T) {
	sheet, err := measure.ReadSheet(strings.NewReader(`# machine  a sample
turn  of       wall  cpu  peak
1     keys     1.0   2.0  17
1     explain  1.1   2.2  30
2     explain  1.3   2.4  31
2     keys     1.0   2.0  17
3     keys     4.0   2.2  17
3     explain  1.2   2.2  30
`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := table(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"machine: a sample\n",
		"| decoding the identifiers | 1.000 s | 1.000 s | 2.000 s | 2.000 s | 17 MiB |\n",
		"| flagfill explain | 1.100 s | 1.200 s | 2.200 s | 2.200 s | 30 MiB |\n",
		"| ratio | 1.10× | 1.20× | 1.10× | 1.10× |  |\n",
		"| goal, at most | 1.10× | 1.10× |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if _, err := table(measure.Sheet{Columns: sheet.Columns}); err == nil {
		t.Error("a sheet without figures has a table")
	}
}

// What stands for the least reads every identifier of both tables, and none of
// a split that statistics exclude.
func TestDecodeKeys(t *testing.T) {
	folder := t.TempDir()
	for _, table := range []string{"devices", "meter_points"} {
		file, err := os.ReadFile(filepath.Join("..", "..", "testdata", "duckdb", table+"-snappy.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, table+".parquet"), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mpxn, rows, err := middleMPxN(context.Background(), folder)
	if _, ok := meterpoint.ParseMPxN([]byte(mpxn)); err != nil || !ok || rows == 0 {
		t.Fatalf("%q is in the middle of %d rows: %v", mpxn, rows, err)
	}
	if err := decodeKeysCommand("2", folder, mpxn); err != nil {
		t.Error(err)
	}
	if decodeKeysCommand("0", folder, mpxn) == nil || decodeKeysCommand("1", folder, "x") == nil || decodeKeysCommand("1", t.TempDir(), mpxn) == nil {
		t.Error("no workers, no number or no snapshot is no error")
	}
	split := engine.Split{Bounds: []engine.Bounds{{Present: 9, Stated: true, Low: "1100000000000", High: "1199999999999"}}}
	table := &keyTable{columns: []int{0}}
	if !table.mayHold(split, 1100013222946) || table.mayHold(split, 1200023305967) || !table.mayHold(engine.Split{}, 1) {
		t.Error("splits are not chosen by their statistics")
	}
}
