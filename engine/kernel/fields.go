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
		var marks uint64
		for i := 0; i < 64; i += 8 {
			word := binary.LittleEndian.Uint64(block[i : i+8])
			marks |= gather(^(otherBytes(word^d) & otherBytes(word^lineFeeds))) << i
		}
		if quoted {
			within := prefixXor(quotesOf(block)) ^ inside
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

// quotesOf tells by bit which bytes are quotes.
func quotesOf(block *[64]byte) (quotes uint64) {
	for i := 0; i < 64; i += 8 {
		word := binary.LittleEndian.Uint64(block[i : i+8])
		quotes |= gather(^otherBytes(word^quoteMarks)) << i
	}
	return quotes
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
	present := uint64(0)
	for i := range numbers {
		from, end := int(f.Before[at])+1, int(f.Ends[at])
		size := uint(end - from)
		if size > maxDigits {
			return i, nulls
		}
		digits := f.Text[end-maxDigits : end : end]
		keep := &digitMasks[size]
		high := (binary.LittleEndian.Uint64(digits) ^ zeros) & keep.high
		low := (binary.LittleEndian.Uint64(digits[8:]) ^ zeros) & keep.low
		if ((high+overNine)|high|(low+overNine)|low)&highBits != 0 || f.Text[from] == '0' {
			return i, nulls
		}
		numbers[i] = int64(eightDigits(high)*1e8 + eightDigits(low))
		there := -uint64(size) >> 63
		nulls += int(1 - there)
		present |= there << (i & 7)
		if i&7 == 7 {
			valid[i>>3], present = byte(present), 0
		}
		at += f.Columns
	}
	if len(numbers)&7 != 0 {
		valid[len(numbers)>>3] = byte(present)
	}
	return len(numbers), nulls
}
