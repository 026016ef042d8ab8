package engine

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

const (
	// pointsPerRange makes a range's words of both sides fit a second-level
	// cache together with the space to sort them.
	pointsPerRange = 24 << 10
	sampledSplits  = 16
	keysPerSample  = 2048
)

// chooseRanges cuts the key space so that every range holds about as many
// points. Where the cuts fall may change speed, never bytes: sorted files give
// samples with wide gaps between them, so the widest ranges are cut again.
func (r *run) chooseRanges(ctx context.Context) error {
	rows := r.points.rows()
	wanted := int(min(max(rows/pointsPerRange, int64(2*r.cfg.Passes), 1), kernel.MaxRanges/2))
	if wanted == 1 {
		r.ranges = kernel.NewRanges(nil)
		return r.choosePasses()
	}
	sample, err := r.sampleKeys(ctx)
	if err != nil {
		return err
	}
	r.ranges = kernel.NewRanges(cutKeys(sample, wanted))
	return r.choosePasses()
}

// cutKeys gives the first keys of ranges 1, 2, …: quantiles of the sample, and
// the widest gaps between them halved again and again.
func cutKeys(sample []uint64, wanted int) []uint64 {
	slices.Sort(sample)
	sample = slices.Compact(sample)
	if len(sample) == 0 {
		return nil
	}
	cuts := make([]uint64, 0, 2*wanted)
	for i := 1; i < wanted; i++ {
		cuts = append(cuts, sample[len(sample)*i/wanted])
	}
	cuts = slices.Compact(cuts)
	narrow := (sample[len(sample)-1] - sample[0]) / uint64(2*wanted)
	for i := 0; i+1 < len(sample) && len(cuts) < 2*wanted-2; i++ {
		gap := sample[i+1] - sample[i]
		if gap < max(narrow, 2) {
			continue
		}
		parts := min(gap/max(narrow, 1), uint64(2*wanted-2-len(cuts)))
		for part := uint64(1); part < parts; part++ {
			cuts = append(cuts, sample[i]+gap/parts*part)
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// sampleKeys reads the first batch of some splits, spread over the table.
func (r *run) sampleKeys(ctx context.Context) ([]uint64, error) {
	splits := r.points.plan.Splits
	stride := max(len(splits)/sampledSplits, 1)
	samples := make([][]uint64, r.cfg.Workers)
	var next atomic.Int64
	err := each(ctx, r.cfg.Workers, func(ctx context.Context, worker int) error {
		s := &scanner{table: r.points, checks: r.checks}
		for ctx.Err() == nil {
			i := int(next.Add(1)-1) * stride
			if i >= len(splits) {
				return nil
			}
			keys, err := s.firstKeys(i)
			if err != nil {
				return err
			}
			for j := 0; j < len(keys); j += max(len(keys)/keysPerSample, 1) {
				if keys[j]>>meterpoint.MPxNBits == 0 {
					samples[worker] = append(samples[worker], keys[j])
				}
			}
		}
		return ctx.Err()
	})
	return slices.Concat(samples...), err
}

// firstKeys reads the numbers of a split's first batch.
func (s *scanner) firstKeys(at int) ([]uint64, error) {
	split, bound := s.table.plan.Splits[at], s.table.bound(at)
	column := slices.Index(bound.fields, fieldMPxN)
	reader, err := s.table.source.Open(split, bound.columns[column:column+1])
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	var batch Batch
	if err := reader.Next(&batch); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return nil, err
	}
	s.at, s.split = at, split
	s.rows, s.first = int(batch.Record.NumRows()), batch.FirstRow-split.FirstRow
	if s.rows == 0 {
		return nil, nil
	}
	if err := s.columns[fieldMPxN].load(batch.Record.Column(0)); err != nil {
		return nil, s.refuse(fieldMPxN, err)
	}
	numbers := resize(&s.numbers, s.rows)
	if err := s.decode[0].decode(numbers, &s.columns[fieldMPxN], nil); err != nil {
		return nil, s.refuse(fieldMPxN, err)
	}
	return numbers, nil
}
