package loaders

import (
	"fmt"
	"os"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// BenchmarkScanArrow reads columns of the rows of BenchmarkScan and throws them
// away. reader=ipc is what the Arrow library does with the same file: it knows
// no single columns.
func BenchmarkScanArrow(b *testing.B) {
	rows := benchRows(1 << 19)
	for _, w := range arrowWritings[:3] {
		b.Run("format="+w.name, func(b *testing.B) {
			path := saved(b, "x.arrow", w.write(b, benchRecords(rows, 1<<18)...))
			source := open(b, path)
			all := []int{0, 1, 2, 3, 4, 5, 6}
			for i, name := range benchColumns {
				benchScan(b, source, name, all[i:i+1], len(rows), 1)
			}
			benchScan(b, source, "all", all, len(rows), 1)
			benchScan(b, source, "all", all, len(rows), 2)
			b.Run(fmt.Sprintf("reader=ipc/column=all/rows=%d/workers=1", len(rows)), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if n := scanWithLibrary(b, path); n != len(rows) {
						b.Fatalf("%d rows", n)
					}
				}
				reportRows(b, len(rows))
			})
		})
	}
}

// benchRecords has so many of the rows in each record.
func benchRecords(rows []benchRow, each int) (records []arrow.Record) {
	words := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	types := []arrow.DataType{arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String,
		words, words, arrow.FixedWidthTypes.Date32}
	fields := make([]arrow.Field, len(types))
	for i, t := range types {
		fields[i] = arrow.Field{Name: benchColumns[i], Type: t, Nullable: true}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	texts := func(field int, text *string) {
		if text == nil {
			b.Field(field).AppendNull()
		} else {
			must(b.Field(field).AppendValueFromString(*text))
		}
	}
	for from := 0; from < len(rows); from += each {
		for _, row := range rows[from:min(from+each, len(rows))] {
			texts(0, &row.Key)
			b.Field(1).(*array.Int64Builder).Append(row.Number)
			b.Field(2).(*array.Int64Builder).Append(row.Delta)
			texts(3, row.Export)
			texts(4, &row.Status)
			texts(5, row.RDP)
			if row.Date == nil {
				b.Field(6).AppendNull()
			} else {
				b.Field(6).(*array.Date32Builder).Append(arrow.Date32(*row.Date))
			}
		}
		records = append(records, b.NewRecord())
	}
	return records
}

func scanWithLibrary(b *testing.B, path string) (rows int) {
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	reader, err := ipc.NewFileReader(file)
	if err != nil {
		b.Fatal(err)
	}
	defer reader.Close()
	for i := range reader.NumRecords() {
		record, err := reader.RecordAt(i)
		if err != nil {
			b.Fatal(err)
		}
		rows += int(record.NumRows())
		record.Release()
	}
	return rows
}
