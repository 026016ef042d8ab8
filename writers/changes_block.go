package writers

import (
	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// rowGroupRows is how many rows a row group of changes.parquet has; the last
// has what is left.
const rowGroupRows = 1 << 20

// noShard stands for a row that is in no flow file.
const noShard = -1

// changesBlock holds rows of changes.parquet as parallel columns: a part of a
// row group when writing, a whole one when reading back.
type changesBlock struct {
	mpxn        []meterpoint.MPxN
	rdp         []uint8 // index into the names of RDPs; 0 is null
	old, new    []meterpoint.ServiceStatus
	rule        []meterpoint.Rule
	disposition []engine.Disposition
	effectiveOn []int32 // engine.NoDay is null
	shard       []int32 // index into the paths of the shards; noShard is null
}

func (b *changesBlock) len() int { return len(b.mpxn) }

// take appends rows from..to of a run of changes with their shards.
func (b *changesBlock) take(c *engine.Changes, shard []int32, from, to int) {
	b.mpxn = append(b.mpxn, c.MPxN[from:to]...)
	b.rdp = append(b.rdp, c.RDP[from:to]...)
	b.old = append(b.old, c.Old[from:to]...)
	b.new = append(b.new, c.New[from:to]...)
	b.rule = append(b.rule, c.Rule[from:to]...)
	b.disposition = append(b.disposition, c.Disposition[from:to]...)
	b.effectiveOn = append(b.effectiveOn, c.EffectiveOn[from:to]...)
	b.shard = append(b.shard, shard[from:to]...)
}

func (b *changesBlock) reset() { b.resize(0) }

// resize leaves n rows, whose values are undefined where there were fewer.
func (b *changesBlock) resize(n int) {
	b.mpxn = resized(b.mpxn, n)
	b.rdp = resized(b.rdp, n)
	b.old = resized(b.old, n)
	b.new = resized(b.new, n)
	b.rule = resized(b.rule, n)
	b.disposition = resized(b.disposition, n)
	b.effectiveOn = resized(b.effectiveOn, n)
	b.shard = resized(b.shard, n)
}

func resized[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}
