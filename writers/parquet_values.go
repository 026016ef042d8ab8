package writers

import (
	"encoding/binary"
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine"
)

// wordColumn writes a column of few different words, which come as codes: a
// dictionary of the words that occur, in the order in which they do, and
// indexes into it.
type wordColumn struct {
	*parquetColumn
	words   []string // by code; "" is null. May grow
	indexes []int32  // by code + 1, so that there may be a code -1, which is null

	page       []int32 // the indexes of its values
	body, runs []byte
}

func newWordColumn(c *parquetColumn, words []string) wordColumn {
	return wordColumn{parquetColumn: c, words: words}
}

// Entries of wordColumn.indexes that are no index.
const (
	nullWord   = -1
	unseenWord = -2 // in this row group
)

// writeWords adds a page of the words that codes stand for.
func writeWords[C ~uint8 | ~int32](c *wordColumn, codes []C) error {
	c.prepare(len(codes))
	if alike(codes) {
		return c.addOne(len(codes), int(codes[0]))
	}
	page, present, n := c.page[:len(codes)], c.present[:len(codes)], 0
	for i, code := range codes {
		index := c.indexes[int(code)+1]
		if index == unseenWord {
			index = c.see(int(code))
		}
		there := ^uint32(index) >> 31
		page[n], present[i] = index, byte(there)
		n += int(there)
	}
	return c.addIndexes(len(codes), page[:n])
}

// alike tells whether there are codes, all the same: often those of a page are.
func alike[C comparable](codes []C) bool {
	for _, code := range codes {
		if code != codes[0] {
			return false
		}
	}
	return len(codes) > 0
}

// addOne adds a page of rows with the same word.
func (c *wordColumn) addOne(rows, code int) error {
	index := c.indexes[code+1]
	if index == unseenWord {
		index = c.see(code)
	}
	if index == nullWord {
		return c.addIndexes(rows, nil)
	}
	width := c.width()
	c.body = appendRun(append(c.body[:0], byte(width)), rows, uint64(index), width)
	return c.add(parquetPage{rows: rows, encoding: format.RLEDictionary, values: c.body})
}

// prepare makes room for a page, and in a new row group forgets what occurred.
func (c *wordColumn) prepare(rows int) {
	c.page, c.present = resized(c.page, rows), resized(c.present, rows)
	if c.entries == 0 {
		c.indexes = append(c.indexes[:0], nullWord)
	}
	for code := len(c.indexes) - 1; code < len(c.words); code++ {
		if c.words[code] == "" {
			c.indexes = append(c.indexes, nullWord)
		} else {
			c.indexes = append(c.indexes, unseenWord)
		}
	}
}

// see enters the word of a code that occurs for the first time.
func (c *wordColumn) see(code int) int32 {
	index := c.enter(c.words[code])
	c.indexes[code+1] = index
	return index
}

// width is how many bits an index takes.
func (c *wordColumn) width() int { return bits.Len(uint(max(c.entries-1, 0))) }

func (c *wordColumn) addIndexes(rows int, indexes []int32) error {
	width := c.width()
	c.body = append(c.body[:0], byte(width))
	if width <= maxPackedBits {
		c.body = appendPacked(c.body, indexes, width)
	} else {
		var err error
		if c.runs, err = (&rle.Encoding{BitWidth: width}).EncodeInt32(c.runs, indexes); err != nil {
			return err
		}
		c.body = append(c.body, c.runs...)
	}
	return c.add(parquetPage{rows: rows, nulls: rows - len(indexes), encoding: format.RLEDictionary, values: c.body})
}

// dayColumn writes a column of dates, most of them near their neighbours.
type dayColumn struct {
	*parquetColumn
	page []int32
	body []byte
}

// write adds a page; engine.NoDay is null.
func (c *dayColumn) write(days []int32) error {
	c.page, c.present = resized(c.page, len(days)), resized(c.present, len(days))
	page, present, n := c.page[:len(days)], c.present[:len(days)], 0
	for i, day := range days {
		page[n] = day
		there := byte(0)
		if day != engine.NoDay {
			there = 1
		}
		present[i] = there
		n += int(there)
	}
	var err error
	if c.body, err = (&delta.BinaryPackedEncoding{}).EncodeInt32(c.body, page[:n]); err != nil {
		return err
	}
	return c.add(parquetPage{rows: len(days), nulls: len(days) - n, encoding: format.DeltaBinaryPacked, values: c.body})
}

// writeTexts adds a page of any texts; "" is null.
func (c *parquetColumn) writeTexts(rows int, text func(row int) string) error {
	c.present = resized(c.present, rows)
	p := parquetPage{rows: rows, encoding: format.Plain, bounded: true}
	for i := range rows {
		t := text(i)
		c.present[i] = 1
		if t == "" {
			c.present[i] = 0
			p.nulls++
			continue
		}
		p.values = appendPlain(p.values, t)
		if p.least == nil || t < string(p.least) {
			p.least = []byte(t)
		}
		if t > string(p.most) {
			p.most = []byte(t)
		}
	}
	return c.add(p)
}

// appendPlain appends a text in the encoding PLAIN.
func appendPlain(dst []byte, text string) []byte {
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(text))), text...)
}
