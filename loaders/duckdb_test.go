package loaders

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

const duckdbFolder = "../testdata/duckdb"

// Files that DuckDB wrote hold what DuckDB wrote beside them as CSV. What each
// file is there for is said in make.mjs.
func TestDuckDB(t *testing.T) {
	for _, c := range []struct {
		file   string
		groups int    // row groups
		key    string // how identifiers are stored
		forms  string // columns that come as dictionaries
	}{
		{"devices-snappy.parquet", 1, "BYTE_ARRAY (UTF8)", "device_type device_status secondary_import_mpan export_mpan"},
		{"devices-zstd-bigint-v2.parquet", 1, "INT64 (INT_64)", "device_type device_status"},
		{"devices-none-plain.parquet", 2, "BYTE_ARRAY (UTF8)", "device_status"},
		{"devices-zstd-v2-small-groups.parquet", 2, "BYTE_ARRAY (UTF8)", "device_type device_status secondary_import_mpan export_mpan"},
		{"devices-gzip-dictionary.parquet", 2, "BYTE_ARRAY (UTF8)", "device_id device_type device_status import_mpxn secondary_import_mpan export_mpan"},
		{"meter_points-snappy.parquet", 1, "BYTE_ARRAY (UTF8)", "service_status rdp_id"},
		{"meter_points-zstd-bigint.parquet", 2, "INT64 (INT_64)", "service_status rdp_id"},
		{"meter_points-none-ubigint-v2.parquet", 1, "INT64 (UINT_64)", "service_status rdp_id"},
		{"meter_points-brotli-decimal.parquet", 1, "INT64 (DECIMAL(13,0))", "service_status rdp_id"},
		{"meter_points-lz4-v2.parquet", 1, "BYTE_ARRAY (UTF8)", "service_status rdp_id"},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join(duckdbFolder, c.file)
			source := open(t, path)
			got, plan, err := readAllOf(source)
			if err != nil {
				t.Fatal(err)
			}
			table, _, _ := strings.Cut(c.file, "-")
			columns := plan.Files[0].Columns
			if !plan.Files[0].PagesUnchecked {
				t.Error("DuckDB writes no checksums, and some are said to be there")
			}
			sameAsCSV(t, filepath.Join(duckdbFolder, table+".csv"), columns, got.cells)
			var dictionaries []string
			for _, column := range columns {
				if strings.HasSuffix(column.Name, "mpxn") && column.Native != c.key {
					t.Errorf("column %s is %s, want %s", column.Name, column.Native, c.key)
				}
				if got.forms[column.Name]["dictionary"] > 0 {
					dictionaries = append(dictionaries, column.Name)
				}
			}
			if forms := strings.Join(dictionaries, " "); forms != c.forms {
				t.Errorf("dictionaries: %s, want %s", forms, c.forms)
			}
			if groups := source.(*fileSource).files[0].(*parquetFile).footer.rowGroups; len(groups) != c.groups {
				t.Errorf("%d row groups, want %d", len(groups), c.groups)
			}
		})
	}
}

// sameAsCSV compares the columns of a file with those of a CSV file of the same
// names.
func sameAsCSV(t *testing.T, path string, columns []engine.Column, cells map[string][]any) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want, types := map[string][]any{}, map[string]arrow.DataType{}
	for _, c := range columns {
		types[c.Name] = c.Type
	}
	for _, record := range records[1:] {
		for i, name := range records[0] {
			if types[name] != nil {
				want[name] = append(want[name], parsed(t, record[i], types[name]))
			}
		}
	}
	if len(records) < 2000 {
		t.Errorf("%s has %d lines", path, len(records))
	}
	sameCells(t, want, cells)
}

// parsed is a field of a CSV file as a column of the type gives it.
func parsed(t *testing.T, field string, typ arrow.DataType) any {
	t.Helper()
	if field == `\N` {
		return nil
	}
	var value any = field
	var err error
	switch typ := typ.(type) {
	case *arrow.Int64Type:
		value, err = strconv.ParseInt(field, 10, 64)
	case *arrow.BooleanType:
		value, err = strconv.ParseBool(field)
	case *arrow.Date32Type:
		var date time.Time
		date, err = time.Parse(time.DateOnly, field)
		value = int32(date.Unix() / 86400)
	case *arrow.TimestampType:
		var date time.Time
		date, err = time.Parse(time.DateOnly, field)
		value = date.UnixNano() / int64(typ.Unit.Multiplier())
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// The identifiers of the files are made up, but not their check digits.
func TestDuckDBIdentifiers(t *testing.T) {
	source := open(t, filepath.Join(duckdbFolder, "devices-snappy.parquet"))
	got, _, err := readAllOf(source)
	if err != nil {
		t.Fatal(err)
	}
	checked := map[meterpoint.Fuel]int{}
	for _, name := range []string{"import_mpxn", "secondary_import_mpan", "export_mpan"} {
		for row, cell := range got.cells[name] {
			if cell == nil {
				continue
			}
			m, ok := meterpoint.ParseMPxN([]byte(cell.(string)))
			if !ok || !m.CheckOK() {
				t.Errorf("column %s, row %d: check digits", name, row)
			}
			checked[m.Fuel()]++
		}
	}
	if checked[meterpoint.Electricity] < 1000 || checked[meterpoint.Gas] < 500 {
		t.Errorf("%v identifiers", checked)
	}
}

// Several files are one table, in the order in which they are named.
func TestDuckDBFolder(t *testing.T) {
	source, err := Open([]string{duckdbFolder + "/meter_points-*.parquet"}, engine.MeterPoints, Options{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Files) != 5 || plan.Rows() != 5*plan.Files[0].Rows || len(plan.Splits) != 5 {
		t.Errorf("%d files, %d rows, %d splits", len(plan.Files), plan.Rows(), len(plan.Splits))
	}
	folder, err := Open([]string{duckdbFolder}, engine.MeterPoints, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = folder.Plan(context.Background())
	mustRefuse(t, err, "make.mjs: line 1: the header is one field")
	seen := map[string]bool{}
	for _, f := range plan.Files {
		seen[f.Fingerprint] = true
	}
	if len(seen) != 5 {
		t.Error(fmt.Sprint("fingerprints ", seen))
	}
}
