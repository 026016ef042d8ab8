package engine

import (
	"context"
	"slices"
	"sort"

	"flagfill/engine/kernel"
)

// pointsPerRange makes a range's words of both sides fit a second-level cache
// together with the space to sort them.
const pointsPerRange = 24 << 10

// chooseRanges cuts the key space so that every range holds about as many
// points. Where the cuts fall may change speed, never bytes.
func (r *run) chooseRanges(ctx context.Context) error {
	rows := r.points.rows()
	wanted := int(min(max(rows/pointsPerRange, int64(2*r.cfg.Passes), 1), kernel.MaxRanges/2))
	if wanted == 1 {
		r.ranges = kernel.NewRanges(nil)
		return r.choosePasses()
	}
	keys, err := r.sampleKeys(ctx)
	if err != nil {
		return err
	}
	cuts := cutKeys(keys.sample, wanted)
	if keys.sorted() && (rows >= surveyedRows || r.cfg.Passes > 0) {
		if keys, err = r.surveyKeys(ctx, wanted); err != nil {
			return err
		}
		cuts = slices.Concat(quantiles(keys.sample, wanted), r.points.firstKeys())
		slices.Sort(cuts)
	}
	r.ranges = kernel.NewRanges(slices.Compact(cuts))
	r.share = sharesOf(r.ranges, keys.sample)
	return r.choosePasses()
}

// shares tell how the points are spread over the ranges: by range, the sampled
// keys up to its end. Ranges of gaps hold next to none.
type shares []int

func sharesOf(ranges *kernel.Ranges, sample []uint64) shares {
	s := make(shares, ranges.Count())
	for _, key := range sample {
		s[ranges.Of(key)]++
	}
	for i := 1; i < len(s); i++ {
		s[i] += s[i-1]
	}
	return s
}

// cut gives the first range of the i-th of so many parts, all about as large.
func (s shares) cut(i, parts, ranges int) int {
	if i == 0 || i == parts || len(s) == 0 || s[len(s)-1] == 0 {
		return ranges * i / parts
	}
	wanted := s[len(s)-1] * i / parts
	at, start := sort.SearchInts(s, wanted), 0
	if at > 0 {
		start = s[at-1]
	}
	if s[at]-wanted < wanted-start { // its end is nearer than its start
		at++
	}
	return at
}

// quantiles gives the first keys of ranges 1, 2, … with as many keys each. The
// keys are sorted for it.
func quantiles(keys []uint64, wanted int) []uint64 {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(keys) == 0 {
		return nil
	}
	cuts := make([]uint64, 0, 2*wanted)
	for i := 1; i < wanted; i++ {
		cuts = append(cuts, keys[len(keys)*i/wanted])
	}
	return slices.Compact(cuts)
}

// cutKeys cuts by a sample of a few batches: at its quantiles, and within the
// widest gaps, where a sorted table may hold what no sample shows.
func cutKeys(sample []uint64, wanted int) []uint64 {
	cuts := quantiles(sample, wanted)
	if sample = slices.Compact(sample); len(sample) == 0 {
		return nil
	}
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
