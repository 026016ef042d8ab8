package main

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow/ipc"
	"golang.org/x/sync/errgroup"
)

// countRows reads all record batches of a file, each thread every so manyth.
// The goroutines end with the file; the caller waits for them.
func countRows(path string, threads int) (int64, error) {
	var rows atomic.Int64
	var group errgroup.Group
	for first := range threads {
		group.Go(func() error {
			return eachBatch(path, first, threads, func(in *ipc.FileReader, i int) error {
				record, err := in.RecordAt(i)
				if err != nil {
					return err
				}
				rows.Add(record.NumRows())
				record.Release()
				return nil
			})
		})
	}
	err := group.Wait()
	return rows.Load(), err
}

// eachBatch visits the record batches of a file from the first one on, by steps.
func eachBatch(path string, first, step int, visit func(in *ipc.FileReader, i int) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read an Arrow file: %w", err)
	}
	defer file.Close()
	in, err := ipc.NewFileReader(file)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	defer in.Close()
	for i := first; i < in.NumRecords(); i += step {
		if err := visit(in, i); err != nil {
			return fmt.Errorf("cannot read record batch %d of %s: %w", i, path, err)
		}
	}
	return nil
}

// pack writes the record batches of a file to another one, with their bodies
// compressed.
func pack(codec, from, to string) error {
	compressed, ok := map[string]ipc.Option{"lz4": ipc.WithLZ4(), "zstd": ipc.WithZstd()}[codec]
	if !ok {
		return fmt.Errorf("cannot compress by %q: lz4 or zstd", codec)
	}
	file, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("cannot write an Arrow file: %w", err)
	}
	var out *ipc.FileWriter
	err = eachBatch(from, 0, 1, func(in *ipc.FileReader, i int) error {
		record, err := in.RecordAt(i)
		if err != nil {
			return err
		}
		defer record.Release()
		if out == nil {
			if out, err = ipc.NewFileWriter(file, ipc.WithSchema(in.Schema()), compressed); err != nil {
				return err
			}
		}
		return out.Write(record)
	})
	if err == nil && out == nil {
		err = fmt.Errorf("cannot pack %s: it has no record batch", from)
	}
	if err == nil {
		err = out.Close() // the footer
	}
	return errors.Join(err, file.Close())
}
