package writers

import "flagfill/engine"

// changesFile collects changes into blocks and encodes them on a lane of its
// own, beside the flow files.
type changesFile struct {
	file    *stagedFile
	encoder *changesEncoder
	lane    *lane
	free    chan *changesBlock // blocks that are neither filled nor encoded
	filling *changesBlock
	rows    int64
	watch   *engine.Stopwatch
}

// Blocks are cut at multiples of blockRows, wherever runs are cut: row groups
// and pages, and so the bytes of the file, depend on rows alone.
const (
	blockRows = 1 << 16
	blocks    = 4 // one is filled, one encoded, two wait
)

func newChangesFile(file *stagedFile) *changesFile {
	f := &changesFile{file: file, encoder: newChangesEncoder(file), lane: startLane(blocks), free: make(chan *changesBlock, blocks), watch: file.watch}
	for range blocks {
		f.free <- &changesBlock{}
	}
	f.filling = <-f.free
	return f
}

// write takes a run of changes with the shard of each. paths may grow while
// it is encoded.
func (f *changesFile) write(c *engine.Changes, shard []int32, paths []string) error {
	for from := 0; from < c.Len(); {
		to := min(c.Len(), from+blockRows-f.filling.len())
		f.filling.take(c, shard, from, to)
		from = to
		if f.filling.len() == blockRows {
			if err := f.encode(c.RDPs, paths); err != nil {
				return err
			}
		}
	}
	f.rows += int64(c.Len())
	return nil
}

// encode hands the filled block to the lane and takes a free one.
func (f *changesFile) encode(rdps, paths []string) error {
	block := f.filling
	err := f.lane.submit(func() error {
		defer func() {
			block.reset()
			f.free <- block
		}()
		if err := f.lane.err(); err != nil {
			return err
		}
		f.watch.Start()
		defer f.watch.Lap(stepEncode)
		return f.encoder.write(block, rdps, paths)
	})
	f.filling = <-f.free
	return err
}

// finish encodes the last block and the footer.
func (f *changesFile) finish(rdps, paths []string) error {
	if f.filling.len() > 0 {
		if err := f.encode(rdps, paths); err != nil {
			return err
		}
	}
	if err := f.lane.finish(); err != nil {
		return err
	}
	f.watch.Start()
	defer f.watch.Lap(stepEncode)
	return guard(f.encoder.close)
}

// abandon waits for what is being encoded; nothing of it is needed.
func (f *changesFile) abandon() {
	_ = f.lane.finish()
	f.file.abandon()
}
