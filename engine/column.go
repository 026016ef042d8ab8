package engine

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// texts are the values of a text column or of a dictionary, without copying:
// data[offsets[i]:offsets[i+1]].
type texts struct {
	offsets []int32
	data    []byte
}

func (t texts) len() int        { return max(len(t.offsets)-1, 0) }
func (t texts) at(i int) []byte { return t.data[t.offsets[i]:t.offsets[i+1]] }

// column is one Arrow array as slices. Exactly one of texts, codes, integers,
// days, bools is set. Everything in it belongs to the batch it came from.
type column struct {
	rows     int
	texts    texts
	codes    []int32         // into dictionary
	entries  arrow.ArrayData // the dictionary's own data: the same one means the same entries
	dict     texts
	integers []int64
	days     []int32
	bools    arrow.Array
	nulls    arrow.Array // nil when no value is null

	nullRows []int32 // scratch
	widened  []int64 // scratch for narrower integers
	narrow   []int32 // scratch for other dictionary index widths
	offsets  []int32 // scratch for 64-bit offsets
}

// load points the column at an array.
func (c *column) load(a arrow.Array) error {
	c.rows, c.codes, c.integers, c.days, c.bools, c.nulls = a.Len(), nil, nil, nil, nil, nil
	c.texts, c.dict, c.entries = texts{}, texts{}, nil
	if a.NullN() > 0 {
		c.nulls = a
	}
	switch a := a.(type) {
	case *array.String:
		c.texts = texts{a.ValueOffsets(), a.Data().Buffers()[2].Bytes()}
	case *array.LargeString:
		t, err := c.shorten(a)
		c.texts = t
		return err
	case *array.Dictionary:
		return c.loadDictionary(a)
	case *array.Date32:
		c.days = daysOf(a.Date32Values())
	case *array.Date64, *array.Timestamp:
		c.loadInstants(a)
	case *array.Boolean:
		c.bools = a
	default:
		return c.loadIntegers(a)
	}
	return nil
}

// rowsOf lists the rows that are null, or those that are not.
func (c *column) rowsOf(dst []int32, null bool) []int32 {
	data := c.nulls.Data()
	return kernel.Rows(dst, data.Buffers()[0].Bytes(), data.Offset(), c.rows, !null)
}

// override writes value to every null row.
func override[T any](dst []T, c *column, value T) {
	if c.nulls == nil {
		return
	}
	c.nullRows = c.rowsOf(c.nullRows[:0], true)
	for _, row := range c.nullRows {
		dst[row] = value
	}
}

func (c *column) isNull(i int) bool { return c.nulls != nil && c.nulls.IsNull(i) }

// shorten brings 64-bit offsets down to 32 bits, relative to the first.
func (c *column) shorten(a *array.LargeString) (texts, error) {
	long := a.ValueOffsets()
	if len(long) == 0 {
		return texts{}, nil
	}
	if long[len(long)-1]-long[0] > 1<<30 {
		return texts{}, fmt.Errorf("a batch holds more than 1 GiB of text in one column")
	}
	c.offsets = c.offsets[:0]
	for _, o := range long {
		c.offsets = append(c.offsets, int32(o-long[0]))
	}
	return texts{c.offsets, a.Data().Buffers()[2].Bytes()[long[0]:]}, nil
}

func (c *column) loadDictionary(a *array.Dictionary) error {
	c.entries = a.Dictionary().Data()
	switch entries := a.Dictionary().(type) {
	case *array.String:
		c.dict = texts{entries.ValueOffsets(), entries.Data().Buffers()[2].Bytes()}
	case *array.LargeString:
		t, err := c.shorten(entries)
		if err != nil {
			return err
		}
		c.dict = t
	default:
		return fmt.Errorf("a dictionary of %s is not supported", entries.DataType())
	}
	if indices, ok := a.Indices().(*array.Int32); ok {
		c.codes = indices.Int32Values()
	} else {
		c.narrow = c.narrow[:0]
		for i := range a.Len() {
			code := 0
			if a.IsValid(i) {
				code = a.GetValueIndex(i)
			}
			c.narrow = append(c.narrow, int32(code))
		}
		c.codes = c.narrow
	}
	return nil
}

