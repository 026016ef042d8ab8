package loaders

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"flagfill/engine"
)

// FromRecords makes a table of what another Go program holds or receives as
// Arrow records: from its own builders, from Flight, from a database driver.
//
// open begins at the first row, and is called more than once, by one goroutine
// at a time: for the columns, for a sample of the keys, and for each pass over
// the table. Each of its readers is released once it has been read or is no
// longer wanted. rows is how many rows there are, −1 where only reading tells;
// other than that many are refused. name stands where a path stands, in error
// texts and in the manifest.
//
// Text, integers, dates, timestamps and booleans are handed on without copying.
// Binary is read as text, a decimal without a fraction as an integer.
func FromRecords(table engine.Table, name string, rows int64, open func() (array.RecordReader, error)) engine.Source {
	return &recordSource{table, name, rows, open}
}

type recordSource struct {
	table engine.Table
	name  string
	rows  int64
	begin func() (array.RecordReader, error)
}

// mostUnknownRows is what a table of records may have where nobody knows.
const mostUnknownRows = 1 << 36

func (s *recordSource) Plan(ctx context.Context) (plan *engine.Plan, err error) {
	defer func() {
		if err != nil {
			err = refusal(s.table, s.name, err)
		}
	}()
	defer barrier(&err)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	records, err := s.begin()
	if err != nil {
		return nil, err
	}
	defer records.Release()
	file := engine.File{Path: s.name, Format: "records", Rows: s.rows}
	for _, field := range records.Schema().Fields() {
		file.Columns = append(file.Columns, engine.Column{Name: field.Name, Type: givenType(field.Type), Native: field.Type.Name()})
	}
	split := engine.Split{Rows: s.rows}
	if s.rows < 0 {
		split.Rows = mostUnknownRows
	}
	plan = &engine.Plan{Files: []engine.File{file}}
	if split.Rows > 0 {
		plan.Splits = []engine.Split{split}
	}
	return plan, nil
}

func (s *recordSource) Open(_ engine.Split, columns []int) (_ engine.Reader, err error) {
	defer func() {
		if err != nil {
			err = refusal(s.table, s.name, err)
		}
	}()
	defer barrier(&err)
	records, err := s.begin()
	if err != nil {
		return nil, err
	}
	r := &recordReader{of: s, records: records, columns: columns, schema: records.Schema()}
	fields := make([]arrow.Field, len(columns))
	for i, at := range columns {
		if at < 0 || at >= r.schema.NumFields() {
			r.Close()
			return nil, fmt.Errorf("it has no column %d", at)
		}
		fields[i] = r.schema.Field(at)
		if fields[i].Type = givenType(fields[i].Type); fields[i].Type == nil {
			r.Close()
			return nil, fmt.Errorf("column %s: columns of type %s are not read", engine.Shown(fields[i].Name), r.schema.Field(at).Type.Name())
		}
	}
	r.given = arrow.NewSchema(fields, nil)
	return r, nil
}

// recordReader reads records from front to back, and cuts those that are large.
type recordReader struct {
	of      *recordSource
	records array.RecordReader // nil once closed
	columns []int
	schema  *arrow.Schema // of the records
	given   *arrow.Schema // of what is made of them

	current arrow.Record // belongs to records
	record  arrow.Record // of the batch at hand
	number  int          // of current, from 0
	next    int64        // row of current
	row     int64
	err     error // the end, or a fault: final
}

// Next gives at most batchRows rows of one record.
func (r *recordReader) Next(batch *engine.Batch) error {
	*batch = engine.Batch{}
	r.release()
	if r.err == nil {
		r.err = r.read(batch)
	}
	if r.err != nil && r.err != io.EOF {
		r.err = refusal(r.of.table, r.of.name, r.err)
	}
	return r.err
}

func (r *recordReader) read(batch *engine.Batch) (err error) {
	defer func() {
		if err != nil && err != io.EOF {
			err = fmt.Errorf("record %d: %w", r.number, err)
		}
	}()
	defer barrier(&err)
	for r.current == nil || r.next == r.current.NumRows() {
		if err := r.advance(); err != nil {
			return err
		}
	}
	n := min(batchRows, r.current.NumRows()-r.next)
	arrays := make([]arrow.Array, 0, len(r.columns))
	defer func() {
		for _, a := range arrays {
			a.Release() // the record holds it
		}
	}()
	for _, at := range r.columns {
		part := array.NewSlice(r.current.Column(at), r.next, r.next+n)
		arrays = append(arrays, given(part))
		part.Release()
	}
	r.record = array.NewRecord(r.given, arrays, n)
	batch.Record, batch.FirstRow = r.record, r.row
	r.row, r.next = r.row+n, r.next+n
	return nil
}

// advance goes to the next record.
func (r *recordReader) advance() error {
	if r.current != nil {
		r.number++
	}
	r.current, r.next = nil, 0
	if !r.records.Next() {
		if err := r.records.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	r.current = r.records.Record()
	if found := r.current.Schema(); found.NumFields() != r.schema.NumFields() {
		return fmt.Errorf("has %d columns, the schema %d", found.NumFields(), r.schema.NumFields())
	}
	for _, at := range r.columns {
		if want, found := r.schema.Field(at).Type, r.current.Column(at).DataType(); !arrow.TypeEqual(want, found) {
			return fmt.Errorf("column %s: is of type %s, the schema says %s", engine.Shown(r.schema.Field(at).Name), found.Name(), want.Name())
		}
	}
	return nil
}

// release lets go of the batch that was given last.
func (r *recordReader) release() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}

var errRecordsClosed = errors.New("the records are closed")

// Close releases the records; what Next gave is no longer valid.
func (r *recordReader) Close() error {
	if r.records == nil {
		return nil
	}
	r.release()
	r.records.Release()
	r.records, r.current, r.err = nil, nil, errRecordsClosed
	return nil
}
