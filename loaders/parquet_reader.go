package loaders

import (
	"fmt"
	"io"
	"os"
	"sync"

	"flagfill/engine"
)

// parquetReader reads the rows of one split, row group after row group.
type parquetReader struct {
	rowReader
	of      *parquetFile
	file    *os.File
	footer  *footer
	columns []*columnReader

	rowGroup      int
	end, groupEnd int64 // in the file: of the split, of the row group
}

// columnReaders keeps the buffers of closed readers: fresh memory costs more
// than decoding into it.
var columnReaders = sync.Pool{New: func() any { return new(columnReader) }}

func (f *parquetFile) open(split engine.Split, columns []int) (_ engine.Reader, err error) {
	defer func() {
		if err != nil {
			err = refusal(f.table, f.path, err)
		}
	}()
	defer barrier(&err)
	file, foot, err := f.openChecked()
	if err != nil {
		return nil, err
	}
	r := &parquetReader{of: f, file: file, footer: foot, end: split.FirstRow + split.Rows}
	if split.FirstRow < 0 || split.Rows < 0 || split.Rows > foot.rows()-split.FirstRow {
		r.Close()
		return nil, fmt.Errorf("it has no rows %d to %d", split.FirstRow, r.end)
	}
	for _, i := range columns {
		if i < 0 || i >= len(foot.columns) {
			r.Close()
			return nil, fmt.Errorf("it has no column %d", i)
		}
		if c := foot.columns[i]; c.Type == nil {
			r.Close()
			return nil, fmt.Errorf("column %s: columns stored as %s are not read", engine.Shown(c.Name), c.Native)
		}
		c := columnReaders.Get().(*columnReader)
		c.column = foot.columns[i]
		r.columns = append(r.columns, c)
	}
	r.rowReader = newRowReader(split.FirstRow, columns, func(at int) (string, bool) { return foot.columns[at].Name, foot.columns[at].optional })
	r.rowGroup = foot.rowGroupAt(r.row)
	r.groupEnd = r.row // the first Next starts the row group
	return r, nil
}

// ReadNumbers is part of engine.NumberReader.
func (r *parquetReader) ReadNumbers(column int) { r.columns[column].batch.numbers = true }

// Next gives at most batchRows rows of one row group. A text column is a
// dictionary array as long as its pages are dictionary-encoded, else a String
// array; both have textPad readable bytes before their first value.
func (r *parquetReader) Next(batch *engine.Batch) error {
	return r.next(batch, r.read, func(err error) error { return refusal(r.of.table, r.of.path, err) })
}

func (r *parquetReader) read() (n int, err error) {
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
	if r.row == r.groupEnd {
		if err := r.startRowGroup(&at); err != nil {
			return 0, err
		}
	}
	n = int(min(batchRows, r.end-r.row, r.groupEnd-r.row))
	for i, c := range r.columns {
		at = i
		if n, err = c.extent(n); err != nil {
			return 0, err
		}
	}
	for i, c := range r.columns {
		at = i
		if r.arrays[i], err = c.take(n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// startRowGroup goes to the next row in the row group that has it.
func (r *parquetReader) startRowGroup(at *int) error {
	r.rowGroup = r.footer.rowGroupAt(r.row)
	group := &r.footer.rowGroups[r.rowGroup]
	r.groupEnd = r.footer.firstRows[r.rowGroup+1]
	row := r.row - r.footer.firstRows[r.rowGroup]
	for i, c := range r.columns {
		*at = i
		var pages []pageStart
		if row > 0 {
			var err error
			if pages, err = r.of.pageStarts(r.file, r.footer, chunkKey{r.rowGroup, c.column.leaf}); err != nil {
				return err
			}
		}
		if err := c.start(r.file, &group.Columns[c.column.leaf], group.NumRows, row, pages); err != nil {
			return err
		}
	}
	return nil
}

// locate says where in the file an error arose.
func (r *parquetReader) locate(column int, err error) error {
	if column < 0 {
		return fmt.Errorf("row group %d: %w", r.rowGroup, err)
	}
	return fmt.Errorf("row group %d, column %s: %w", r.rowGroup, engine.Shown(r.columns[column].column.Name), err)
}

// Close gives the buffers back; what Next gave is no longer valid.
func (r *parquetReader) Close() error {
	if r.file == nil {
		return nil
	}
	r.release()
	for _, c := range r.columns {
		c.recycle()
		c.batch.numbers = false
		columnReaders.Put(c)
	}
	r.columns = nil
	err := r.file.Close()
	r.file, r.err = nil, os.ErrClosed
	return err
}
