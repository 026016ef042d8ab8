package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"
)

// pagesCommand makes this program read pages and end: the page floor is the cost
// of a whole process, as a run's is.
const pagesCommand = "pages"

// The columns that a run reads, by table.
var needed = map[string][]string{
	"devices":      {"device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan"},
	"meter_points": {"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed", "reported_status"},
}

var tableNames = []string{"devices", "meter_points"}

// tablePages says what was read of a table.
type tablePages struct {
	Table     string
	Rows      int64
	RowGroups int
	Columns   int
	Bytes     int64 // of the needed columns, as they are stored
	Codec     string
	PageBytes string // as the generator states it; empty where it does not
	Seed      string
	Shuffled  string
}

func printPages(workers, folder string) error {
	n, err := strconv.Atoi(workers)
	if err != nil || n < 1 {
		return fmt.Errorf("cannot read pages on %q workers", workers)
	}
	tables, err := readPages(folder, n)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(tables)
}

// readPages reads and releases the pages of all needed columns, a column of a row
// group at a time. It starts the goroutines and waits for them.
func readPages(folder string, workers int) ([]tablePages, error) {
	var tables []tablePages
	var chunks []parquet.ColumnChunk
	for _, name := range tableNames {
		file, err := os.Open(filepath.Join(folder, name+".parquet"))
		if err != nil {
			return nil, fmt.Errorf("cannot read the snapshot: %w", err)
		}
		defer func() { _ = file.Close() }()
		table, ofTable, err := openTable(name, file)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", file.Name(), err)
		}
		tables, chunks = append(tables, table), append(chunks, ofTable...)
	}
	var next atomic.Int64
	var group errgroup.Group
	for range workers {
		group.Go(func() error {
			for at := next.Add(1) - 1; at < int64(len(chunks)); at = next.Add(1) - 1 {
				if err := readChunk(chunks[at]); err != nil {
					return fmt.Errorf("cannot read a column of %s: %w", folder, err)
				}
			}
			return nil
		})
	}
	return tables, group.Wait()
}

// openTable gives the needed columns of all row groups.
func openTable(name string, handle *os.File) (tablePages, []parquet.ColumnChunk, error) {
	table := tablePages{Table: name}
	info, err := handle.Stat()
	if err != nil {
		return table, nil, err
	}
	file, err := parquet.OpenFile(handle, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return table, nil, err
	}
	table.Rows, table.RowGroups = file.NumRows(), len(file.RowGroups())
	table.PageBytes, _ = file.Lookup("flagfill.synth.page_bytes")
	table.Seed, _ = file.Lookup("flagfill.synth.seed")
	table.Shuffled, _ = file.Lookup("flagfill.synth.shuffled")
	var chunks []parquet.ColumnChunk
	for _, column := range needed[name] {
		leaf, ok := file.Schema().Lookup(column)
		if !ok {
			continue
		}
		table.Columns++
		for at, group := range file.RowGroups() {
			chunks = append(chunks, group.ColumnChunks()[leaf.ColumnIndex])
			metadata := file.Metadata().RowGroups[at].Columns[leaf.ColumnIndex].MetaData
			table.Bytes += metadata.TotalCompressedSize
			table.Codec = metadata.Codec.String()
		}
	}
	return table, chunks, nil
}

func readChunk(chunk parquet.ColumnChunk) error {
	pages := chunk.Pages()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return pages.Close()
		}
		if err != nil {
			return errors.Join(err, pages.Close())
		}
		parquet.Release(page)
	}
}
