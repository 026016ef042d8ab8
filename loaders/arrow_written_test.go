package loaders

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// arrowWriting is how records are written down.
type arrowWriting struct {
	name    string
	stream  bool
	options []ipc.Option
}

// arrowWritings are all ways that the library has.
var arrowWritings = []arrowWriting{
	{"file", false, nil},
	{"file, LZ4", false, []ipc.Option{ipc.WithLZ4()}},
	{"file, zstd", false, []ipc.Option{ipc.WithZstd()}},
	{"stream", true, nil},
	{"stream, LZ4", true, []ipc.Option{ipc.WithLZ4()}},
	{"stream, zstd", true, []ipc.Option{ipc.WithZstd()}},
	{"stream, dictionaries that grow", true, []ipc.Option{ipc.WithDictionaryDeltas(true)}},
}

// records are random; in a file their dictionaries are the same ones.
func (w arrowWriting) records(random *rand.Rand, schema *arrow.Schema, rows ...int) (records []arrow.Record) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, n := range rows {
		for _, field := range b.Fields() {
			if d, ok := field.(interface{ ResetFull() }); ok && w.stream && random.IntN(2) == 0 {
				d.ResetFull() // a new dictionary begins
			}
			fill(random, field, n, i%2 == 0, !w.stream)
		}
		records = append(records, b.NewRecord())
	}
	return records
}

// write gives the bytes of a file or a stream with the records.
func (w arrowWriting) write(t testing.TB, records ...arrow.Record) []byte {
	t.Helper()
	var out seekable
	options := append([]ipc.Option{ipc.WithSchema(records[0].Schema())}, w.options...)
	var to interface {
		Write(arrow.Record) error
		Close() error
	}
	if w.stream {
		to = ipc.NewWriter(&out, options...)
	} else {
		file, err := ipc.NewFileWriter(&out, options...)
		if err != nil {
			t.Fatal(err)
		}
		to = file
	}
	for _, r := range records {
		if err := to.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// seekable is what the writer of files wants: it only ever asks where it is.
type seekable struct{ bytes.Buffer }

func (s *seekable) Seek(int64, int) (int64, error) { return int64(s.Len()), nil }

// everyArrowType is a schema with every type that is read, and some between
// them that are not.
var everyArrowType = func() *arrow.Schema {
	text := func(index arrow.DataType) *arrow.DictionaryType {
		return &arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.String}
	}
	types := []arrow.DataType{
		arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary,
		arrow.ListOf(arrow.PrimitiveTypes.Int32), text(arrow.PrimitiveTypes.Int8), text(arrow.PrimitiveTypes.Uint16), text(arrow.PrimitiveTypes.Int64),
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.PrimitiveTypes.Int64},
		arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Uint16,
		arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64,
		arrow.StructOf(arrow.Field{Name: "inner", Type: arrow.BinaryTypes.String, Nullable: true}), arrow.FixedWidthTypes.Boolean,
		&arrow.Decimal128Type{Precision: 20}, &arrow.Decimal128Type{Precision: 20, Scale: 2}, arrow.PrimitiveTypes.Float64,
		arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64, arrow.FixedWidthTypes.Timestamp_s, &arrow.TimestampType{Unit: arrow.Nanosecond},
		&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/London"}, arrow.Null, arrow.BinaryTypes.String,
	}
	fields := make([]arrow.Field, len(types))
	for i, t := range types {
		fields[i] = arrow.Field{Name: fmt.Sprintf("%02d %s", i, t.Name()), Type: t, Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}()

var randomWords = []string{"", "Commissioned", "1030006718997", "A", "a text that is longer than most"}

// fill appends rows; with nulls, a third of the values is null. All that a
// dictionary can hold is in it from the start, where wanted.
func fill(random *rand.Rand, b array.Builder, rows int, nulls, whole bool) {
	if d, ok := b.(*array.BinaryDictionaryBuilder); ok && whole {
		all := array.NewStringBuilder(memory.DefaultAllocator)
		all.AppendValues(randomWords, nil)
		must(d.InsertStringDictValues(all.NewStringArray()))
	}
	if d, ok := b.(*array.Int64DictionaryBuilder); ok && whole {
		all := array.NewInt64Builder(memory.DefaultAllocator)
		for n := range randomNumbers {
			all.Append(n)
		}
		must(d.InsertDictValues(all.NewInt64Array()))
	}
	for range rows {
		if nulls && random.IntN(3) == 0 {
			b.AppendNull()
		} else {
			appendRandom(random, b)
		}
	}
}

const randomNumbers int64 = 100

func appendRandom(random *rand.Rand, b array.Builder) {
	word, n := randomWords[random.IntN(len(randomWords))], random.Int64N(randomNumbers)
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(word)
	case *array.LargeStringBuilder:
		b.Append(word)
	case *array.BinaryBuilder:
		b.Append([]byte(word))
	case *array.BinaryDictionaryBuilder:
		must(b.AppendString(word))
	case *array.Int64DictionaryBuilder:
		must(b.Append(n))
	case *array.ListBuilder:
		b.Append(true)
		b.ValueBuilder().(*array.Int32Builder).Append(int32(n))
	case *array.StructBuilder:
		b.Append(true)
		b.FieldBuilder(0).(*array.StringBuilder).Append(word)
	case *array.BooleanBuilder:
		b.Append(n%2 == 0)
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(n))
	case *array.NullBuilder:
		b.AppendNull()
	case *array.Date32Builder, *array.Date64Builder, *array.TimestampBuilder:
		must(b.AppendValueFromString(fmt.Sprintf("20%02d-11-21", n)))
	default:
		must(b.AppendValueFromString(fmt.Sprint(n)))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
