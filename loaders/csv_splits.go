package loaders

import (
	"bytes"
	"io"

	"flagfill/engine"
)

// csvSplitBytes is about how much of a file one worker reads at a time.
const csvSplitBytes = 8 << 20

// byteRange is a part of a file: the rows that begin within it.
type byteRange struct{ from, to int64 }

// cutAtRows cuts a file of CSV into ranges of about splitBytes that begin with a
// row, the first with the header. A row ends at a line feed outside quotes, and
// a quote outside is never text: so the quotes from the file's beginning on tell
// one from the other, and all of them are counted. Where a file breaks that
// rule, ranges behind the breach may begin anywhere; the breach itself is found
// by whoever reads the range that has it. chunkBytes are looked at at a time.
func cutAtRows(file io.ReaderAt, headerBytes, size, splitBytes, chunkBytes int64) ([]byteRange, error) {
	ranges := []byteRange{{0, size}}
	chunk := make([]byte, min(size, chunkBytes))
	inside := false
	due := max(headerBytes, splitBytes) // where the next cut is looked for
	for at := int64(0); at < size && size-due > 0; {
		n, err := file.ReadAt(chunk[:min(int64(len(chunk)), size-at)], at)
		if n == 0 && err != nil {
			return nil, err
		}
		rest := chunk[:n]
		for due < at+int64(n) {
			from := at + int64(n-len(rest))
			skipped := max(due-from, 0)
			size := bytes.IndexByte(rest[skipped:], '\n') + 1
			if size == 0 {
				break
			}
			row := rest[:int(skipped)+size]
			inside = inside != (bytes.Count(row, quoteMark)%2 == 1)
			rest = rest[len(row):]
			if !inside {
				ranges = append(ranges, byteRange{from + int64(len(row)), 0})
				due = from + int64(len(row)) + splitBytes
			}
		}
		inside = inside != (bytes.Count(rest, quoteMark)%2 == 1)
		at += int64(n)
	}
	if last := len(ranges) - 1; last > 0 && ranges[last].from == size {
		ranges = ranges[:last]
	}
	for i := range ranges[1:] {
		ranges[i].to = ranges[i+1].from
	}
	ranges[len(ranges)-1].to = size
	return ranges, nil
}

var quoteMark = []byte{'"'}

// splitsOf gives ranges as splits. A row takes a byte at least.
func splitsOf(ranges []byteRange) []engine.Split {
	splits := make([]engine.Split, len(ranges))
	for i, r := range ranges {
		splits[i] = engine.Split{Rows: r.to - r.from, Part: i}
	}
	return splits
}
