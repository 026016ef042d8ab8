package writers

import (
	"bytes"
	"hash/crc32"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// pageCodec compresses the pages of every table, except for those of days.
var pageCodec = zstd.Codec{Level: zstd.SpeedFastest}

// parquetColumn gathers the pages of one column of a row group. What it holds
// is reused by the next one, except for what the footer keeps.
type parquetColumn struct {
	name     string
	kind     format.Type
	codec    format.CompressionCodec
	optional bool

	present []byte // of the rows of the page at hand, where some have none: 1 with a value, 0 without

	pages             []byte // header and body of each, compressed
	locations         []format.PageLocation
	stats             []format.PageEncodingStats
	dictionary        []byte // its words, PLAIN
	entries           int    // of the dictionary
	rows, nulls       int64
	bytesUncompressed int64
	bounded           bool // every page states its bounds
	bounds            format.ColumnIndex
	least, most       []byte // of all pages

	levels, compressed []byte // of one page
}

// parquetPage is a page as its column encodes it.
type parquetPage struct {
	rows, nulls int
	encoding    format.Encoding
	values      []byte // those present
	bounded     bool
	least, most []byte // in the order of bytes; nil where no value is present
}

func newParquetColumn(field parquet.Field) *parquetColumn {
	c := &parquetColumn{name: field.Name(), kind: *field.Type().PhysicalType(), optional: field.Optional(), codec: format.Zstd}
	if c.kind == format.Int32 { // days, which are packed: zstd takes its time to find nothing in them
		c.codec = format.Uncompressed
	}
	c.reset()
	return c
}

// reset begins another row group.
func (c *parquetColumn) reset() {
	c.pages, c.dictionary = c.pages[:0], c.dictionary[:0]
	c.locations, c.stats, c.bounds, c.least, c.most = nil, nil, format.ColumnIndex{}, nil, nil // the footer keeps them
	c.entries, c.rows, c.nulls, c.bytesUncompressed, c.bounded = 0, 0, 0, 0, true
}

// add takes the next page; present says which rows have a value. The slices of
// p stay the caller's.
func (c *parquetColumn) add(p parquetPage) error {
	c.levels = c.encodeLevels(p)
	compressed, err := c.compress(p.values)
	if err != nil {
		return err
	}
	uncompressed := len(c.levels) + len(p.values)
	header, err := thrift.Marshal(new(thrift.CompactProtocol), &format.PageHeader{
		Type:                 format.DataPageV2,
		UncompressedPageSize: int32(uncompressed),
		CompressedPageSize:   int32(len(c.levels) + len(compressed)),
		CRC:                  int32(crc32.Update(crc32.ChecksumIEEE(c.levels), crc32.IEEETable, compressed)),
		DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
			NumValues: int32(p.rows), NumNulls: int32(p.nulls), NumRows: int32(p.rows), Encoding: p.encoding,
			DefinitionLevelsByteLength: int32(len(c.levels)), IsCompressed: thrift.New(c.codec != format.Uncompressed),
		}),
	})
	if err != nil {
		return err
	}
	start := len(c.pages)
	c.pages = append(append(append(c.pages, header...), c.levels...), compressed...)
	c.locations = append(c.locations, format.PageLocation{Offset: int64(start), CompressedPageSize: int32(len(c.pages) - start), FirstRowIndex: c.rows})
	c.rows += int64(p.rows)
	c.nulls += int64(p.nulls)
	c.bytesUncompressed += int64(len(header) + uncompressed)
	c.count(format.DataPageV2, p.encoding)
	c.bound(p)
	return nil
}

// encodeLevels tells which rows of a page have a value. Mostly all have, or none.
func (c *parquetColumn) encodeLevels(p parquetPage) []byte {
	switch {
	case !c.optional:
		return nil
	case p.nulls == 0 && p.rows > 0:
		return appendRun(c.levels[:0], p.rows, 1, 1)
	case p.nulls == p.rows && p.rows > 0:
		return appendRun(c.levels[:0], p.rows, 0, 1)
	}
	return appendBits(c.levels[:0], c.present[:p.rows])
}

// compress gives the body of a page as the file has it.
func (c *parquetColumn) compress(body []byte) (_ []byte, err error) {
	if c.codec == format.Uncompressed {
		return body, nil
	}
	c.compressed, err = pageCodec.Encode(c.compressed, body)
	return c.compressed, err
}

func (c *parquetColumn) count(page format.PageType, encoding format.Encoding) {
	for i := range c.stats {
		if s := &c.stats[i]; s.PageType == page && s.Encoding == encoding {
			s.Count++
			return
		}
	}
	c.stats = append(c.stats, format.PageEncodingStats{PageType: page, Encoding: encoding, Count: 1})
}

// bound notes the bounds of a page, in the index and for the whole chunk.
func (c *parquetColumn) bound(p parquetPage) {
	if c.bounded = c.bounded && p.bounded; !c.bounded {
		return
	}
	null := p.nulls == p.rows
	b := &c.bounds
	b.NullPages = append(b.NullPages, null)
	b.NullCounts = append(b.NullCounts, int64(p.nulls))
	b.MinValues = append(b.MinValues, bytes.Clone(p.least))
	b.MaxValues = append(b.MaxValues, bytes.Clone(p.most))
	if null {
		return
	}
	if c.least == nil || bytes.Compare(p.least, c.least) < 0 {
		c.least = bytes.Clone(p.least)
	}
	if bytes.Compare(p.most, c.most) > 0 {
		c.most = bytes.Clone(p.most)
	}
}

// enter appends a word to the dictionary and gives its index.
func (c *parquetColumn) enter(word string) int32 {
	c.dictionary = appendPlain(c.dictionary, word)
	c.entries++
	return int32(c.entries - 1)
}

// hasDictionary tells whether any page points into one, be it an empty one.
func (c *parquetColumn) hasDictionary() bool {
	return slices.ContainsFunc(c.stats, func(s format.PageEncodingStats) bool { return s.Encoding == format.RLEDictionary })
}

func (c *parquetColumn) dictionaryPage() ([]byte, error) {
	compressed, err := c.compress(c.dictionary)
	if err != nil {
		return nil, err
	}
	header, err := thrift.Marshal(new(thrift.CompactProtocol), &format.PageHeader{
		Type:                 format.DictionaryPage,
		UncompressedPageSize: int32(len(c.dictionary)),
		CompressedPageSize:   int32(len(compressed)),
		CRC:                  int32(crc32.ChecksumIEEE(compressed)),
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(c.entries), Encoding: format.Plain}),
	})
	c.bytesUncompressed += int64(len(header) + len(c.dictionary))
	c.count(format.DictionaryPage, format.Plain)
	return append(header, compressed...), err
}

// describe is what the footer says of the chunk, except where it stands.
func (c *parquetColumn) describe() format.ColumnMetaData {
	meta := format.ColumnMetaData{Type: c.kind, PathInSchema: []string{c.name}, Codec: c.codec, NumValues: c.rows,
		TotalUncompressedSize: c.bytesUncompressed, Statistics: format.Statistics{NullCount: c.nulls}, EncodingStats: c.stats}
	if c.optional {
		meta.Encoding = append(meta.Encoding, format.RLE) // of the levels
	}
	for _, s := range c.stats {
		if !slices.Contains(meta.Encoding, s.Encoding) {
			meta.Encoding = append(meta.Encoding, s.Encoding)
		}
	}
	if c.bounded && c.least != nil {
		meta.Statistics.MinValue, meta.Statistics.MaxValue = c.least, c.most
	}
	return meta
}
