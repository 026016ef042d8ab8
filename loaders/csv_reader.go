package loaders

import (
	"errors"
	"fmt"
	"io"
	"os"

	"flagfill/engine"
	"flagfill/engine/kernel"
)

// csvReader reads the rows of one split.
type csvReader struct {
	rowReader
	of      *csvFile
	text    *csvText
	scanner *csvScanner // the text's
	header  []string
	isFirst bool         // of the file's splits: lines are counted from its beginning
	wanted  []int        // indexes into the header
	columns []*csvColumn // beside wanted

	block kernel.Fields // rows of the scanner
	taken int           // of them
}

func (f *csvFile) open(split engine.Split, columns []int) (_ engine.Reader, err error) {
	defer func() {
		if err != nil {
			err = f.refuse(err)
		}
	}()
	defer barrier(&err)
	_, ranges := f.settled()
	if split.Part < 0 || split.Part >= len(ranges) {
		return nil, fmt.Errorf("it has no split %d", split.Part)
	}
	r, err := f.read(ranges[split.Part], columns)
	if err != nil {
		return nil, err
	}
	r.row = split.FirstRow // known by a later pass
	return r, nil
}

// read opens the rows that begin within a range of the file.
func (f *csvFile) read(within byteRange, columns []int) (*csvReader, error) {
	header, _ := f.settled()
	for _, c := range columns {
		if c < 0 || c >= len(header) {
			return nil, fmt.Errorf("it has no column %d", c)
		}
	}
	text, err := f.start(&within)
	if err != nil {
		return nil, err
	}
	r := &csvReader{of: f, text: text, scanner: text.scanner, header: header, isFirst: within.from == 0, wanted: columns,
		block: kernel.Fields{Columns: 1}}
	r.rowReader = newRowReader(0, columns, func(at int) (string, bool) { return header[at], true })
	for _, at := range columns {
		c, kept := f.columns[at].Get().(*csvColumn)
		if !kept {
			c = new(csvColumn)
		}
		r.columns = append(r.columns, c)
	}
	return r, nil
}

// ReadNumbers is part of engine.NumberReader.
func (r *csvReader) ReadNumbers(column int) { r.columns[column].batch.numbers = true }

// Next gives at most batchRows rows. A column of few different texts is a
// dictionary array, any other a String array; both have textPad readable bytes
// before their first value. An empty field is an empty text, and null among
// numbers.
func (r *csvReader) Next(batch *engine.Batch) error { return r.next(batch, r.read, r.refuse) }

func (r *csvReader) read() (n int, err error) {
	if r.taken == r.block.Rows() {
		r.block.Ends, r.taken = nil, 0
		if _, err := r.scanner.block(&r.block, len(r.header)); err != nil {
			return 0, err
		}
	}
	if rows := r.block.Rows() - r.taken; rows > 0 {
		n = min(rows, batchRows)
		return n, r.takeBlock(n)
	}
	return r.takeRows()
}

// takeBlock makes the next n rows of the block a batch.
func (r *csvReader) takeBlock(n int) (err error) {
	for i, c := range r.columns {
		if r.arrays[i], err = c.take(&r.block, r.taken, r.wanted[i], n); err != nil {
			return err
		}
	}
	r.taken += n
	return nil
}

// takeRows makes rows a batch one by one: as many as the window holds, or one
// that is larger.
func (r *csvReader) takeRows() (n int, err error) {
	for _, c := range r.columns {
		c.batch.makeRoom(formPlain, batchRows)
		c.batch.nulls = 0
	}
	fills := r.scanner.fills
	for ; n < batchRows && (n == 0 || fills == r.scanner.fills); n++ {
		err := r.scanner.next()
		if err == io.EOF && n > 0 {
			break
		}
		if err != nil {
			return 0, err
		}
		if found := len(r.scanner.fields); found != len(r.header) {
			return 0, r.wrongCount(found)
		}
		for i, c := range r.wanted {
			if err := r.columns[i].batch.appendField(n, r.scanner.fields[c]); err != nil {
				return 0, err
			}
		}
	}
	for i, c := range r.columns {
		r.arrays[i] = c.texts(n)
	}
	return n, nil
}

func (r *csvReader) wrongCount(found int) error {
	return &csvFault{r.scanner.line, -1, fmt.Sprintf("the row has %d fields, and the header has %d", found, len(r.header)),
		fmt.Sprintf("put a text that holds %q in quotes; where fields are missing, ask for the file again", r.scanner.delimiter)}
}

// refuse says where in the file a fault is. A split knows neither the lines
// before it nor whether one of them is at fault – a quote too many turns inside
// and outside round for all that follows –, so the file is read from its
// beginning to the first fault, as long as anybody waits for it.
func (r *csvReader) refuse(err error) error {
	var fault *csvFault
	if r.isFirst || !errors.As(err, &fault) {
		return r.of.refuse(err)
	}
	whole, err := r.of.read(byteRange{0, r.text.info.Size()}, nil)
	if err != nil {
		return r.of.refuse(err)
	}
	defer whole.Close()
	var batch engine.Batch
	for err == nil {
		if err = r.of.isStopped(); err == nil {
			err = whole.Next(&batch)
		}
	}
	if err == io.EOF {
		err = r.of.refuse(errChanged)
	}
	return err
}

// Close lets go of the file and gives the buffers back; what Next gave is no
// longer valid.
func (r *csvReader) Close() error {
	if r.text == nil {
		return nil
	}
	r.release()
	for i, c := range r.columns {
		c.recycle()
		r.of.columns[r.wanted[i]].Put(c)
	}
	err := r.text.Close()
	r.text, r.scanner, r.columns, r.err = nil, nil, nil, os.ErrClosed
	return err
}
