package synth

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/google/go-cmp/cmp"
)

// The rows of the Arrow files, read by the Arrow library, are those of the
// Parquet files, one by one.
func TestArrowHoldsTheParquetRows(t *testing.T) {
	for _, shuffled := range []bool{true, false} {
		cfg := Config{MeterPoints: 20_000, Seed: 4, ErrorRate: 0.02, Shuffled: shuffled, Extracts: true, Workers: 2, RowGroupRows: 7000}
		cfg.Dir = t.TempDir()
		asParquet := cfg.Dir
		want := generate(t, cfg)
		cfg.Dir, cfg.Format = t.TempDir(), Arrow
		if diff := cmp.Diff(want, generate(t, cfg)); diff != "" {
			t.Errorf("the report differs by format:\n%s", diff)
		}
		for _, name := range []string{inDevices, inMeterPoints, TruthTable, "extracts/EELC", "extracts/XOSERVE"} {
			got := arrowRows(t, filepath.Join(cfg.Dir, name+".arrow"))
			want := parquetRows(t, filepath.Join(asParquet, name+".parquet"))
			if !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("%s: %d Arrow rows differ from %d Parquet rows", name, len(got), len(want))
			}
		}
	}
}

// arrowRows gives the names and then the rows of a file as text.
func arrowRows(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	reader, err := ipc.NewFileReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	var names []string
	for _, field := range reader.Schema().Fields() {
		names = append(names, field.Name)
	}
	all := [][]string{names}
	for i := range reader.NumRecords() {
		record, err := reader.RecordAt(i)
		if err != nil {
			t.Fatal(err)
		}
		for row := range int(record.NumRows()) {
			text := make([]string, len(names))
			for c, column := range record.Columns() {
				text[c] = arrowText(column, row)
			}
			all = append(all, text)
		}
		record.Release()
	}
	return all
}

func arrowText(column arrow.Array, row int) string {
	if column.IsNull(row) {
		return ""
	}
	switch a := column.(type) {
	case *array.Dictionary:
		return arrowText(a.Dictionary(), a.GetValueIndex(row))
	case *array.Date32:
		return a.Value(row).ToTime().Format(time.DateOnly)
	}
	return column.ValueStr(row)
}
