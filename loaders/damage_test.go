package loaders

import (
	"encoding/binary"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine"
)

// retold is a file with a footer that says something else.
func retold(t *testing.T, file []byte, change func(*format.FileMetaData)) []byte {
	t.Helper()
	length := int(binary.LittleEndian.Uint32(file[len(file)-8:]))
	data, raw := file[:len(file)-8-length], file[len(file)-8-length:len(file)-8]
	var meta format.FileMetaData
	protocol := &thrift.CompactProtocol{}
	if err := thrift.Unmarshal(protocol, raw, &meta); err != nil {
		t.Fatal(err)
	}
	change(&meta)
	raw, err := thrift.Marshal(protocol, meta)
	if err != nil {
		t.Fatal(err)
	}
	return withFooter(data, raw)
}

func withFooter(data, footer []byte) []byte {
	out := append(append([]byte{}, data...), footer...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(footer)))
	return append(out, parquetMagic...)
}

// repaged is a file of one column whose first page has another header, and body
// if it is not nil.
func repaged(t *testing.T, file []byte, body []byte, change func(*format.PageHeader)) []byte {
	t.Helper()
	var header format.PageHeader
	n, err := decodeThrift(file[4:], &header)
	if err != nil {
		t.Fatal(err)
	}
	header.CRC = 0
	size := int(header.CompressedPageSize)
	rest := file[4+n+size:]
	if body == nil {
		body = file[4+n : 4+n+size]
	} else {
		header.CompressedPageSize, header.UncompressedPageSize = int32(len(body)), int32(len(body))
	}
	change(&header)
	raw, err := thrift.Marshal(&thrift.CompactProtocol{}, header)
	if err != nil {
		t.Fatal(err)
	}
	grown := int64(len(raw) + len(body) - n - size)
	out := append(append(append([]byte(parquetMagic), raw...), body...), rest...)
	return retold(t, out, func(m *format.FileMetaData) {
		meta := &m.RowGroups[0].Columns[0].MetaData
		meta.TotalCompressedSize += grown
		if meta.DataPageOffset > 4 {
			meta.DataPageOffset += grown
		}
	})
}

func TestDamagedFooters(t *testing.T) {
	file := writeParquet(t, keyedRows(1000), parquet.MaxRowsPerRowGroup(600))
	meta := func(m *format.FileMetaData) *format.ColumnMetaData { return &m.RowGroups[1].Columns[2].MetaData }
	nested := make([]byte, 1<<16)
	for i := range nested {
		nested[i] = 0x1C // a struct whose first field is a struct whose first field …
	}
	// One row group with more chunks than are read, each a struct without fields.
	chunksOfAByte := binary.AppendUvarint([]byte{0x49, 0x1C, 0x19, 0xFC}, maxThriftItems)
	chunksOfAByte = append(chunksOfAByte, make([]byte, maxThriftItems+2)...)
	for _, c := range []struct {
		name string
		file []byte
		part string
	}{
		{"rows", retold(t, file, func(m *format.FileMetaData) { m.NumRows++ }), "states 1001 rows, its row groups 1000"},
		{"fewer rows", retold(t, file, func(m *format.FileMetaData) { m.NumRows = 700 }), "row group 1: states 400 rows, the whole file 700"},
		{"negative rows", retold(t, file, func(m *format.FileMetaData) { m.RowGroups[1].NumRows = -400 }), "row group 1"},
		{"values", retold(t, file, func(m *format.FileMetaData) { meta(m).NumValues-- }), "row group 1, column status: has 399 values, its row group 400 rows"},
		{"type", retold(t, file, func(m *format.FileMetaData) { meta(m).Type = format.Int64 }), "column status: is stored as INT64"},
		{"other file", retold(t, file, func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].FilePath = "/etc/passwd" }), "another file"},
		{"behind the end", retold(t, file, func(m *format.FileMetaData) { meta(m).TotalCompressedSize = 1 << 40 }), "the data of the file ends at"},
		{"before the start", retold(t, file, func(m *format.FileMetaData) { meta(m).DataPageOffset = -5; meta(m).DictionaryPageOffset = 0 }), "stand at bytes -5"},
		{"huge offset", retold(t, file, func(m *format.FileMetaData) { meta(m).DataPageOffset = 1<<63 - 1; meta(m).DictionaryPageOffset = 0 }), "column status"},
		{"negative size", retold(t, file, func(m *format.FileMetaData) { meta(m).TotalCompressedSize = -1 }), "column status"},
		{"a column less", retold(t, file, func(m *format.FileMetaData) { m.RowGroups[1].Columns = m.RowGroups[1].Columns[:2] }), "row group 1: has 2 columns, the schema 3"},
		{"schema", retold(t, file, func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 9 }), "its schema ends early"},
		{"schema too long", retold(t, file, func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 2 }), "1 elements too many"},
		{"no schema", retold(t, file, func(m *format.FileMetaData) { m.Schema = nil }), "no root"},
		{"negative children", retold(t, file, func(m *format.FileMetaData) { m.Schema[1].NumChildren = thrift.New(int32(-7)) }), "below column key"},
		{"empty footer", withFooter(file[:100], nil), "not well-formed"},
		{"nesting", withFooter(file[:100], nested), "not well-formed"},
		{"a list of two billion", withFooter(file[:100], []byte{0x15, 0x02, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07}), "not well-formed"},
		{"chunks that take a byte each", withFooter(file[:100], chunksOfAByte), "not well-formed"},
		{"footer longer than the file", append(binary.LittleEndian.AppendUint32([]byte("PAR1"), 1<<31), "PAR1"...), "its footer is said to take 2147483648 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := saved(t, "x.parquet", c.file)
			_, _, err := readAllOf(open(t, path))
			mustRefuse(t, err, path, "footer", c.part)
		})
	}
}

