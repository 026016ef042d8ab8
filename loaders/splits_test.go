package loaders

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"

	"flagfill/engine"
)

type keyed struct {
	Key    int64   `parquet:"key,plain"`
	Text   *string `parquet:"text,optional,plain"`
	Status string  `parquet:"status,dict"`
}

func keyedRows(n int) []keyed {
	rows := make([]keyed, n)
	for i := range rows {
		text := fmt.Sprint(i)
		rows[i] = keyed{Key: int64(i), Status: [...]string{"Commissioned", "Pending", "Withdrawn"}[i%3]}
		if i%4 > 0 {
			rows[i].Text = &text
		}
	}
	return rows
}

func (k keyed) matches(cells map[string][]any, i int) bool {
	text := any(nil)
	if k.Text != nil {
		text = *k.Text
	}
	return cells["key"][i] == k.Key && cells["text"][i] == text && cells["status"][i] == k.Status
}

func TestSplits(t *testing.T) {
	for _, c := range []struct {
		name      string
		rows      int
		groupRows int64
		want      []int64
	}{
		{"tiny row groups are gathered", 30_000, 100, []int64{30_000}},
		{"until there is enough", 700_000, 50_000, []int64{300_000, 300_000, 100_000}},
		{"row groups of a fair size stand alone", 600_000, 300_000, []int64{300_000, 300_000}},
		{"one row group", 5, 1 << 30, []int64{5}},
		{"no rows", 0, 10, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := keyedRows(c.rows)
			file := writeParquet(t, rows, parquet.MaxRowsPerRowGroup(c.groupRows), parquet.Compression(&parquet.Snappy))
			got, plan, err := readAllOf(open(t, saved(t, "x.parquet", file)))
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Splits) != len(c.want) {
				t.Fatalf("splits %+v, want rows %v", plan.Splits, c.want)
			}
			for i, s := range plan.Splits {
				if s.Rows != c.want[i] || int64(s.Part)*c.groupRows != s.FirstRow {
					t.Errorf("split %d is %+v, want %d rows", i, s, c.want[i])
				}
			}
			for i, row := range rows {
				if !row.matches(got.cells, i) {
					t.Fatalf("row %d is wrong", i)
				}
			}
		})
	}
}

// A row group of millions of rows is cut where pages begin.
func TestLargeRowGroupIsCut(t *testing.T) {
	rows := keyedRows(maxSplitRows*2 + 12345)
	file := writeParquet(t, rows, parquet.Compression(&parquet.Snappy), parquet.DataPageVersion(1), parquet.PageBufferSize(100_000))
	got, plan, err := readAllOf(open(t, saved(t, "x.parquet", file)))
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Splits) != 3 {
		t.Fatalf("splits %+v", plan.Splits)
	}
	for _, s := range plan.Splits {
		if s.Part != 0 || s.Rows < maxSplitRows/2 || s.Rows > maxSplitRows+maxSplitRows/8 {
			t.Errorf("split %+v", s)
		}
	}
	for i, row := range rows {
		if !row.matches(got.cells, i) {
			t.Fatalf("row %d is wrong", i)
		}
	}
}

// Any range of rows can be opened, wherever pages and row groups begin.
func TestAnyRangeOfRows(t *testing.T) {
	rows := keyedRows(5000)
	for version := 1; version <= 2; version++ {
		file := writeParquet(t, rows, parquet.DataPageVersion(version), parquet.PageBufferSize(700), parquet.MaxRowsPerRowGroup(1700))
		source := open(t, saved(t, "x.parquet", file))
		plan, err := source.Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, split := range []engine.Split{{FirstRow: 0, Rows: 1}, {FirstRow: 1, Rows: 4999}, {FirstRow: 1699, Rows: 2}, {FirstRow: 1700, Rows: 1700},
			{FirstRow: 1750, Rows: 33}, {FirstRow: 3399, Rows: 1601}, {FirstRow: 4999, Rows: 1}, {FirstRow: 2500, Rows: 2500}} {
			got := &table{cells: map[string][]any{}, forms: map[string]map[string]int{}}
			if err := got.readSplit(source, plan, split); err != nil {
				t.Fatalf("%+v: %v", split, err)
			}
			for i, row := range rows[split.FirstRow : split.FirstRow+split.Rows] {
				if !row.matches(got.cells, i) {
					t.Fatalf("%+v: row %d is wrong", split, i)
				}
			}
		}
		for _, split := range []engine.Split{{FirstRow: 4999, Rows: 2}, {FirstRow: -1, Rows: 2}, {Rows: -1}, {FirstRow: 1 << 62, Rows: 1 << 62}} {
			if _, err := source.Open(split, nil); err == nil {
				t.Errorf("%+v can be opened", split)
			}
		}
	}
}

