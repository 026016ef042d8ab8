package synth

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// chunk is a column of one row group: finished pages, and the page that is
// being filled. Its buffers are used again for the next row group.
type chunk struct {
	kind     kind
	optional bool

	dictionary     dictionary
	dictionaryPage []byte
	pages          []byte
	values         int64 // of all rows, null or not
	nulls          int64
	uncompressed   int64  // bytes, with headers
	bounds         bounds // of MPxNs; nobody looks for a device

	present []byte // of the page: for each row, 1 where there is a value
	data    []byte // of the page: plain values, or codes of a byte each
	page    []byte // scratch
	packed  []byte // scratch
}

// add takes the chunk's column of some rows.
func (c *chunk) add(rows []row, column int) error {
	present := extend(&c.present, len(rows))
	for i := range rows {
		present[i] = presence(rows[i][column])
	}
	switch c.kind {
	case date:
		c.addDates(rows, column)
	case enumeration:
		c.addWords(rows, column)
	default:
		c.addTexts(rows, column)
	}
	if len(c.data) >= pageBytes {
		return c.finishPage()
	}
	return nil
}

func presence(value cell) byte {
	if value == 0 {
		return 0
	}
	return 1
}

const lengthBytes = 4 // before every text

func (c *chunk) addTexts(rows []row, column int) {
	data := slices.Grow(c.data, len(rows)*(lengthBytes+longestText))
	for i := range rows {
		value := rows[i][column]
		if value == 0 {
			continue
		}
		at := len(data) + lengthBytes
		data = c.kind.append(data[:at], value)
		binary.LittleEndian.PutUint32(data[at-lengthBytes:], uint32(len(data)-at))
		if c.kind == mpxn {
			c.bounds.widen(value, len(data)-at)
		}
	}
	c.data = data
}

// addWords writes a code for null too, and lets the next take its place: which
// rows are null is not to be foreseen, so a branch would be slow. addDates does
// the same.
func (c *chunk) addWords(rows []row, column int) {
	end := len(c.data)
	data := extend(&c.data, len(rows))
	n := 0
	for i := range rows {
		value := rows[i][column]
		data[n] = c.dictionary.code(word(value))
		n += int(presence(value))
	}
	c.data = c.data[:end+n]
}

func (c *chunk) addDates(rows []row, column int) {
	end := len(c.data)
	data := extend(&c.data, len(rows)*dateBytes)
	n := 0
	for i := range rows {
		value := rows[i][column]
		binary.LittleEndian.PutUint32(data[n:], uint32(value))
		n += int(presence(value)) * dateBytes
	}
	c.data = c.data[:end+n]
}

const dateBytes = 4

// extend makes the buffer longer, and gives what was added, not cleared.
func extend(buffer *[]byte, bytes int) []byte {
	end := len(*buffer)
	*buffer = slices.Grow(*buffer, bytes)[:end+bytes]
	return (*buffer)[end:]
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
	if c.kind == enumeration {
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
	if err != nil || c.kind != enumeration {
		return err
	}
	c.page = c.page[:0]
	for _, w := range c.dictionary.words {
		c.page = append(appendUint32(c.page, len(words[w])), words[w]...)
	}
	c.dictionaryPage, err = c.appendPage(c.dictionaryPage, format.PageHeader{Type: format.DictionaryPage,
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(len(c.dictionary.words)), Encoding: format.Plain})})
	return err
}

// codec is snappy, but for identifiers: most of their digits are random, and to
// find that out would take longer than to write them.
func (c *chunk) codec() format.CompressionCodec {
	if c.kind == identifier {
		return format.Uncompressed
	}
	return format.Snappy
}

// appendPage appends c.page, compressed.
func (c *chunk) appendPage(to []byte, header format.PageHeader) ([]byte, error) {
	compressed := c.page
	if c.codec() == format.Snappy {
		c.packed = slices.Grow(c.packed[:0], s2.MaxEncodedLen(len(c.page)))
		compressed = s2.EncodeSnappy(c.packed[:cap(c.packed)], c.page)
	}
	header.UncompressedPageSize, header.CompressedPageSize = int32(len(c.page)), int32(len(compressed))
	head, err := thrift.Marshal(new(thrift.CompactProtocol), &header)
	if err != nil {
		return to, err
	}
	c.uncompressed += int64(len(head) + len(c.page))
	return append(append(to, head...), compressed...), nil
}

func (c *chunk) metadata(name string, offset int64) format.ColumnMetaData {
	low, high := c.bounds.texts()
	m := format.ColumnMetaData{
		Type: format.ByteArray, Encoding: []format.Encoding{format.Plain, format.RLE}, PathInSchema: []string{name}, Codec: c.codec(),
		NumValues: c.values, TotalUncompressedSize: c.uncompressed, TotalCompressedSize: int64(len(c.dictionaryPage) + len(c.pages)),
		DataPageOffset: offset + int64(len(c.dictionaryPage)),
		Statistics:     format.Statistics{NullCount: c.nulls, MinValue: low, MaxValue: high},
	}
	switch c.kind {
	case date:
		m.Type = format.Int32
	case enumeration:
		m.Encoding = append(m.Encoding, format.RLEDictionary)
		m.DictionaryPageOffset = offset
	}
	return m
}

func (c *chunk) reset() {
	c.dictionary.reset()
	c.dictionaryPage, c.pages = c.dictionaryPage[:0], c.pages[:0]
	c.values, c.nulls, c.uncompressed = 0, 0, 0
	c.bounds = bounds{}
}

func appendUint32(to []byte, n int) []byte { return binary.LittleEndian.AppendUint32(to, uint32(n)) }
