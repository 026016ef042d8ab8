package loaders

import (
	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine/kernel"
)

// csvColumn makes arrays of one column: numbers where they are asked for and
// there, the codes of its texts where these are few, and else the texts.
type csvColumn struct {
	batch  columnBatch
	codes  textCodes
	isText bool // its texts are too many for codes
}

// take is n rows of a block as an array.
func (c *csvColumn) take(f *kernel.Fields, row, column, n int) (arrow.Array, error) {
	b := &c.batch
	b.reset(formPlain, n)
	if b.form == formNumbers {
		read, nulls := kernel.ParseFields(b.ints[:n], b.valid, f, row, column)
		if read == n {
			b.nulls = nulls
			return b.array(nil, nil, n), nil
		}
		b.makeRoom(formPlain, n)
	} else if !c.isText {
		b.makeRoom(formCodes, n)
		if c.codes.take(b.codes[:n], f, row, column) {
			return b.array(nil, c.codes.dictionary(), n), nil
		}
		c.isText = true
		b.makeRoom(formPlain, n)
	}
	for i := range n {
		if err := b.appendField(i, csvField{text: f.Cell(row+i, column)}); err != nil {
			return nil, err
		}
	}
	return b.array(arrow.BinaryTypes.String, nil, n), nil
}

// recycle readies the column for another reader.
func (c *csvColumn) recycle() { c.batch.numbers = false }

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

// texts is the n rows that were appended as an array.
func (c *csvColumn) texts(n int) arrow.Array { return c.batch.array(arrow.BinaryTypes.String, nil, n) }
