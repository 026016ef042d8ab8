package synth

import (
	"fmt"
	"io"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// wordCodes is how enumerations are stored: a byte for each row, into one
// dictionary of all words.
var wordCodes = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.BinaryTypes.String}

// arrowEncoder writes each group as a record batch of an Arrow IPC file. Bodies
// are not compressed.
type arrowEncoder struct {
	table      table
	schema     *arrow.Schema
	dictionary arrow.Array
	file       *ipc.FileWriter
}

func newArrowEncoder(out io.Writer, cfg Config, t table) (*arrowEncoder, error) {
	l := &layouts[t]
	fields := make([]arrow.Field, len(l.names))
	for i, kind := range l.kinds {
		fields[i] = arrow.Field{Name: l.names[i], Type: kind.arrowType(), Nullable: i >= l.required}
	}
	metadata := arrow.MetadataFrom(map[string]string{
		"flagfill.synth.meter_points": strconv.FormatInt(cfg.MeterPoints, 10),
		"flagfill.synth.seed":         strconv.FormatUint(cfg.Seed, 10),
		"flagfill.synth.error_rate":   strconv.FormatFloat(cfg.ErrorRate, 'g', -1, 64),
		"flagfill.synth.shuffled":     strconv.FormatBool(cfg.Shuffled),
	})
	e := &arrowEncoder{table: t, schema: arrow.NewSchema(fields, &metadata)}
	texts := array.NewStringBuilder(memory.DefaultAllocator)
	defer texts.Release()
	texts.AppendValues(words, nil)
	e.dictionary = texts.NewArray()
	var err error
	if e.file, err = ipc.NewFileWriter(&positioned{out: out}, ipc.WithSchema(e.schema)); err != nil {
		return nil, fmt.Errorf("cannot begin an Arrow file: %w", err)
	}
	return e, nil
}

func (k kind) arrowType() arrow.DataType {
	switch k {
	case enumeration:
		return wordCodes
	case date:
		return arrow.FixedWidthTypes.Date32
	}
	return arrow.BinaryTypes.String
}

func (e *arrowEncoder) group() groupEncoder {
	return &arrowGroup{encoder: e, columns: make([]arrowCells, len(layouts[e.table].kinds))}
}

func (e *arrowEncoder) close() error { return e.file.Close() }

// positioned is a file that is written from front to back: the writer asks
// where it is, and never goes anywhere.
type positioned struct {
	out io.Writer
	at  int64
}

func (p *positioned) Write(b []byte) (int, error) {
	n, err := p.out.Write(b)
	p.at += int64(n)
	return n, err
}

func (p *positioned) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return 0, fmt.Errorf("cannot seek to %d in a file that is written once", offset)
	}
	return p.at, nil
}

// arrowGroup holds the cells of one group, column by column.
type arrowGroup struct {
	encoder *arrowEncoder
	columns []arrowCells
	rows    int
}

// arrowCells are the buffers of a column, used again for the next group.
type arrowCells struct {
	present []byte // a bit for each row
	nulls   int
	numbers []int32 // days, or where texts end
	bytes   []byte  // texts, or codes
}

func (g *arrowGroup) write(rows []row) error {
	for column, kind := range layouts[g.encoder.table].kinds {
		g.columns[column].add(rows, column, kind, g.rows)
	}
	g.rows += len(rows)
	return nil
}

// add takes the column of some rows; from is how many were taken before.
func (c *arrowCells) add(rows []row, column int, kind kind, from int) {
	for i := range rows {
		value := rows[i][column]
		if at := from + i; at%8 == 0 {
			c.present = append(c.present, presence(value))
		} else {
			c.present[at/8] |= presence(value) << (at % 8)
		}
		c.nulls += 1 - int(presence(value))
		switch kind {
		case enumeration:
			c.bytes = append(c.bytes, byte(value))
		case date:
			c.numbers = append(c.numbers, int32(value))
		default:
			if len(c.numbers) == 0 {
				c.numbers = append(c.numbers, 0)
			}
			if value != 0 {
				c.bytes = kind.append(c.bytes, value)
			}
			c.numbers = append(c.numbers, int32(len(c.bytes)))
		}
	}
}

func (g *arrowGroup) finish() error { return nil }

func (g *arrowGroup) commit() error {
	if g.rows == 0 {
		return nil
	}
	arrays := make([]arrow.Array, len(g.columns))
	for i := range g.columns {
		data := g.columns[i].data(g.encoder, layouts[g.encoder.table].kinds[i], g.rows)
		arrays[i] = array.MakeFromData(data)
		data.Release()
		defer arrays[i].Release()
	}
	record := array.NewRecord(g.encoder.schema, arrays, int64(g.rows))
	defer record.Release()
	if err := g.encoder.file.Write(record); err != nil {
		return err
	}
	g.rows = 0
	for i := range g.columns {
		c := &g.columns[i]
		c.present, c.nulls, c.numbers, c.bytes = c.present[:0], 0, c.numbers[:0], c.bytes[:0]
	}
	return nil
}

// data wraps n rows without copying.
func (c *arrowCells) data(e *arrowEncoder, kind kind, n int) *array.Data {
	numbers, bytes := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(c.numbers)), memory.NewBufferBytes(c.bytes)
	buffers := []*memory.Buffer{nil}
	if c.nulls > 0 {
		buffers[0] = memory.NewBufferBytes(c.present)
	}
	switch kind {
	case enumeration:
		return array.NewDataWithDictionary(wordCodes, n, append(buffers, bytes), c.nulls, 0, e.dictionary.Data().(*array.Data))
	case date:
		return array.NewData(kind.arrowType(), n, append(buffers, numbers), nil, c.nulls, 0)
	}
	return array.NewData(kind.arrowType(), n, append(buffers, numbers, bytes), nil, c.nulls, 0)
}
