package loaders

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

const (
	// maxPageBytes bounds one page, compressed or not. Writers aim at 64 KiB to
	// 1 MiB; DuckDB goes up to 100 MB.
	maxPageBytes = 256 << 20
	// maxPageValues bounds what a page of few bytes may expand to.
	maxPageValues = 1 << 26
	// maxPageHeaderBytes bounds a page header, statistics included.
	maxPageHeaderBytes = 32 << 10

	smallerPages = "Write the file with smaller pages"
)

// pageHeader is what a reader of flat columns needs of a page's header. Every
// size in it has been checked against the chunk and the limits.
type pageHeader struct {
	dictionary   bool // a dictionary page
	index        bool // an index page, which holds no values
	values       int  // of a data page: its rows
	nulls        int  // v2: those of them that are null; −1 where it is not stated
	encoding     format.Encoding
	compressed   int // bytes of the body as stored
	uncompressed int
	levels       format.Encoding // v1: of the definition levels, which stand in the body
	levelBytes   int             // v2: of the definition levels, never compressed, first in the body
	skipBytes    int             // v2: of repetition levels before them, which a flat column does not need
	v2           bool
	stored       bool // v2: not compressed although the chunk has a codec
	crc          uint32
}

// pageWalker walks the pages of one column chunk: header, then body or
// skipBody, until io.EOF. It allocates nothing that a header asks for.
type pageWalker struct {
	file io.ReaderAt
	at   int64 // of the next byte in the file
	end  int64 // of the chunk
	in   *bufio.Reader
}

// start goes to the page header at a byte of the file; the chunk ends at end.
func (w *pageWalker) start(file io.ReaderAt, at, end int64) {
	w.file, w.at, w.end = file, at, end
	section := io.NewSectionReader(file, at, end-at)
	if w.in == nil {
		w.in = bufio.NewReaderSize(section, maxPageHeaderBytes)
		return
	}
	w.in.Reset(section)
}

// stop lets go of the file.
func (w *pageWalker) stop() {
	if w.in != nil {
		w.in.Reset(nil)
	}
	w.file = nil
}

// next reads the header of the next page that holds values.
func (w *pageWalker) next() (pageHeader, error) {
	for {
		header, err := w.header()
		if err != nil {
			return pageHeader{}, err
		}
		h, err := headerOf(header)
		if err == nil {
			err = h.check(w.end - w.at)
		}
		if err != nil || !h.index {
			return h, err
		}
		if err := w.skipBody(h.compressed); err != nil {
			return pageHeader{}, err
		}
	}
}

var errPageEnd = errors.New("a page ends outside its column chunk")

func (w *pageWalker) header() (*format.PageHeader, error) {
	if w.at == w.end {
		return nil, io.EOF
	}
	header := new(format.PageHeader)
	for size := 512; ; size *= 8 {
		peeked, err := w.in.Peek(min(size, maxPageHeaderBytes))
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("cannot read page header: %w", err)
		}
		n, decodeErr := decodeThrift(peeked, header)
		if decodeErr == nil {
			w.at += int64(n)
			_, err := w.in.Discard(n)
			return header, err
		}
		if err == io.EOF || size >= maxPageHeaderBytes {
			return nil, fmt.Errorf("page header: %w", decodeErr)
		}
		*header = format.PageHeader{}
	}
}

// headerOf takes what is needed from a page's header.
func headerOf(p *format.PageHeader) (pageHeader, error) {
	h := pageHeader{compressed: int(p.CompressedPageSize), uncompressed: int(p.UncompressedPageSize), crc: uint32(p.CRC), nulls: -1}
	switch {
	case p.Type == format.DataPage && p.DataPageHeader.Valid:
		v := &p.DataPageHeader.V
		h.values, h.encoding, h.levels = int(v.NumValues), v.Encoding, v.DefinitionLevelEncoding
	case p.Type == format.DataPageV2 && p.DataPageHeaderV2.Valid:
		v := &p.DataPageHeaderV2.V
		h.values, h.nulls, h.encoding, h.v2 = int(v.NumValues), int(v.NumNulls), v.Encoding, true
		h.levelBytes, h.skipBytes = int(v.DefinitionLevelsByteLength), int(v.RepetitionLevelsByteLength)
		h.stored = v.IsCompressed.Valid && !v.IsCompressed.V
	case p.Type == format.DictionaryPage && p.DictionaryPageHeader.Valid:
		v := &p.DictionaryPageHeader.V
		h.values, h.encoding, h.dictionary = int(v.NumValues), v.Encoding, true
	case p.Type == format.IndexPage:
		h.index = true
	default:
		return h, fmt.Errorf("page header: a page of kind %d without the header of that kind", p.Type)
	}
	return h, nil
}

// check compares a header with what is left of the chunk.
func (h *pageHeader) check(left int64) error {
	switch {
	case h.compressed < 0 || h.uncompressed < 0 || h.values < 0 || h.levelBytes < 0 || h.skipBytes < 0:
		return errors.New("page header: a size is negative")
	case int64(h.compressed) > left:
		return errPageEnd
	case h.compressed > maxPageBytes || h.uncompressed > maxPageBytes:
		return &advised{fmt.Sprintf("a page takes %d bytes, more than the %d that are read", max(h.compressed, h.uncompressed), maxPageBytes), smallerPages}
	case h.values > maxPageValues:
		return &advised{fmt.Sprintf("a page holds %d values, more than the %d that are read", h.values, maxPageValues), smallerPages}
	case h.levelBytes+h.skipBytes > min(h.compressed, h.uncompressed):
		return errors.New("page header: the levels are larger than the page")
	}
	return nil
}

// body reads the page's bytes as they are stored into buf, which has the
// length that the header states, and compares the checksum where there is one.
// (The format cannot tell a missing checksum from one of 0.)
func (w *pageWalker) body(buf []byte, crc uint32) error {
	n, err := io.ReadFull(w.in, buf)
	w.at += int64(n)
	if err != nil {
		return fmt.Errorf("cannot read page: %w", err)
	}
	if crc == 0 {
		return nil
	}
	if found := crc32.ChecksumIEEE(buf); found != crc {
		return fmt.Errorf("the checksum of a page does not match its bytes: %08x, and its header states %08x", found, crc)
	}
	return nil
}

func (w *pageWalker) skipBody(size int) error {
	if size > w.in.Buffered() {
		w.start(w.file, w.at+int64(size), w.end)
		return nil
	}
	n, err := w.in.Discard(size)
	w.at += int64(n)
	return err
}

// pageStart is where a data page begins: its first row in the row group and its
// header in the file.
type pageStart struct{ row, at int64 }

// mapPages finds where the data pages of a chunk begin, from their headers
// alone. For a flat column that is all an offset index has, works where there is
// none, and needs no trust in one. The pages must hold the chunk's rows.
func mapPages(file io.ReaderAt, start, end, rows int64) ([]pageStart, error) {
	var pages []pageStart
	var walker pageWalker
	walker.start(file, start, end)
	row := int64(0)
	for {
		at := walker.at
		h, err := walker.next()
		if err == io.EOF && row == rows {
			return pages, nil
		}
		if err == io.EOF {
			return nil, fmt.Errorf("its pages hold %d rows, its row group %d", row, rows)
		}
		if err != nil {
			return nil, err
		}
		if !h.dictionary {
			pages = append(pages, pageStart{row, at})
			row += int64(h.values)
		}
		if err := walker.skipBody(h.compressed); err != nil {
			return nil, err
		}
	}
}
