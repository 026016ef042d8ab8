package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// matrixCodecs are all that Parquet has and anybody writes.
var matrixCodecs = append(slices.Clone(parquetCodecs), hadoopLZ4{})

// hadoopLZ4 is the codec that the format calls LZ4: a block behind its two sizes.
type hadoopLZ4 struct{ compress.Codec }

func (hadoopLZ4) String() string                            { return "LZ4" }
func (hadoopLZ4) CompressionCodec() format.CompressionCodec { return format.Lz4 }
func (hadoopLZ4) Encode(_, src []byte) ([]byte, error) {
	packed := make([]byte, 8+lz4.CompressBlockBound(len(src)))
	n, err := (&lz4.Compressor{}).CompressBlock(src, packed[8:])
	binary.BigEndian.PutUint32(packed, uint32(len(src)))
	binary.BigEndian.PutUint32(packed[4:], uint32(n))
	return packed[:8+n], err
}

// columnForm is a type and an encoding that a column may have.
type columnForm struct {
	name  string
	node  parquet.Node
	value func(text string) parquet.Value
	text  bool // an absent value may be empty text too
}

// formsOf is a type in each of its encodings.
func formsOf(name string, node parquet.Node, value func(string) parquet.Value, encodings ...encoding.Encoding) (forms []columnForm) {
	for _, e := range encodings {
		forms = append(forms, columnForm{fmt.Sprintf("%s %v", name, e), parquet.Encoded(node, e), value, false})
	}
	return forms
}

var (
	asPlain, asDictionary, asRuns                    encoding.Encoding = &parquet.Plain, &parquet.RLEDictionary, &parquet.RLE
	asDeltas, asLengths, asPrefixes                  encoding.Encoding = &parquet.DeltaBinaryPacked, &parquet.DeltaLengthByteArray, &parquet.DeltaByteArray
	asStreams                                        encoding.Encoding = &parquet.ByteStreamSplit
	wholeNumber                                                        = func(text string) int64 { n, _ := integerOf(text); return n }
	daysSince1970                                                      = func(text string) int64 { return dayOf(text).Unix() / 86400 }
	identifierForms, dateForms, boolForms, textForms                   = identifiers(), dates(), booleans(), texts()
)

func texts() []columnForm {
	value := func(text string) parquet.Value { return parquet.ByteArrayValue([]byte(text)) }
	all := slices.Concat(formsOf("STRING", parquet.String(), value, asPlain, asDictionary, asLengths, asPrefixes),
		formsOf("BYTE_ARRAY", parquet.Leaf(parquet.ByteArrayType), value, asPlain, asDictionary), formsOf("ENUM", parquet.Enum(), value, asDictionary))
	for i := range all {
		all[i].text = true
	}
	return all
}

func identifiers() []columnForm {
	number := func(text string) parquet.Value { return parquet.Int64Value(wholeNumber(text)) }
	bytesOf := func(text string, size int) []byte {
		return binary.BigEndian.AppendUint64(make([]byte, 16), uint64(wholeNumber(text)))[24-size:]
	}
	decimal := func(typ parquet.Type) parquet.Node { return parquet.Decimal(0, 13, typ) }
	fixed := func(size int) func(string) parquet.Value {
		return func(text string) parquet.Value { return parquet.FixedLenByteArrayValue(bytesOf(text, size)) }
	}
	return slices.Concat(texts(),
		formsOf("FIXED_LEN_BYTE_ARRAY", parquet.Leaf(parquet.FixedLenByteArrayType(13)), func(text string) parquet.Value {
			return parquet.FixedLenByteArrayValue(fmt.Appendf(nil, "%13s", text))
		}, asPlain, asDictionary, asPrefixes, asStreams),
		formsOf("INT64", parquet.Int(64), number, asPlain, asDictionary, asDeltas, asStreams),
		formsOf("UINT64", parquet.Uint(64), number, asPlain, asDeltas),
		formsOf("DECIMAL of INT64", decimal(parquet.Int64Type), number, asPlain, asDictionary),
		formsOf("DECIMAL of six bytes", decimal(parquet.FixedLenByteArrayType(6)), fixed(6), asPlain, asDictionary, asPrefixes, asStreams),
		formsOf("DECIMAL of sixteen bytes", decimal(parquet.FixedLenByteArrayType(16)), fixed(16), asPlain, asDictionary),
		formsOf("DECIMAL of BYTE_ARRAY", decimal(parquet.ByteArrayType), func(text string) parquet.Value {
			return parquet.ByteArrayValue(bytesOf(text, 6))
		}, asPlain, asDictionary, asLengths, asPrefixes))
}

