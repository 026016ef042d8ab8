// Command pqarrow is arrow-go as another reader of Parquet: it prints the rows
// of the files given as CSV, a null as \N. It is a module of its own: what it
// needs is linked into nothing else.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	for _, path := range os.Args[1:] {
		if err := printRows(out, path); err != nil {
			fmt.Fprintf(os.Stderr, "cannot read %s: %v\n", path, err)
			os.Exit(1)
		}
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func printRows(out *bufio.Writer, path string) error {
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		return err
	}
	defer f.Close()
	reader, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: 1 << 14}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	records, err := reader.GetRecordReader(context.Background(), nil, nil)
	if err != nil {
		return err
	}
	defer records.Release()
	for i, field := range records.Schema().Fields() {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(field.Name)
	}
	out.WriteByte('\n')
	for records.Next() {
		printRecord(out, records.RecordBatch())
	}
	return records.Err()
}

// printRecord writes the values in quotes, except a null.
func printRecord(out *bufio.Writer, record arrow.RecordBatch) {
	for row := range int(record.NumRows()) {
		for i, column := range record.Columns() {
			if i > 0 {
				out.WriteByte(',')
			}
			if column.IsNull(row) {
				out.WriteString(`\N`)
			} else {
				fmt.Fprintf(out, "%q", column.ValueStr(row))
			}
		}
		out.WriteByte('\n')
	}
}
