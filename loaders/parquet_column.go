package loaders

import (
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go/format"
)

// columnReader reads one column, row group after row group, as arrays of the
// lengths that are asked for. It keeps as many decoded pages as the next array
// needs; buffers live as long as the reader.
type columnReader struct {
	column parquetColumn
	codec  format.CompressionCodec
	pages  pageWalker
	left   int64 // rows of the chunk in pages not loaded yet

	dict   dictionary
	loaded []*page // in row order, none empty
	spare  []*page
	batch  columnBatch

	decompressor decompressor
	packed       []byte // a page's compressed bytes
	dictPage     []byte // a dictionary page's uncompressed bytes
}

// start goes to a row of a chunk. pages lists where the chunk's pages begin; it
// is needed for a row other than the first.
func (c *columnReader) start(file *os.File, chunk *format.ColumnChunk, rows, row int64, pages []pageStart) error {
	c.recycle()
	c.codec = chunk.MetaData.Codec
	c.left = rows
	from, to := chunkRange(chunk)
	c.pages.start(file, from, to)
	if row == 0 {
		return nil
	}
	target := pageStart{at: from}
	for _, p := range pages {
		if p.row > row {
			break
		}
		target = p
	}
	if target.row > 0 {
		if err := c.readDictionary(pages[0].at); err != nil {
			return err
		}
		c.pages.start(file, target.at, to)
		c.left = rows - target.row
	}
	return c.drop(row - target.row)
}

// recycle forgets the chunk at hand, but not the buffers.
func (c *columnReader) recycle() {
	c.spare = append(c.spare, c.loaded...)
	c.loaded = c.loaded[:0]
	c.dict.reset()
	c.pages.stop()
}

// readDictionary reads the dictionary page, if there is one before the first
// data page.
func (c *columnReader) readDictionary(firstPage int64) error {
	for c.pages.at < firstPage {
		h, err := c.pages.next()
		if err != nil {
			return err
		}
		if !h.dictionary {
			return nil
		}
		if err := c.loadDictionary(&h); err != nil {
			return err
		}
	}
	return nil
}

// drop goes over rows in front of those that are wanted.
func (c *columnReader) drop(rows int64) error {
	for rows > 0 {
		n, err := c.extent(int(min(rows, batchRows)))
		if err != nil {
			return err
		}
		array, err := c.take(n)
		if err != nil {
			return err
		}
		array.Release()
		rows -= int64(n)
	}
	return nil
}

// extent is how many of the next n rows can be one array: all of them, unless
// the chunk changes from dictionary to plain text among them.
func (c *columnReader) extent(n int) (int, error) {
	have := 0
	for i := 0; have < n; i++ {
		if i == len(c.loaded) {
			if err := c.load(); err != nil {
				return 0, err
			}
		}
		if (c.loaded[i].form == formCodes) != (c.loaded[0].form == formCodes) {
			break
		}
		have += c.loaded[i].rows
	}
	return min(have, n), nil
}

// load decodes the next data page that has rows.
func (c *columnReader) load() error {
	for {
		at := c.pages.at
		h, err := c.pages.next()
		if err == io.EOF {
			return fmt.Errorf("its pages end %d rows early", c.left)
		}
		if err != nil {
			return fmt.Errorf("page at byte %d: %w", at, err)
		}
		switch {
		case h.dictionary:
			err = c.loadDictionary(&h)
		case int64(h.values) > c.left:
			err = fmt.Errorf("a page has %d rows where %d are left", h.values, c.left)
		default:
			err = c.loadPage(&h)
			c.left -= int64(h.values)
		}
		if err != nil {
			return fmt.Errorf("page at byte %d: %w", at, err)
		}
		if !h.dictionary && h.values > 0 {
			return nil
		}
	}
}

func (c *columnReader) loadDictionary(h *pageHeader) error {
	body, err := c.readBody(h, &c.dictPage)
	if err != nil {
		return err
	}
	if err := c.dict.decode(h, body, &c.column); err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	return nil
}

func (c *columnReader) loadPage(h *pageHeader) error {
	p := new(page)
	if n := len(c.spare); n > 0 {
		p, c.spare = c.spare[n-1], c.spare[:n-1]
	}
	c.loaded = append(c.loaded, p) // also on failure: the buffers are not lost
	body, err := c.readBody(h, &p.buf)
	if err != nil {
		return err
	}
	if err := p.decode(h, body, &c.column, &c.dict); err != nil {
		return err
	}
	if h.values == 0 {
		c.loaded, c.spare = c.loaded[:len(c.loaded)-1], append(c.spare, p)
	}
	return nil
}

// readBody reads a page's bytes and brings them to their full size in buf, with
// copySlack behind them. The levels of a v2 page are never compressed.
func (c *columnReader) readBody(h *pageHeader, buf *[]byte) ([]byte, error) {
	levels := h.levelBytes + h.skipBytes
	stored := c.codec == format.Uncompressed || h.stored
	packed := !stored && levels < h.uncompressed // else there may be no compressed bytes at all
	switch {
	case stored && h.compressed != h.uncompressed:
		return nil, errPageSize
	case !stored:
		c.packed = grow(c.packed, h.compressed)
		if err := c.pages.body(c.packed, h.crc); err != nil {
			return nil, err
		}
	}
	if packed {
		if err := c.decompressor.check(c.codec, c.packed[levels:], h.uncompressed-levels); err != nil {
			return nil, err
		}
	}
	*buf = grow(*buf, h.uncompressed+copySlack)
	body := (*buf)[:h.uncompressed]
	clear((*buf)[h.uncompressed:])
	if stored {
		return body, c.pages.body(body, h.crc)
	}
	copy(body, c.packed[:levels])
	if !packed {
		return body, nil
	}
	return body, c.decompressor.decompress(c.codec, body[levels:], c.packed[levels:])
}

// take gives the next n rows, no more than extent allowed. The array is valid
// until the next call; the caller releases it.
func (c *columnReader) take(n int) (arrow.Array, error) {
	c.batch.reset(c.loaded[0].form, n)
	for done := 0; done < n; {
		p := c.loaded[0]
		k := min(n-done, p.rows)
		if err := c.batch.append(p, done, k); err != nil {
			return nil, err
		}
		done += k
		if p.rows == 0 {
			c.loaded = append(c.loaded[:0], c.loaded[1:]...)
			c.spare = append(c.spare, p)
		}
	}
	return c.batch.array(c.column.Type, &c.dict, n), nil
}
