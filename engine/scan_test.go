package engine

import (
	"context"
	"testing"
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
