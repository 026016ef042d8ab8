package loaders

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
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

// Small record batches are gathered, a large one is cut, a large compressed one
// is not: it would be unpacked from its beginning for each part.
func TestArrowSplits(t *testing.T) {
	for _, c := range []struct {
		name   string
		rows   []int64
		packed bool
		want   []int64
	}{
		{"none", nil, false, nil},
		{"small ones are gathered", slices.Repeat([]int64{10_000}, 30), false, []int64{270_000, 30_000}},
		{"one of a fair size stands alone", []int64{splitRows, splitRows, 5}, false, []int64{splitRows, splitRows, 5}},
		{"a large one is cut", []int64{2*maxSplitRows + 7, 3}, false, []int64{maxSplitRows, maxSplitRows, 10}},
		{"a large compressed one is not", []int64{2*maxSplitRows + 7, 3}, true, []int64{2*maxSplitRows + 7, 3}},
		{"what would become too large is not gathered", []int64{9, maxSplitRows}, false, []int64{9, maxSplitRows}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := &arrowIndex{firstRows: []int64{0}}
			for _, n := range c.rows {
				x.firstRows = append(x.firstRows, x.rows()+n)
				x.batches = append(x.batches, arrowBatch{isPacked: c.packed})
			}
			var got []int64
			next := int64(0)
			for _, s := range x.cut() {
				if s.FirstRow != next {
					t.Errorf("a split begins at row %d, want %d", s.FirstRow, next)
				}
				got, next = append(got, s.Rows), next+s.Rows
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("splits of %v rows, want %v", got, c.want)
			}
		})
	}
}

// A split that begins within a record batch has the rows from there on.
func TestArrowPartOfABatch(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "text", Type: arrow.BinaryTypes.LargeString, Nullable: true}, {Name: "bit", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "number", Type: arrow.PrimitiveTypes.Int16, Nullable: true}}, nil)
	const rows = maxSplitRows + batchRows + 5
	records := arrowWritings[0].records(rand.New(rand.NewPCG(6, 6)), schema, rows)
	source := open(t, saved(t, "x.arrow", arrowWritings[0].write(t, records...)))
	plan, err := source.Plan(t.Context())
	if err != nil || len(plan.Splits) != 2 {
		t.Fatalf("%d splits, %v", len(plan.Splits), err)
	}
	reader, err := source.Open(plan.Splits[1], []int{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var batch engine.Batch
	for row := maxSplitRows; row < rows; {
		if err := reader.Next(&batch); err != nil || batch.FirstRow != int64(row) {
			t.Fatalf("row %d, want %d: %v", batch.FirstRow, row, err)
		}
		for i := range int(batch.Record.NumRows()) {
			for c, column := range batch.Record.Columns() {
				if got, want := shownCell(column, i), shownCell(records[0].Column(c), row+i); got != want {
					t.Fatalf("row %d, column %d: %q, want %q", row+i, c, got, want)
				}
			}
		}
		row += int(batch.Record.NumRows())
	}
	if err := reader.Next(&batch); err != io.EOF {
		t.Error(err)
	}
}
