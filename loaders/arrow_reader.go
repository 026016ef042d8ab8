package loaders

import (
	"fmt"
	"io"
	"os"
	"sync"

	"flagfill/engine"
)

// arrowReader reads the rows of one split, record batch after record batch. Of
// each it reads the columns asked for and nothing else.
type arrowReader struct {
	rowReader
	of      *arrowFile
	file    *os.File
	columns []*arrowColumnReader
	scratch []byte // metadata

	batch         int
	end, batchEnd int64 // in the file: of the split, of the record batch
	isWhole       bool  // the record batch is read from its first row
}

// arrowColumnReaders keeps the memory of closed readers, as columnReaders does.
var arrowColumnReaders = sync.Pool{New: func() any { return new(arrowColumnReader) }}

func (f *arrowFile) open(split engine.Split, columns []int) (_ engine.Reader, err error) {
	defer func() {
		if err != nil {
			err = refusal(f.table, f.path, err)
		}
	}()
	defer barrier(&err)
	file, err := f.openChecked()
	if err != nil {
		return nil, err
	}
	r := &arrowReader{of: f, file: file, end: split.FirstRow + split.Rows, batchEnd: split.FirstRow}
	if split.FirstRow < 0 || split.Rows < 0 || split.Rows > f.index.rows()-split.FirstRow {
		r.Close()
		return nil, fmt.Errorf("it has no rows %d to %d", split.FirstRow, r.end)
	}
	for _, at := range columns {
		if at < 0 || at >= len(f.index.schema.columns) {
			r.Close()
			return nil, fmt.Errorf("it has no column %d", at)
		}
		column := f.index.schema.columns[at]
		if column.Type == nil {
			r.Close()
			return nil, inColumn(&column, fmt.Errorf("columns stored as %s are not read", column.Native))
		}
		c := arrowColumnReaders.Get().(*arrowColumnReader)
		c.column = column
		r.columns = append(r.columns, c)
	}
	r.rowReader = newRowReader(split.FirstRow, columns, func(at int) (string, bool) { return f.index.schema.columns[at].Name, true })
	return r, nil
}

// Next gives at most batchRows rows of one record batch. Text is a String array
// or a dictionary array of String; both have textPad readable bytes before their
// first value.
func (r *arrowReader) Next(batch *engine.Batch) error {
	return r.next(batch, r.read, func(err error) error { return refusal(r.of.table, r.of.path, err) })
}

func (r *arrowReader) read() (n int, err error) {
	at := -1 // the column at work
	defer func() {
		if err != nil && err != io.EOF {
			err = r.locate(at, err)
		}
	}()
	defer barrier(&err)
	if r.row == r.end {
		return 0, io.EOF
	}
	if r.row == r.batchEnd {
		if err := r.startBatch(&at); err != nil {
			return 0, err
		}
	}
	n = int(min(batchRows, r.end-r.row, r.batchEnd-r.row))
	for i, c := range r.columns {
		at = i
		if r.arrays[i], err = c.take(n); err != nil {
			return 0, err
		}
		if r.row+int64(n) == r.batchEnd && r.isWhole {
			if err := c.finish(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// startBatch goes to the next row in the record batch that has it.
func (r *arrowReader) startBatch(at *int) error {
	index := r.of.index
	r.batch = index.batchAt(r.row)
	batch := &index.batches[r.batch]
	r.batchEnd = index.firstRows[r.batch+1]
	row := r.row - index.firstRows[r.batch]
	if r.isWhole = row == 0; row%8 != 0 { // where bytes of bitmaps begin; cut gives no other
		return fmt.Errorf("a split begins at its row %d, which is no multiple of 8", row)
	}
	m, err := readArrowMessage(r.file, batch.at, batch.end, &r.scratch)
	if err != nil {
		return err
	}
	meta, err := readRecordMeta(m.header, &m, index.schema)
	if err != nil {
		return err
	}
	if err := meta.check(&m, index.schema.columns); err != nil {
		return err
	}
	for i, c := range r.columns {
		*at = i
		if c.column.form == arrowCodes {
			if c.entries, err = r.of.dictionaryAt(r.file, c.column.dictionary, batch); err != nil {
				return err
			}
		}
		if err := c.start(r.file, m.body, meta, row); err != nil {
			return err
		}
	}
	*at = -1
	return nil
}

// locate says where in the file an error arose.
func (r *arrowReader) locate(column int, err error) error {
	if column >= 0 {
		err = inColumn(&r.columns[column].column, err)
	}
	return fmt.Errorf("record batch %d: %w", r.batch, err)
}

// Close gives the memory back; what Next gave is no longer valid.
func (r *arrowReader) Close() error {
	if r.file == nil {
		return nil
	}
	r.release()
	for _, c := range r.columns {
		c.recycle()
		arrowColumnReaders.Put(c)
	}
	r.columns = nil
	err := r.file.Close()
	r.file, r.err = nil, os.ErrClosed
	return err
}
