package loaders

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"flagfill/engine"
)

// What the Arrow library writes, in each of its ways, is read as it was: value
// for value, row for row.
func TestArrowIsReadAsItWasWritten(t *testing.T) {
	for _, writing := range arrowWritings {
		t.Run(writing.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 1))
			shapes := [][]int{{1}, {7, 0, 9}, {100, 100, 100}}
			if writing.name == "file" || writing.name == "stream, zstd" { // more than one batch of ours
				shapes = append(shapes, []int{batchRows + 3, 8})
			}
			for _, rows := range shapes {
				records := writing.records(random, everyArrowType, rows...)
				path := saved(t, "x.arrow", writing.write(t, records...))
				mustReadAs(t, open(t, path), records)
			}
		})
	}
}

// mustReadAs wants the rows of the records, in every column that is given.
func mustReadAs(t *testing.T, source engine.Source, records []arrow.Record) {
	t.Helper()
	plan, err := source.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var columns []int
	for i, c := range plan.Files[0].Columns {
		if c.Type != nil {
			columns = append(columns, i)
		}
	}
	if given := len(columns); given < 20 {
		t.Fatalf("only %d columns are given", given)
	}
	var want, got [][]string
	for _, r := range records {
		for row := range int(r.NumRows()) {
			var cells []string
			for _, c := range columns {
				cells = append(cells, wantedCell(r.Column(c), row))
			}
			want = append(want, cells)
		}
	}
	next := int64(0)
	for _, split := range plan.Splits {
		if split.FirstRow != next {
			t.Fatalf("a split begins at row %d, want %d", split.FirstRow, next)
		}
		reader, err := source.Open(split, columns)
		if err != nil {
			t.Fatal(err)
		}
		var batch engine.Batch
		for err = reader.Next(&batch); err == nil; err = reader.Next(&batch) {
			if batch.FirstRow != next || batch.Record.NumRows() > batchRows {
				t.Fatalf("%d rows from %d on, want row %d", batch.Record.NumRows(), batch.FirstRow, next)
			}
			next += batch.Record.NumRows()
			for i := range int(batch.Record.NumRows()) {
				var cells []string
				for _, column := range batch.Record.Columns() {
					if err := checkPad(column); err != nil && plan.Files[0].Format != "records" { // their memory is not ours
						t.Fatal(err)
					}
					cells = append(cells, shownCell(column, i))
				}
				got = append(got, cells)
			}
		}
		if err != io.EOF || next != split.FirstRow+split.Rows {
			t.Fatalf("at row %d of split %+v: %v", next, split, err)
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for row := range want {
		for i := range want[row] {
			if got[row][i] != want[row][i] {
				t.Fatalf("row %d, column %s: %q, want %q", row, plan.Files[0].Columns[columns[i]].Name, got[row][i], want[row][i])
			}
		}
	}
}

// wantedCell is a value as it was written, shown as the type it is given as.
func wantedCell(column arrow.Array, i int) string {
	if column.IsNull(i) {
		return array.NullValueStr
	}
	switch a := column.(type) {
	case *array.Binary:
		return string(a.Value(i))
	case *array.LargeBinary:
		return string(a.Value(i))
	case *array.Dictionary:
		return wantedCell(a.Dictionary(), a.GetValueIndex(i))
	}
	return shownCell(column, i)
}

func shownCell(column arrow.Array, i int) string {
	if d, ok := column.(*array.Dictionary); ok && d.IsValid(i) {
		return shownCell(d.Dictionary(), d.GetValueIndex(i))
	}
	if at, ok := column.(*array.Timestamp); ok && at.IsValid(i) {
		return fmt.Sprint(at.Value(i), at.DataType().(*arrow.TimestampType).Unit)
	}
	if i >= column.Len() {
		return fmt.Sprintf("no value %d", i)
	}
	return strings.Clone(column.ValueStr(i)) // the memory is used again
}
