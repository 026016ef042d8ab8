package writers

import (
	"cmp"
	"fmt"
	"io"
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
	for i, class := range b.class {
		if len(e.samples[class]) < linesOfClass {
			e.samples[class] = append(e.samples[class], differenceLine{b.mpxn[i].String(), b.rdps[b.rdp[i]], e.expected.words[b.expected[i]],
				b.held[i].String(), dayText(b.expectedOn[i]), dayText(b.heldOn[i]), b.rdps[b.heldBy[i]]})
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
		file, err := openTable(r, size, differencesSchema, parquet.SkipPageIndex(false))
		if err != nil {
			return err
		}
		if rows == nil {
			if rows, err = readDifferenceRows(file); err != nil {
				return err
			}
		}
		wanted := rows.byGroup(len(file.RowGroups()))
		for at, group := range file.RowGroups() {
			if err := s.readGroup(group, wanted[at]); err != nil {
				return fmt.Errorf("row group %d: %w", at, err)
			}
		}
		return nil
	})
	return s, err
}

// classedRow is a row of a row group, and the class of the line in it.
type classedRow struct {
	row   int64
	class int
}

// byGroup are the rows of each row group, in order.
func (r *differenceRows) byGroup(groups int) [][]classedRow {
	wanted := make([][]classedRow, groups)
	for class, rows := range r {
		for _, row := range rows {
			at := row / rowGroupRows
			wanted[at] = append(wanted[at], classedRow{row % rowGroupRows, class})
		}
	}
	for _, rows := range wanted {
		slices.SortFunc(rows, func(a, b classedRow) int { return cmp.Compare(a.row, b.row) })
	}
	return wanted
}

// rowsTogether is how far apart two rows may stand for the second to be read on
// from the first: going to a row decodes a page of each column.
const rowsTogether = 1 << 14

// readGroup takes the lines of one row group. First lines of a class mostly
// stand near each other.
func (s *differenceSamples) readGroup(group parquet.RowGroup, wanted []classedRow) error {
	if len(wanted) == 0 {
		return nil
	}
	for _, chunk := range group.ColumnChunks() {
		if _, err := chunk.OffsetIndex(); err != nil { // else every page up to a line would be decoded
			return err
		}
	}
	rows := group.Rows()
	defer func() { _ = rows.Close() }()
	read := make([]parquet.Row, 64)
	for at := int64(0); len(wanted) > 0; {
		next := wanted[0]
		if next.row-at > rowsTogether {
			if err := rows.SeekToRow(next.row); err != nil {
				return fmt.Errorf("row %d: %w", next.row, err)
			}
			at = next.row
		}
		n, err := rows.ReadRows(read[:min(int64(len(read)), wanted[len(wanted)-1].row+1-at)])
		if n == 0 {
			return fmt.Errorf("row %d: %w", at, cmp.Or(err, io.ErrUnexpectedEOF))
		}
		for ; len(wanted) > 0 && wanted[0].row < at+int64(n); wanted = wanted[1:] {
			s[wanted[0].class] = append(s[wanted[0].class], newDifferenceLine(read[wanted[0].row-at]))
		}
		at += int64(n)
	}
	return nil
}
