package loaders

import (
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"flagfill/engine"
)

// maxBatchTextBytes is how much text ends a batch before it has batchRows rows.
const maxBatchTextBytes = 64 << 20

// csvReader reads the rows of a CSV file, which is one split.
type csvReader struct {
	of      *csvFile
	file    *os.File
	scanner *csvScanner
	header  []string
	wanted  []int          // indexes into header
	columns []*columnBatch // beside wanted
	schema  *arrow.Schema
	record  arrow.Record // of the batch at hand
	row     int64        // the next
	err     error        // the end, or a fault: final
}

func (f *csvFile) open(_ engine.Split, columns []int) (_ engine.Reader, err error) {
	var header []string
	defer func() {
		if err != nil {
			err = f.refuse(header, err)
		}
	}()
	defer barrier(&err)
	file, scanner, header, err := f.start()
	if err != nil {
		return nil, err
	}
	r := &csvReader{of: f, file: file, scanner: scanner, header: header, wanted: columns}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		if c < 0 || c >= len(header) {
			file.Close()
			return nil, fmt.Errorf("it has no column %d", c)
		}
		fields[i] = arrow.Field{Name: header[c], Type: arrow.BinaryTypes.String}
		r.columns = append(r.columns, new(columnBatch))
	}
	r.schema = arrow.NewSchema(fields, nil)
	return r, nil
}

// Next gives at most batchRows rows. Every column is a String array with
// textPad readable bytes before its first value; an empty field is an empty
// text.
func (r *csvReader) Next(batch *engine.Batch) error {
	*batch = engine.Batch{}
	r.release()
	if r.err == nil {
		r.err = r.next(batch)
	}
	if r.err != nil && r.err != io.EOF {
		r.err = r.of.refuse(r.header, r.err)
	}
	return r.err
}

func (r *csvReader) next(batch *engine.Batch) (err error) {
	defer barrier(&err)
	for _, c := range r.columns {
		c.reset(formPlain, batchRows)
	}
	n, text := 0, 0
	for ; n < batchRows && text < maxBatchTextBytes; n++ {
		err := r.scanner.next()
		if err == io.EOF && n > 0 {
			break
		}
		if err != nil {
			return err
		}
		if found := len(r.scanner.fields); found != len(r.header) {
			return r.wrongCount(found)
		}
		for i, c := range r.wanted {
			field := r.scanner.fields[c]
			if err := r.columns[i].appendField(n, field); err != nil {
				return err
			}
			text += len(field.text)
		}
	}
	r.wrap(n)
	batch.Record, batch.FirstRow = r.record, r.row
	r.row += int64(n)
	return nil
}

func (r *csvReader) wrongCount(found int) error {
	return &csvFault{r.scanner.line, -1, fmt.Sprintf("the row has %d fields, and the header has %d", found, len(r.header)),
		fmt.Sprintf("put a text that holds %q in quotes; where fields are missing, ask for the file again", r.scanner.delimiter)}
}

// appendField adds the text of one row.
func (b *columnBatch) appendField(row int, field csvField) error {
	out := int(b.offsets[row])
	if out+len(field.text)+copySlack > len(b.values) {
		if err := b.growText(out, len(field.text)); err != nil {
			return err
		}
	}
	out += field.write(b.values[out:])
	b.offsets[row+1] = int32(out)
	return nil
}

// wrap makes the n rows a record.
func (r *csvReader) wrap(n int) {
	arrays := make([]arrow.Array, len(r.columns))
	for i, c := range r.columns {
		arrays[i] = c.array(arrow.BinaryTypes.String, nil, n)
	}
	r.record = array.NewRecord(r.schema, arrays, int64(n))
	for _, a := range arrays {
		a.Release() // the record holds it
	}
}

// release lets go of the batch that was given last.
func (r *csvReader) release() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}

// Close lets go of the file; what Next gave is no longer valid.
func (r *csvReader) Close() error {
	if r.file == nil {
		return nil
	}
	r.release()
	err := r.file.Close()
	r.file, r.err = nil, os.ErrClosed
	return err
}