// An encrypted column cannot be given; the others can.
func TestEncryptedColumn(t *testing.T) {
	file := retold(t, writeParquet(t, keyedRows(10)), func(m *format.FileMetaData) {
		m.RowGroups[0].Columns[1].CryptoMetadata.Value = &format.EncryptionWithFooterKey{}
	})
	got, plan, err := readAllOf(open(t, saved(t, "x.parquet", file)))
	if err != nil {
		t.Fatal(err)
	}
	if c := plan.Files[0].Columns[1]; c.Type != nil || c.Native != "BYTE_ARRAY (STRING), encrypted" {
		t.Errorf("column %+v", c)
	}
	if len(got.cells) != 2 || got.cells["key"][9] != int64(9) {
		t.Errorf("%v", got.cells)
	}
}

// withoutDictionary is a file whose only column chunk has lost its dictionary.
func withoutDictionary(t *testing.T, file []byte) []byte {
	return retold(t, file, func(m *format.FileMetaData) {
		meta := &m.RowGroups[0].Columns[0].MetaData
		meta.TotalCompressedSize -= meta.DataPageOffset - meta.DictionaryPageOffset
		meta.DictionaryPageOffset = 0
	})
}

// A chunk of nulls needs no dictionary, though its pages be encoded with one.
func TestNullsWithoutDictionary(t *testing.T) {
	type row struct {
		Text *string `parquet:"text,optional,dict"`
	}
	file := withoutDictionary(t, writeParquet(t, make([]row, 5)))
	got, _, err := readAllOf(open(t, saved(t, "x.parquet", file)))
	if err != nil {
		t.Fatal(err)
	}
	sameCells(t, map[string][]any{"text": {nil, nil, nil, nil, nil}}, got.cells)
}

