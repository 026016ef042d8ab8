package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// scanner reads splits of a table row by row into codes and numbers. One
// worker owns it, and what it gives is valid until the next batch.
type scanner struct {
	table   *table
	columns [fields]column
	parts   []arrow.Array // what columns point at, of a batch that was cut
	present [fields]bool
	rows    int
	first   int64 // row in the split
	at      int   // index of the split at hand
	split   Split
	known   bool // an earlier pass read the split
	trail   trail
	numbers []uint64
	classes []uint8
	decode  [3]numberDecoder
	checks  *kernel.Classifier
	watch   *Stopwatch // nil: nobody asks
}

// scan opens the split and hands each batch to use.
func (s *scanner) scan(at int, use func() error) error {
	return s.scanColumns(at, s.table.bound(at), use)
}

// scanColumns is scan for the columns of a binding of its own.
func (s *scanner) scanColumns(at int, bound *binding, use func() error) error {
	rows, err := s.scanPart(at, s.table.plan.Splits[at], bound, use)
	s.table.readRows[at] = rows
	return err
}

// scanPart is scanColumns for a part of the split. It gives how many rows it
// read.
func (s *scanner) scanPart(at int, part Split, bound *binding, use func() error) (rows int64, err error) {
	s.watch.Start()
	reader, err := s.table.source.Open(part, bound.columns)
	if err != nil {
		return 0, err
	}
	defer reader.Close()
	defer s.releaseParts()
	askForNumbers(reader, bound.fields)
	s.at, s.split, s.present = at, s.table.plan.Splits[at], [fields]bool{}
	s.known = s.table.readRows[at] >= 0
	s.trail.begin(at, s.split.Rows)
	for _, f := range bound.fields {
		s.present[f] = true
	}
	var batch Batch
	for {
		err := reader.Next(&batch)
		s.watch.Lap(stepDecode)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rows, err
		}
		rows += batch.Record.NumRows()
		for at := int64(0); at < batch.Record.NumRows(); at += kernel.MaxTrail {
			if err := s.load(&batch, at, bound.fields); err != nil {
				return rows, err
			}
			if err := use(); err != nil {
				return rows, err
			}
		}
	}
	if rows > part.Rows || s.file().Rows >= 0 && rows != part.Rows {
		return rows, &Refusal{Kind: RefusedInput,
			Problem: fmt.Sprintf("cannot read %s: %s: %d rows from row %d on were announced, and %d were there", s.table.name, ShownPath(s.file().Path), part.Rows, part.FirstRow, rows),
			Next:    "The file is damaged: ask for the extract again."}
	}
	return rows, nil
}

// askForNumbers spares identifiers the way through text where the reader can.
func askForNumbers(reader Reader, fields []field) {
	if r, ok := reader.(NumberReader); ok {
		for i, f := range fields {
			if f.isIdentifier() {
				r.ReadNumbers(i)
			}
		}
	}
}

// load points the columns at the rows of a batch from at on: all of them where
// they are few enough, and else as many as one batch of ours may have.
func (s *scanner) load(batch *Batch, at int64, bound []field) error {
	s.releaseParts()
	rows := min(batch.Record.NumRows()-at, kernel.MaxTrail)
	s.rows, s.first = int(rows), batch.FirstRow+at-s.split.FirstRow
	for i, f := range bound {
		values := batch.Record.Column(i)
		if rows < batch.Record.NumRows() {
			values = array.NewSlice(values, at, at+rows)
			s.parts = append(s.parts, values)
		}
		if err := s.columns[f].load(values); err != nil {
			return s.refuse(f, err)
		}
	}
	return nil
}

func (s *scanner) releaseParts() {
	for _, part := range s.parts {
		part.Release()
	}
	s.parts = s.parts[:0]
}

// firstReading tells whether no earlier pass read the split at hand: only then
// its rows are counted.
func (s *scanner) firstReading() bool { return !s.known }

func (s *scanner) file() *File { return &s.table.plan.Files[s.split.File] }

func (s *scanner) refuse(f field, err error) error {
	return &Refusal{Kind: RefusedInput, Err: err,
		Problem: fmt.Sprintf("cannot read %s: %s, column %s, rows from %d on: %v", s.table.name, ShownPath(s.file().Path), Shown(s.table.bound(s.at).name(f)), s.split.FirstRow+s.first, err),
		Next:    "Check the extract, and that the column is the one meant."}
}

// resize gives n elements of a scratch slice, grown where needed.
func resize[T any](scratch *[]T, n int) []T {
	if cap(*scratch) < n {
		*scratch = make([]T, n)
	}
	*scratch = (*scratch)[:n]
	return *scratch
}

// deviceScanner reads the devices table.
type deviceScanner struct {
	scanner
	associations *associations
	types        *codeDecoder
	statuses     *codeDecoder
	typeCodes    []uint8
	kinds        []uint8

	dense      [3][]uint64 // by slot, where a later one needs to compare
	rowNumbers []int32
	found      named
}

// named are the MPxNs that one column of a batch names, side by side.
type named struct {
	rows    []int32 // of the batch
	kinds   []uint8
	numbers []uint64
	classes []uint8
}

func newDeviceScanner(cfg *Config, t *table, a *associations, checks *kernel.Classifier) *deviceScanner {
	return &deviceScanner{
		scanner:      scanner{table: t, checks: checks},
		associations: a,
		types: newCodeDecoder(func(text []byte) (uint8, error) {
			if own, ok := cfg.DeviceTypes[meterpoint.Fold(text)]; ok {
				return uint8(own), nil
			}
			return uint8(meterpoint.ParseDeviceType(text)), nil
		}),
		statuses: newCodeDecoder(func(text []byte) (uint8, error) {
			if own, ok := cfg.DeviceStatuses[meterpoint.Fold(text)]; ok {
				return uint8(own), nil
			}
			if status, ok := meterpoint.ParseDeviceStatus(text); ok {
				return uint8(status), nil
			}
			return unknownStatus, nil
		}),
	}
}

