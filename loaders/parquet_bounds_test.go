package loaders

import (
	"context"
	"fmt"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// Statistics of another's writer become bounds, over all row groups of a split.
func TestBoundsOfSplits(t *testing.T) {
	type row struct {
		Text     string  `parquet:"text"`
		Optional *string `parquet:"optional,optional"`
		Nothing  *string `parquet:"nothing,optional"`
		Long     int64   `parquet:"long"`
		Short    int32   `parquet:"short"`
		Negative int64   `parquet:"negative"`
		Flag     bool    `parquet:"flag"`
	}
	rows := make([]row, 100)
	for i := range rows {
		text := fmt.Sprintf("10%03d", i)
		rows[i] = row{Text: text, Long: int64(95 + i), Short: int32(95 + i), Negative: int64(i - 1), Flag: i > 50}
		if i >= 30 {
			rows[i].Optional = &text
		}
	}
	path := saved(t, "devices.parquet", writeParquet(t, rows, parquet.MaxRowsPerRowGroup(30)))
	plan, err := open(t, path).Plan(context.Background())
	if err != nil || len(plan.Splits) != 1 {
		t.Fatalf("%d splits, %v", len(plan.Splits), err)
	}
	want := map[string]engine.Bounds{
		"text":     {Present: 100, Stated: true, Low: "10000", High: "10099"},
		"optional": {Present: 70, Stated: true, Low: "10030", High: "10099"},
		"nothing":  {},
		"long":     {Present: 100, Stated: true, Numeric: true, Low: "95", High: "194"},
		"short":    {Present: 100, Stated: true, Numeric: true, Low: "95", High: "194"},
		"negative": {Present: 100, Numeric: true},
		"flag":     {Present: 100},
	}
	for i, c := range plan.Files[0].Columns {
		got := plan.Splits[0].Bounds[i]
		if !got.Stated {
			got.Low, got.High = "", ""
		}
		if got != want[c.Name] {
			t.Errorf("column %s: %+v, want %+v", c.Name, got, want[c.Name])
		}
	}
}
