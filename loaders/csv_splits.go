package loaders

import (
	"bytes"
	"context"
	"io"

	"flagfill/engine"
)

// csvSplitBytes is about how much of a file one worker reads at a time.
const csvSplitBytes = 8 << 20

// byteRange is a part of a file: the rows that begin within it.
type byteRange struct{ from, to int64 }

// cutAtRows cuts a file of CSV into ranges of about splitBytes that begin with a
// row, the first with the header. Where rows begin is told by the text behind
// the place in question alone, which holds for every file that keeps the rules
// of quoting; of a file that breaks them, the range before a wrong cut ends
// within quotes, and whoever reads it refuses the file.
func cutAtRows(ctx context.Context, file io.ReaderAt, headerBytes, size, splitBytes int64, delimiter byte) ([]byteRange, error) {
	ranges := []byteRange{{0, size}}
	var window []byte
	for due := max(headerBytes, splitBytes); due < size; due += splitBytes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := -1
		for _, windowBytes := range cutWindowBytes {
			known := len(window)
			window = append(window, make([]byte, min(windowBytes, size-due)-int64(known))...)
			if _, err := file.ReadAt(window[known:], due+int64(known)); err == io.EOF {
				return nil, errChanged
			} else if err != nil {
				return nil, err
			}
			ended := due+int64(len(window)) == size
			if start = rowStart(window, delimiter, ended); start >= 0 || ended {
				break
			}
		}
		window = window[:0]
		if from := due + int64(start); start >= 0 && from < size {
			ranges[len(ranges)-1].to = from
			ranges = append(ranges, byteRange{from, size})
			due = from
		}
	}
	return ranges, nil
}

// cutWindowBytes is how much text is looked at for the beginning of a row: a
// little tells it where there are quotes, as much as a field may have where
// there are none. Where even the last does not tell, there is no cut.
var cutWindowBytes = []int64{64 << 10, maxFieldBytes + 64<<10, 4 * maxFieldBytes}

// rowStart finds the first row that begins behind the beginning of text, or
// gives −1 where text does not tell; ended says that nothing follows it.
func rowStart(text []byte, delimiter byte, ended bool) int {
	at := countQuotes(text)
	r := readings{text: text, delimiter: delimiter, ended: ended, starts: [2]int{-1, -1}, since: at}
	for {
		size := bytes.IndexByte(text[at:], '"')
		if size < 0 {
			size = len(text) - at
		}
		r.plain(at, at+size)
		at += size
		quotes := countQuotes(text[at:])
		if at+quotes < len(text) || ended {
			r.quotes(at, at+quotes)
		}
		at += quotes
		if r.broken != [2]bool{} {
			if start := r.start(); start >= 0 {
				return start
			}
		}
		if at == len(text) {
			return -1
		}
	}
}

// readings of a text that may begin outside quotes, the first, or inside, the
// second. Sooner or later one of them breaks a rule: a quote outside begins a
// field; one inside is written twice, or ends a field; and a field ends, within
// its limit.
type readings struct {
	text      []byte
	delimiter byte
	ended     bool
	starts    [2]int // of the first row; −1: not found yet
	broken    [2]bool
	outside   int // the one that is outside quotes now
	since     int // where the field that the other is in began, at the latest
}

// plain goes over text without quotes.
func (r *readings) plain(from, to int) {
	if line := bytes.IndexByte(r.text[from:to], '\n'); line >= 0 && r.starts[r.outside] < 0 {
		r.starts[r.outside] = from + line + 1
	}
	if to-r.since > maxFieldBytes || to == len(r.text) && r.ended {
		r.broken[1-r.outside] = true
	}
}

// quotes goes over all quotes that stand side by side; text stands before them.
func (r *readings) quotes(from, to int) {
	if from == to {
		return
	}
	before, behind := r.text[from-1], byte('\n')
	if to < len(r.text) {
		behind = r.text[to]
	}
	begin := before == r.delimiter || before == '\n'
	end := behind == r.delimiter || behind == '\n' || behind == '\r'
	if (to-from)%2 == 0 { // outside an empty field or a field of quotes; inside quotes
		r.broken[r.outside] = r.broken[r.outside] || !begin || !end
		return
	}
	r.broken[r.outside] = r.broken[r.outside] || !begin
	r.broken[1-r.outside] = r.broken[1-r.outside] || !end
	r.outside, r.since = 1-r.outside, to
}

// start is that of the reading which breaks no rule; −1 where it is not found
// yet, or both break one.
func (r *readings) start() int {
	switch {
	case !r.broken[0]:
		return r.starts[0]
	case !r.broken[1]:
		return r.starts[1]
	}
	return -1
}

// countQuotes gives how many quotes text begins with.
func countQuotes(text []byte) int { return len(text) - len(bytes.TrimLeft(text, `"`)) }

// splitsOf gives ranges as splits. A row takes a byte at least.
func splitsOf(ranges []byteRange) []engine.Split {
	splits := make([]engine.Split, len(ranges))
	for i, r := range ranges {
		splits[i] = engine.Split{Rows: r.to - r.from, Part: i}
	}
	return splits
}
