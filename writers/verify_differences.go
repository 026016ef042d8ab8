package writers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
}

// read takes a row group that begins with the row first.
func (c *differenceColumns) read(g *differenceGroup, group parquet.RowGroup, first int64) error {
	c.classes = resized(c.classes, int(group.NumRows()))
	if err := readClasses(group, c.classes); err != nil {
		return err
	}
	g.rows.note(first, c.classes)
	for _, class := range c.classes {
		g.counts[class]++
	}
	err := g.climb(group.ColumnChunks()[differenceMPxN], c.classes)
	if err != nil && !errors.Is(err, errUnordered) {
		err = fmt.Errorf("column mpxn: %w", err)
	}
	return err
}

// climb goes up the MPxNs of the row group, whose lines have these classes: behind
// a row that cannot be read there are only such rows.
func (g *differenceGroup) climb(chunk parquet.ColumnChunk, classes []engine.Class) error {
	var up ascent
	err := eachPage(chunk, len(classes), func(first int, page parquet.Page, present []byte) error {
		text, ends, err := textsOf(page)
		if err != nil {
			return err
		}
		classes := classes[first : first+int(page.NumRows())]
		if err := checkPresent(present, len(classes), len(ends)-1); err != nil {
			return err
		}
		lines := slices.Index(classes, lineOf(engine.RowUnreadable))
		if lines < 0 {
			lines = len(classes)
		}
		behind := classes[lines:]
		switch {
		case present != nil && bytes.IndexByte(present[:lines], 0) >= 0, !up.next(text, ends[:lines+1]), len(behind) > 0 && !alike(behind):
			return errUnordered
		case len(behind) > 0:
			up.end()
		}
		return nil
	})
	g.first, g.last = up.first, up.last()
	return err
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
