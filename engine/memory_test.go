package engine

import (
	"context"
	"io"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// memoryTable is a Source over rows of text, cut into files, splits, batches
// and column types as a test wants them.
type memoryTable struct {
	columns   []string
	rows      [][]string // "" is null
	types     map[string]arrow.DataType
	splitRows int
	batchRows int
	files     int
	uncounted bool // only reading tells how many rows there are
	stated    bool // bounds of the identifiers are stated

	publication int // as File has it

	allocator memory.Allocator // of the records; nil is the default
	trouble   func() error     // asked before each batch
	open      atomic.Int64     // readers

	mutex sync.Mutex // over what follows
	spans [][2]int   // rows of each split that Plan or Part gave
}

// Part is part of PartSource.
func (m *memoryTable) Part(split Split, from, rows int64) (Split, bool) {
	if m.uncounted {
		return split, false
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	first := m.spans[split.Part][0] + int(from)
	split.FirstRow, split.Rows, split.Part = split.FirstRow+from, rows, len(m.spans)
	m.spans = append(m.spans, [2]int{first, first + int(rows)})
	return split, true
}

func (m *memoryTable) span(split Split) [2]int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.spans[split.Part]
}

func (m *memoryTable) Plan(context.Context) (*Plan, error) {
	plan := &Plan{}
	files := max(m.files, 1)
	for f := range files {
		from, to := len(m.rows)*f/files, len(m.rows)*(f+1)/files
		file := File{Path: "rows-" + strconv.Itoa(f), Format: "memory", Rows: int64(to - from), Bytes: int64(to-from) * 56, Publication: m.publication}
		for _, name := range m.columns {
			file.Columns = append(file.Columns, Column{Name: name, Type: m.typeOf(name), Native: m.typeOf(name).String()})
		}
		for at := from; at < to; at += max(m.splitRows, 1) {
			end := min(at+max(m.splitRows, 1), to)
			split := Split{File: f, FirstRow: int64(at - from), Rows: int64(end - at), Part: len(m.spans)}
			if m.stated {
				split.Bounds = m.bounds(at, end)
			}
			if m.uncounted {
				split.FirstRow, split.Rows = 0, 2*split.Rows
			}
			plan.Splits = append(plan.Splits, split)
			m.spans = append(m.spans, [2]int{at, end})
		}
		if m.uncounted {
			file.Rows = -1
		}
		plan.Files = append(plan.Files, file)
	}
	return plan, nil
}

func (m *memoryTable) typeOf(name string) arrow.DataType {
	if t, ok := m.types[name]; ok {
		return t
	}
	return arrow.BinaryTypes.String
}

func (m *memoryTable) Open(split Split, columns []int) (Reader, error) {
	m.open.Add(1)
	return &memoryReader{table: m, split: split, columns: columns}, nil
}

type memoryReader struct {
	table   *memoryTable
	split   Split
	columns []int
	done    int
	record  arrow.Record // given last; the reader's own
}

func (r *memoryReader) release() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}

func (r *memoryReader) Close() error {
	r.release()
	r.table.open.Add(-1)
	return nil
}

func (r *memoryReader) Next(batch *Batch) error {
	r.release()
	if r.table.trouble != nil {
		if err := r.table.trouble(); err != nil {
			return err
		}
	}
	span := r.table.span(r.split)
	rows := r.table.rows[span[0]+r.done : span[1]]
	rows = rows[:min(max(r.table.batchRows, 1), len(rows))]
	if len(rows) == 0 {
		return io.EOF
	}
	first, n := r.split.FirstRow+int64(r.done), len(rows)
	r.done += n
	var fields []arrow.Field
	var arrays []arrow.Array
	for _, c := range r.columns {
		name := r.table.columns[c]
		fields = append(fields, arrow.Field{Name: name, Type: r.table.typeOf(name), Nullable: true})
		arrays = append(arrays, r.table.build(r.table.typeOf(name), rows, c))
	}
	r.record = array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(n))
	for _, a := range arrays {
		a.Release() // the record holds it
	}
	*batch = Batch{Record: r.record, FirstRow: first}
	return nil
}

func (m *memoryTable) build(t arrow.DataType, rows [][]string, c int) arrow.Array {
	allocator := m.allocator
	if allocator == nil {
		allocator = memory.DefaultAllocator
	}
	if d, ok := t.(*arrow.DictionaryType); ok {
		return buildDictionary(allocator, d, rows, c)
	}
	builder := array.NewBuilder(allocator, t)
	defer builder.Release()
	builder.Reserve(len(rows))
	for _, row := range rows {
		if row[c] == "" {
			builder.AppendNull()
		} else if err := builder.AppendValueFromString(row[c]); err != nil {
			panic(err)
		}
	}
	return builder.NewArray()
}

var textDictionary = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// buildDictionary is what Arrow's own builder does, several times as fast.
func buildDictionary(allocator memory.Allocator, t *arrow.DictionaryType, rows [][]string, c int) arrow.Array {
	places := map[string]int32{}
	codes, words := array.NewInt32Builder(allocator), array.NewStringBuilder(allocator)
	defer codes.Release()
	defer words.Release()
	for _, row := range rows {
		if row[c] == "" {
			codes.AppendNull()
			continue
		}
		at, known := places[row[c]]
		if !known {
			at = int32(len(places))
			places[row[c]] = at
			words.Append(row[c])
		}
		codes.Append(at)
	}
	indices, dictionary := codes.NewArray(), words.NewArray()
	defer indices.Release()
	defer dictionary.Release()
	return array.NewDictionaryArray(t, indices, dictionary)
}

// memorySink keeps what a run hands over.
type memorySink struct {
	changes    []changeRow
	exceptions []Exception
}

type changeRow struct {
	MPxN        string
	RDP         string
	Old, New    string
	Rule        string
	Disposition string
	EffectiveOn int32
}

func (s *memorySink) Write(c *Changes) error {
	for i, m := range c.MPxN {
		s.changes = append(s.changes, changeRow{m.String(), c.RDPs[c.RDP[i]], c.Old[i].String(), c.New[i].String(),
			c.Rule[i].String(), c.Disposition[i].String(), c.EffectiveOn[i]})
	}
	return nil
}

func (s *memorySink) WriteExceptions(e []Exception) error {
	s.exceptions = append(s.exceptions, e...)
	return nil
}
