package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// writeStatuses writes three record batches of 2000 rows.
func writeStatuses(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plain.arrow")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "device_status", Type: arrow.BinaryTypes.String}}, nil))
	defer b.Release()
	out, err := ipc.NewFileWriter(file, ipc.WithSchema(b.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for range 2000 {
			b.Field(0).(*array.StringBuilder).Append("Commissioned")
		}
		record := b.NewRecord()
		if err := out.Write(record); err != nil {
			t.Fatal(err)
		}
		record.Release()
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// However many threads share the record batches, each is read once; and packing
// loses no row but saves bytes.
func TestPackedFilesHoldTheSameRows(t *testing.T) {
	plain := writeStatuses(t)
	before, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{plain}
	for _, codec := range []string{"lz4", "zstd"} {
		packed := filepath.Join(t.TempDir(), codec+".arrow")
		if err := pack(codec, plain, packed); err != nil {
			t.Fatal(err)
		}
		if after, err := os.Stat(packed); err != nil || after.Size() > before.Size()/2 {
			t.Errorf("%s made %d bytes of %d (%v)", codec, after.Size(), before.Size(), err)
		}
		paths = append(paths, packed)
	}
	for _, path := range paths {
		for _, threads := range []int{1, 2, 5} {
			if rows, err := countRows(path, threads); rows != 6000 || err != nil {
				t.Errorf("%s: %d threads read %d rows: %v", path, threads, rows, err)
			}
		}
	}
}
