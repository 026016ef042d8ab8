package writers

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// linesOfClass is how many lines of each class a report shows.
const linesOfClass = 5

// differenceLine is a line of differences.parquet in words; "" is null.
type differenceLine struct{ mpxn, rdp, expected, held, expectedOn, heldOn, heldBy string }

// differenceSamples are the first lines of each class.
type differenceSamples [engine.LineClasses][]differenceLine

// newDifferenceLine takes the values of a line, a column each.
func newDifferenceLine(line []parquet.Value) differenceLine {
	word := func(column int) string {
		if line[column].IsNull() {
			return ""
		}
		return string(line[column].ByteArray())
	}
	day := func(column int) string {
		if line[column].IsNull() {
			return ""
		}
		return dayText(line[column].Int32())
	}
	return differenceLine{word(differenceMPxN), word(differenceRDP), word(differenceExpected), word(differenceHeld),
		day(differenceExpectedOn), day(differenceHeldOn), word(differenceHeldBy)}
}

// sample takes lines of the block for samples.
func (e *differencesEncoder) sample(b *differencesBlock) {
	unreadable := lineOf(engine.RowUnreadable)
	for _, row := range b.texts[:min(len(b.texts), linesOfClass-len(e.samples[unreadable]))] {
		e.samples[unreadable] = append(e.samples[unreadable], differenceLine{mpxn: validUTF8(row.MPxN), held: validUTF8(row.Flag),
			heldOn: dayText(row.HeldOn), heldBy: row.HeldBy})
	}
	for i, class := range b.Class {
		if len(e.samples[class]) < linesOfClass {
			e.samples[class] = append(e.samples[class], differenceLine{b.MPxN[i].String(), b.RDPs[b.RDP[i]], e.expected.words[b.Expected[i]],
				b.Held[i].String(), dayText(b.ExpectedOn[i]), dayText(b.HeldOn[i]), b.RDPs[b.HeldBy[i]]})
		}
	}
}

// dayText is how a line spells a day.
func dayText(day int32) string {
	if day == engine.NoDay {
		return ""
	}
	return dateOf(day).Format(time.DateOnly)
}

// differenceRows are the rows, from 0, in which the first lines of each class
// stand.
type differenceRows [engine.LineClasses][]int64

// note takes the classes of a row group that begins with row first.
func (r *differenceRows) note(first int64, classes []engine.Class) {
	for i, class := range classes {
		if len(r[class]) < linesOfClass {
			r[class] = append(r[class], first+int64(i))
		}
	}
}

// readDifferenceRows finds them in a table whose bytes are proven.
func readDifferenceRows(file *parquet.File) (*differenceRows, error) {
	var rows differenceRows
	var classes []engine.Class
	first := int64(0)
	for _, group := range file.RowGroups() {
		classes = resized(classes, int(group.NumRows()))
		if err := readClasses(group, classes); err != nil {
			return nil, err
		}
		rows.note(first, classes)
		first += group.NumRows()
	}
	return &rows, nil
}

func readClasses(group parquet.RowGroup, classes []engine.Class) error {
	if err := readWords(group.ColumnChunks()[differenceClass], classes, 0, word(lineClassNamed)); err != nil {
		return fmt.Errorf("column class: %w", err)
	}
	return nil
}

// readDifferenceSamples takes samples from a table whose bytes are proven. rows
// says where they stand; nil: they are looked for.
func readDifferenceSamples(r io.ReaderAt, size int64, rows *differenceRows) (s differenceSamples, err error) {
	err = guard(func() error {
		file, err := openTable(r, size, differencesSchema)
		if err != nil {
			return err
		}
		if rows == nil {
			if rows, err = readDifferenceRows(file); err != nil {
				return err
			}
		}
		for first, group := range file.RowGroups() {
			if err := s.read(group, rows, int64(first)*rowGroupRows); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

// read takes those of one row group, which begins with row first.
func (s *differenceSamples) read(group parquet.RowGroup, rows *differenceRows, first int64) error {
	classes := map[int64]int{} // by row
	for class := range rows {
		for _, row := range rows[class] {
			if row >= first && row < first+group.NumRows() {
				classes[row] = class
			}
		}
	}
	if len(classes) == 0 {
		return nil
	}
	for _, chunk := range group.ColumnChunks() {
		if _, err := chunk.OffsetIndex(); err != nil { // else every page up to a line would be decoded
			return err
		}
	}
	reader := group.Rows() // which keeps the last page of each column
	defer func() { _ = reader.Close() }()
	for _, row := range slices.Sorted(maps.Keys(classes)) {
		line, err := readDifference(reader, row-first)
		if err != nil {
			return fmt.Errorf("row %d: %w", row, err)
		}
		s[classes[row]] = append(s[classes[row]], line)
	}
	return nil
}

func readDifference(reader parquet.Rows, row int64) (differenceLine, error) {
	if err := reader.SeekToRow(row); err != nil {
		return differenceLine{}, err
	}
	line := make([]parquet.Row, 1)
	if n, err := reader.ReadRows(line); n != 1 {
		return differenceLine{}, cmp.Or(err, io.ErrUnexpectedEOF)
	}
	return newDifferenceLine(line[0]), nil
}
