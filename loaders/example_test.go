package loaders_test

import (
	"context"
	"fmt"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/loaders"
)

// printer is a sink that shows every change. A program that publishes gives
// writers.Publication instead.
type printer struct{}

func (printer) Write(c *engine.Changes) error {
	for i, m := range c.MPxN {
		fmt.Printf("%s %s: %s → %s, %s\n", m, c.RDPs[c.RDP[i]], c.Old[i], c.New[i], c.Disposition[i])
	}
	return nil
}

func (printer) WriteExceptions([]engine.Exception) error { return nil }

// A program that has the inventory as Arrow records – from Flight, a database
// driver, its own builders – runs the engine on them, without a file between.
func ExampleFromRecords() {
	devices := held([]string{"device_type", "device_status", "import_mpxn"}, []string{
		"ESME", "InstalledNotCommissioned", "1030006718997",
		"ESME", "Commissioned", "1200023305967"})
	points := held([]string{"mpxn", "service_status"}, []string{
		"1030006718997", "",
		"1200023305967", "N"})
	defer devices.Release()
	defer points.Release()

	_, err := engine.Run(context.Background(), engine.Config{
		AsOf:      time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC),
		Question:  meterpoint.Question{Rules: meterpoint.DefaultRules()},
		Switches:  engine.Switches{ReportElectricity: true, ReportGas: true},
		Digits:    meterpoint.DefaultDigits,
		Registrar: meterpoint.NewRegistrar(),
		Limits:    engine.DefaultLimits(),
		Workers:   1,
	}, engine.Inputs{
		Devices:     loaders.FromRecords(engine.Devices, "inventory", devices.NumRows(), again(devices)),
		MeterPoints: loaders.FromRecords(engine.MeterPoints, "registrations", points.NumRows(), again(points)),
	}, printer{}, &engine.Progress{})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1030006718997 EELC: Null → I, emitted
	// 1200023305967 LOND: N → A, emitted
}

// again begins anew at the first record each time it is called.
func again(record arrow.Record) func() (array.RecordReader, error) {
	return func() (array.RecordReader, error) {
		return array.NewRecordReader(record.Schema(), []arrow.Record{record})
	}
}

// held makes a record of text, row by row; empty text is null.
func held(columns, cells []string) arrow.Record {
	var fields []arrow.Field
	for _, name := range columns {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for i, cell := range cells {
		column := b.Field(i % len(columns)).(*array.StringBuilder)
		if cell == "" {
			column.AppendNull()
		} else {
			column.Append(cell)
		}
	}
	return b.NewRecord()
}
