package writers

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// differenceRow is the schema of differences.parquet. The rows of an extract
// that cannot be read come last, and have what the extract says there as mpxn
// and held.
type differenceRow struct {
	MPxN       *string `parquet:"mpxn,optional"`
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
)

var differencesSchema = parquet.SchemaOf(differenceRow{})

// differencesBlock holds lines as parallel columns, or rows that cannot be read.
type differencesBlock struct {
	mpxn               []meterpoint.MPxN
	fuel               []meterpoint.Fuel
	rdp, heldBy        []uint8
	expected           []meterpoint.ServiceStatus
	held               []engine.Flags
	expectedOn, heldOn []int32
	class              []engine.Class
	rdps               []string
	texts              []engine.UnreadableRow // instead, where not nil
}

func (b *differencesBlock) len() int { return max(len(b.mpxn), len(b.texts)) }

// take appends lines, whose RDPs begin with those of the lines before.
func (b *differencesBlock) take(lines []engine.Difference, rdps []string) {
	from := len(b.mpxn)
	b.resize(from + len(lines))
	b.rdps = rdps
	mpxn, fuel, rdp, heldBy := b.mpxn[from:], b.fuel[from:], b.rdp[from:], b.heldBy[from:]
	expected, held, class := b.expected[from:], b.held[from:], b.class[from:]
	expectedOn, heldOn := b.expectedOn[from:], b.heldOn[from:]
	for i := range lines {
		l := &lines[i]
		mpxn[i], fuel[i] = l.MPxN, l.MPxN.Fuel()
		expectedOn[i], heldOn[i] = l.ExpectedOn, l.HeldOn
	}
	for i := range lines {
		l := &lines[i]
		rdp[i], heldBy[i], expected[i], held[i], class[i] = l.RDP, l.HeldBy, l.Expected, l.Held, l.Class
	}
}

// resize makes every column so many rows long, and keeps what stands in them.
func (b *differencesBlock) resize(rows int) {
	b.mpxn, b.fuel, b.rdp, b.heldBy = extended(b.mpxn, rows), extended(b.fuel, rows), extended(b.rdp, rows), extended(b.heldBy, rows)
	b.expected, b.held, b.class = extended(b.expected, rows), extended(b.held, rows), extended(b.class, rows)
	b.expectedOn, b.heldOn = extended(b.expectedOn, rows), extended(b.heldOn, rows)
}

func extended[T any](column []T, rows int) []T {
	return slices.Grow(column, max(rows-len(column), 0))[:rows]
}

// differencesEncoder writes differences.parquet, block by block, on one
// goroutine.
type differencesEncoder struct {
	file               *parquetFile
	mpxn               numberColumn
	fuel, rdp          wordColumn
	expected, held     wordColumn
	expectedOn, heldOn dayColumn
	class, heldBy      wordColumn
	days               []int32        // of rows that cannot be read
	classes            []engine.Class // the same
	samples            differenceSamples
}

func newDifferencesEncoder(file *stagedFile) *differencesEncoder {
	f := newParquetFile(file, differencesSchema)
	flags := make([]string, 1<<meterpoint.Unknown)
	for i := range flags {
		flags[i] = engine.Flags(i).String()
	}
	classes := make([]string, engine.LineClasses)
	for i := range classes {
		classes[i] = engine.LineClass(engine.Class(i))
	}
	return &differencesEncoder{
		file:       f,
		mpxn:       numberColumn{parquetColumn: f.columns[differenceMPxN]},
		fuel:       newWordColumn(f.columns[differenceFuel], fuelWords()),
		rdp:        newWordColumn(f.columns[differenceRDP], nil),
		expected:   newWordColumn(f.columns[differenceExpected], statusWords(meterpoint.NotActive)),
		held:       newWordColumn(f.columns[differenceHeld], flags),
		expectedOn: dayColumn{parquetColumn: f.columns[differenceExpectedOn]},
		heldOn:     dayColumn{parquetColumn: f.columns[differenceHeldOn]},
		class:      newWordColumn(f.columns[differenceClass], classes),
		heldBy:     newWordColumn(f.columns[differenceHeldBy], nil),
	}
}

// write encodes a block, which ends no later than its row group.
func (e *differencesEncoder) write(b *differencesBlock) error {
	e.sample(b)
	encode := e.writeLines
	if b.texts != nil {
		encode = e.writeUnreadable
	}
	if err := errors.Join(encode(b), e.file.endBlock(b.len())); err != nil {
		return fmt.Errorf("cannot encode %s: %w", differencesName, err)
	}
	return nil
}

func (e *differencesEncoder) writeLines(b *differencesBlock) error {
	e.rdp.words, e.heldBy.words = b.rdps, b.rdps
	return errors.Join(
		e.mpxn.write(b.mpxn),
		writeWords(&e.fuel, b.fuel),
		writeWords(&e.rdp, b.rdp),
		writeWords(&e.expected, b.expected),
		writeWords(&e.held, b.held),
		e.expectedOn.write(b.expectedOn),
		e.heldOn.write(b.heldOn),
		writeWords(&e.class, b.class),
		writeWords(&e.heldBy, b.heldBy),
	)
}

// writeUnreadable encodes rows that cannot be read: what the extract has there
// may be any text.
func (e *differencesEncoder) writeUnreadable(b *differencesBlock) error {
	rows := len(b.texts)
	e.days, e.classes = resized(e.days, rows), resized(e.classes, rows)
	for i := range rows {
		e.days[i], e.classes[i] = engine.NoDay, lineOf(engine.RowUnreadable)
	}
	null := func(int) string { return "" }
	err := errors.Join(
		e.mpxn.writeTexts(rows, func(i int) string { return validUTF8(b.texts[i].MPxN) }),
		e.fuel.writeTexts(rows, func(i int) string { return b.texts[i].Fuel }),
		e.rdp.writeTexts(rows, null),
		e.expected.writeTexts(rows, null),
		e.held.writeTexts(rows, func(i int) string { return validUTF8(b.texts[i].Flag) }),
		e.expectedOn.write(e.days),
		writeWords(&e.class, e.classes),
		e.heldBy.writeTexts(rows, func(i int) string { return b.texts[i].HeldBy }),
	)
	for i := range rows {
		e.days[i] = b.texts[i].HeldOn
	}
	return errors.Join(err, e.heldOn.write(e.days))
}

// close writes the last row group and the footer.
func (e *differencesEncoder) close() error {
	if err := e.file.close(); err != nil {
		return fmt.Errorf("cannot encode %s: %w", differencesName, err)
	}
	return nil
}
