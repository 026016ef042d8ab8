package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/loaders"
)

// keysCommand makes this program decode identifiers and end, so that both costs
// are those of a whole process.
const keysCommand = "keys"

// identifiers are the columns that hold MPxNs, by table.
var identifiers = map[engine.Table][]string{
	engine.Devices:     {"import_mpxn", "secondary_import_mpan", "export_mpan", "mpxn"},
	engine.MeterPoints: {"mpxn"},
}

// keyTable is a table of which the identifiers are read.
type keyTable struct {
	source  engine.Source
	plan    *engine.Plan
	columns []int // of its one file
}

func openKeys(ctx context.Context, table engine.Table, folder string) (*keyTable, error) {
	source, err := loaders.Open([]string{filepath.Join(folder, table.String()+".parquet")}, table, loaders.Options{})
	if err != nil {
		return nil, err
	}
	plan, err := source.Plan(ctx)
	if err != nil {
		return nil, err
	}
	t := &keyTable{source: source, plan: plan}
	for i, c := range plan.Files[0].Columns {
		for _, name := range identifiers[table] {
			if strings.EqualFold(c.Name, name) {
				t.columns = append(t.columns, i)
			}
		}
	}
	if len(t.columns) == 0 {
		return nil, fmt.Errorf("cannot find the identifiers of %s", plan.Files[0].Path)
	}
	return t, nil
}

func decodeKeysCommand(workers, folder, mpxn string) error {
	n, err := strconv.Atoi(workers)
	number, ok := meterpoint.ParseMPxN([]byte(mpxn))
	if err != nil || n < 1 || !ok {
		return fmt.Errorf("cannot decode keys on %q workers", workers)
	}
	return decodeKeys(context.Background(), folder, n, uint64(number))
}

// decodeKeys decodes the identifiers of every split that may hold the number. It
// starts the goroutines and waits for them.
func decodeKeys(ctx context.Context, folder string, workers int, number uint64) error {
	var jobs []func() error
	for table := range identifiers {
		t, err := openKeys(ctx, table, folder)
		if err != nil {
			return err
		}
		for _, split := range t.plan.Splits {
			if t.mayHold(split, number) {
				jobs = append(jobs, func() error { return t.decode(split, func(engine.Batch) {}) })
			}
		}
	}
	var next atomic.Int64
	var group errgroup.Group
	for range workers {
		group.Go(func() error {
			for at := next.Add(1) - 1; at < int64(len(jobs)); at = next.Add(1) - 1 {
				if err := jobs[at](); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (t *keyTable) mayHold(split engine.Split, number uint64) bool {
	for _, c := range t.columns {
		if split.Bounds == nil || split.Bounds[c].MayHold(number, number) {
			return true
		}
	}
	return false
}

func (t *keyTable) decode(split engine.Split, use func(engine.Batch)) error {
	reader, err := t.source.Open(split, t.columns)
	if err != nil {
		return err
	}
	if numbers, ok := reader.(engine.NumberReader); ok {
		for i := range t.columns {
			numbers.ReadNumbers(i)
		}
	}
	var batch engine.Batch
	for err = reader.Next(&batch); err == nil; err = reader.Next(&batch) {
		use(batch)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, reader.Close())
}

// middleMPxN is the first MPxN of the split in the middle of meter_points, and
// how many rows both tables have.
func middleMPxN(ctx context.Context, folder string) (mpxn string, rows int64, err error) {
	for table := range identifiers {
		t, err := openKeys(ctx, table, folder)
		if err != nil {
			return "", 0, err
		}
		rows += t.plan.Rows()
		if table != engine.MeterPoints {
			continue
		}
		err = t.decode(t.plan.Splits[len(t.plan.Splits)/2], func(b engine.Batch) {
			if mpxn == "" {
				mpxn = b.Record.Column(0).ValueStr(0)
			}
		})
		if err != nil {
			return "", 0, err
		}
	}
	return mpxn, rows, nil
}
