package loaders

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/parquet-go/parquet-go/encoding/bytestreamsplit"
	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine/kernel"
)

// pageForm is how the values of a decoded page lie in memory. Integers, dates
// and timestamps of every encoding become one form; text keeps the form that
// can be copied out fastest.
type pageForm uint8

const (
	formInts    pageForm = iota // ints
	formDays                    // codes
	formBits                    // data, one bit a value
	formCodes                   // codes into the chunk's dictionary
	formPlain                   // buf from at on: each value after its length in four bytes
	formNumbers                 // of a batch only: plain text, read as integers
	formSizes                   // data: the values one after another, their lengths in codes
)

// copySlack is how many bytes may be read behind a value and written behind a
// copy, so that short values move as one block of 16.
const copySlack = 16

// page is one data page, decoded as far as it has to be before rows are taken
// from it. Its buffers are its own and used again for a later page.
type page struct {
	form   pageForm
	raw    bool   // ints or days lie in data instead, as they are stored
	rows   int    // not taken yet
	row    int    // rows taken
	values int    // in the page: its rows without nulls
	value  int    // values taken
	at     int    // of text: where the next value stands in buf or data
	valid  []byte // bitmap of all rows; nil where none is null

	buf   []byte // the page's uncompressed bytes and copySlack
	data  []byte // the values: part of buf, or text or bits
	text  []byte // what a delta encoding was put together to
	bits  []byte
	codes []int32
	ints  []int64
	nulls []byte // the buffer behind valid
}

// grow gives a slice of n elements, contents undefined, with the old buffer
// where that is large enough.
func grow[T any](buf []T, n int) []T {
	if cap(buf) < n {
		fresh := make([]T, n, n+n/4)
		kernel.Populate(fresh)
		return fresh
	}
	return buf[:n]
}

// decode makes a page of a data page's uncompressed bytes, which stand in p.buf
// with copySlack behind them. body is that without the slack.
func (p *page) decode(h *pageHeader, body []byte, column *parquetColumn, dict *dictionary) error {
	p.rows, p.row, p.value, p.at, p.raw = h.values, 0, 0, 0, false
	body, err := p.decodeLevels(h, body, column.optional)
	if err != nil {
		return err
	}
	if h.encoding == format.PlainDictionary || h.encoding == format.RLEDictionary {
		if !dict.present && p.values > 0 {
			return errors.New("a page refers to a dictionary, and the column chunk has none")
		}
	}
	switch {
	case column.physical == format.Boolean:
		return p.decodeBooleans(h.encoding, body)
	case column.isText():
		return p.decodeText(h.encoding, body, column, dict)
	}
	return p.decodeInts(h.encoding, body, column, dict)
}

// decodeLevels reads which rows are null and returns the bytes that follow: the
// values. In a flat column there is one level, of one bit.
func (p *page) decodeLevels(h *pageHeader, body []byte, optional bool) ([]byte, error) {
	p.valid, p.values = nil, h.values
	levels := body
	switch {
	case h.v2:
		levels = body[h.skipBytes : h.skipBytes+h.levelBytes]
		body = body[h.skipBytes+h.levelBytes:]
	case optional:
		if h.levels != format.RLE {
			return nil, &advised{fmt.Sprintf("definition levels in encoding %v are not supported", h.levels), "Write the file with definition levels in RLE, as every writer since 2013 does"}
		}
		size := int64(0)
		if len(body) >= 4 {
			size = int64(binary.LittleEndian.Uint32(body))
		}
		if int64(len(body))-4 < size {
			return nil, errors.New("the definition levels are longer than their page")
		}
		levels, body = body[4:4+size], body[4+size:]
	}
	if !optional || h.v2 && h.levelBytes == 0 && h.nulls == 0 {
		return body, nil
	}
	p.nulls = grow(p.nulls, int(bitutil.BytesForBits(int64(h.values))))
	if err := decodeBits(p.nulls, h.values, levels); err != nil {
		return nil, fmt.Errorf("definition levels: %w", err)
	}
	p.values = bitutil.CountSetBits(p.nulls, 0, h.values)
	if h.nulls >= 0 && h.values-p.values != h.nulls {
		return nil, fmt.Errorf("a page has %d nulls, its header states %d", h.values-p.values, h.nulls)
	}
	if p.values < h.values {
		p.valid = p.nulls
	}
	return body, nil
}

