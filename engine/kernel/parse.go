// Package kernel holds the hot loops: they work on slices, allocate nothing per
// row, start no goroutine and know no errors. Each has a plain twin in its
// tests and equality with it under fuzz.
package kernel

import (
	"encoding/binary"

	"flagfill/engine/meterpoint"
)

// A number that stands for text which is no number of at most 16 digits, and
// one for an absent value. Both are larger than any number parsed.
const (
	NotNumber uint64 = 1 << 63
	Absent    uint64 = 1<<63 | 1
)

// Headroom is how many readable bytes must stand before a text for it to be
// parsed in one step; texts nearer to the start of the data are parsed digit
// by digit.
const Headroom = 16

// ParseTexts reads one text for each of numbers: a number, NotNumber, or Absent
// for text that is empty once trimmed. Text r is data[offsets[r]:offsets[r+1]];
// rows says which texts are read, nil the first ones in order.
func ParseTexts(numbers []uint64, offsets []int32, data []byte, rows []int32) {
	for i := range numbers {
		row := i
		if rows != nil {
			row = int(rows[i])
		}
		start, end := offsets[row], offsets[row+1]
		n := uint32(end - start)
		if n-1 > 15 || end < Headroom {
			numbers[i] = parseSlowly(data[start:end])
			continue
		}
		text := data[end-16 : end : end]
		high := binary.LittleEndian.Uint64(text) ^ zeros
		low := binary.LittleEndian.Uint64(text[8:]) ^ zeros
		// Digits are right-aligned: what stands before the text is shifted out.
		if n <= 8 {
			high = 0
			low = low >> ((64 - 8*n) & 63) << ((64 - 8*n) & 63)
		} else {
			high = high >> ((128 - 8*n) & 63) << ((128 - 8*n) & 63)
		}
		if ((high+overNine)|high|(low+overNine)|low)&highBits != 0 {
			numbers[i] = parseSlowly(data[start:end])
		} else {
			numbers[i] = eightDigits(high)*1e8 + eightDigits(low)
		}
	}
}

const (
	zeros    = 0x3030303030303030 // '0' in each byte
	overNine = 0x7676767676767676 // carries a byte of 10 or more into its high bit
	highBits = 0x8080808080808080
)

// eightDigits combines eight digits, the most significant in the lowest byte:
// pairs, then fours, then all eight.
func eightDigits(digits uint64) uint64 {
	pairs := digits*10 + digits>>8
	const mask = 0x000000FF000000FF
	return ((pairs&mask)*(100+1000000<<32) + (pairs>>16&mask)*(1+10000<<32)) >> 32
}

// parseSlowly takes what the fast path leaves: spaces, the first texts of a
// buffer, and whatever is no number.
func parseSlowly(text []byte) uint64 {
	if len(meterpoint.Trim(text)) == 0 {
		return Absent
	}
	m, ok := meterpoint.ParseMPxN(text)
	if !ok {
		return NotNumber
	}
	return uint64(m)
}

// DropRepeats makes numbers[i] Absent where it repeats earlier[rows[i]], so
// that an MPxN which a row names twice is one association. Texts that are no
// numbers are left for the caller to compare.
func DropRepeats(numbers, earlier []uint64, rows []int32) {
	rows = rows[:len(numbers)]
	for i, n := range numbers {
		if n == earlier[rows[i]] && n != NotNumber {
			numbers[i] = Absent
		}
	}
}
