package synth

import "errors"

// batchRows is how many rows are made before they are encoded.
const batchRows = 256

// batch hands rows to an encoder many at a time. One worker uses it.
type batch struct {
	out  groupEncoder
	rows []row
	err  error // of the encoder; no more rows are handed on
}

func (b *batch) add(r row) {
	if b.rows = append(b.rows, r); len(b.rows) == batchRows {
		b.flush()
	}
}

func (b *batch) flush() {
	if b.err == nil {
		b.err = b.out.write(b.rows)
	}
	b.rows = b.rows[:0]
}

func (b *batch) finish() error {
	b.flush()
	return errors.Join(b.err, b.out.finish())
}