func dates() []columnForm {
	all := slices.Concat(texts(), formsOf("DATE", parquet.Date(), func(text string) parquet.Value {
		return parquet.Int32Value(int32(daysSince1970(text)))
	}, asPlain, asDictionary, asDeltas, asStreams),
		formsOf("INT96", parquet.Leaf(parquet.Int96Type), func(text string) parquet.Value {
			nanos := uint64(7200 * time.Second)
			return parquet.Int96Value(deprecated.Int96{uint32(nanos), uint32(nanos >> 32), uint32(daysSince1970(text) + 2440588)})
		}, asPlain, asDictionary))
	for unit, perDay := range map[parquet.TimeUnit]int64{parquet.Millisecond: 86400e3, parquet.Microsecond: 86400e6, parquet.Nanosecond: 86400e9} {
		for _, isUTC := range []bool{true, false} {
			all = append(all, formsOf(fmt.Sprintf("TIMESTAMP of %d a day, UTC %v", perDay, isUTC), parquet.TimestampAdjusted(unit, isUTC),
				func(text string) parquet.Value { return parquet.Int64Value(daysSince1970(text)*perDay + perDay - 1) }, asPlain, asDictionary, asDeltas, asStreams)...)
		}
	}
	slices.SortStableFunc(all, func(a, b columnForm) int { return strings.Compare(a.name, b.name) }) // the map has no order
	return all
}

func booleans() []columnForm {
	isTrue := func(text string) bool { return text == "true" }
	return slices.Concat(formsOf("BOOLEAN", parquet.Leaf(parquet.BooleanType), func(text string) parquet.Value {
		return parquet.BooleanValue(isTrue(text))
	}, asPlain, asRuns), formsOf("INT32", parquet.Int(32), func(text string) parquet.Value {
		return parquet.Int32Value(int32(map[bool]int{true: 1}[isTrue(text)]))
	}, asPlain, asDictionary), texts())
}

// parquetSeeds is how many seeds try every codec and page version with each half
// of the forms of identifiers.
var parquetSeeds = len(matrixCodecs) * 4

// parquetStorages are every other form of identifiers with one codec and page
// version; the forms of the other columns, page sizes and the dictionary's limit
// go round beside them.
func parquetStorages(seed int) (all []storage) {
	codec, version := matrixCodecs[seed/4%len(matrixCodecs)], 1+seed/2%2
	for i := seed % 2; i < len(identifierForms); i += 2 {
		at := i + seed*len(identifierForms)
		layout := parquetLayout{codec: codec, version: version, pageBytes: []int{300, 4000, 1 << 20}[at%3],
			dictionaryBytes: []int64{0, 1000}[(i/2+seed/2)%2], areNull: at/2%2 == 0, at: at}
		all = append(all, storage{name: fmt.Sprintf("parquet-go/%v/v%d/%s", codec, version, identifierForms[i].name), ending: ".parquet", content: layout.write})
	}
	return all
}

type parquetLayout struct {
	codec           compress.Codec
	version         int
	pageBytes       int
	dictionaryBytes int64 // past which pages are plain; 0: without end
	areNull         bool  // absent texts, and not empty
	at              int
}

func (l *parquetLayout) write(t *testing.T, columns []string, rows [][]string) []byte {
	t.Helper()
	group := parquet.Group{}
	chosen := make([]*form, len(columns))
	for i, name := range columns {
		c := l.formOf(name, i)
		chosen[i] = &form{node: c.node, value: c.value, nulls: l.areNull || !c.text}
		if chosen[i].nulls {
			chosen[i].node = parquet.Optional(c.node)
		}
		group[name] = chosen[i].node
	}
	schema := parquet.NewSchema("rows", group)
	for i, name := range columns {
		leaf, _ := schema.Lookup(name)
		chosen[i].leaf = leaf.ColumnIndex
	}
	var out bytes.Buffer
	w := parquet.NewWriter(&out, schema, parquet.Compression(l.codec), parquet.DataPageVersion(l.version), parquet.PageBufferSize(l.pageBytes),
		parquet.DictionaryMaxBytes(l.dictionaryBytes), parquet.MaxRowsPerRowGroup(900))
	for _, cells := range rows {
		row := make(parquet.Row, len(columns))
		for i, f := range chosen {
			row[f.leaf] = f.cell(cells[i])
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (l *parquetLayout) formOf(column string, i int) columnForm {
	switch {
	case strings.Contains(column, "mpxn") || strings.Contains(column, "mpan"):
		return identifierForms[l.at%len(identifierForms)]
	case column == "service_status_changed_on":
		return dateForms[(l.at+i)%len(dateForms)]
	case column == "ever_installed":
		return boolForms[(l.at+i)%len(boolForms)]
	}
	return textForms[(l.at+i)%len(textForms)]
}
