package engine

import (
	"cmp"
	"context"
	"slices"

	"flagfill/engine/kernel"
)

// Rows are not kept while gathering. When there are exceptions to list, their
// rows are found by reading the tables again.

// traced is an exception with what decides whether its row is the one named.
type traced struct {
	Exception
	key  uint64
	when occurrence
}

// occurrence says for which of a key's rows, in (file, row) order, an
// exception is listed.
type occurrence uint8

const (
	everyRow occurrence = iota
	firstRow
	laterRows
)

// listExceptions hands every exception to the sink, devices first, in (file,
// row, column) order.
func (r *run) listExceptions(ctx context.Context, sink Sink) error {
	r.ledger.sortKeys()
	l := listing{run: r, orphans: newKeySet(r.ledger.orphan, 0), points: newKeySet(r.ledger.points, kernel.PayloadBits), seen: map[uint64]bool{}}
	if r.lists(Devices) {
		if err := l.scan(ctx, r.devices, sink, func() func(Split) ([]traced, error) {
			s := newDeviceScanner(&r.cfg, r.devices, r.associations, r.checks)
			return func(split Split) ([]traced, error) { return l.traceDevices(ctx, s, split) }
		}); err != nil {
			return err
		}
	}
	if !r.lists(MeterPoints) {
		return nil
	}
	return l.scan(ctx, r.points, sink, func() func(Split) ([]traced, error) {
		s := newPointScanner(r.points, r.rdpCodes, r.checks)
		return func(split Split) ([]traced, error) { return l.tracePoints(ctx, s, split) }
	})
}

// lists tells whether the table has exceptions to list.
func (r *run) lists(table Table) bool {
	for code := range r.ledger.counts.All[table] {
		if r.ledger.counts.All[table][code] > r.ledger.counts.Warnings[table][code] ||
			r.cfg.ListWarnings && r.ledger.counts.Warnings[table][code] > 0 {
			return true
		}
	}
	return false
}

type listing struct {
	run     *run
	orphans keySet // bare keys
	points  keySet // words: key and flags
	seen    map[uint64]bool
}

// scan reads a table again, split by split in parallel, and lists in order.
func (l *listing) scan(ctx context.Context, t *table, sink Sink, tracer func() func(Split) ([]traced, error)) error {
	tracers := make([]func(Split) ([]traced, error), l.run.cfg.Workers)
	for i := range tracers {
		tracers[i] = tracer()
	}
	return inOrder(ctx, len(tracers), len(t.plan.Splits),
		func(worker, i int) ([]traced, error) { return tracers[worker](t.plan.Splits[i]) },
		func(found []traced) error { return l.write(found, sink) })
}

func (l *listing) write(found []traced, sink Sink) error {
	var exceptions []Exception
	for i, t := range found {
		again := l.seen[t.key]
		if t.when == everyRow || again == (t.when == laterRows) {
			exceptions = append(exceptions, t.Exception)
		}
		last := i+1 == len(found) || found[i+1].File != t.File || found[i+1].Row != t.Row
		if t.when != everyRow && last {
			l.seen[t.key] = true
		}
	}
	if len(exceptions) == 0 {
		return nil
	}
	return sink.WriteExceptions(exceptions)
}

func (l *listing) traceDevices(ctx context.Context, s *deviceScanner, split Split) ([]traced, error) {
	var found []traced
	err := s.scan(split, func() error {
		if err := s.readKinds(); err != nil {
			return err
		}
		from, have := len(found), s.mpxnFields()
		for slot, f := range have {
			names := s.readAssociations(slot, have)
			for i, class := range names.classes {
				a, row := &l.run.associations.all[int(names.kinds[i])<<3|int(class)], int(names.rows[i])
				if a.warned && l.run.cfg.ListWarnings {
					found = append(found, traced{Exception: s.exception(BadCheckDigit, f, row)})
				}
				if a.notUsed {
					found = append(found, traced{Exception: s.exception(a.code, concerned(a.code, f), row)})
				} else if a.payload&bearing != 0 && l.orphans.has(names.numbers[i]) {
					found = append(found, traced{Exception: s.exception(OrphanMPxN, f, row)})
				}
			}
		}
		slices.SortStableFunc(found[from:], func(a, b traced) int { return cmp.Compare(a.Row, b.Row) })
		return ctx.Err()
	})
	return found, err
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

func (l *listing) tracePoints(ctx context.Context, s *pointScanner, split Split) ([]traced, error) {
	var found []traced
	err := s.scan(split, func() error {
		numbers, classes, err := s.readPoints()
		if err != nil {
			return err
		}
		for i, class := range classes {
			row := classifyPoint(&l.run.cfg, class)
			if row.notUsed {
				found = append(found, traced{Exception: s.exception(row.code, fieldMPxN, i)})
			}
			if row.warned && l.run.cfg.ListWarnings {
				found = append(found, traced{Exception: s.exception(BadCheckDigit, fieldMPxN, i)})
			}
			if row.kept {
				found = l.traceFlags(found, s, i, numbers[i])
			}
		}
		return ctx.Err()
	})
	return found, err
}

// traceFlags adds what the row shows of the flags that its point has.
func (l *listing) traceFlags(found []traced, s *pointScanner, i int, key uint64) []traced {
	flags := l.points.flags(key)
	for _, f := range pointFlags {
		if flags&f.flag == 0 {
			continue
		}
		when, where := firstRow, concerned(f.code, fieldMPxN)
		switch f.flag {
		case flagConflict:
			when = everyRow
		case flagDuplicate:
			when = laterRows
		case flagBadValue:
			if where = fieldEverInstalled; s.everCodes[i] != everBad {
				where = fieldChangedOn
			}
		}
		if !s.present[where] {
			where = fieldMPxN
		}
		found = append(found, traced{Exception: s.exception(f.code, where, i), key: key, when: when})
	}
	return found
}

func (s *scanner) exception(code Code, f field, i int) Exception {
	return Exception{Table: s.table.name, File: s.file().Path, Row: s.first + int64(i),
		Column: s.columnName(f), Code: code, Value: s.columns[f].value(i)}
}

// keySet answers most lookups of absent keys with one bit.
type keySet struct {
	sorted []uint64
	bits   []uint64
}

const keySetBits = 1 << 20

// newKeySet holds what is sorted already: bare keys, or words above whose
// payload the key stands shifted.
func newKeySet(sorted []uint64, shift int) keySet {
	s := keySet{sorted: sorted, bits: make([]uint64, keySetBits/64)}
	for _, k := range sorted {
		k >>= shift
		s.bits[spread(k)/64] |= 1 << (spread(k) % 64)
	}
	return s
}

func spread(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> 44 }

func (s *keySet) maybe(key uint64) bool { return s.bits[spread(key)/64]>>(spread(key)%64)&1 != 0 }

func (s *keySet) has(key uint64) bool {
	if !s.maybe(key) {
		return false
	}
	_, ok := slices.BinarySearch(s.sorted, key)
	return ok
}

// flags are the payload of the key's word, 0 where there is none.
func (s *keySet) flags(key uint64) uint32 {
	if !s.maybe(key) {
		return 0
	}
	at, _ := slices.BinarySearch(s.sorted, kernel.Word(key, 0))
	if at < len(s.sorted) && kernel.Key(s.sorted[at]) == key {
		return kernel.Payload(s.sorted[at])
	}
	return 0
}
