package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// differenceGroup is what one row group of differences.parquet holds.
type differenceGroup struct {
	err         error
	counts      [engine.LineClasses]int64
	rows        differenceRows
	first, last meterpoint.MPxN
}

// noNumber stands for the MPxN of a row that cannot be read: none is to be
// expected, and nothing but its like may follow.
const noNumber = math.MaxUint64

// readDifferences proves differences.parquet: its form, the order of its lines,
// and their number by class. All workers read row groups.
func (v *verifier) readDifferences(ctx context.Context, r io.ReaderAt, size int64) error {
	file, err := openTable(r, size, differencesSchema)
	if err != nil {
		return err
	}
	if stated := v.record.DifferencesFile.Rows; file.NumRows() != stated {
		return fmt.Errorf("it has %d rows, where %s states %d", file.NumRows(), reconciliationName, stated)
	}
	groups := make([]differenceGroup, len(file.RowGroups()))
	jobs := make([]func() error, len(groups))
	spare := sync.Pool{New: func() any { return new(differenceColumns) }}
	for i, group := range file.RowGroups() {
		jobs[i] = func() error {
			columns := spare.Get().(*differenceColumns)
			defer spare.Put(columns)
			groups[i].err = guard(func() error { return columns.read(&groups[i], group, int64(i)*rowGroupRows) })
			return nil
		}
	}
	if err := v.share(ctx, jobs); err != nil {
		return err
	}
	return v.compareDifferences(groups)
}

// differenceColumns is memory for the columns of one row group.
type differenceColumns struct {
	classes []engine.Class
	numbers []meterpoint.MPxN
}

// read takes a row group that begins with the row first.
func (c *differenceColumns) read(g *differenceGroup, group parquet.RowGroup, first int64) error {
	c.classes, c.numbers = resized(c.classes, int(group.NumRows())), resized(c.numbers, int(group.NumRows()))
	if err := readClasses(group, c.classes); err != nil {
		return err
	}
	g.rows.note(first, c.classes)
	if err := readNumbers(group.ColumnChunks()[differenceMPxN], c.numbers); err != nil {
		return fmt.Errorf("column mpxn: %w", err)
	}
	for i, class := range c.classes {
		g.counts[class]++
		m := c.numbers[i]
		if class == lineOf(engine.RowUnreadable) {
			m = noNumber
		}
		if i == 0 {
			g.first = m
		}
		if m < g.last || m == 0 {
			return errUnordered
		}
		g.last = m
	}
	return nil
}

var errUnordered = errors.New("its MPxNs are not in order")

// compareDifferences holds what the row groups hold against each other and
// against the record.
func (v *verifier) compareDifferences(groups []differenceGroup) error {
	var counts [engine.LineClasses]int64
	last := meterpoint.MPxN(0)
	for i := range groups {
		g := &groups[i]
		switch {
		case g.err != nil:
			return g.err
		case g.first < last:
			return errUnordered
		}
		last = g.last
		for class, n := range g.counts {
			counts[class] += n
			rows := &v.differenceRows[class]
			*rows = append(*rows, g.rows[class][:min(len(g.rows[class]), linesOfClass-len(*rows))]...)
		}
	}
	for class := range engine.Class(engine.LineClasses) {
		want := int64(0)
		if engine.IsLineDifference(class) {
			want = v.record.countOf(class)
		}
		if found := counts[class]; found != want {
			return fmt.Errorf("it has %d lines of class %s, where %s states %d", found, engine.LineClass(class), reconciliationName, want)
		}
	}
	return nil
}

func lineClassNamed(name string) (engine.Class, bool) {
	for class := range engine.Class(engine.LineClasses) {
		if engine.LineClass(class) == name {
			return class, true
		}
	}
	return 0, false
}
