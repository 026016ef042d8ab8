package loaders

import (
	"encoding/binary"
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
	switch column.physical {
	case format.Boolean:
		return fmt.Errorf("a dictionary of booleans is not supported")
	case format.ByteArray:
		return d.decodeText(body)
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
func (d *dictionary) decodeText(body []byte) error {
	if 4*d.entries > len(body) {
		return errValues
	}
	d.values = grow(d.values, textPad+len(body)-4*d.entries)
	d.offsets = grow(d.offsets, d.entries+1)
	out := textPad
	d.offsets[0] = int32(out)
	for i := range d.entries {
		if len(body) < 4 {
			return errValues
		}
		size := int(binary.LittleEndian.Uint32(body))
		body = body[4:]
		if size > len(body) {
			return errValues
		}
		out += copy(d.values[out:], body[:size])
		body = body[size:]
		d.offsets[i+1] = int32(out)
	}
	if len(body) > 0 {
		return errValues
	}
	d.text = array.NewData(arrow.BinaryTypes.String, d.entries, []*memory.Buffer{nil,
		memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(d.offsets)), memory.NewBufferBytes(d.values)}, nil, 0, 0)
	return nil
}
