package kernel

import (
	"encoding/binary"
	"math/bits"
)

// Fields are the cells of a block of rows, all of the same number of columns:
// cell k, in row order, is Text[Before[k]+1:Ends[k]]. Headroom readable bytes
// stand in front of the first cell and Tailroom behind the last.
type Fields struct {
	Text         []byte
	Before, Ends []int32
	Columns      int
}

// Tailroom is how many readable bytes must stand behind the end of a cell, so
// that its first bytes may be loaded in one step.
const Tailroom = 16

// Rows of the block.
func (f *Fields) Rows() int { return len(f.Ends) / f.Columns }

// Cell is the text of a cell.
func (f *Fields) Cell(row, column int) []byte {
	at := row*f.Columns + column
	return f.Text[f.Before[at]+1 : f.Ends[at]]
}

// marksAtOnce is how many places are written down without looking whether there
// are as many: fewer branches are guessed wrongly.
const marksAtOnce = 4

// FieldEnds writes to ends where in text[from:] a delimiter or a line feed
// stands, outside quotes, and gives how many there are. A quote toggles between
// inside and outside; text[from] is outside, and quoted tells whether there is
// any quote. ends must have room for as many as text has bytes, and 64 more.
func FieldEnds(ends []int32, text []byte, from int, delimiter byte, quoted bool) int {
	n, at, inside := 0, from, uint64(0)
	d := uint64(delimiter) * lowBits
	for ; at+64 <= len(text); at += 64 {
		block := (*[64]byte)(text[at:])
		marks := inBlock(block, d, lineFeeds)
		if quoted {
			within := prefixXor(inBlock(block, quoteMarks, quoteMarks)) ^ inside
			inside = uint64(int64(within) >> 63)
			marks &^= within
		}
		count := bits.OnesCount64(marks)
		for next := 0; next < count; next += marksAtOnce {
			into := (*[marksAtOnce]int32)(ends[n+next:])
			for i := range into {
				into[i] = int32(at + bits.TrailingZeros64(marks))
				marks &= marks - 1
			}
		}
		n += count
	}
	for ; at < len(text); at++ {
		switch c := text[at]; {
		case c == '"':
			inside = ^inside
		case (c == delimiter || c == '\n') && inside == 0:
			ends[n] = int32(at)
			n++
		}
	}
	return n
}

// inBlock tells by bit which bytes of a block are equal to one that fills a
// word, or to one that fills the other. Written out: a loop takes half as long
// again.
func inBlock(block *[64]byte, one, other uint64) uint64 {
	return inWord(block[:8], one, other) | inWord(block[8:16], one, other)<<8 |
		inWord(block[16:24], one, other)<<16 | inWord(block[24:32], one, other)<<24 |
		inWord(block[32:40], one, other)<<32 | inWord(block[40:48], one, other)<<40 |
		inWord(block[48:56], one, other)<<48 | inWord(block[56:], one, other)<<56
}

// inWord does the same for eight bytes.
func inWord(bytes []byte, one, other uint64) uint64 {
	word := binary.LittleEndian.Uint64(bytes)
	return gather(^(otherBytes(word^one) & otherBytes(word^other)))
}

const (
	lowBits    = 0x0101010101010101
	lineFeeds  = '\n' * lowBits
	quoteMarks = '"' * lowBits
)

// otherBytes sets the high bit of every byte that is not 0. Its other bits mean
// nothing.
func otherBytes(word uint64) uint64 { return (word&^highBits + ^uint64(highBits)) | word }

// gather brings the high bits of eight bytes together, the first byte's lowest.
func gather(highs uint64) uint64 { return highs & highBits >> 7 * 0x0102040810204080 >> 56 }

// prefixXor sets each bit to the parity of the bits up to and with it.
func prefixXor(x uint64) uint64 {
	for shift := 1; shift < 64; shift *= 2 {
		x ^= x << shift
	}
	return x
}

// ParseFields reads a column of a block from a row on: it fills numbers until a
// cell is neither empty nor a plain number – 1 to 16 digits, the first not 0 –,
// and returns how many it read. The bits of valid say which cells are not
// empty; nulls is how many are.
func ParseFields(numbers []int64, valid []byte, f *Fields, row, column int) (n, nulls int) {
	at := row*f.Columns + column
	before := f.Before[at:]
	ends := f.Ends[at:][:len(before)]
	at = 0
	for ; n < len(numbers); n += 8 {
		eight := numbers[n:min(n+8, len(numbers))]
		if ends[at]-before[at] == 1 && areEmpty(before[at:], ends[at:], f.Columns, len(eight)) {
			clear(eight)
			valid[n>>3] = 0
			nulls += len(eight)
		} else {
			read, present := parseCells(eight, f.Text, before[at:], ends[at:], f.Columns)
			nulls += read - bits.OnesCount8(present)
			if read < len(eight) {
				return n + read, nulls
			}
			valid[n>>3] = present
		}
		at += f.Columns * len(eight)
	}
	return len(numbers), nulls
}

// areEmpty tells whether so many cells of a column are all empty, as most are
// of a column that few rows need.
func areEmpty(before, ends []int32, step, cells int) bool {
	sizes := int32(0)
	for at := 0; cells > 0; cells-- {
		sizes |= ends[at] - before[at] - 1
		at += step
	}
	return sizes == 0
}

// parseCells reads up to eight cells of a column.
func parseCells(numbers []int64, text []byte, before, ends []int32, step int) (n int, present uint8) {
	ends = ends[:len(before)]
	at := 0
	for i := range numbers {
		from, end := int(before[at])+1, int(ends[at])
		at += step
		size := uint(end - from)
		if size > maxDigits {
			return i, present
		}
		digits := text[end-maxDigits : end : end]
		keep := &digitMasks[size]
		high := (binary.LittleEndian.Uint64(digits) ^ zeros) & keep.high
		low := (binary.LittleEndian.Uint64(digits[8:]) ^ zeros) & keep.low
		if ((high+overNine)|high|(low+overNine)|low)&highBits != 0 || text[from] == '0' {
			return i, present
		}
		numbers[i] = int64(eightDigits(high)*1e8 + eightDigits(low))
		present |= uint8(-uint64(size)>>63) << (i & 7)
	}
	return len(numbers), present
}