// Batches of one chunk share one dictionary, so that its reader maps it once; a
// later chunk has another one.
func TestDictionaryIsShared(t *testing.T) {
	rows := keyedRows(4 * batchRows)
	source := open(t, saved(t, "x.parquet", writeParquet(t, rows, parquet.MaxRowsPerRowGroup(2*batchRows))))
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := source.Open(plan.Splits[0], []int{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var seen []arrow.ArrayData
	var batch engine.Batch
	for err = reader.Next(&batch); err == nil; err = reader.Next(&batch) {
		if batch.Record.ColumnName(0) != "status" || batch.Record.ColumnName(1) != "key" {
			t.Errorf("columns %v", batch.Record.Schema())
		}
		seen = append(seen, batch.Record.Column(0).(*array.Dictionary).Dictionary().Data())
	}
	if err != io.EOF || len(seen) != 4 {
		t.Fatalf("%d batches, then %v", len(seen), err)
	}
	if seen[0] != seen[1] || seen[2] != seen[3] || seen[1] == seen[2] {
		t.Errorf("dictionaries %p", seen)
	}
	if err := reader.Next(&batch); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

// What a batch allocates does not depend on its rows, and a second reader uses
// the first one's buffers.
func TestNoAllocationPerRow(t *testing.T) {
	rows := keyedRows(16 * batchRows)
	source := open(t, saved(t, "x.parquet", writeParquet(t, rows, parquet.Compression(&parquet.Snappy))))
	columns := []int{0, 1, 2}
	scan(t, source, columns, 1)
	perBatch := testing.AllocsPerRun(3, func() { scan(t, source, columns, 1) }) / 16
	if perBatch > 150 {
		t.Errorf("%.0f allocations per batch of %d rows", perBatch, batchRows)
	}
}

// Readers of one source share its footer and the starts of its pages.
func TestParallelReaders(t *testing.T) {
	rows := keyedRows(20_000)
	source := open(t, saved(t, "x.parquet", writeParquet(t, rows, parquet.PageBufferSize(2000))))
	var workers errgroup.Group
	for range 8 {
		workers.Go(func() error {
			plan, err := source.Plan(context.Background())
			if err != nil {
				return err
			}
			for first := int64(0); first < plan.Rows(); first += 5000 {
				got := &table{cells: map[string][]any{}, forms: map[string]map[string]int{}}
				if err := got.readSplit(source, plan, engine.Split{FirstRow: first, Rows: 5000}); err != nil {
					return err
				}
				for i := range 5000 {
					if !rows[first+int64(i)].matches(got.cells, i) {
						return fmt.Errorf("row %d is wrong", first+int64(i))
					}
				}
			}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestNoColumns(t *testing.T) {
	source := open(t, saved(t, "x.parquet", writeParquet(t, keyedRows(100))))
	if n := scan(t, source, nil, 1); n != 100 {
		t.Errorf("%d rows", n)
	}
}

// A file that goes away or changes between Plan and Open is refused.
func TestFileChanges(t *testing.T) {
	file := writeParquet(t, keyedRows(100))
	path := saved(t, "x.parquet", file)
	source := open(t, path)
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, writeParquet(t, keyedRows(200)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = source.Open(plan.Splits[0], []int{0})
	mustRefuse(t, err, "devices", path, "has changed")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = source.Open(plan.Splits[0], []int{0})
	mustRefuse(t, err, path, "no such file")
	_, err = source.Plan(context.Background())
	mustRefuse(t, err, path, "no such file")
}
