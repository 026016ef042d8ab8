package loaders

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// Any run of a Parquet split's rows can be opened alone, across pages and row
// groups; of a CSV file none can.
func TestPartsOfSplits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	rows := keyedRows(40_000)
	file := writeParquet(t, rows, parquet.MaxRowsPerRowGroup(9_000), parquet.PageBufferSize(4_000), parquet.Compression(&parquet.Snappy))
	source := open(t, saved(t, "x.parquet", file)).(engine.PartSource)
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	split := plan.Splits[0]
	for range 40 {
		from := random.Int64N(split.Rows)
		n := 1 + random.Int64N(min(split.Rows-from, 12_000))
		part, ok := source.Part(split, from, n)
		if !ok {
			t.Fatalf("rows %d to %d cannot be opened alone", from, from+n)
		}
		got := &table{cells: map[string][]any{}, forms: map[string]map[string]int{}}
		if err := got.readSplit(source, plan, part); err != nil {
			t.Fatal(err)
		}
		cells := got.cells
		if int64(len(cells["key"])) != n {
			t.Fatalf("%d rows from %d on give %d", n, from, len(cells["key"]))
		}
		for i := range cells["key"] {
			if !rows[from+int64(i)].matches(cells, i) {
				t.Fatalf("row %d of those from %d on is wrong", i, from)
			}
		}
	}
	for _, wrong := range [][2]int64{{-1, 1}, {0, 0}, {split.Rows, 1}, {1, split.Rows}} {
		if _, ok := source.Part(split, wrong[0], wrong[1]); ok {
			t.Errorf("%d rows from %d on can be opened, of %d", wrong[1], wrong[0], split.Rows)
		}
	}
	text := open(t, saved(t, "x.csv", []byte("mpxn,service_status\n1,A\n"))).(engine.PartSource)
	if plan, err = text.Plan(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, ok := text.Part(plan.Splits[0], 0, 1); ok {
		t.Error("a part of a CSV file can be opened alone")
	}
}