func (p *page) decodeBooleans(encoding format.Encoding, body []byte) error {
	p.form = formBits
	n := p.values
	size := int(bitutil.BytesForBits(int64(n)))
	switch encoding {
	case format.Plain:
		if len(body) != size {
			return errValues
		}
		p.data = body
		return nil
	case format.RLE:
		if n > 0 && (len(body) < 4 || int64(binary.LittleEndian.Uint32(body)) > int64(len(body)-4)) {
			return errValues
		}
		p.bits = grow(p.bits, size)
		p.data = p.bits
		if n == 0 {
			return nil
		}
		return decodeBits(p.bits, n, body[4:])
	}
	return unsupported(encoding)
}

func (p *page) decodeText(encoding format.Encoding, body []byte, column *parquetColumn, dict *dictionary) (err error) {
	n := p.values
	if column.width > 0 && (encoding == format.Plain || encoding == format.ByteStreamSplit) {
		return p.decodeFixed(encoding, body, n, column.width)
	}
	switch encoding {
	case format.Plain:
		p.form, p.at = formPlain, len(p.buf)-copySlack-len(body)
		if n == 0 && len(body) > 0 {
			return errValues
		}
		return nil
	case format.RLEDictionary, format.PlainDictionary:
		if !dict.present { // nothing but nulls, as some writers have them
			p.form, p.at = formPlain, len(p.buf)-copySlack
			return nil
		}
		p.form = formCodes
		p.codes, err = decodeCodes(p.codes, n, dict.entries, body)
		return err
	case format.DeltaLengthByteArray:
		p.form = formSizes
		if p.codes, p.data, err = decodeDelta32(p.codes, n, body); err != nil {
			return err
		}
		return checkSizes(p.codes, len(p.data))
	case format.DeltaByteArray:
		p.form = formSizes
		return p.decodePrefixed(body, n)
	}
	return unsupported(encoding)
}

// decodePrefixed puts the values of the DELTA_BYTE_ARRAY encoding together: each
// begins like the one before it, for as long as its prefix says.
func (p *page) decodePrefixed(body []byte, n int) error {
	prefixes, body, err := decodeDelta32(nil, n, body)
	if err != nil {
		return err
	}
	if p.codes, body, err = decodeDelta32(p.codes, n, body); err != nil {
		return err
	}
	if err := checkSizes(p.codes, len(body)); err != nil {
		return err
	}
	p.text = p.text[:0]
	before := 0 // where the last value begins
	for i, prefix := range prefixes {
		if prefix < 0 || int(prefix) > len(p.text)-before {
			return errValues
		}
		start := len(p.text)
		if start+int(prefix) > maxPageBytes {
			return fmt.Errorf("a page expands to more than %d bytes", maxPageBytes)
		}
		suffix := p.codes[i]
		p.text = append(p.text, p.text[before:before+int(prefix)]...)
		p.text = append(p.text, body[:suffix]...)
		body = body[suffix:]
		p.codes[i] = prefix + suffix
		before = start
	}
	p.data = p.text
	return nil
}

// checkSizes wants lengths that are not negative and add up to what is there.
func checkSizes(sizes []int32, total int) error {
	sum := int64(0)
	for _, size := range sizes {
		if size < 0 {
			return errValues
		}
		sum += int64(size)
	}
	if sum != int64(total) {
		return errValues
	}
	return nil
}

