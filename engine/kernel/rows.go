package kernel

import (
	"encoding/binary"
	"math/bits"
)

// Rows appends to rows the numbers below n of the bits that are want in a
// validity bitmap: bit 0 is bit from of bitmap, least significant first.
func Rows(rows []int32, bitmap []byte, from, n int, want bool) []int32 {
	flip := uint64(0)
	if !want {
		flip = ^flip
	}
	for at := 0; at < n; at += 64 {
		word := Bits64(bitmap, from+at) ^ flip
		if left := n - at; left < 64 {
			word &= 1<<left - 1
		}
		for word != 0 {
			rows = append(rows, int32(at+bits.TrailingZeros64(word)))
			word &= word - 1
		}
	}
	return rows
}

// Bits64 reads 64 bits from bit at on; bits past the end are 0.
func Bits64(bitmap []byte, at int) uint64 {
	bitmap = bitmap[min(at/8, len(bitmap)):]
	if len(bitmap) > 8 {
		low := binary.LittleEndian.Uint64(bitmap)
		return low>>(at%8) | uint64(bitmap[8])<<(64-at%8)
	}
	var tail [16]byte
	copy(tail[:], bitmap)
	return binary.LittleEndian.Uint64(tail[:])>>(at%8) | uint64(tail[8])<<(64-at%8)
}

// Select copies the bytes of the given rows to dst.
func Select(dst, src []uint8, rows []int32) {
	rows = rows[:len(dst)]
	for i := range dst {
		dst[i] = src[rows[i]]
	}
}

// Spread writes numbers to the given rows of dense, and Absent to all others.
func Spread(dense, numbers []uint64, rows []int32) {
	for i := range dense {
		dense[i] = Absent
	}
	rows = rows[:len(numbers)]
	for i, n := range numbers {
		dense[rows[i]] = n
	}
}

// CountKinds counts how many rows there are of each kind.
func CountKinds(counts *[64]int64, kinds []uint8) {
	for _, kind := range kinds {
		counts[kind%64]++
	}
}

// LookUp writes what table has for each code, and returns the greatest code as
// an unsigned number: one beyond the table stands for nothing, and makes what
// was written void.
func LookUp(dst []uint8, table *[256]uint8, codes []int32) (most uint32) {
	dst = dst[:len(codes)]
	for i, code := range codes {
		most = max(most, uint32(code))
		dst[i] = table[uint8(code)]
	}
	return most
}
