package synth

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// The rows of the CSV files, read by encoding/csv, are those of the Parquet
// files, one by one.
func TestCSVHoldsTheParquetRows(t *testing.T) {
	cfg := Config{MeterPoints: 20_000, Seed: 4, ErrorRate: 0.02, Shuffled: true, Extracts: true, Workers: 2}
	cfg.Dir = t.TempDir()
	asParquet := cfg.Dir
	want := generate(t, cfg)
	cfg.Dir, cfg.Format = t.TempDir(), CSV
	if diff := cmp.Diff(want, generate(t, cfg)); diff != "" {
		t.Errorf("the report differs by format:\n%s", diff)
	}
	for _, name := range []string{inDevices, inMeterPoints, TruthTable, "extracts/EELC", "extracts/XOSERVE"} {
		got := csvRows(t, filepath.Join(cfg.Dir, name+".csv"))
		want := parquetRows(t, filepath.Join(asParquet, name+".parquet"))
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %d CSV rows differ from %d Parquet rows", name, len(got), len(want))
		}
	}
}

// Many small groups, so that the workers' turns matter.
func TestWorkersDoNotMatterToCSVAndExtracts(t *testing.T) {
	files := func(f Format, workers int) map[string][]byte {
		e, err := newEstate(Config{Dir: t.TempDir(), MeterPoints: 20_000, Seed: 1, ErrorRate: 0.01, Shuffled: true, Format: f})
		if err != nil {
			t.Fatal(err)
		}
		e.groupRows = 1000
		var out bytes.Buffer
		if err := writeTable(t.Context(), &out, e, meterPointsTable, workers); err != nil {
			t.Fatal(err)
		}
		if _, err := e.writeExtracts(t.Context(), workers); err != nil {
			t.Fatal(err)
		}
		all := map[string][]byte{inMeterPoints: out.Bytes()}
		for _, name := range []string{TruthTable, "extracts/EELC", "extracts/XOSERVE"} {
			if all[name], err = os.ReadFile(e.cfg.Path(name)); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	for _, format := range []Format{Parquet, Arrow, CSV} {
		once := files(format, 1)
		for _, workers := range []int{2, 3} {
			for name, text := range files(format, workers) {
				if !bytes.Equal(text, once[name]) {
					t.Errorf("format %d: %d workers wrote another %s than one", format, workers, name)
				}
			}
		}
	}
}

func csvRows(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// parquetRows gives the names and then the rows of a file as text.
func parquetRows(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	reader := parquet.NewReader(file)
	defer func() { _ = reader.Close() }()
	var names []string
	for _, column := range reader.Schema().Columns() {
		names = append(names, column[0])
	}
	all := [][]string{names}
	rows := make([]parquet.Row, reader.NumRows())
	for read := 0; read < len(rows); {
		n, err := reader.ReadRows(rows[read:])
		for _, row := range rows[read : read+n] {
			text := make([]string, len(row))
			for i, v := range row {
				switch {
				case v.IsNull():
				case v.Kind() == parquet.Int32:
					text[i] = time.Unix(0, 0).UTC().AddDate(0, 0, int(v.Int32())).Format(time.DateOnly)
				default:
					text[i] = v.String()
				}
			}
			all = append(all, text)
		}
		if read += n; n == 0 && err != nil {
			t.Fatal(err)
		}
	}
	return all
}
