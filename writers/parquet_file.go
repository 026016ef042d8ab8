package writers

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// parquetFile writes a Parquet file of blocks of rows: each is one page in
// every column. The pages of a row group wait, compressed, until it is whole: a
// dictionary stands before its pages, and grows with them. The metadata and
// their encoding are parquet-go's.
type parquetFile struct {
	out     *bufio.Writer // keeps its first error for close
	offset  int64         // of what is written next
	columns []*parquetColumn
	rows    int // of the row group that is being filled
	footer  format.FileMetaData
	indexes []pageIndex // of the column chunks written
}

// pageIndex tells readers where the pages of a column chunk begin and, where
// their bounds are known, what they hold.
type pageIndex struct {
	chunk     *format.ColumnChunk
	locations format.OffsetIndex
	bounds    *format.ColumnIndex // nil: not known
}

const parquetMagic = "PAR1"

// newParquetFile begins a file of the columns of a flat schema.
func newParquetFile(w io.Writer, schema *parquet.Schema) *parquetFile {
	f := &parquetFile{out: bufio.NewWriterSize(w, flowBufferBytes), footer: format.FileMetaData{
		Version:   2,
		CreatedBy: "flagfill version 1", // not the build: content must not depend on it
	}}
	fields := schema.Fields()
	root := format.SchemaElement{Name: schema.Name(), NumChildren: thrift.New(int32(len(fields)))}
	f.footer.Schema = append(f.footer.Schema, root)
	for _, field := range fields {
		element := format.SchemaElement{Name: field.Name(), Type: thrift.New(*field.Type().PhysicalType()), RepetitionType: thrift.New(format.Required)}
		if field.Optional() {
			element.RepetitionType = thrift.New(format.Optional)
		}
		if logical := field.Type().LogicalType(); logical != nil {
			element.LogicalType = *logical
		}
		if converted := field.Type().ConvertedType(); converted != nil {
			element.ConvertedType = thrift.New(*converted)
		}
		f.footer.Schema = append(f.footer.Schema, element)
		f.footer.ColumnOrders = append(f.footer.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
		f.columns = append(f.columns, newParquetColumn(field))
	}
	f.write([]byte(parquetMagic))
	return f
}

func (f *parquetFile) write(b []byte) {
	n, _ := f.out.Write(b)
	f.offset += int64(n)
}

// endBlock is told when every column has taken the page of a block, and of how
// many rows. Blocks end where row groups do.
func (f *parquetFile) endBlock(rows int) error {
	if f.rows += rows; f.rows < rowGroupRows {
		return nil
	}
	return f.endRowGroup()
}

func (f *parquetFile) endRowGroup() error {
	group := format.RowGroup{NumRows: int64(f.rows), FileOffset: f.offset, Ordinal: int16(len(f.footer.RowGroups)),
		Columns: make([]format.ColumnChunk, len(f.columns))}
	for i, c := range f.columns {
		index, err := f.writeChunk(c, &group.Columns[i])
		if err != nil {
			return err
		}
		f.indexes = append(f.indexes, index)
		group.TotalByteSize += group.Columns[i].MetaData.TotalUncompressedSize
		group.TotalCompressedSize += group.Columns[i].MetaData.TotalCompressedSize
		c.reset()
	}
	f.footer.RowGroups = append(f.footer.RowGroups, group)
	f.footer.NumRows += int64(f.rows)
	f.rows = 0
	return nil
}

// writeChunk writes what a column has gathered, and describes it.
func (f *parquetFile) writeChunk(c *parquetColumn, chunk *format.ColumnChunk) (pageIndex, error) {
	start, dictionaryAt := f.offset, int64(0)
	if c.hasDictionary() {
		page, err := c.dictionaryPage()
		if err != nil {
			return pageIndex{}, err
		}
		dictionaryAt = start
		f.write(page)
	}
	pagesAt := f.offset
	for i := range c.locations {
		c.locations[i].Offset += pagesAt
	}
	f.write(c.pages)
	chunk.MetaData = c.describe()
	chunk.MetaData.DictionaryPageOffset, chunk.MetaData.DataPageOffset = dictionaryAt, pagesAt
	chunk.MetaData.TotalCompressedSize = f.offset - start
	index := pageIndex{chunk: chunk, locations: format.OffsetIndex{PageLocations: c.locations}}
	if c.bounded {
		bounds := c.bounds
		index.bounds = &bounds
	}
	return index, f.out.Flush()
}

// close writes the last row group, the page indexes and the footer.
func (f *parquetFile) close() error {
	if f.rows > 0 {
		if err := f.endRowGroup(); err != nil {
			return err
		}
	}
	for _, index := range f.indexes {
		if index.bounds == nil {
			continue
		}
		index.chunk.ColumnIndexOffset = f.offset
		if err := f.writeThrift(index.bounds); err != nil {
			return err
		}
		index.chunk.ColumnIndexLength = int32(f.offset - index.chunk.ColumnIndexOffset)
	}
	for _, index := range f.indexes {
		index.chunk.OffsetIndexOffset = f.offset
		if err := f.writeThrift(&index.locations); err != nil {
			return err
		}
		index.chunk.OffsetIndexLength = int32(f.offset - index.chunk.OffsetIndexOffset)
	}
	start := f.offset
	if err := f.writeThrift(&f.footer); err != nil {
		return err
	}
	f.write(binary.LittleEndian.AppendUint32(nil, uint32(f.offset-start)))
	f.write([]byte(parquetMagic))
	return f.out.Flush()
}

func (f *parquetFile) writeThrift(v any) error {
	text, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	f.write(text)
	return err
}
