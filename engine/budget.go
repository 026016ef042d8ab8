package engine

import "fmt"

// What a run needs in memory: tables, buffers and code; then, for each worker,
// pages being decoded and a range being sorted; then the words.
const (
	fixedBytes       = 96 << 20
	bytesPerWorker   = 48 << 20
	bytesPerDevice   = 8  // at most one association a row, on average: most devices are no meters
	bytesPerPoint    = 14 // a word, its row and a day
	memoryGranuleMiB = 16
)

// checkMemory refuses a budget that the snapshot does not fit.
func (r *run) checkMemory() error {
	need := fixedBytes + int64(r.cfg.Workers)*bytesPerWorker +
		bytesPerDevice*r.devices.rows() + bytesPerPoint*r.points.rows()
	if r.cfg.MemoryBytes == 0 || need <= r.cfg.MemoryBytes {
		return nil
	}
	needMiB := (need>>20/memoryGranuleMiB + 1) * memoryGranuleMiB
	return &Refusal{Kind: RefusedUsage,
		Problem: fmt.Sprintf("the memory budget is %d MiB, and %s device rows and %s meter points rows need %d MiB with %d workers",
			r.cfg.MemoryBytes>>20, Grouped(r.devices.rows()), Grouped(r.points.rows()), needMiB, r.cfg.Workers),
		Next: fmt.Sprintf("Run it on a machine that has them, with --memory %dMiB, or assess one fuel at a time from extracts of one fuel.", needMiB)}
}
