package writers

import "flagfill/engine"

// differencesFile collects differences into blocks and encodes them on a lane
// of its own.
type differencesFile struct {
	file    *stagedFile
	encoder *differencesEncoder
	lane    *lane
	free    chan *differencesBlock // blocks that are neither filled nor encoded
	filling *differencesBlock
	rows    int64
}

func newDifferencesFile(file *stagedFile) *differencesFile {
	file.watch = nil // of the goroutine that creates files, and another one writes this
	f := &differencesFile{file: file, encoder: newDifferencesEncoder(file), lane: startLane(blocks), free: make(chan *differencesBlock, blocks)}
	for range blocks {
		f.free <- &differencesBlock{}
	}
	f.filling = <-f.free
	return f
}

// write takes a run of differences. Blocks are cut at multiples of blockRows,
// as those of changes.parquet are.
func (f *differencesFile) write(d *engine.Differences) error {
	for lines := d.Lines; len(lines) > 0; {
		n := min(len(lines), blockRows-f.filling.len())
		f.filling.take(lines[:n], d.RDPs)
		lines = lines[n:]
		if f.filling.len() == blockRows {
			if err := f.encode(); err != nil {
				return err
			}
		}
	}
	f.rows += int64(d.Len())
	return nil
}

// writeUnreadable takes the rows that come last. A block of them ends where a
// row group does.
func (f *differencesFile) writeUnreadable(rows []engine.UnreadableRow) error {
	if f.filling.len() > 0 {
		if err := f.encode(); err != nil {
			return err
		}
	}
	for len(rows) > 0 {
		n := min(len(rows), blockRows, rowGroupRows-int(f.rows%rowGroupRows))
		f.filling.texts = append(f.filling.texts, rows[:n]...)
		if err := f.encode(); err != nil {
			return err
		}
		f.rows += int64(n)
		rows = rows[n:]
	}
	return nil
}

// encode hands the filled block to the lane and takes a free one.
func (f *differencesFile) encode() error {
	block := f.filling
	err := f.lane.submit(func() error {
		defer func() {
			block.resize(0)
			block.texts = nil
			f.free <- block
		}()
		if err := f.lane.err(); err != nil {
			return err
		}
		return f.encoder.write(block)
	})
	f.filling = <-f.free
	return err
}

// finish encodes the last block and the footer.
func (f *differencesFile) finish() error {
	if f.filling.len() > 0 {
		if err := f.encode(); err != nil {
			return err
		}
	}
	if err := f.lane.finish(); err != nil {
		return err
	}
	return guard(f.encoder.close)
}

// abandon waits for what is being encoded; nothing of it is needed.
func (f *differencesFile) abandon() {
	_ = f.lane.finish()
	f.file.abandon()
}