// readKinds decodes type and status of each row into kinds.
func (s *deviceScanner) readKinds() error {
	types := resize(&s.typeCodes, s.rows)
	kinds := resize(&s.kinds, s.rows)
	if err := s.types.decode(types, &s.columns[fieldDeviceType]); err != nil {
		return s.refuse(fieldDeviceType, err)
	}
	if err := s.statuses.decode(kinds, &s.columns[fieldDeviceStatus]); err != nil {
		return s.refuse(fieldDeviceStatus, err)
	}
	kernel.JoinKinds(kinds, types, statusesOfType)
	return nil
}

// readAssociations decodes the MPxNs that one column names, and drops those
// which an earlier column of the row names already. The result is the
// scanner's own and valid until the next call.
func (s *deviceScanner) readAssociations(slot int, have []field) (*named, error) {
	c, n := &s.columns[have[slot]], &s.found
	n.rows = s.presentRows(c)
	numbers := resize(&n.numbers, len(n.rows))
	rows := n.rows
	if c.nulls == nil {
		rows = nil
	}
	if err := s.decode[slot].decode(numbers, c, rows); err != nil {
		return nil, s.refuse(have[slot], err)
	}
	for earlier := range slot {
		kernel.DropRepeats(numbers, s.dense[earlier], n.rows)
	}
	kernel.Select(resize(&n.kinds, len(n.rows)), s.kinds, n.rows)
	if slot > 0 {
		s.dropRepeatedTexts(slot, have)
	}
	if slot+1 < len(have) {
		kernel.Spread(resize(&s.dense[slot], s.rows), numbers, n.rows)
	}
	s.checks.Classify(resize(&n.classes, len(n.rows)), numbers)
	return n, nil
}

// presentRows lists the rows of the batch that hold a value.
func (s *deviceScanner) presentRows(c *column) []int32 {
	if s.rowNumbers == nil { // nil stands for all rows
		s.rowNumbers = []int32{}
	}
	s.rowNumbers = s.rowNumbers[:0]
	if c.nulls != nil {
		s.rowNumbers = c.rowsOf(s.rowNumbers, false)
		return s.rowNumbers
	}
	for row := range s.rows {
		s.rowNumbers = append(s.rowNumbers, int32(row))
	}
	return s.rowNumbers
}

// dropRepeatedTexts does for texts that are no numbers what
// kernel.DropRepeats does for numbers.
func (s *deviceScanner) dropRepeatedTexts(slot int, have []field) {
	for i, n := range s.found.numbers {
		if n != kernel.NotNumber {
			continue
		}
		row := int(s.found.rows[i])
		for earlier := range slot {
			if s.dense[earlier][row] == kernel.NotNumber &&
				bytes.Equal(s.columns[have[slot]].trimmed(row), s.columns[have[earlier]].trimmed(row)) {
				s.found.numbers[i] = kernel.Absent
				break
			}
		}
	}
}

// pointScanner reads the meter_points table.
type pointScanner struct {
	scanner
	recordedCodes, reportedCodes, everCodes, rdpCodes []uint8
	days                                              []int32
	recorded, reported, ever, rdps                    *codeDecoder
	dayDecoder                                        dayDecoder
}

func newPointScanner(t *table, codes *rdpCodes, checks *kernel.Classifier) *pointScanner {
	status := func(text []byte) (uint8, error) { return uint8(meterpoint.ParseServiceStatus(text)), nil }
	return &pointScanner{
		scanner:  scanner{table: t, checks: checks},
		recorded: newCodeDecoder(status),
		reported: newCodeDecoder(status),
		ever:     newCodeDecoder(parseEver),
		rdps:     newCodeDecoder(codes.parse),
	}
}

// readPoints decodes every column of the batch.
func (s *pointScanner) readPoints() (numbers []uint64, classes []uint8, err error) {
	numbers, classes = resize(&s.numbers, s.rows), resize(&s.classes, s.rows)
	if err := s.decode[0].decode(numbers, &s.columns[fieldMPxN], nil); err != nil {
		return nil, nil, s.refuse(fieldMPxN, err)
	}
	s.checks.Classify(classes, numbers)
	coded := []struct {
		f       field
		codes   *[]uint8
		decoder *codeDecoder
	}{{fieldServiceStatus, &s.recordedCodes, s.recorded}, {fieldReportedStatus, &s.reportedCodes, s.reported},
		{fieldEverInstalled, &s.everCodes, s.ever}, {fieldRDPID, &s.rdpCodes, s.rdps}}
	for _, c := range coded {
		codes := resize(c.codes, s.rows)
		if !s.present[c.f] {
			clear(codes)
			continue
		}
		if err := c.decoder.decode(codes, &s.columns[c.f]); err != nil {
			return nil, nil, s.refuse(c.f, err)
		}
	}
	days := resize(&s.days, s.rows)
	if s.present[fieldChangedOn] {
		if err := s.dayDecoder.decode(days, &s.columns[fieldChangedOn]); err != nil {
			return nil, nil, s.refuse(fieldChangedOn, err)
		}
	} else {
		for i := range days {
			days[i] = NoDay
		}
	}
	return numbers, classes, nil
}
