package engine

import (
	"fmt"

	"flagfill/engine/kernel"
)

// What a run needs in memory: tables, buffers and code; then, for each worker,
// pages being decoded and a range being sorted; then the words, in chunks of
// which the last of each range and worker is half full on average.
const (
	fixedBytes         = 88 << 20
	bytesPerWorker     = 40 << 20
	bytesPerDeviceWord = 10 // a word and its row
	bytesPerPoint      = 12 // a word, its row and a day
	bytesPerLine       = 48 // of differences: 24, and the room that growing leaves
	memoryGranuleMiB   = 16
	roomToCollect      = 12 // of what a reconciliation takes, for what it drops: at its limit it collects all the time
)

// need is what a run takes with so many passes over points and devices.
func (r *run) need(points, devices int) int64 {
	workers := int64(r.cfg.Workers)
	halfFull := workers * int64(r.ranges.Count()) * kernel.ChunkWords / 2
	need := fixedBytes + workers*bytesPerWorker
	if r.comparison != nil {
		need += bytesPerPoint * (r.held.rows() + halfFull) / int64(devices)
	}
	need += r.waiting(points)
	return need + bytesPerDeviceWord*(r.devices.identifiers()+halfFull)/int64(devices) + bytesPerPoint*(r.points.rows()+halfFull)/int64(points)
}

// waiting is what the differences of ranges take that wait to be written, those
// of one of so many passes at most, where every point and every row held is one.
func (r *run) waiting(passes int) int64 {
	if r.comparison == nil {
		return 0
	}
	ranges := r.ranges.Count()
	ahead := min(aheadPerWorker*r.cfg.Workers, (ranges+passes-1)/passes)
	return bytesPerLine * (r.points.rows() + r.held.rows()) * int64(ahead) / int64(ranges)
}

// announce says what the run takes.
func (r *run) announce(needBytes int64) {
	if r.cfg.NeedBytes != nil {
		r.cfg.NeedBytes(needBytes)
	}
}

// taken is what the run takes once its words have been gathered.
func (r *run) taken() int64 {
	bytes := int64(fixedBytes) + int64(r.cfg.Workers)*bytesPerWorker + r.waiting(len(r.passes.all))
	for _, g := range r.gatherers {
		bytes += g.deviceSlab.Bytes() + g.pointSlab.Bytes() + g.heldSlab.Bytes()
	}
	if r.comparison != nil {
		bytes += bytes / roomToCollect
	}
	return bytes
}

// refuseBudget refuses a budget that the snapshot does not fit, however often it
// is read.
func (r *run) refuseBudget(need int64) error {
	needMiB := (need>>20/memoryGranuleMiB + 1) * memoryGranuleMiB
	return &Refusal{Kind: RefusedUsage,
		Problem: fmt.Sprintf("the memory budget is %d MiB, and %s device rows and %s meter points rows need %d MiB with %d workers, however often they are read",
			r.cfg.MemoryBytes>>20, Grouped(r.devices.rows()), Grouped(r.points.rows()), needMiB, r.cfg.Workers),
		Next: fmt.Sprintf("Run it with --memory %dMiB or more, or with fewer --workers.", needMiB)}
}
