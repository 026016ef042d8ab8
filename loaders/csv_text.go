package loaders

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"sync"
)

// csvText is the text of a file, or of a range of it, while it is read.
type csvText struct {
	file    *os.File
	info    fs.FileInfo
	packed  *unpacker  // of a compressed file
	ahead   *readAhead // of packed
	scanner *csvScanner
	header  []string // where it was read from the beginning
}

// csvScanners keeps the windows of closed files.
var csvScanners = sync.Pool{New: func() any { return newCSVScanner(nil, 0, csvWindowBytes) }}

// start opens the file, makes sure that it is still the one that was opened
// first, and goes to a range of it. At the file's beginning the header is read;
// without a range nothing more than that is wanted.
func (f *csvFile) start(within *byteRange) (_ *csvText, err error) {
	t := &csvText{}
	defer func() {
		if err != nil {
			t.Close()
		}
	}()
	if t.file, err = os.Open(f.path); err != nil {
		return nil, err
	}
	if t.info, err = t.file.Stat(); err != nil {
		return nil, err
	}
	if err := f.check(t.info); err != nil {
		return nil, err
	}
	from, to := int64(0), t.info.Size()
	if within != nil {
		from, to = within.from, within.to
	}
	source := io.Reader(io.NewSectionReader(t.file, from, to-from))
	if f.packing != nil {
		if t.packed, err = f.packing.openUnpacker(source); err != nil {
			return nil, err
		}
		source = t.packed
		if within != nil {
			t.ahead = startReading(source)
			source = t.ahead
		}
	}
	t.scanner = csvScanners.Get().(*csvScanner)
	t.scanner.reset(source, f.delimiter)
	if from > 0 {
		return t, nil
	}
	if err := t.scanner.skipMark(); err != nil {
		return nil, err
	}
	t.header, err = readHeader(t.scanner)
	return t, err
}

// guessRows goes by the length of the rows in the window.
func (t *csvText) guessRows() int64 {
	rest := t.scanner.window[t.scanner.at:]
	rows := bytes.Count(rest, []byte{'\n'})
	if t.scanner.ended {
		return int64(rows)
	}
	textBytes := float64(t.info.Size())
	if t.packed != nil {
		textBytes *= float64(t.packed.unpacked) / float64(max(t.packed.used(), 1))
	}
	return int64(textBytes * float64(rows) / float64(max(len(rest), 1)))
}

// Close stops what reads ahead, lets go of the file and keeps the window.
func (t *csvText) Close() error {
	if t.ahead != nil {
		t.ahead.Close()
	}
	if t.packed != nil {
		t.packed.release()
	}
	if t.scanner != nil {
		t.scanner.reset(nil, 0)
		csvScanners.Put(t.scanner)
		t.scanner = nil
	}
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}
