package synth

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// chunk is a column of one row group: finished pages, and the page that is
// being filled. Its buffers are used again for the next row group.
type chunk struct {
	optional, date, enumeration bool

	dictionary     dictionary
	dictionaryPage []byte
	pages          []byte
	values         int64 // of all rows, null or not
	nulls          int64
	uncompressed   int64  // bytes, with headers
	low, high      []byte // of MPxNs

	present []byte // of the page: for each row, 1 where there is a value
	data    []byte // of the page: plain values, or codes of a byte each
	page    []byte // scratch
	packed  []byte // scratch
}

// add takes a batch's column.
func (c *chunk) add(b *batch, column int) error {
	switch {
	case c.date:
		c.addDates(b.days[:b.rows])
	case c.enumeration:
		c.addCodes(b.texts[column][:b.rows])
	default:
		c.addTexts(b.texts[column][:b.rows])
	}
	if len(c.data) >= pageBytes {
		return c.finishPage()
	}
	return nil
}

// addTexts copies whole texts and lets the next overwrite what lies behind the
// value: copies of a fixed size are fast.
func (c *chunk) addTexts(texts []text) {
	const lengthBytes = 4
	data := slices.Grow(c.data, len(texts)*(lengthBytes+len(text{}.bytes)))
	for i := range texts {
		t := &texts[i]
		if c.optional && t.size == 0 {
			c.present = append(c.present, 0)
			continue
		}
		c.present = append(c.present, 1)
		at := len(data)
		data = data[:at+lengthBytes+len(t.bytes)]
		binary.LittleEndian.PutUint32(data[at:], uint32(t.size))
		*(*[len(t.bytes)]byte)(data[at+lengthBytes:]) = t.bytes
		data = data[:at+lengthBytes+int(t.size)]
		if c.optional {
			c.bound(t.bytes[:t.size])
		}
	}
	c.data = data
}

func (c *chunk) addCodes(texts []text) {
	for i := range texts {
		t := &texts[i]
		if c.optional && t.size == 0 {
			c.present = append(c.present, 0)
			continue
		}
		c.present = append(c.present, 1)
		c.data = append(c.data, c.dictionary.code(t.bytes[:t.size]))
	}
}

func (c *chunk) addDates(days []int32) {
	for _, day := range days {
		if day == 0 {
			c.present = append(c.present, 0)
			continue
		}
		c.present = append(c.present, 1)
		c.data = appendUint32(c.data, int(day))
	}
}

// bound widens the bounds of MPxNs; nobody looks for a device.
func (c *chunk) bound(value []byte) {
	if c.low == nil || bytes.Compare(value, c.low) < 0 {
		c.low = append(c.low[:0], value...)
	}
	if bytes.Compare(value, c.high) > 0 {
		c.high = append(c.high[:0], value...)
	}
}

// finishPage appends the page to the chunk: levels, then values, compressed
// together.
func (c *chunk) finishPage() error {
	if len(c.present) == 0 {
		return nil
	}
	nulls := len(c.present) - bytes.Count(c.present, []byte{1})
	c.page = c.page[:0]
	if c.optional {
		c.packed = appendRuns(c.packed[:0], c.present, 1)
		c.page = append(appendUint32(c.page, len(c.packed)), c.packed...)
	}
	encoding := format.Plain
	if c.enumeration {
		encoding = format.RLEDictionary
		width := c.dictionary.width()
		c.page = appendRuns(append(c.page, byte(width)), c.data, width)
	} else {
		c.page = append(c.page, c.data...)
	}
	header := format.PageHeader{Type: format.DataPage, DataPageHeader: thrift.New(format.DataPageHeader{
		NumValues: int32(len(c.present)), Encoding: encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
	})}
	var err error
	c.pages, err = c.appendPage(c.pages, header)
	c.values += int64(len(c.present))
	c.nulls += int64(nulls)
	c.present, c.data = c.present[:0], c.data[:0]
	return err
}

