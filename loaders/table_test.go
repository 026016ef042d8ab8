package loaders

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// writeParquet gives the bytes of a Parquet file with the rows.
func writeParquet[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w := parquet.NewGenericWriter[T](&out, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// writeRows does so for rows of a schema that no struct describes.
func writeRows(t testing.TB, schema *parquet.Schema, rows []parquet.Row, options ...parquet.WriterOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w := parquet.NewWriter(&out, append(options, schema)...)
	if _, err := w.WriteRows(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// saved puts bytes into a file of the test's folder.
func saved(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// table is what a source holds: cells by column name, nil for null.
type table struct {
	rows  int64
	cells map[string][]any
	forms map[string]map[string]int // by column, how many batches of an Arrow type
}

// readAllOf reads every column that can be given, split by split, and checks
// what holds of every batch.
func readAllOf(source engine.Source) (*table, *engine.Plan, error) {
	plan, err := source.Plan(context.Background())
	if err != nil {
		return nil, nil, err
	}
	all := &table{cells: map[string][]any{}, forms: map[string]map[string]int{}}
	next := map[int]int64{}
	for _, split := range plan.Splits {
		if split.FirstRow != next[split.File] || split.Rows <= 0 {
			return nil, nil, fmt.Errorf("split %+v does not follow row %d", split, next[split.File])
		}
		next[split.File] += split.Rows
		if err := all.readSplit(source, plan, split); err != nil {
			return nil, plan, err
		}
	}
	for i, f := range plan.Files {
		if next[i] != f.Rows {
			return nil, plan, fmt.Errorf("the splits of %s have %d rows of %d", f.Path, next[i], f.Rows)
		}
	}
	return all, plan, nil
}

func (all *table) readSplit(source engine.Source, plan *engine.Plan, split engine.Split) error {
	var columns []int
	for i, c := range plan.Files[split.File].Columns {
		if c.Type != nil {
			columns = append(columns, i)
		}
	}
	reader, err := source.Open(split, columns)
	if err != nil {
		return err
	}
	defer reader.Close()
	var batch engine.Batch
	for row := split.FirstRow; ; {
		err := reader.Next(&batch)
		if err == io.EOF && row == split.FirstRow+split.Rows {
			return reader.Close()
		}
		if err == io.EOF {
			return fmt.Errorf("split %+v ends at row %d", split, row)
		}
		if err != nil {
			return err
		}
		if batch.FirstRow != row || batch.Record.NumRows() > batchRows || batch.Record.NumRows() == 0 {
			return fmt.Errorf("a batch has rows %d and %d on, expected row %d", batch.FirstRow, batch.Record.NumRows(), row)
		}
		row += batch.Record.NumRows()
		all.rows += batch.Record.NumRows()
		for i, column := range batch.Record.Columns() {
			name := batch.Record.ColumnName(i)
			if name != plan.Files[split.File].Columns[columns[i]].Name {
				return fmt.Errorf("column %d of the batch is %s", i, name)
			}
			if err := checkPad(column); err != nil {
				return fmt.Errorf("column %s: %w", name, err)
			}
			if all.forms[name] == nil {
				all.forms[name] = map[string]int{}
			}
			all.forms[name][column.DataType().Name()]++
			for j := range column.Len() {
				all.cells[name] = append(all.cells[name], cell(column, j))
			}
		}
	}
}

// checkPad wants textPad bytes in front of the first value.
func checkPad(column arrow.Array) error {
	switch a := column.(type) {
	case *array.Dictionary:
		return checkPad(a.Dictionary())
	case *array.String:
		if offsets := a.ValueOffsets(); offsets[0] < textPad {
			return fmt.Errorf("the first value stands at byte %d", offsets[0])
		}
	}
	return nil
}

func cell(column arrow.Array, i int) any {
	if column.IsNull(i) {
		return nil
	}
	switch a := column.(type) {
	case *array.Dictionary:
		return cell(a.Dictionary(), a.GetValueIndex(i))
	case *array.String:
		return strings.Clone(a.Value(i))
	case *array.Int64:
		return a.Value(i)
	case *array.Date32:
		return int32(a.Value(i))
	case *array.Timestamp:
		return int64(a.Value(i))
	case *array.Boolean:
		return a.Value(i)
	}
	panic(fmt.Sprintf("a column of type %v", column.DataType()))
}

// open is Open for one file of devices.
func open(t testing.TB, path string) engine.Source {
	t.Helper()
	source, err := Open([]string{path}, engine.Devices, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// mustRefuse wants a refusal of the input, whose text has all the parts.
func mustRefuse(t testing.TB, err error, parts ...string) {
	t.Helper()
	var refused *engine.Refusal
	if !errors.As(err, &refused) {
		t.Fatalf("%v is no refusal", err)
	}
	if refused.Kind != engine.RefusedInput || refused.Next == "" {
		t.Errorf("refused as %v with next step %q", refused.Kind, refused.Next)
	}
	for _, part := range parts {
		if !strings.Contains(refused.Problem, part) {
			t.Errorf("%q does not say %q", refused.Problem, part)
		}
	}
}

// sameCells compares tables cell by cell.
func sameCells(t testing.TB, want, got map[string][]any) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d columns, want %d", len(got), len(want))
	}
	for name, cells := range want {
		if len(got[name]) != len(cells) {
			t.Errorf("column %s: %d rows, want %d", name, len(got[name]), len(cells))
			continue
		}
		for i, cell := range cells {
			if got[name][i] != cell {
				t.Errorf("column %s, row %d: %v, want %v", name, i, got[name][i], cell)
				break
			}
		}
	}
}