func TestDamagedPages(t *testing.T) {
	type text struct {
		Text *string `parquet:"text,optional,plain"`
	}
	type word struct {
		Word string `parquet:"word,dict"`
	}
	type number struct {
		Number int64 `parquet:"number,delta"`
	}
	a := "abc"
	plain := writeParquet(t, []text{{&a}, {nil}, {&a}}, parquet.DataPageVersion(1))
	v2 := writeParquet(t, []text{{&a}, {nil}, {&a}}, parquet.DataPageVersion(2))
	snappy := writeParquet(t, []text{{&a}, {nil}, {&a}}, parquet.Compression(&parquet.Snappy))
	lz4 := writeParquet(t, []text{{&a}, {nil}, {&a}}, parquet.Compression(&parquet.Lz4Raw))
	dict := writeParquet(t, []word{{"a"}, {"b"}, {"a"}})
	delta := writeParquet(t, []number{{1}, {2}, {3}})
	same := func(*format.PageHeader) {}
	levels := "\x02\x00\x00\x00\x03\x05" // three rows: value, null, value
	withBody := func(file []byte, body string) []byte { return repaged(t, file, []byte(body), same) }
	with := func(file []byte, change func(*format.PageHeader)) []byte { return repaged(t, file, nil, change) }
	codec := func(c format.CompressionCodec) []byte {
		return retold(t, snappy, func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.Codec = c })
	}
	flipped := append([]byte{}, plain...)
	var header format.PageHeader
	n, err := decodeThrift(flipped[4:], &header)
	if err != nil || header.CRC == 0 {
		t.Fatalf("no checksum is written: %v", err)
	}
	flipped[4+n+int(header.CompressedPageSize)-1] ^= 1
	for _, c := range []struct {
		name string
		file []byte
		part string
	}{
		{"nothing is wrong", withBody(plain, levels+"\x01\x00\x00\x00x\x01\x00\x00\x00y"), ""},
		{"a flipped bit where there is a checksum", flipped, "the checksum of a page does not match"},
		{"value longer than the page", withBody(plain, levels+"\x01\x00\x00\x00x\xff\xff\xff\xffy"), "does not hold the values"},
		{"a value is missing", withBody(plain, levels+"\x01\x00\x00\x00x"), "does not hold the values"},
		{"bytes are left", withBody(plain, levels+"\x01\x00\x00\x00x\x01\x00\x00\x00yz"), "does not hold the values"},
		{"levels end early", withBody(plain, "\x01\x00\x00\x00\x03"), "definition levels"},
		{"levels longer than the page", withBody(plain, "\xff\x00\x00\x00\x03\x05"), "definition levels"},
		{"no levels", withBody(plain, ""), "definition levels"},
		{"a level of 2", withBody(plain, "\x02\x00\x00\x00\x06\x02"), "definition levels"},
		{"more rows than the chunk", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = 4 }), "4 rows where 3 are left"},
		{"fewer rows than the chunk", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = 2 }), ""},
		{"negative rows", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = -1 }), "negative"},
		{"rows without end", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = 1<<31 - 1 }), "more than the"},
		{"page longer than the chunk", with(plain, func(h *format.PageHeader) { h.CompressedPageSize = 1 << 30 }), "ends outside its column chunk"},
		{"page of two gigabytes", with(snappy, func(h *format.PageHeader) { h.UncompressedPageSize = 1<<31 - 1 }), "more than the"},
		{"size of an uncompressed page", with(plain, func(h *format.PageHeader) { h.UncompressedPageSize++ }), "another size"},
		{"size of a snappy page", with(snappy, func(h *format.PageHeader) { h.UncompressedPageSize++ }), "another size"},
		{"size of an lz4 page", with(lz4, func(h *format.PageHeader) { h.UncompressedPageSize-- }), "cannot decompress"},
		{"no header of its kind", with(plain, func(h *format.PageHeader) { h.Type = format.DictionaryPage }), "without the header of that kind"},
		{"unknown encoding", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.Encoding = 77 }), "is not supported"},
		{"encoding of integers", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.Encoding = format.DeltaBinaryPacked }), "is not supported"},
		{"bit-packed levels", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.DefinitionLevelEncoding = format.BitPacked }), "BIT_PACKED are not supported"},
		{"codes without dictionary", with(plain, func(h *format.PageHeader) { h.DataPageHeader.V.Encoding = format.RLEDictionary }), "has none"},
		{"wrong nulls", with(v2, func(h *format.PageHeader) { h.DataPageHeaderV2.V.NumNulls = 2 }), "1 nulls, its header states 2"},
		{"levels longer than the v2 page", with(v2, func(h *format.PageHeader) { h.DataPageHeaderV2.V.DefinitionLevelsByteLength = 1000 }), "larger than the page"},
		{"a code over the dictionary", repaged(t, dict, []byte("\x01\x00\x00\x00a"), func(h *format.PageHeader) { h.DictionaryPageHeader.V.NumValues = 1 }), "does not have"},
		{"dictionary longer than stated", withBody(dict, "\x01\x00\x00\x00a\x01\x00\x00\x00bc"), "dictionary"},
		{"dictionary entries without end", with(dict, func(h *format.PageHeader) { h.DictionaryPageHeader.V.NumValues = 1 << 25 }), "dictionary"},
		{"no dictionary where codes are", withoutDictionary(t, dict), "has none"},
		{"deltas of too many values", withBody(delta, "\x80\x01\x04\xff\xff\xff\x7f\x02"), "deltas"},
		{"delta bit width", withBody(delta, "\x80\x01\x04\x03\x02\x02\xff\x00\x00\x00aaaa"), "deltas"},
		{"gzip that is none", codec(format.Gzip), "cannot decompress GZIP"},
		{"zstd that is none", codec(format.Zstd), "cannot decompress ZSTD"},
		{"brotli that is none", codec(format.Brotli), "BROTLI"},
		{"lz4 that is none", codec(format.Lz4Raw), "LZ4_RAW"},
		{"a codec that is not supported", codec(format.LZO), "LZO page: this codec is not supported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := saved(t, "x.parquet", c.file)
			_, _, err := readAllOf(open(t, path))
			switch {
			case c.name == "nothing is wrong":
				if err != nil {
					t.Error(err)
				}
			case c.name == "fewer rows than the chunk":
				mustRefuse(t, err, path, "row group 0, column text")
			default:
				mustRefuse(t, err, path, "row group 0, column", c.part)
			}
		})
	}
}

// Seeds are small: a fuzzer gets through them faster.
func FuzzParquet(f *testing.F) {
	for i, codec := range codecs {
		f.Add(writeParquet(f, keyedRows(5), parquet.Compression(codec), parquet.DataPageVersion(1+i%2), parquet.MaxRowsPerRowGroup(3)))
	}
	f.Add(writeParquet(f, everythingRows(3)))
	f.Fuzz(func(t *testing.T, content []byte) { mustReadOrRefuse(t, saved(t, "x.parquet", content)) })
}

// A panic in whatever decodes is a refusal that says where, and the reader is
// of no use afterwards.
func TestPanicBarrier(t *testing.T) {
	path := saved(t, "x.parquet", writeParquet(t, keyedRows(10)))
	reader, err := open(t, path).Open(engine.Split{Rows: 10}, []int{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	reader.(*parquetReader).arrays = nil // the first column's array finds no place
	var batch engine.Batch
	for range 2 {
		err = reader.Next(&batch)
		mustRefuse(t, err, path, "row group 0, column text", "damaged or uses what this program cannot decode")
	}
	err = func() (err error) {
		defer barrier(&err)
		panic("thrown")
	}()
	if err == nil {
		t.Error("a panic went by")
	}
}