func (p *page) decodeInts(encoding format.Encoding, body []byte, column *parquetColumn, dict *dictionary) (err error) {
	n, form := p.values, formInts
	if column.Type.ID() == arrow.DATE32 {
		form = formDays
	}
	wide, isDictionary := column.physical == format.Int64, encoding == format.RLEDictionary || encoding == format.PlainDictionary
	switch {
	case isBytes(column.physical) && !isDictionary:
		if err = p.decodeText(encoding, body, column, dict); err == nil {
			err = p.readNumbers(n, column)
		}
	case encoding == format.Plain && (wide || form == formDays):
		p.form = form
		return p.keepRaw(n, body, wide)
	case encoding == format.Plain:
		p.ints, err = plainInts(p.ints, n, body, column)
	case isDictionary:
		if p.codes, err = decodeCodes(p.codes, n, len(dict.ints), body); err != nil {
			return err
		}
		p.ints = grow(p.ints, n+1)
		for i, code := range p.codes[:n] {
			p.ints[i] = dict.ints[code]
		}
	case encoding == format.DeltaBinaryPacked:
		if wide {
			p.ints, err = decodeDelta64(p.ints, n, body)
			break
		}
		if p.codes, _, err = decodeDelta32(p.codes, n, body); err == nil {
			p.ints = widen(p.ints, p.codes, column.unsigned)
		}
	case encoding == format.ByteStreamSplit:
		var split bytestreamsplit.Encoding
		if len(body) != fixedBytes(n, wide) {
			return errValues
		}
		p.ints = grow(p.ints, n+1)
		if wide {
			p.ints, err = split.DecodeInt64(p.ints[:0], body)
			break
		}
		if p.codes, err = split.DecodeInt32(p.codes[:0], body); err == nil {
			p.ints = widen(p.ints, p.codes, column.unsigned)
		}
	default:
		return unsupported(encoding)
	}
	if err == nil && len(p.ints) < n {
		err = errValues
	}
	p.ints = append(p.ints[:min(n, len(p.ints))], 0)
	if p.form = form; form == formDays {
		p.codes = grow(p.codes, len(p.ints))
		for i, v := range p.ints {
			p.codes[i] = int32(v)
		}
	}
	return err
}

// keepRaw leaves values where they are, with readable bytes for one more.
func (p *page) keepRaw(n int, body []byte, wide bool) error {
	p.raw = true
	if len(body) != fixedBytes(n, wide) {
		return errValues
	}
	p.data = p.buf[len(p.buf)-copySlack-len(body):]
	return nil
}

// fixedBytes is what n integers take that are stored as they are.
func fixedBytes(n int, wide bool) int {
	if wide {
		return 8 * n
	}
	return 4 * n
}

// errValues: a page does not hold the values that its header states.
var errValues = errors.New("a page does not hold the values that its header states")

func unsupported(e format.Encoding) error {
	return &advised{fmt.Sprintf("encoding %v is not supported for this column", e), "Write the file with the encodings that its writer takes by itself"}
}

// plainInts reads n fixed-size values, which must be all that there is.
func plainInts(into []int64, n int, body []byte, column *parquetColumn) ([]int64, error) {
	wide := column.physical == format.Int64
	if len(body) != fixedBytes(n, wide) {
		return nil, errValues
	}
	into = grow(into, n+1)
	if wide {
		for i := range into[:n] {
			into[i] = int64(binary.LittleEndian.Uint64(body[8*i:]))
		}
		return into, nil
	}
	for i := range into[:n] {
		v := binary.LittleEndian.Uint32(body[4*i:])
		if into[i] = int64(int32(v)); column.unsigned {
			into[i] = int64(v)
		}
	}
	return into, nil
}

func widen(into []int64, from []int32, unsigned bool) []int64 {
	into = grow(into, len(from)+1)[:len(from)]
	for i, v := range from {
		if into[i] = int64(v); unsigned {
			into[i] = int64(uint32(v))
		}
	}
	return into
}
