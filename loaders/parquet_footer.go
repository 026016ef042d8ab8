package loaders

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine"
)

const (
	parquetMagic    = "PAR1"
	minParquetBytes = 12 // magic, footer length, magic

	// maxFooterBytes bounds what is read before anything is known of a file.
	// A thousand columns in a thousand row groups take about that much.
	maxFooterBytes = 64 << 20
)

// footer is what stands at the end of a Parquet file, checked against itself
// and the file's size.
type footer struct {
	columns     []parquetColumn
	rowGroups   []format.RowGroup
	firstRows   []int64 // of each row group, and the file's row count at the end
	fingerprint string  // of size and footer bytes
}

func (f *footer) rows() int64 { return f.firstRows[len(f.rowGroups)] }

// readFooter reads and checks the footer of a file of size bytes.
func readFooter(file io.ReaderAt, size int64) (*footer, error) {
	raw, err := footerBytes(file, size)
	if err != nil {
		return nil, err
	}
	var meta format.FileMetaData
	if _, err := decodeThrift(raw, &meta); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	f := &footer{rowGroups: meta.RowGroups, fingerprint: fingerprint(raw, size)}
	leaves := 0
	if f.columns, leaves, err = columnsOf(meta.Schema); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	dataEnd := size - 8 - int64(len(raw))
	if err := f.checkRowGroups(meta.NumRows, leaves, dataEnd); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	return f, nil
}

func footerBytes(file io.ReaderAt, size int64) ([]byte, error) {
	if size < minParquetBytes {
		return nil, fmt.Errorf("%d bytes are too few for a Parquet file", size)
	}
	var tail [8]byte
	if _, err := file.ReadAt(tail[:], size-8); err != nil {
		return nil, fmt.Errorf("cannot read its last bytes: %w", err)
	}
	if string(tail[4:]) != parquetMagic {
		return nil, errors.New("it does not end with PAR1: its end is missing")
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	if length > size-minParquetBytes {
		return nil, fmt.Errorf("its footer is said to take %d bytes, the file has %d", length, size)
	}
	if length > maxFooterBytes {
		return nil, fmt.Errorf("its footer takes %d bytes, more than the %d that are read", length, maxFooterBytes)
	}
	raw := make([]byte, length)
	if _, err := file.ReadAt(raw, size-8-length); err != nil {
		return nil, fmt.Errorf("cannot read its footer: %w", err)
	}
	return raw, nil
}

// fingerprint tells a replaced file from the one that was read.
func fingerprint(footer []byte, size int64) string {
	h := sha256.New()
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(size)))
	h.Write(footer)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// checkRowGroups adds up the rows and looks at every chunk of a column that can
// be given: a flat column has one value, or null, per row.
func (f *footer) checkRowGroups(rows int64, leaves int, dataEnd int64) error {
	total := int64(0)
	for i := range f.rowGroups {
		g := &f.rowGroups[i]
		f.firstRows = append(f.firstRows, total)
		if g.NumRows < 0 || g.NumRows > rows-total {
			return fmt.Errorf("row group %d: states %d rows, the whole file %d", i, g.NumRows, rows)
		}
		total += g.NumRows
		if len(g.Columns) != leaves {
			return fmt.Errorf("row group %d: has %d columns, the schema %d", i, len(g.Columns), leaves)
		}
		for c := range f.columns {
			if err := f.columns[c].check(&g.Columns[f.columns[c].leaf], g.NumRows, dataEnd); err != nil {
				return fmt.Errorf("row group %d, column %s: %w", i, engine.Shown(f.columns[c].Name), err)
			}
		}
	}
	f.firstRows = append(f.firstRows, total)
	if total != rows {
		return fmt.Errorf("states %d rows, its row groups %d", rows, total)
	}
	return nil
}

// check looks at one chunk of the column. A chunk that is encrypted makes the
// column one that cannot be given.
func (c *parquetColumn) check(chunk *format.ColumnChunk, rows, dataEnd int64) error {
	if c.Type == nil {
		return nil
	}
	meta := &chunk.MetaData
	if chunk.CryptoMetadata.Value != nil || len(chunk.EncryptedColumnMetadata) > 0 {
		c.Type, c.Native, c.Obstacle = nil, c.Native+", encrypted", "no key is given to this program"
		return nil
	}
	start, end := chunkRange(chunk)
	switch {
	case chunk.FilePath != "":
		return errors.New("its data is said to stand in another file")
	case meta.Type != c.physical:
		return fmt.Errorf("is stored as %v, the schema says %v", meta.Type, c.physical)
	case meta.NumValues != rows:
		return fmt.Errorf("has %d values, its row group %d rows", meta.NumValues, rows)
	case start < int64(len(parquetMagic)) || end < start || end > dataEnd:
		return fmt.Errorf("is said to stand at bytes %d to %d, the data of the file ends at %d", start, end, dataEnd)
	}
	return nil
}

// chunkRange is where the pages of a chunk stand in the file, the dictionary
// page first. Some writers state no dictionary offset, or one of 0.
func chunkRange(chunk *format.ColumnChunk) (start, end int64) {
	meta := &chunk.MetaData
	start = meta.DataPageOffset
	if d := meta.DictionaryPageOffset; d > 0 && d < start {
		start = d
	}
	if size := meta.TotalCompressedSize; size >= 0 && start <= 1<<62 && size <= 1<<62 {
		return start, start + size
	}
	return start, -1
}

// statesChecksums tells whether the first page of the file has a checksum; a
// writer gives one to every page or to none. A page that cannot be looked at is
// left to those who read it.
func (f *footer) statesChecksums(file io.ReaderAt) bool {
	for i := range f.rowGroups {
		for _, c := range f.columns {
			if c.Type == nil || f.rowGroups[i].NumRows == 0 {
				continue
			}
			var walker pageWalker
			from, to := chunkRange(&f.rowGroups[i].Columns[c.leaf])
			walker.start(file, from, to)
			page, err := walker.next()
			return err != nil || page.crc != 0
		}
	}
	return true
}
