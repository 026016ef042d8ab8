package loaders

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go/encoding/bytestreamsplit"
	"github.com/parquet-go/parquet-go/format"
)

// Values that are stored as bytes: texts of one length, numbers as the format's
// DECIMAL has them, and the instants of older files.

const (
	int96Bytes = 12

	// julianEpoch is the Julian day number of 1970-01-01, by which INT96 counts.
	julianEpoch = 2440588

	// notAnIdentifier stands for a number beyond 64 bits: like any negative one,
	// it is no MPxN.
	notAnIdentifier = -1
)

// isBytes tells whether the values of a type are bytes as they stand in the
// file, and not numbers of the machine.
func isBytes(t format.Type) bool {
	return t == format.ByteArray || t == format.FixedLenByteArray || t == format.Int96
}

// isText tells whether the column is given as text.
func (c *parquetColumn) isText() bool {
	return c.Type != nil && c.Type.ID() == arrow.STRING
}

// number is what the bytes of a value mean in a column that is given as
// integers or days.
func (c *parquetColumn) number(value []byte) int64 {
	if c.physical == format.Int96 {
		return dayOfInt96(value)
	}
	return bigEndian(value)
}

// dayOfInt96 is the day, since 1970, of nanoseconds within a day and the day's
// Julian number behind them. Years beyond a flow's stay beyond it.
func dayOfInt96(value []byte) int64 {
	const nanosPerDay = 86_400_000_000_000
	nanos := int64(binary.LittleEndian.Uint64(value))
	day := int64(int32(binary.LittleEndian.Uint32(value[8:]))) - julianEpoch + nanos/nanosPerDay
	if nanos%nanosPerDay < 0 {
		day--
	}
	return day
}

// bigEndian reads a number in two's complement of any length.
func bigEndian(value []byte) int64 {
	number := int64(0)
	if len(value) > 0 {
		number = int64(int8(value[0])) >> 7 // 0, or all ones
	}
	sign := byte(number)
	for len(value) > 8 {
		if value[0] != sign {
			return notAnIdentifier
		}
		value = value[1:]
	}
	if len(value) == 8 && (value[0]^sign)&0x80 != 0 {
		return notAnIdentifier
	}
	for _, b := range value {
		number = number<<8 | int64(b)
	}
	return number
}

// decodeFixed reads n values of size bytes each, which must be all that there
// is.
func (p *page) decodeFixed(encoding format.Encoding, body []byte, n, size int) error {
	if int64(len(body)) != int64(n)*int64(size) {
		return errValues
	}
	p.form, p.data = formSizes, body
	if encoding == format.ByteStreamSplit && n > 0 {
		var err error
		p.text = grow(p.text, len(body))
		if p.data, err = (&bytestreamsplit.Encoding{}).DecodeFixedLenByteArray(p.text[:0], body, size); err != nil {
			return err
		}
	}
	p.codes = grow(p.codes, n)
	for i := range p.codes {
		p.codes[i] = int32(size)
	}
	return nil
}

// readNumbers turns the values of a decoded text page into integers.
func (p *page) readNumbers(n int, column *parquetColumn) error {
	p.ints = grow(p.ints, n+1)
	if p.form == formPlain {
		return p.readPrefixedNumbers(n, column)
	}
	data := p.data
	for i, size := range p.codes[:n] {
		if column.width > 0 && int(size) != column.width {
			return errValues
		}
		p.ints[i] = column.number(data[:size])
		data = data[size:]
	}
	return nil
}

// readPrefixedNumbers does it where each value stands behind its length.
func (p *page) readPrefixedNumbers(n int, column *parquetColumn) error {
	data := p.buf[p.at : len(p.buf)-copySlack]
	for i := range n {
		value, rest, ok := cutPrefixed(data)
		if !ok {
			return errValues
		}
		p.ints[i], data = column.number(value), rest
	}
	if len(data) > 0 {
		return errValues
	}
	return nil
}

// cutPrefixed takes a value off that stands behind its length in four bytes.
func cutPrefixed(data []byte) (value, rest []byte, ok bool) {
	if len(data) < 4 {
		return nil, nil, false
	}
	size := binary.LittleEndian.Uint32(data)
	data = data[4:]
	if uint64(size) > uint64(len(data)) {
		return nil, nil, false
	}
	return data[:size], data[size:], true
}

// cut takes the next value off a plain page or dictionary of the column.
func (c *parquetColumn) cut(data []byte) (value, rest []byte, ok bool) {
	switch {
	case c.width == 0:
		return cutPrefixed(data)
	case len(data) < c.width:
		return nil, nil, false
	}
	return data[:c.width], data[c.width:], true
}