// finish makes the last page and the dictionary page.
func (c *chunk) finish() error {
	err := c.finishPage()
	if err != nil || !c.enumeration {
		return err
	}
	c.page = c.page[:0]
	for _, value := range c.dictionary.values {
		c.page = append(appendUint32(c.page, len(value)), value...)
	}
	c.dictionaryPage, err = c.appendPage(c.dictionaryPage, format.PageHeader{Type: format.DictionaryPage,
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(len(c.dictionary.values)), Encoding: format.Plain})})
	return err
}

// appendPage compresses c.page.
func (c *chunk) appendPage(to []byte, header format.PageHeader) ([]byte, error) {
	if need := s2.MaxEncodedLen(len(c.page)); cap(c.packed) < need {
		c.packed = make([]byte, 0, need)
	}
	compressed := s2.EncodeSnappy(c.packed[:cap(c.packed)], c.page)
	header.UncompressedPageSize, header.CompressedPageSize = int32(len(c.page)), int32(len(compressed))
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &header)
	if err != nil {
		return to, err
	}
	c.uncompressed += int64(len(head) + len(c.page))
	return append(append(to, head...), compressed...), nil
}

func (c *chunk) metadata(name string, offset int64) format.ColumnMetaData {
	m := format.ColumnMetaData{
		Type: format.ByteArray, Encoding: []format.Encoding{format.Plain, format.RLE}, PathInSchema: []string{name}, Codec: format.Snappy,
		NumValues: c.values, TotalUncompressedSize: c.uncompressed, TotalCompressedSize: int64(len(c.dictionaryPage) + len(c.pages)),
		DataPageOffset: offset + int64(len(c.dictionaryPage)),
		Statistics:     format.Statistics{NullCount: c.nulls, MinValue: bytes.Clone(c.low), MaxValue: bytes.Clone(c.high)},
	}
	switch {
	case c.date:
		m.Type = format.Int32
	case c.enumeration:
		m.Encoding = append(m.Encoding, format.RLEDictionary)
		m.DictionaryPageOffset = offset
	}
	return m
}

func (c *chunk) reset() {
	c.dictionary.reset()
	c.dictionaryPage, c.pages = c.dictionaryPage[:0], c.pages[:0]
	c.values, c.nulls, c.uncompressed = 0, 0, 0
	c.low, c.high = nil, nil
}

// dictionary numbers up to 128 values in the order of their first appearance.
type dictionary struct {
	values [][]byte
	slots  [256]uint8 // by hash: code + 1
}

func (d *dictionary) code(value []byte) uint8 {
	hash := uint8(len(value))
	if n := len(value); n > 0 {
		hash = hash*31 + value[0]*7 + value[n/2]*13 + value[n-1]
	}
	for {
		switch s := d.slots[hash]; {
		case s == 0:
			d.values = append(d.values, bytes.Clone(value))
			d.slots[hash] = uint8(len(d.values))
			return uint8(len(d.values) - 1)
		case string(d.values[s-1]) == string(value):
			return s - 1
		}
		hash++
	}
}

// width is how many bits a code takes.
func (d *dictionary) width() int { return max(bits.Len(uint(max(len(d.values), 1)-1)), 1) }

func (d *dictionary) reset() { *d = dictionary{values: d.values[:0]} }

// appendRuns appends numbers below 1<<width, width at most 8, in Parquet's
// hybrid of runs and bit packing: as one run where all are the same, bit-packed
// otherwise.
func appendRuns(to, numbers []byte, width int) []byte {
	if len(numbers) == 0 {
		return to
	}
	if bytes.Count(numbers, numbers[:1]) == len(numbers) {
		return append(binary.AppendUvarint(to, uint64(len(numbers))<<1), numbers[0])
	}
	to = binary.AppendUvarint(to, uint64(len(numbers)+7)/8<<1|1)
	for len(numbers) > 0 {
		eight := numbers[:min(8, len(numbers))]
		packed := uint64(0)
		for i, n := range eight {
			packed |= uint64(n) << (i * width)
		}
		for range width {
			to = append(to, byte(packed))
			packed >>= 8
		}
		numbers = numbers[len(eight):]
	}
	return to
}

func appendUint32(to []byte, n int) []byte { return binary.LittleEndian.AppendUint32(to, uint32(n)) }
