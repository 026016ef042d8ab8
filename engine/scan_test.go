package engine

import (
	"context"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"flagfill/engine/kernel"
)

// An extract sorted by type begins with hubs and displays, which name no meter
// point: a worker's first batch then holds no identifier at all.
func TestFirstBatchWithoutIdentifiers(t *testing.T) {
	devices := &memoryTable{columns: deviceColumns, splitRows: 4, batchRows: 2, rows: [][]string{
		{"CHF", "Commissioned", "", "", ""}, {"CHF", "Commissioned", "", "", ""}, {"CHF", "Commissioned", "", "", ""},
		{"ESME", "Commissioned", "1200023305967", "", ""}}}
	points := &memoryTable{columns: pointColumns, rows: [][]string{{"1200023305967", "A", "", "", "", ""}}}
	cfg := testConfig()
	cfg.Workers = 1
	result, err := Run(context.Background(), cfg, Inputs{devices, points}, &memorySink{}, &Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Read.Devices.Associations; got != 1 {
		t.Errorf("%d associations", got)
	}
}

// A source may give more rows at once than are worked on at a time, and its
// memory is given back all the same.
func TestLargeBatchIsCutAndReleased(t *testing.T) {
	allocator := memory.NewCheckedAllocator(memory.NewGoAllocator())
	rows := kernel.MaxTrail + 100
	devices := &memoryTable{columns: deviceColumns, splitRows: rows, batchRows: rows, allocator: allocator,
		rows: slices.Repeat([][]string{{"ESME", "Commissioned", "1200023305967", "", ""}}, rows)}
	points := &memoryTable{columns: pointColumns, allocator: allocator, rows: [][]string{{"1200023305967", "A", "", "", "", ""}}}
	result, err := Run(context.Background(), testConfig(), Inputs{devices, points}, &memorySink{}, &Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Read.Devices.Associations; got != int64(rows) {
		t.Errorf("%d associations of %d rows", got, rows)
	}
	allocator.AssertSize(t, 0)
}
