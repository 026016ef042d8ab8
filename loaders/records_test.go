package loaders

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// spoiledOnFree makes what was freed unreadable, so that a reader that looks at
// it after its time gives wrong values.
type spoiledOnFree struct{ memory.Allocator }

func (s spoiledOnFree) Free(b []byte) {
	for i := range b {
		b[i] = 0xA5
	}
	s.Allocator.Free(b)
}

// program is another Go program: it makes records anew each time it is asked,
// in an allocator that counts, and ends with an error or a panic where told to.
type program struct {
	schema    *arrow.Schema
	rows      []int
	allocator memory.Allocator
	trouble   func(record int) error
	mutex     sync.Mutex
	open      atomic.Int64
}

func (p *program) begin() (array.RecordReader, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.open.Add(1)
	return &programReader{of: p, random: rand.New(rand.NewPCG(3, 3)), references: 1}, nil
}

type programReader struct {
	of         *program
	random     *rand.Rand
	at         int
	record     arrow.Record
	err        error
	references int
}

func (r *programReader) Retain()               { r.references++ }
func (r *programReader) Schema() *arrow.Schema { return r.of.schema }
func (r *programReader) Record() arrow.Record  { return r.record }
func (r *programReader) Err() error            { return r.err }

func (r *programReader) Release() {
	if r.references--; r.references == 0 {
		r.drop()
		r.of.open.Add(-1)
	}
}

func (r *programReader) drop() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}

func (r *programReader) Next() bool {
	r.drop()
	if r.at == len(r.of.rows) {
		return false
	}
	if r.of.trouble != nil {
		if r.err = r.of.trouble(r.at); r.err != nil {
			return false
		}
	}
	r.record = randomRecord(r.random, r.of.allocator, r.of.schema, r.of.rows[r.at])
	r.at++
	return true
}

// randomRecord has rows of every type, a third of the values null.
func randomRecord(random *rand.Rand, allocator memory.Allocator, schema *arrow.Schema, rows int) arrow.Record {
	b := array.NewRecordBuilder(allocator, schema)
	defer b.Release()
	for _, field := range b.Fields() {
		fill(random, field, rows, true, false)
	}
	return b.NewRecord()
}

// Records of another program are read as they are, in batches that are not too
// large, and every buffer of its allocator is given back.
func TestRecordsOfAnotherProgram(t *testing.T) {
	allocator := memory.NewCheckedAllocator(spoiledOnFree{memory.NewGoAllocator()})
	p := &program{schema: everyArrowType, rows: []int{5, 0, batchRows + 100, 1}, allocator: allocator}
	total := int64(0)
	random := rand.New(rand.NewPCG(3, 3))
	var want []arrow.Record
	for _, n := range p.rows {
		want = append(want, randomRecord(random, memory.DefaultAllocator, p.schema, n))
		total += int64(n)
	}
	source := FromRecords(engine.Devices, "builders", total, p.begin)
	mustReadAs(t, source, want)
	allocator.AssertSize(t, 0)
	if n := p.open.Load(); n != 0 {
		t.Errorf("%d readers are not released", n)
	}
}

// However reading ends, records and reader are released.
func TestRecordsAreReleased(t *testing.T) {
	errTrouble := errors.New("the line is cut")
	for _, c := range []struct {
		name    string
		trouble func(record int) error
		part    string
	}{
		{"early", nil, ""},
		{"after an error", func(int) error { return errTrouble }, "the line is cut"},
		{"after a panic", func(int) error { panic("1030006718997") }, "damaged or uses what this program cannot decode"},
	} {
		t.Run(c.name, func(t *testing.T) {
			allocator := memory.NewCheckedAllocator(memory.NewGoAllocator())
			p := &program{schema: everyArrowType, rows: []int{5, 5}, allocator: allocator}
			source := FromRecords(engine.MeterPoints, "a driver", -1, p.begin)
			plan, err := source.Plan(context.Background())
			if err != nil || plan.Rows() != -1 {
				t.Fatalf("%d rows, %v", plan.Rows(), err)
			}
			reader, err := source.Open(plan.Splits[0], []int{0, 5, 18})
			if err != nil {
				t.Fatal(err)
			}
			var batch engine.Batch
			if err := reader.Next(&batch); err != nil {
				t.Fatal(err)
			}
			if p.trouble = c.trouble; c.trouble != nil {
				mustRefuse(t, reader.Next(&batch), "meter_points a driver: record 1", c.part)
				mustRefuse(t, reader.Next(&batch), c.part)
			}
			if err := errors.Join(reader.Close(), reader.Close()); err != nil {
				t.Error(err)
			}
			allocator.AssertSize(t, 0)
			if n := p.open.Load(); n != 0 {
				t.Errorf("%d readers are not released", n)
			}
		})
	}
}

