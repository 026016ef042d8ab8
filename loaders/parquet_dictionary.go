package loaders

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go/format"
)

// dictionary is that of one column chunk. Text becomes one Arrow array that
// every batch of the chunk shares, so that its reader maps it once; the array is
// new for each chunk, its buffers are not.
type dictionary struct {
	present bool
	entries int
	ints    []int64     // of integer, date and timestamp columns
	text    *array.Data // of text columns; owned here

	values  []byte
	offsets []int32
}

func (d *dictionary) reset() {
	if d.text != nil {
		d.text.Release()
	}
	*d = dictionary{ints: d.ints[:0], values: d.values, offsets: d.offsets}
}

// decode reads a dictionary page's uncompressed bytes.
func (d *dictionary) decode(h *pageHeader, body []byte, column *parquetColumn) error {
	if d.present {
		return fmt.Errorf("a column chunk has two dictionaries")
	}
	if h.encoding != format.Plain && h.encoding != format.PlainDictionary {
		return fmt.Errorf("a dictionary in encoding %v is not supported", h.encoding)
	}
	d.present, d.entries = true, h.values
	switch {
	case column.physical == format.Boolean:
		return fmt.Errorf("a dictionary of booleans is not supported")
	case column.isText():
		return d.decodeText(body, column)
	case isBytes(column.physical):
		return d.decodeNumbers(body, column)
	}
	ints, err := plainInts(d.ints, h.values, body, column)
	if err != nil {
		return err
	}
	d.ints = ints[:h.values]
	return nil
}

// decodeText lays the entries out as an Arrow array, textPad bytes in front of
// the first.
func (d *dictionary) decodeText(body []byte, column *parquetColumn) error {
	if d.entries > len(body) { // an entry of fixed size takes a byte or more, any other its length
		return errValues
	}
	d.values = grow(d.values, textPad+len(body))
	d.offsets = grow(d.offsets, d.entries+1)
	out := textPad
	d.offsets[0] = int32(out)
	for i := range d.entries {
		value, rest, ok := column.cut(body)
		if !ok {
			return errValues
		}
		out += copy(d.values[out:], value)
		body = rest
		d.offsets[i+1] = int32(out)
	}
	if len(body) > 0 {
		return errValues
	}
	d.text = array.NewData(arrow.BinaryTypes.String, d.entries, []*memory.Buffer{nil,
		memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(d.offsets)), memory.NewBufferBytes(d.values)}, nil, 0, 0)
	return nil
}

// decodeNumbers reads entries that are bytes and are given as integers or days.
func (d *dictionary) decodeNumbers(body []byte, column *parquetColumn) error {
	if d.entries > len(body) {
		return errValues
	}
	d.ints = grow(d.ints, d.entries)
	for i := range d.ints {
		value, rest, ok := column.cut(body)
		if !ok {
			return errValues
		}
		d.ints[i], body = column.number(value), rest
	}
	if len(body) > 0 {
		return errValues
	}
	return nil
}
