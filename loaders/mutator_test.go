package loaders

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// mutator damages files as disks, transfers, broken writers and ill will do.
// The same random source gives the same damage.
type mutator struct {
	random *rand.Rand
	files  []soundFile // of parquet
	texts  [][]byte    // of csv
	wholes [][]byte    // of packed
	arrows []soundArrow
}

// soundFile is a Parquet file, and where in it there is something to aim at.
type soundFile struct {
	bytes    []byte
	footerAt int
	pages    []soundPage
}

// soundPage is where a page's header begins, its body and what follows it.
type soundPage struct {
	at, body, end int
	rowGroup      int
	leaf          int
	codec         format.CompressionCodec
}

// takenApart finds the pages of a sound file.
func takenApart(t testing.TB, file []byte) soundFile {
	t.Helper()
	s := soundFile{bytes: file, footerAt: len(file) - 8 - int(binary.LittleEndian.Uint32(file[len(file)-8:]))}
	meta := s.footer()
	for g := range meta.RowGroups {
		for c := range meta.RowGroups[g].Columns {
			chunk := &meta.RowGroups[g].Columns[c]
			from, to := chunkRange(chunk)
			for at := int(from); at < int(to); {
				var header format.PageHeader
				n, err := decodeThrift(file[at:to], &header)
				if err != nil {
					t.Fatal(err)
				}
				p := soundPage{at, at + n, at + n + int(header.CompressedPageSize), g, c, chunk.MetaData.Codec}
				s.pages = append(s.pages, p)
				at = p.end
			}
		}
	}
	return s
}

// footer decodes the footer afresh, for the caller to change. (What the thrift
// decoder gives lies in the bytes it is given: they are a copy.)
func (s *soundFile) footer() *format.FileMetaData {
	meta := new(format.FileMetaData)
	if _, err := decodeThrift(slices.Clone(s.bytes[s.footerAt:]), meta); err != nil {
		panic(err)
	}
	return meta
}

// header decodes a page header afresh, and drops the checksum: it would hide
// what is behind it.
func (s *soundFile) header(p soundPage) *format.PageHeader {
	header := new(format.PageHeader)
	if _, err := decodeThrift(slices.Clone(s.bytes[p.at:p.body]), header); err != nil {
		panic(err)
	}
	header.CRC = 0
	return header
}

// withPage is the file with another page in the place of p; the footer's
// offsets follow.
func (s *soundFile) withPage(p soundPage, header *format.PageHeader, body []byte) []byte {
	raw, err := thrift.Marshal(&thrift.CompactProtocol{}, header)
	if err != nil {
		return s.bytes
	}
	out := slices.Concat(s.bytes[:p.at], raw, body, s.bytes[p.end:s.footerAt])
	grown := int64(len(out) - s.footerAt)
	meta := s.footer()
	for g := range meta.RowGroups {
		for c := range meta.RowGroups[g].Columns {
			chunk := &meta.RowGroups[g].Columns[c].MetaData
			for _, offset := range []*int64{&chunk.DataPageOffset, &chunk.DictionaryPageOffset} {
				if *offset > int64(p.at) {
					*offset += grown
				}
			}
			if g == p.rowGroup && c == p.leaf {
				chunk.TotalCompressedSize += grown
			}
		}
	}
	return withMeta(out, meta)
}

func withMeta(data []byte, meta *format.FileMetaData) []byte {
	footer, err := thrift.Marshal(&thrift.CompactProtocol{}, *meta)
	if err != nil {
		footer = nil
	}
	return withFooter(data, footer)
}

// parquet is a damaged Parquet file: some in one place, some in two.
func (m *mutator) parquet() []byte {
	file := &m.files[m.random.IntN(len(m.files))]
	kinds := []func(*soundFile) []byte{m.flipped, m.cut, m.spliced, m.footerLength, m.footerField, m.rowCounts, m.pageField, m.storedBody, m.pageValues}
	out := kinds[m.random.IntN(len(kinds))](file)
	if m.random.IntN(6) == 0 && len(out) > 0 {
		out = m.bytes(out)
	}
	return out
}

func (m *mutator) flipped(file *soundFile) []byte { return m.bytes(file.bytes) }

// bytes flips, overwrites, cuts out and repeats bytes of a text that is not
// empty: at its beginning and at its end as often as in the middle.
func (m *mutator) bytes(text []byte) []byte {
	out := slices.Clone(text)
	for range 1 + m.random.IntN(4) {
		if len(out) == 0 {
			break
		}
		at := m.random.IntN(len(out))
		switch m.random.IntN(3) {
		case 0:
			at = m.random.IntN(min(len(out), 200))
		case 1:
			at = len(out) - 1 - m.random.IntN(min(len(out), 700))
		}
		n := min(1+m.random.IntN(8), len(out)-at)
		switch m.random.IntN(6) {
		case 0:
			out[at] ^= 1 << m.random.IntN(8)
		case 1:
			out[at] = [...]byte{0, 1, 0x7f, 0x80, 0xff}[m.random.IntN(5)]
		case 2:
			copy(out[at:], slices.Repeat([]byte{0xff}, n))
		case 3:
			out[at] += byte(1 + m.random.IntN(3))
		case 4:
			out = slices.Delete(out, at, at+n)
		case 5:
			out = slices.Insert(out, at, slices.Clone(out[at:at+n])...)
		}
	}
	return out
}

