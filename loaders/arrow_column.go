package loaders

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"flagfill/engine"
)

// arrowColumnReader reads a column of one record batch after another, so many
// rows at a time, into memory that it uses again. What the file holds becomes
// the array as it is but for offsets of text, which are checked on the way and
// count from textPad, and for codes and decimals, which are brought to one
// width.
type arrowColumnReader struct {
	column  arrowColumn
	buffers [3]arrowBuffer // bitmap of what is present; values, offsets or codes; text
	entries *arrowDictionary

	hasNulls bool  // the record batch has some
	offset   int64 // of the next text
	textAt   int64 // in the buffer of texts: the next byte

	valid, raw, text []byte
	offsets          []int32 // or codes
	ints             []int64
}

// inColumn says which column an error is about.
func inColumn(c *arrowColumn, err error) error {
	return fmt.Errorf("column %s: %w", engine.Shown(c.Name), err)
}

// start goes to a row of a record batch: a multiple of 8.
func (c *arrowColumnReader) start(file io.ReaderAt, body int64, meta *recordMeta, row int64) error {
	if c.column.form == arrowNulls {
		return nil
	}
	first := meta.place(&c.column)
	kept := 2
	if c.column.form == arrowText {
		kept = 3
	}
	c.hasNulls = meta.nodes[c.column.node].nulls > 0
	for i := range kept {
		if i == 0 && !c.hasNulls {
			c.buffers[i].recycle()
			continue
		}
		if err := c.buffers[i].start(file, body, meta.buffers[first+i], meta.codec); err != nil {
			return err
		}
	}
	if c.hasNulls {
		if err := c.buffers[0].skip(row / 8); err != nil {
			return err
		}
	}
	if c.column.form == arrowBits {
		return c.buffers[1].skip(row / 8)
	}
	if err := c.buffers[1].skip(row * c.column.width); err != nil || c.column.form != arrowText {
		return err
	}
	c.textAt = 0
	var raw [8]byte
	err := c.buffers[1].read(raw[:c.column.width])
	if c.offset = int64(binary.LittleEndian.Uint64(raw[:])); c.column.width == 4 {
		c.offset = int64(int32(c.offset))
	}
	return err
}

// take reads the next n rows. The array is valid until the next call.
func (c *arrowColumnReader) take(n int) (arrow.Array, error) {
	valid, nulls, err := c.takeValid(n)
	if err != nil {
		return nil, err
	}
	values, text, err := c.takeValues(n, nulls)
	if err != nil {
		return nil, err
	}
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(values)}
	if nulls > 0 {
		buffers[0] = memory.NewBufferBytes(valid)
	}
	var dictionary *array.Data
	switch c.column.form {
	case arrowText, arrowNulls:
		buffers = append(buffers, memory.NewBufferBytes(text))
	case arrowCodes:
		dictionary = c.entries.data
	}
	data := array.NewDataWithDictionary(c.column.Type, n, buffers, nulls, 0, dictionary)
	defer data.Release()
	return array.MakeFromData(data), nil
}

// takeValid reads which of the rows are present.
func (c *arrowColumnReader) takeValid(n int) (valid []byte, nulls int, err error) {
	if c.column.form == arrowNulls {
		c.valid = grow(c.valid, (n+7)/8)
		clear(c.valid)
		return c.valid, n, nil
	}
	if !c.hasNulls {
		return nil, 0, nil
	}
	c.valid = grow(c.valid, (n+7)/8)
	err = c.buffers[0].read(c.valid)
	return c.valid, n - bitutil.CountSetBits(c.valid, 0, n), err
}

// takeValues reads the values of the rows, for text their offsets and bytes.
func (c *arrowColumnReader) takeValues(n, nulls int) (values, text []byte, err error) {
	switch c.column.form {
	case arrowBits:
		values, err = c.read((n + 7) / 8)
	case arrowFixed:
		values, err = c.read(n * int(c.column.width))
	case arrowDecimal:
		if values, err = c.read(n * int(c.column.width)); err == nil {
			values = c.narrow(values)
		}
	case arrowCodes:
		values, err = c.readCodes(n, nulls)
	case arrowText:
		return c.readText(n)
	case arrowNulls:
		c.offsets, c.text = grow(c.offsets, n+1), grow(c.text, textPad)
		for i := range c.offsets {
			c.offsets[i] = textPad
		}
		return arrow.Int32Traits.CastToBytes(c.offsets), c.text, nil
	}
	return values, nil, err
}

// alignedBytes is the least that is asked of the allocator: less may stand
// where numbers cannot be read.
const alignedBytes = 64

// read gives the next bytes of the second buffer.
func (c *arrowColumnReader) read(bytes int) ([]byte, error) {
	c.raw = grow(c.raw, max(bytes, alignedBytes))
	return c.raw[:bytes], c.buffers[1].read(c.raw[:bytes])
}