// look writes what table, by dictionary code, has for each of the rows; nil
// rows are all. A code outside the table is an error: nothing of such a column
// may be used.
func look[T any](dst []T, table []T, c *column, rows []int32) error {
	codes := c.codes
	for i := range dst {
		row := i
		if rows != nil {
			row = int(rows[i])
		}
		code := uint(codes[row])
		if code >= uint(len(table)) {
			if c.isNull(row) {
				continue // a null may hold any code
			}
			return fmt.Errorf("dictionary code %d is outside its dictionary of %d entries", int(code), c.dict.len())
		}
		dst[i] = table[code]
	}
	return nil
}

func (c *column) loadIntegers(a arrow.Array) error {
	switch a := a.(type) {
	case *array.Int64:
		c.integers = a.Int64Values()
		return nil
	case *array.Uint64:
		c.widened = widen(c.widened, a.Uint64Values())
		for i, v := range c.widened { // beyond 2⁶³: no MPxN, as a negative number is none
			c.widened[i] = max(v, -1)
		}
	case *array.Int32:
		c.widened = widen(c.widened, a.Int32Values())
	case *array.Uint32:
		c.widened = widen(c.widened, a.Uint32Values())
	case *array.Int16:
		c.widened = widen(c.widened, a.Int16Values())
	case *array.Uint16:
		c.widened = widen(c.widened, a.Uint16Values())
	case *array.Int8:
		c.widened = widen(c.widened, a.Int8Values())
	case *array.Uint8:
		c.widened = widen(c.widened, a.Uint8Values())
	default:
		return fmt.Errorf("values of type %s are not supported", a.DataType())
	}
	c.integers = c.widened
	return nil
}

func widen[T int8 | int16 | int32 | uint8 | uint16 | uint32 | uint64](dst []int64, src []T) []int64 {
	dst = dst[:0]
	for _, v := range src {
		dst = append(dst, int64(v))
	}
	return dst
}

// loadInstants reduces dates of milliseconds and timestamps to days, by the
// date as it is written (UTC).
func (c *column) loadInstants(a arrow.Array) {
	c.narrow = c.narrow[:0]
	switch a := a.(type) {
	case *array.Date64:
		for _, v := range a.Date64Values() {
			c.narrow = append(c.narrow, dayOf(int64(v), 86_400_000))
		}
	case *array.Timestamp:
		perDay := int64(24 * time.Hour / a.DataType().(*arrow.TimestampType).Unit.Multiplier())
		for _, v := range a.TimestampValues() {
			c.narrow = append(c.narrow, dayOf(int64(v), perDay))
		}
	}
	c.days = c.narrow
}

func dayOf(units, perDay int64) int32 {
	day := units / perDay
	if units%perDay < 0 {
		day--
	}
	return int32(min(max(day, minDay-1), maxDay+1))
}

func daysOf(dates []arrow.Date32) []int32 {
	return arrow.Int32Traits.CastFromBytes(arrow.Date32Traits.CastToBytes(dates))
}

// Days that a flow can carry: the years 1 to 9999.
const (
	minDay = -719162
	maxDay = 2932896
)

// value is the text of a row for an exception: what the file says there.
func (c *column) value(i int) string {
	switch {
	case c.isNull(i):
		return ""
	case c.codes != nil:
		return printable(c.dict.at(int(c.codes[i])))
	case c.integers != nil:
		return fmt.Sprint(c.integers[i])
	case c.days != nil:
		return time.Unix(int64(c.days[i])*86400, 0).UTC().Format(time.DateOnly)
	case c.bools != nil:
		return fmt.Sprint(bitutil.BitIsSet(c.bools.Data().Buffers()[1].Bytes(), c.bools.Data().Offset()+i))
	}
	return printable(c.texts.at(i))
}

// maxValueBytes bounds the text that an exception quotes.
const maxValueBytes = 64

// printable keeps a quoted value short and valid UTF-8.
func printable(text []byte) string {
	text = bytes.Trim(text, " ")
	if len(text) > maxValueBytes {
		text = text[:maxValueBytes]
	}
	return string(bytes.ToValidUTF8(text, []byte("\uFFFD")))
}

// trimmed is the text of a row without the spaces round it; nil where the
// column holds no text.
func (c *column) trimmed(i int) []byte {
	switch {
	case c.isNull(i):
		return nil
	case c.codes != nil:
		return meterpoint.Trim(c.dict.at(int(c.codes[i])))
	case c.texts.offsets != nil:
		return meterpoint.Trim(c.texts.at(i))
	}
	return c.integerText(i)
}

func (c *column) integerText(i int) []byte {
	if c.integers == nil {
		return nil
	}
	return strconv.AppendInt(nil, c.integers[i], 10)
}
