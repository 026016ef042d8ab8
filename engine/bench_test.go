package engine

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"flagfill/engine/meterpoint"
)

// A snapshot of a million rows as most are: 1.2 device rows to a meter point, in
// no order, little that changes.
const (
	benchPoints  = 450_000
	benchDevices = 550_000
	benchTotal   = benchPoints + benchDevices
)

// preparedTable keeps the records of a table, so that giving them costs nothing:
// what is measured is what comes after a loader.
type preparedTable struct {
	*memoryTable
	mu      sync.Mutex
	batches map[string][]Batch
}

type preparedReader struct{ batches []Batch }

func (r *preparedReader) Close() error { return nil }

func (r *preparedReader) Next(batch *Batch) error {
	if len(r.batches) == 0 {
		return io.EOF
	}
	*batch, r.batches = r.batches[0], r.batches[1:]
	return nil
}

func (p *preparedTable) Open(split Split, columns []int) (Reader, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := fmt.Sprint(split.Part, columns)
	batches, known := p.batches[key]
	if !known {
		reader, err := p.memoryTable.Open(split, columns)
		if err != nil {
			return nil, err
		}
		var batch Batch
		for err = reader.Next(&batch); err == nil; err = reader.Next(&batch) {
			batch.Record.Retain()
			batches = append(batches, batch)
		}
		if err != io.EOF {
			return nil, err
		}
		p.batches[key] = batches
	}
	return &preparedReader{batches}, nil
}

// Plan gives the same splits each time.
func (p *preparedTable) Plan(ctx context.Context) (*Plan, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spans = nil
	return p.memoryTable.Plan(ctx)
}

var benchInputs = sync.OnceValue(func() Inputs {
	random := rand.New(rand.NewPCG(57, 120))
	texts := randomTexts{Rand: random}
	var devices, points memoryTable
	devices.columns, points.columns = deviceColumns, pointColumns
	keys := make([]string, benchPoints)
	for i := range keys {
		m := meterpoint.MPxN(1e12 + random.Uint64N(13)*1e11 + uint64(i)*1e4)
		keys[i] = (m + m.CheckDigit()).String()
		points.rows = append(points.rows, []string{keys[i], texts.pick("A", "A", "A", "A", "A", "A", "A", "N"), "", "2020-01-01", "", ""})
	}
	for i := range benchDevices {
		devices.rows = append(devices.rows, []string{"ESME", texts.pick("Commissioned", "Commissioned", "Commissioned", "InstalledNotCommissioned"), keys[i%benchPoints], "", ""})
	}
	prepare := func(m *memoryTable) Source {
		random.Shuffle(len(m.rows), func(i, j int) { m.rows[i], m.rows[j] = m.rows[j], m.rows[i] })
		m.splitRows, m.batchRows = 1<<16, 1<<14
		return &preparedTable{memoryTable: m, batches: map[string][]Batch{}}
	}
	in := Inputs{Devices: prepare(&devices), MeterPoints: prepare(&points)}
	if _, err := Run(context.Background(), benchConfig(1), in, discardingSink{}, &Progress{}); err != nil { // makes the records
		panic(err)
	}
	return in
})

type discardingSink struct{}

func (discardingSink) Write(*Changes) error              { return nil }
func (discardingSink) WriteExceptions([]Exception) error { return nil }

func benchConfig(workers int) Config {
	cfg := testConfig()
	cfg.Limits, cfg.Workers = noLimits(), workers
	return cfg
}

// byWorkers runs a stage on one worker and on two. before is not timed.
func byWorkers(b *testing.B, before func(r *run) error, timed func(r *run) error) {
	in := benchInputs()
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("format=memory/rows=%d/workers=%d", benchTotal, workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				r, err := plan(b.Context(), benchConfig(workers), in, &Progress{})
				if err != nil {
					b.Fatal(err)
				}
				if err := r.chooseRanges(b.Context()); err != nil {
					b.Fatal(err)
				}
				r.employ()
				if err := before(r); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := timed(r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*benchTotal/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkGather parses, checks and scatters both tables.
func BenchmarkGather(b *testing.B) {
	gather := func(r *run) error { return r.gather(context.Background(), 0) }
	byWorkers(b, func(*run) error { return nil }, gather)
	b.Run(fmt.Sprintf("form=plain/rows=%d", benchTotal), func(b *testing.B) {
		in := benchInputs()
		b.ReportAllocs()
		for b.Loop() {
			if points := plainGather(in); points != benchPoints {
				b.Fatalf("%d points", points)
			}
		}
		b.ReportMetric(float64(b.N)*benchTotal/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run(fmt.Sprintf("form=copy/rows=%d", benchTotal), func(b *testing.B) {
		from, to := make([]uint64, benchTotal), make([]uint64, benchTotal)
		for b.Loop() {
			copy(to, from)
		}
		b.ReportMetric(float64(b.N)*benchTotal/b.Elapsed().Seconds(), "rows/s")
	})
}

// plainGather is gathering as one would write it first: maps by number, without
// a check. It gives how many points there are.
func plainGather(in Inputs) int {
	recorded, sets := map[uint64]string{}, map[uint64]meterpoint.StatusSet{}
	for _, row := range in.MeterPoints.(*preparedTable).rows {
		if number, err := strconv.ParseUint(row[0], 10, 64); err == nil {
			recorded[number] = row[1]
		}
	}
	for _, row := range in.Devices.(*preparedTable).rows {
		if status, ok := meterpoint.ParseDeviceStatus([]byte(row[1])); ok {
			if number, err := strconv.ParseUint(row[2], 10, 64); err == nil {
				sets[number] |= meterpoint.Of(status)
			}
		}
	}
	return len(recorded)
}

// BenchmarkAssess folds, joins and decides what was gathered.
func BenchmarkAssess(b *testing.B) {
	byWorkers(b,
		func(r *run) error { return r.gather(context.Background(), 0) },
		func(r *run) error { return r.assess(context.Background(), r.passes.all[0].points, discardingSink{}) })
}

// BenchmarkRun is all of it, planning and sampling included.
func BenchmarkRun(b *testing.B) {
	in := benchInputs()
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("format=memory/rows=%d/workers=%d", benchTotal, workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Run(b.Context(), benchConfig(workers), in, discardingSink{}, &Progress{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*benchTotal/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
