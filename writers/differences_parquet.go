package writers

import (
	"fmt"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// differenceRow is the schema of differences.parquet. The rows of an extract
// that cannot be read come last, and have what the extract says there as mpxn
// and held.
type differenceRow struct {
	MPxN       *string `parquet:"mpxn,optional,plain"`
	Fuel       *string `parquet:"fuel,optional,dict"`
	RDP        *string `parquet:"rdp_id,optional,dict"`
	Expected   *string `parquet:"expected,optional,dict"`
	Held       *string `parquet:"held,optional,dict"`
	ExpectedOn *int32  `parquet:"expected_on,optional,date"`
	HeldOn     *int32  `parquet:"held_on,optional,date"`
	Class      string  `parquet:"class,dict"`
	HeldBy     *string `parquet:"held_by,optional,dict"`
}

// Columns of differences.parquet.
const (
	differenceMPxN = iota
	differenceFuel
	differenceRDP
	differenceExpected
	differenceHeld
	differenceExpectedOn
	differenceHeldOn
	differenceClass
	differenceHeldBy
	differenceColumns = iota
)

var differencesSchema = parquet.SchemaOf(differenceRow{})

// differencesBlock holds lines as parallel columns, and values that stand for
// them.
type differencesBlock struct {
	engine.Differences
	texts []engine.UnreadableRow // instead, where not nil
}

func (b *differencesBlock) len() int { return max(b.Len(), len(b.texts)) }

// differencesEncoder writes differences.parquet, block by block, on one
// goroutine.
type differencesEncoder struct {
	writer *parquet.GenericWriter[differenceRow]
	rows   int64
	values []parquet.Value
	text   []byte

	samples differenceSamples

	fuels, statuses, flags, classes []parquet.Value
	rdps, holders                   []parquet.Value // grow as names appear
}

func newDifferencesEncoder(file *stagedFile) *differencesEncoder {
	options := parquetOptions()
	for _, column := range differencesSchema.Columns()[differenceFuel:] {
		options = append(options, parquet.SkipPageBounds(column...))
	}
	e := &differencesEncoder{
		writer: parquet.NewGenericWriter[differenceRow](file, options...),
		values: make([]parquet.Value, 0, valueChunk), text: make([]byte, 0, valueChunk*mpxnDigits),
	}
	for _, fuel := range meterpoint.Fuels {
		e.fuels = append(e.fuels, optional(differenceFuel, fuel.String()))
	}
	for s := meterpoint.Null; s <= meterpoint.NotActive; s++ {
		e.statuses = append(e.statuses, orNull(optional(differenceExpected, s.String()), s.Reported()))
	}
	for flags := range 1 << meterpoint.Unknown {
		text := engine.Flags(flags).String()
		e.flags = append(e.flags, orNull(optional(differenceHeld, text), text != ""))
	}
	for class := range engine.Class(engine.LineClasses) {
		e.classes = append(e.classes, required(differenceClass, engine.LineClass(class)))
	}
	return e
}

// write encodes a block, which ends no later than its row group.
func (e *differencesEncoder) write(b *differencesBlock) error {
	for len(e.rdps) < len(b.RDPs) {
		name := b.RDPs[len(e.rdps)]
		e.rdps = append(e.rdps, orNull(optional(differenceRDP, name), name != ""))
		e.holders = append(e.holders, orNull(optional(differenceHeldBy, name), name != ""))
	}
	e.sample(b)
	for column, w := range e.writer.ColumnWriters() {
		for from := 0; from < b.len(); from += valueChunk {
			to := min(from+valueChunk, b.len())
			e.values = e.values[:0]
			if b.texts != nil {
				e.fillTexts(b.texts[from:to], column)
			} else {
				e.fill(b, column, from, to)
			}
			if _, err := w.WriteRowValues(e.values); err != nil {
				return fmt.Errorf("cannot encode %s: %w", differencesName, err)
			}
		}
	}
	if e.rows += int64(b.len()); e.rows%rowGroupRows == 0 {
		if err := e.writer.Flush(); err != nil {
			return fmt.Errorf("cannot encode %s: %w", differencesName, err)
		}
	}
	return nil
}

// fill takes the values of rows from..to of one column.
func (e *differencesEncoder) fill(b *differencesBlock, column, from, to int) {
	switch column {
	case differenceMPxN:
		e.text = e.text[:0]
		for _, m := range b.MPxN[from:to] {
			start := len(e.text)
			e.text = appendNumber(e.text, uint64(m), 0)
			e.values = append(e.values, parquet.ByteArrayValue(e.text[start:]).Level(0, 1, column))
		}
	case differenceFuel:
		for _, m := range b.MPxN[from:to] {
			e.values = append(e.values, e.fuels[m.Fuel()])
		}
	case differenceRDP:
		e.values = pick(e.values, e.rdps, b.RDP[from:to])
	case differenceExpected:
		e.values = pick(e.values, e.statuses, b.Expected[from:to])
	case differenceHeld:
		e.values = pick(e.values, e.flags, b.Held[from:to])
	case differenceExpectedOn:
		e.fillDays(b.ExpectedOn[from:to], column)
	case differenceHeldOn:
		e.fillDays(b.HeldOn[from:to], column)
	case differenceClass:
		e.values = pick(e.values, e.classes, b.Class[from:to])
	case differenceHeldBy:
		e.values = pick(e.values, e.holders, b.HeldBy[from:to])
	}
}

func (e *differencesEncoder) fillDays(days []int32, column int) {
	for _, day := range days {
		e.values = append(e.values, orNull(parquet.Int32Value(day).Level(0, 1, column), day != engine.NoDay))
	}
}

// fillTexts is fill for rows that cannot be read.
func (e *differencesEncoder) fillTexts(rows []engine.UnreadableRow, column int) {
	for _, row := range rows {
		value := parquet.Value{}
		text := map[int]string{differenceMPxN: validUTF8(row.MPxN), differenceFuel: row.Fuel, differenceHeld: validUTF8(row.Flag), differenceHeldBy: row.HeldBy}[column]
		switch {
		case column == differenceClass:
			value = e.classes[engine.Classes+engine.Class(engine.RowUnreadable)]
		case column == differenceHeldOn && row.HeldOn != engine.NoDay:
			value = parquet.Int32Value(row.HeldOn).Level(0, 1, column)
		case text != "":
			value = optional(column, text)
		}
		e.values = append(e.values, value)
	}
}

// close writes the last row group and the footer.
func (e *differencesEncoder) close() error {
	if err := e.writer.Close(); err != nil {
		return fmt.Errorf("cannot encode %s: %w", differencesName, err)
	}
	return nil
}
