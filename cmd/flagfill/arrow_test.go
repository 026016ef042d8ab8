package main

import (
	"os"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// writeArrow stores a table: a header and its rows. Empty cells are null. A
// file is compressed and all text; a stream has integers, and dictionaries that
// grow from batch to batch.
func writeArrow(t failer, path string, rows [][]string, e encoding) {
	header, rows := rows[0], rows[1:]
	fields := make([]arrow.Field, len(header))
	for i, name := range header {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.LargeString, Nullable: true}
		if e.integers {
			fields[i].Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
			if areIntegers(rows, i) {
				fields[i].Type = arrow.PrimitiveTypes.Int64
			}
		}
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema(fields, nil)
	var writer interface {
		Write(arrow.Record) error
		Close() error
	}
	if e.integers {
		writer = ipc.NewWriter(file, ipc.WithSchema(schema), ipc.WithDictionaryDeltas(true))
	} else if writer, err = ipc.NewFileWriter(file, ipc.WithSchema(schema), ipc.WithZstd()); err != nil {
		t.Fatal(err)
	}
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	write := func() {
		record := builder.NewRecord()
		defer record.Release()
		if err := writer.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	for n, cells := range rows {
		for i, cell := range cells {
			appendCell(t, builder.Field(i), cell)
		}
		if (n+1)%e.rowsPerGroup == 0 {
			write()
		}
	}
	write()
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func appendCell(t failer, to array.Builder, text string) {
	if text == "" {
		to.AppendNull()
		return
	}
	switch to := to.(type) {
	case *array.LargeStringBuilder:
		to.Append(text)
	case *array.BinaryDictionaryBuilder:
		if err := to.AppendString(text); err != nil {
			t.Fatal(err)
		}
	case *array.Int64Builder:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		to.Append(n)
	}
}
