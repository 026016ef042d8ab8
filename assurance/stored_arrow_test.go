package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// arrow writes rows with the Arrow library, in whatever types they fit: a file
// or a stream, compressed or not, in batches of any size.
func (s *storing) arrow(t *testing.T, columns []string, rows [][]string, kept []int) []byte {
	t.Helper()
	isStream := s.IntN(2) == 0
	fields := []arrow.Field{{Name: "note", Type: arrow.Null, Nullable: true}}
	for _, column := range kept {
		fields = append(fields, arrow.Field{Name: s.spelling(columns[column]), Type: s.arrowType(columns[column], rows, column), Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	options := append([]ipc.Option{ipc.WithSchema(schema), ipc.WithDictionaryDeltas(isStream && s.IntN(2) == 0)},
		[][]ipc.Option{nil, {ipc.WithLZ4()}, {ipc.WithZstd()}}[s.IntN(3)]...)
	var out arrowBytes
	var w interface {
		Write(arrow.Record) error
		Close() error
	}
	if w = ipc.NewWriter(&out, options...); !isStream {
		var err error
		if w, err = ipc.NewFileWriter(&out, options...); err != nil {
			t.Fatal(err)
		}
	}
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	wholeDictionaries := func() { // in a file they may not change
		for i, column := range kept {
			if d, ok := builder.Field(i + 1).(*array.BinaryDictionaryBuilder); ok && !isStream {
				insertWords(d, rows, column)
			}
		}
	}
	smallest := max(len(rows)/200, 1) // many rows are not cut to crumbs
	left, most := rows, []int{3 * smallest, 40 * smallest, 1 << 20}[s.IntN(3)]
	for len(left) > 0 {
		wholeDictionaries()
		n := min(most, len(left))
		for _, row := range left[:n] {
			builder.Field(0).AppendNull()
			for i, column := range kept {
				s.appendCell(builder.Field(i+1), row[column])
			}
		}
		record := builder.NewRecord()
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
		record.Release()
		left = left[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// insertWords has a dictionary hold all words of a column from the start.
func insertWords(d *array.BinaryDictionaryBuilder, rows [][]string, column int) {
	all := array.NewStringBuilder(memory.DefaultAllocator)
	defer all.Release()
	for _, row := range rows {
		all.Append(row[column])
	}
	words := all.NewStringArray()
	defer words.Release()
	if err := d.InsertStringDictValues(words); err != nil {
		panic(err)
	}
}

// arrowBytes is a file in memory whose writer asks where it is.
type arrowBytes struct{ bytes.Buffer }

func (w *arrowBytes) Seek(int64, int) (int64, error) { return int64(w.Len()), nil }

// arrowType chooses among the types that every value of the column fits.
func (s *storing) arrowType(name string, rows [][]string, column int) arrow.DataType {
	all := func(fits func(text string) bool) bool {
		return !slices.ContainsFunc(rows, func(row []string) bool { return row[column] != "" && !fits(row[column]) })
	}
	isNumber := strings.Contains(name, "mpxn") || strings.Contains(name, "mpan")
	pick := func(types ...arrow.DataType) arrow.DataType { return types[s.IntN(len(types))] }
	switch {
	case all(func(string) bool { return false }) && s.IntN(2) == 0:
		return arrow.Null
	case isNumber && s.IntN(2) == 0 && all(func(text string) bool { _, ok := integerOf(text); return ok }):
		return pick(arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64, &arrow.Decimal128Type{Precision: 16})
	case name == "service_status_changed_on" && s.IntN(2) == 0 && all(func(text string) bool { return !dayOf(text).IsZero() }):
		return pick(arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64, arrow.FixedWidthTypes.Timestamp_s, &arrow.TimestampType{Unit: arrow.Millisecond},
			&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/London"}, arrow.FixedWidthTypes.Timestamp_ns)
	case name == "ever_installed" && s.IntN(2) == 0 && all(func(text string) bool { return text == "true" || text == "F" || text == "no" || text == "1" }):
		return arrow.FixedWidthTypes.Boolean
	}
	text := func(index arrow.DataType) arrow.DataType {
		return &arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.String}
	}
	return pick(arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary, text(arrow.PrimitiveTypes.Int32), text(arrow.PrimitiveTypes.Uint32))
}

// appendCell writes one value; empty text is null, or now and then empty text.
func (s *storing) appendCell(to array.Builder, text string) {
	if _, isText := to.(array.StringLikeBuilder); text == "" && (!isText || s.IntN(2) == 0) {
		to.AppendNull()
		return
	}
	n, _ := integerOf(text)
	day := dayOf(text)
	switch to := to.(type) {
	case array.StringLikeBuilder:
		to.Append(text)
	case *array.BinaryBuilder:
		to.AppendString(text)
	case *array.BinaryDictionaryBuilder:
		if err := to.AppendString(text); err != nil {
			panic(err)
		}
	case *array.Int64Builder:
		to.Append(n)
	case *array.Uint64Builder:
		to.Append(uint64(n))
	case *array.Decimal128Builder:
		to.Append(decimal128.FromI64(n))
	case *array.Date32Builder:
		to.Append(arrow.Date32FromTime(day))
	case *array.Date64Builder:
		to.Append(arrow.Date64FromTime(day))
	case *array.TimestampBuilder:
		at, err := arrow.TimestampFromTime(day.Add(2*time.Hour), to.Type().(*arrow.TimestampType).Unit)
		if err != nil {
			panic(err)
		}
		to.Append(at)
	case *array.BooleanBuilder:
		to.Append(text == "true" || text == "1")
	}
}
