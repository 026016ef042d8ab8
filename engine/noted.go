package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// noted keeps what one worker sees while reading that only a row can tell:
// exceptions of a row by itself, and the text of values that parse to nothing,
// for exceptions that the meeting of both tables decides later.
type noted struct {
	run   *run
	most  int // exceptions kept: past a limit nothing is listed
	found []finding
	texts map[valueAt]string // of meter_points
	odd   []int32
}

// finding is an exception before its file and column are spelled out.
type finding struct {
	table Table
	place place
	field field
	code  Code
	value string
}

// valueAt is a value's place: a row by its number on the worker's trail.
type valueAt struct {
	row   int64
	field field
}

// valuesPerException is how many values of one row may parse to nothing.
const valuesPerException = 5

func newNoted(r *run) *noted {
	return &noted{run: r, most: r.mostListed(), texts: map[valueAt]string{}}
}

func (n *noted) add(s *scanner, code Code, f field, i int) {
	if len(n.found) < n.most {
		n.found = append(n.found, finding{s.table.name, place{s.at, s.first + int64(i)}, f, code, s.columns[f].value(i)})
	}
}

// associations looks at what kernel.Combine noted of a column.
func (n *noted) associations(s *deviceScanner, mpxn field) {
	for i, class := range s.found.classes {
		a, row := &n.run.associations.all[int(s.found.kinds[i])<<3|int(class)], int(s.found.rows[i])
		if a.warned && n.run.cfg.ListWarnings {
			n.add(&s.scanner, BadCheckDigit, mpxn, row)
		}
		if a.notUsed {
			n.add(&s.scanner, a.code, concerned(a.code, mpxn), row)
		}
	}
}

// points looks at the rows of a batch that are not as they should be.
func (n *noted) points(s *pointScanner, classes []uint8) {
	for i, class := range classes {
		if class <= kernel.MPRN {
			continue
		}
		row := classifyPoint(&n.run.cfg, class)
		if row.warned && n.run.cfg.ListWarnings {
			n.add(&s.scanner, BadCheckDigit, fieldMPxN, i)
		}
		if row.notUsed {
			n.add(&s.scanner, row.code, fieldMPxN, i)
		}
	}
}

// values looks at rows of meter_points, within a pass's ranges, with a value
// that parses to nothing.
func (n *noted) values(s *pointScanner, numbers []uint64, classes []uint8, ranges *kernel.Ranges, span span) {
	if span.empty() {
		return
	}
	first, last := ranges.Span(span.from, span.to)
	n.odd = kernel.OddPoints(n.odd[:0], s.recordedCodes, s.reportedCodes, s.everCodes, s.rdpCodes, s.days,
		uint8(meterpoint.NotActive), everBad, rdpBad, badDay)
	for _, row := range n.odd {
		i := int(row)
		if !n.run.keepPoints[classes[i]] || numbers[i] < first || numbers[i] > last {
			continue
		}
		n.keep(s, i, fieldServiceStatus, s.recordedCodes[i] > uint8(meterpoint.NotActive))
		n.keep(s, i, fieldReportedStatus, s.reportedCodes[i] > uint8(meterpoint.NotActive) && n.run.cfg.ListWarnings)
		n.keep(s, i, fieldEverInstalled, s.everCodes[i] == everBad)
		n.keep(s, i, fieldRDPID, s.rdpCodes[i] == rdpBad)
		n.keep(s, i, fieldChangedOn, s.days[i] == badDay)
	}
}

func (n *noted) keep(s *pointScanner, i int, f field, odd bool) {
	if odd && len(n.texts) < valuesPerException*n.most {
		n.texts[valueAt{s.trailRow() + int64(i), f}] = s.columns[f].value(i)
	}
}

// concerned is the column to look at for a code.
func concerned(code Code, mpxn field) field {
	switch code {
	case UnknownDeviceType:
		return fieldDeviceType
	case UnknownDeviceStatus:
		return fieldDeviceStatus
	case UnknownServiceStatus:
		return fieldServiceStatus
	case UnknownReportedStatus:
		return fieldReportedStatus
	case BadRDP, RDPMismatch:
		return fieldRDPID
	case MissingEffectiveDate:
		return fieldChangedOn
	}
	return mpxn
}