// What cannot be opened, or is not what its schema says, is refused by name.
func TestRecordsThatCannotBeRead(t *testing.T) {
	begin := func(schema *arrow.Schema) func() (array.RecordReader, error) {
		return (&program{schema: schema, rows: []int{1}, allocator: memory.DefaultAllocator}).begin
	}
	none := FromRecords(engine.Devices, "a driver", 1, func() (array.RecordReader, error) { return nil, errors.New("no route") })
	_, err := none.Plan(context.Background())
	mustRefuse(t, err, "devices a driver", "no route")
	source := FromRecords(engine.Devices, "a driver", 1, begin(everyArrowType))
	nested := slices.IndexFunc(everyArrowType.Fields(), func(f arrow.Field) bool { return f.Type.ID() == arrow.LIST })
	_, err = source.Open(engine.Split{Rows: 1}, []int{nested})
	mustRefuse(t, err, "type list are not read")
	_, err = source.Open(engine.Split{Rows: 1}, []int{1000})
	mustRefuse(t, err, "no column 1000")

	other := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}}, nil)
	for _, c := range []struct {
		schema *arrow.Schema
		part   string
	}{
		{arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil), "column a: is of type int64, the schema says utf8"},
		{arrow.NewSchema(append(other.Fields(), other.Field(0)), nil), "has 2 columns, the schema 1"},
	} {
		lying := &program{schema: c.schema, rows: []int{1}, allocator: memory.DefaultAllocator}
		source := FromRecords(engine.Devices, "a driver", 1, func() (array.RecordReader, error) {
			r, err := lying.begin()
			return lyingReader{r, other}, err
		})
		reader, err := source.Open(engine.Split{Rows: 1}, []int{0})
		if err != nil {
			t.Fatal(err)
		}
		mustRefuse(t, reader.Next(new(engine.Batch)), "record 0", c.part)
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}
}

// lyingReader states a schema that its records do not have.
type lyingReader struct {
	array.RecordReader
	schema *arrow.Schema
}

func (r lyingReader) Schema() *arrow.Schema { return r.schema }

// A run comes to the same whether a table is a file or another program's
// records, counted or not.
func TestRecordsRunAsFilesDo(t *testing.T) {
	cfg := engine.Config{AsOf: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), Workers: 2, Limits: engine.DefaultLimits(),
		MPRNCheck: engine.Warn, Digits: meterpoint.DefaultDigits, Registrar: meterpoint.NewRegistrar()}
	cfg.Rules = meterpoint.DefaultRules()
	cfg.Limits = engine.Limits{MaxExceptions: engine.Limit{Share: 1, Count: -1}, MaxDemotions: engine.Limit{Share: 1, Count: -1}, MaxNoMeterLeft: engine.Limit{Share: 1, Count: -1}}
	run := func(devices, points engine.Source) *engine.Result {
		t.Helper()
		result, err := engine.Run(context.Background(), cfg, engine.Inputs{Devices: devices, MeterPoints: points}, nowhere{}, &engine.Progress{})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	devices, points := csvRecord(t, "devices.csv"), csvRecord(t, "meter_points.csv")
	want := run(open(t, saved(t, "devices.arrow", arrowWritings[0].write(t, devices))), open(t, saved(t, "points.arrows", arrowWritings[4].write(t, points))))
	if want.Read.Devices.Rows != devices.NumRows() || want.Read.MeterPoints.Assessed == 0 {
		t.Fatalf("it read %+v", want.Read)
	}
	begin := func(r arrow.Record) func() (array.RecordReader, error) {
		return func() (array.RecordReader, error) { return array.NewRecordReader(r.Schema(), []arrow.Record{r}) }
	}
	for _, counted := range []bool{true, false} {
		rows := map[arrow.Record]int64{devices: -1, points: -1}
		if counted {
			rows[devices], rows[points] = devices.NumRows(), points.NumRows()
		}
		got := run(FromRecords(engine.Devices, "devices", rows[devices], begin(devices)), FromRecords(engine.MeterPoints, "points", rows[points], begin(points)))
		if diff := cmp.Diff(want.Summary, got.Summary); diff != "" || got.Read != want.Read || got.Exceptions != want.Exceptions {
			t.Errorf("counted %v: %s", counted, diff)
		}
	}
	short := FromRecords(engine.Devices, "devices", devices.NumRows()+1, begin(devices))
	_, err := engine.Run(context.Background(), cfg, engine.Inputs{Devices: short, MeterPoints: FromRecords(engine.MeterPoints, "points", -1, begin(points))}, nowhere{}, &engine.Progress{})
	mustRefuse(t, err, "devices", "were announced")
}