// cut loses the end, the beginning, or data under a footer that is whole.
func (m *mutator) cut(file *soundFile) []byte {
	at := m.random.IntN(len(file.bytes))
	switch m.random.IntN(3) {
	case 0:
		return file.bytes[:at]
	case 1:
		return file.bytes[at:]
	}
	from := m.random.IntN(file.footerAt)
	to := from + m.random.IntN(file.footerAt-from)
	return slices.Delete(slices.Clone(file.bytes), from, to)
}

// spliced begins as one file and ends as another, or has a piece of another.
func (m *mutator) spliced(file *soundFile) []byte {
	other := m.files[m.random.IntN(len(m.files))].bytes
	at, from := m.random.IntN(len(file.bytes)), m.random.IntN(len(other))
	if m.random.IntN(2) == 0 {
		return slices.Concat(file.bytes[:at], other[from:])
	}
	out := slices.Clone(file.bytes)
	copy(out[at:], other[from:min(len(other), from+1+m.random.IntN(4096))])
	return out
}

func (m *mutator) footerLength(file *soundFile) []byte {
	out := slices.Clone(file.bytes)
	length := out[len(out)-8:]
	binary.LittleEndian.PutUint32(length, uint32(m.number(int64(binary.LittleEndian.Uint32(length)))))
	return out
}

// footerField changes one field of the footer, at any depth of it.
func (m *mutator) footerField(file *soundFile) []byte {
	meta := file.footer()
	m.change(reflect.ValueOf(meta).Elem())
	return withMeta(file.bytes[:file.footerAt], meta)
}

// rowCounts says of a row group everywhere that it has another number of rows.
func (m *mutator) rowCounts(file *soundFile) []byte {
	meta := file.footer()
	group := &meta.RowGroups[m.random.IntN(len(meta.RowGroups))]
	rows := m.number(group.NumRows)
	meta.NumRows += rows - group.NumRows
	group.NumRows = rows
	for i := range group.Columns {
		group.Columns[i].MetaData.NumValues = rows
	}
	return withMeta(file.bytes[:file.footerAt], meta)
}

// pageField changes one field of a page header.
func (m *mutator) pageField(file *soundFile) []byte {
	p := file.pages[m.random.IntN(len(file.pages))]
	header := file.header(p)
	m.change(reflect.ValueOf(header).Elem())
	return file.withPage(p, header, file.bytes[p.body:p.end])
}

// storedBody damages a page as its codec sees it.
func (m *mutator) storedBody(file *soundFile) []byte {
	p := file.pages[m.random.IntN(len(file.pages))]
	header := file.header(p)
	if p.body == p.end {
		return m.bytes(file.bytes)
	}
	body := m.bytes(file.bytes[p.body:p.end])
	header.CompressedPageSize = int32(len(body))
	return file.withPage(p, header, body)
}

// pageValues damages levels, runs, codes, lengths and values, in a page that
// its codec finds in order.
func (m *mutator) pageValues(file *soundFile) []byte {
	p := file.pages[m.random.IntN(len(file.pages))]
	header := file.header(p)
	codec, levels := parquet.LookupCompressionCodec(p.codec), 0
	if header.DataPageHeaderV2.Valid {
		levels = int(header.DataPageHeaderV2.V.DefinitionLevelsByteLength)
	}
	stored := file.bytes[p.body+levels : p.end]
	values, err := codec.Decode(make([]byte, int(header.UncompressedPageSize)-levels), stored)
	if err != nil || len(values)+levels == 0 {
		return m.storedBody(file)
	}
	changed := m.bytes(slices.Concat(file.bytes[p.body:p.body+levels], values))
	levels = min(levels, len(changed))
	packed, err := codec.Encode(nil, changed[levels:])
	if err != nil {
		return m.storedBody(file)
	}
	header.UncompressedPageSize, header.CompressedPageSize = int32(len(changed)), int32(levels+len(packed))
	return file.withPage(p, header, append(changed[:levels:levels], packed...))
}

// number is one near a number, or far from it.
func (m *mutator) number(v int64) int64 {
	choices := []int64{0, 1, -1, v - 1, v + 1, v + 8, 2 * v, v / 2, -v, 1000 * v, 1 << 20, 1 << 26, 200 << 20, math.MaxInt32,
		math.MinInt32, math.MaxUint32, 1 << 40, math.MaxInt64, math.MinInt64, m.random.Int64(), v ^ 1<<m.random.IntN(63)}
	return choices[m.random.IntN(len(choices))]
}

// change changes one number, truth, text or list of a struct.
func (m *mutator) change(of reflect.Value) {
	found := changeable(of, nil)
	v := found[m.random.IntN(len(found))]
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.String:
		texts := []string{"", "\x00", "a\nb", "\xff\xfe", v.String() + "x", v.String() + v.String(), string(make([]byte, 70000))}
		v.SetString(texts[m.random.IntN(len(texts))])
	case reflect.Slice:
		switch n := v.Len(); {
		case n == 0 || m.random.IntN(4) == 0:
			v.SetZero()
		case m.random.IntN(2) == 0:
			v.Set(v.Slice(0, n-1))
		default:
			v.Set(reflect.AppendSlice(v, v.Slice(m.random.IntN(n), n)))
		}
	default:
		v.SetInt(m.number(v.Int()))
	}
}

// changeable gathers what change can change.
func changeable(v reflect.Value, into []reflect.Value) []reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				into = changeable(v.Field(i), into)
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			into = changeable(v.Elem(), into)
		}
	case reflect.Slice:
		into = append(into, v)
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				into = changeable(v.Index(i), into)
			}
		}
	case reflect.Bool, reflect.String, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.CanSet() {
			into = append(into, v)
		}
	}
	return into
}
