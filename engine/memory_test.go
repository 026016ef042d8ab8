package engine

import (
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"

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
}

func (m *memoryTable) Plan(context.Context) (*Plan, error) {
	plan := &Plan{}
	files := max(m.files, 1)
	for f := range files {
		from, to := len(m.rows)*f/files, len(m.rows)*(f+1)/files
		file := File{Path: "rows-" + strconv.Itoa(f), Format: "memory", Rows: int64(to - from)}
		for _, name := range m.columns {
			file.Columns = append(file.Columns, Column{Name: name, Type: m.typeOf(name), Native: m.typeOf(name).String()})
		}
		plan.Files = append(plan.Files, file)
		step := max(m.splitRows, 1)
		for at := 0; at < to-from; at += step {
			plan.Splits = append(plan.Splits, Split{File: f, FirstRow: int64(at), Rows: int64(min(step, to-from-at)), Part: from})
		}
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
	return &memoryReader{table: m, split: split, columns: columns}, nil
}

type memoryReader struct {
	table   *memoryTable
	split   Split
	columns []int
	done    int
}

func (r *memoryReader) Close() error { return nil }

func (r *memoryReader) Next(batch *Batch) error {
	n := min(max(r.table.batchRows, 1), int(r.split.Rows)-r.done)
	if n <= 0 {
		return io.EOF
	}
	first := int(r.split.FirstRow) + r.done
	rows := r.table.rows[r.split.Part+first : r.split.Part+first+n]
	r.done += n
	var fields []arrow.Field
	var arrays []arrow.Array
	for _, c := range r.columns {
		name := r.table.columns[c]
		fields = append(fields, arrow.Field{Name: name, Type: r.table.typeOf(name), Nullable: true})
		arrays = append(arrays, buildArray(r.table.typeOf(name), rows, c))
	}
	*batch = Batch{Record: array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(n)), FirstRow: int64(first)}
	return nil
}

func buildArray(t arrow.DataType, rows [][]string, c int) arrow.Array {
	builder := array.NewBuilder(memory.DefaultAllocator, t)
	defer builder.Release()
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

// shape varies everything about a table that must not matter.
func (m *memoryTable) shape(random *rand.Rand, numeric bool) *memoryTable {
	shaped := &memoryTable{columns: m.columns, rows: slices.Clone(m.rows), types: map[string]arrow.DataType{},
		splitRows: 1 + random.IntN(50), batchRows: 1 + random.IntN(20), files: 1 + random.IntN(3)}
	random.Shuffle(len(shaped.rows), func(i, j int) { shaped.rows[i], shaped.rows[j] = shaped.rows[j], shaped.rows[i] })
	for _, name := range m.columns {
		switch random.IntN(3) {
		case 0:
			shaped.types[name] = textDictionary
		case 1:
			shaped.types[name] = arrow.BinaryTypes.LargeString
		}
		isMPxN := slices.Contains([]string{"mpxn", "import_mpxn", "secondary_import_mpan", "export_mpan"}, name)
		if isMPxN && numeric {
			shaped.types[name] = arrow.PrimitiveTypes.Int64
		}
	}
	return shaped
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
