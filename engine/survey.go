package engine

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync/atomic"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

const (
	sampledSplits = 16
	keysPerSample = 2048
	// surveyedRows is how many meter points, if sorted, are worth reading their
	// identifiers beforehand.
	surveyedRows = 2 << 20
	// keysPerRange is how many keys a survey keeps for each range to be cut.
	keysPerRange = 32
)

// keySurvey is what identifiers of meter_points show before the run.
type keySurvey struct {
	sample        []uint64
	rising, pairs int64 // neighbours within a batch that rise, of how many
}

// sorted tells whether the table seems to be in MPxN order.
func (k *keySurvey) sorted() bool { return k.pairs > 0 && 100*k.rising > 99*k.pairs }

// sampleKeys reads the first batch of some splits, spread over the table.
func (r *run) sampleKeys(ctx context.Context) (*keySurvey, error) {
	var some []int
	for at := 0; at < len(r.points.plan.Splits); at += max(len(r.points.plan.Splits)/sampledSplits, 1) {
		some = append(some, at)
	}
	return r.readKeys(ctx, some, func(s *keyReader) error {
		_, err := s.next()
		s.take(max(s.rows/keysPerSample, 1))
		return err
	})
}

// surveyKeys reads all identifiers. That is a twentieth of a run; sorted tables
// repay it with passes that read each split once, and with ranges of equal size,
// which a few batches of a sorted table could not tell.
func (r *run) surveyKeys(ctx context.Context, wanted int) (*keySurvey, error) {
	splits := r.points.plan.Splits
	bounds, all := make([]Bounds, len(splits)), make([]int, len(splits))
	for at := range all {
		all[at] = at
	}
	every := max(int(r.points.rows())/(keysPerRange*wanted), 1)
	least, most := r.cfg.Digits.Bounds()
	isMPxN := func(key uint64) bool {
		return key-1e12 < 9e12 || key >= uint64(least) && key < uint64(most)
	}
	k, err := r.readKeys(ctx, all, func(s *keyReader) error {
		low, high := kernel.Absent, uint64(0)
		more, err := s.next()
		for ; more && err == nil; more, err = s.next() {
			s.take(every)
			for _, key := range s.numbers[:s.rows] {
				if isMPxN(key) { // what stands elsewhere in the order is damage
					low, high = min(low, key), max(high, key)
				}
			}
		}
		if low <= high {
			bounds[s.at] = Bounds{Present: s.split.Rows, Stated: true, Numeric: true,
				Low: strconv.FormatUint(low, 10), High: strconv.FormatUint(high, 10)}
		}
		return err
	})
	r.points.surveyed = bounds
	return k, err
}

// firstKeys are the least keys of the splits of a surveyed table, in key order;
// none where there are too many of them to cut at each.
func (t *table) firstKeys() []uint64 {
	var keys []uint64
	if len(t.surveyed) > kernel.MaxRanges/4 {
		return nil
	}
	for _, b := range t.surveyed {
		if b.Stated {
			keys = append(keys, numberOf(b.Low, 0, '0'))
		}
	}
	slices.Sort(keys)
	return slices.DeleteFunc(keys, func(key uint64) bool { return key == 0 })
}

// keyReader reads the numbers of one split after another. One worker uses it.
type keyReader struct {
	scanner
	reader Reader
	found  keySurvey
}

// readKeys hands the splits to read, in parallel.
func (r *run) readKeys(ctx context.Context, splits []int, read func(*keyReader) error) (*keySurvey, error) {
	readers := make([]*keyReader, r.cfg.Workers)
	var next atomic.Int64
	err := each(ctx, r.cfg.Workers, func(ctx context.Context, worker int) error {
		s := &keyReader{scanner: scanner{table: r.points, checks: r.checks}}
		readers[worker] = s
		for ctx.Err() == nil {
			i := int(next.Add(1) - 1)
			if i >= len(splits) {
				return nil
			}
			if err := s.survey(splits[i], read); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	all := &keySurvey{}
	for _, s := range readers {
		if s != nil {
			all.sample = append(all.sample, s.found.sample...)
			all.rising, all.pairs = all.rising+s.found.rising, all.pairs+s.found.pairs
		}
	}
	return all, err
}

// survey has read look at one split.
func (s *keyReader) survey(at int, read func(*keyReader) error) error {
	s.at, s.split = at, s.table.plan.Splits[at]
	bound := s.table.bound(at)
	column := slices.Index(bound.fields, fieldMPxN)
	var err error
	if s.reader, err = s.table.source.Open(s.split, bound.columns[column:column+1]); err != nil {
		return err
	}
	defer s.reader.Close()
	askForNumbers(s.reader, bound.fields[column:column+1])
	return read(s)
}

// next decodes the numbers of the next batch, and reports false at the end.
func (s *keyReader) next() (bool, error) {
	var batch Batch
	s.rows = 0
	if err := s.reader.Next(&batch); errors.Is(err, io.EOF) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	s.rows, s.first = int(batch.Record.NumRows()), batch.FirstRow-s.split.FirstRow
	if err := s.columns[fieldMPxN].load(batch.Record.Column(0)); err != nil {
		return false, s.refuse(fieldMPxN, err)
	}
	if err := s.decode[0].decode(resize(&s.numbers, s.rows), &s.columns[fieldMPxN], nil); err != nil {
		return false, s.refuse(fieldMPxN, err)
	}
	return true, nil
}

// take keeps every so many-th key of the batch, and looks at their order.
func (s *keyReader) take(every int) {
	last := uint64(0)
	for i := 0; i < s.rows; i += every {
		key := s.numbers[i]
		if key>>meterpoint.MPxNBits != 0 {
			continue
		}
		s.found.sample = append(s.found.sample, key)
		s.found.pairs++
		if key >= last {
			s.found.rising++
		}
		last = key
	}
}
