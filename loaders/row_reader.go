package loaders

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"flagfill/engine"
)

// rowReader gives the rows of a split as batches. The readers of each format
// embed it and make the arrays. One goroutine uses it.
type rowReader struct {
	fields []arrow.Field // of the columns; their types are those of the arrays
	arrays []arrow.Array // of the batch at hand, beside fields
	schema *arrow.Schema
	record arrow.Record
	row    int64 // the next: in the file, or in the split where nobody knows its first row in the file
	err    error // the end, or a fault: final
}

// newRowReader begins at a row. column gives the name of a column that is asked
// for, and whether it may hold nulls.
func newRowReader(row int64, columns []int, column func(at int) (name string, nullable bool)) rowReader {
	r := rowReader{fields: make([]arrow.Field, len(columns)), arrays: make([]arrow.Array, len(columns)), row: row}
	for i, at := range columns {
		r.fields[i].Name, r.fields[i].Nullable = column(at)
	}
	return r
}

// next gives the batch of the rows that read makes arrays of; it says how many
// they are. refuse makes an error one that names the file.
func (r *rowReader) next(batch *engine.Batch, read func() (rows int, err error), refuse func(error) error) error {
	*batch = engine.Batch{}
	r.release()
	if r.err == nil {
		if r.err = r.fill(batch, read); r.err != nil && r.err != io.EOF {
			r.err = refuse(r.err)
		}
	}
	return r.err
}

func (r *rowReader) fill(batch *engine.Batch, read func() (rows int, err error)) (err error) {
	defer barrier(&err)
	rows, err := read()
	if err != nil {
		return err
	}
	r.wrap(rows)
	batch.Record, batch.FirstRow = r.record, r.row
	r.row += int64(rows)
	return nil
}

// wrap makes the arrays a record. The schema changes only where the form of a
// column does: between dictionary, text and numbers.
func (r *rowReader) wrap(rows int) {
	same := r.schema != nil
	for i, a := range r.arrays {
		same = same && r.fields[i].Type == a.DataType()
		r.fields[i].Type = a.DataType()
	}
	if !same {
		r.schema = arrow.NewSchema(r.fields, nil)
	}
	r.record = array.NewRecord(r.schema, r.arrays, int64(rows))
}

// release lets go of the batch that was given last.
func (r *rowReader) release() {
	for i, a := range r.arrays {
		if a != nil {
			a.Release()
			r.arrays[i] = nil
		}
	}
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}