// narrow brings decimals without a fraction to 64 bits. What does not fit, or is
// negative, becomes −1, which is no identifier either.
func (c *arrowColumnReader) narrow(raw []byte) []byte {
	c.ints = grow(c.ints, len(raw)/16)
	for i := range c.ints {
		low, high := int64(binary.LittleEndian.Uint64(raw[16*i:])), binary.LittleEndian.Uint64(raw[16*i+8:])
		if high != 0 || low < 0 {
			low = -1
		}
		c.ints[i] = low
	}
	return arrow.Int64Traits.CastToBytes(c.ints)
}

// readText reads the next n offsets, makes them count from textPad, and reads
// the bytes between the first and the last.
func (c *arrowColumnReader) readText(n int) (offsets, text []byte, err error) {
	raw, err := c.read(n * int(c.column.width))
	if err != nil {
		return nil, nil, err
	}
	c.offsets = grow(c.offsets, n+1)
	c.offsets[0] = textPad
	first, last, falls := c.offset, c.offset, c.offset
	if c.column.width == 4 {
		for i, o := range arrow.Int32Traits.CastFromBytes(raw) {
			next := int64(o)
			falls |= next | (next - last)
			c.offsets[i+1], last = int32(next-first)+textPad, next
		}
	} else {
		for i, next := range arrow.Int64Traits.CastFromBytes(raw) {
			falls |= next | (next - last)
			c.offsets[i+1], last = int32(next-first)+textPad, next
		}
	}
	if falls < 0 {
		return nil, nil, errors.New("an offset of its texts is lower than the one before it")
	}
	if err := checkText(n, last-first); err != nil {
		return nil, nil, err
	}
	if err := c.buffers[2].skip(first - c.textAt); err != nil {
		return nil, nil, err
	}
	c.offset, c.textAt = last, last
	c.text, err = appendBytes(grow(c.text, textPad), &c.buffers[2], int(last-first))
	return arrow.Int32Traits.CastToBytes(c.offsets), c.text, err
}

// appendBytes appends the next n bytes of a buffer. Memory is taken as they
// turn out to be there.
func appendBytes(to []byte, from *arrowBuffer, n int) ([]byte, error) {
	const step = 1 << 20
	for n > 0 {
		at, k := len(to), min(n, max(len(to), step))
		to = slices.Grow(to, k)[:at+k]
		if err := from.read(to[at:]); err != nil {
			return to[:at], err
		}
		n -= k
	}
	return to, nil
}

// readCodes reads n codes as 32 bits and makes sure that each value present has
// one of the dictionary.
func (c *arrowColumnReader) readCodes(n, nulls int) ([]byte, error) {
	raw, err := c.read(n * int(c.column.width))
	if err != nil {
		return nil, err
	}
	c.offsets = grow(c.offsets, n)
	switch {
	case c.column.width == 1 && c.column.unsigned:
		widenCodes(c.offsets, raw)
	case c.column.width == 1:
		widenCodes(c.offsets, arrow.Int8Traits.CastFromBytes(raw))
	case c.column.width == 2 && c.column.unsigned:
		widenCodes(c.offsets, arrow.Uint16Traits.CastFromBytes(raw))
	case c.column.width == 2:
		widenCodes(c.offsets, arrow.Int16Traits.CastFromBytes(raw))
	case c.column.width == 4:
		copy(c.offsets, arrow.Int32Traits.CastFromBytes(raw))
	default:
		for i, code := range arrow.Int64Traits.CastFromBytes(raw) {
			if c.offsets[i] = int32(code); int64(c.offsets[i]) != code {
				c.offsets[i] = -1
			}
		}
	}
	highest, entries := uint32(0), uint32(c.entries.len())
	for _, code := range c.offsets {
		highest = max(highest, uint32(code))
	}
	for i := 0; highest >= entries && i < n; i++ {
		if present := nulls == 0 || bitutil.BitIsSet(c.valid, i); present && uint32(c.offsets[i]) >= entries {
			return nil, fmt.Errorf("code %d is outside its dictionary of %d entries", c.offsets[i], entries)
		}
	}
	return arrow.Int32Traits.CastToBytes(c.offsets), nil
}

func widenCodes[T int8 | uint8 | int16 | uint16](into []int32, from []T) {
	for i, code := range from {
		into[i] = int32(code)
	}
}

// finish looks at the ends of the compressed buffers of a record batch that was
// read from its first row to its last.
func (c *arrowColumnReader) finish() error {
	for i := range c.buffers {
		if err := c.buffers[i].finish(); err != nil {
			return err
		}
	}
	return nil
}

// recycle lets go of the file and of the dictionary, and keeps the memory.
func (c *arrowColumnReader) recycle() {
	for i := range c.buffers {
		c.buffers[i].recycle()
	}
	c.entries = nil
}
