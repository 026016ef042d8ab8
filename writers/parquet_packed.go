package writers

import (
	"encoding/binary"
	"slices"
)

// The run-length/bit-packed hybrid is how Parquet keeps small numbers: runs of
// one value, and runs of groups of eight, which lie one after another by the bit
// (Parquet, Encodings, RLE = 3).

// appendRun appends a run of one value.
func appendRun(dst []byte, rows int, value uint64, width int) []byte {
	dst = binary.AppendUvarint(dst, uint64(rows)<<1)
	for range (width + 7) / 8 {
		dst = append(dst, byte(value))
		value >>= 8
	}
	return dst
}

// maxPackedBits is the width of eight values that fit a word.
const maxPackedBits = 8

// appendPacked appends a run of groups of values below 1<<width, which is at most
// maxPackedBits. Where one value stands for long is left to the codec to find.
func appendPacked(dst []byte, values []int32, width int) []byte {
	if width == 0 {
		return appendRun(dst, len(values), 0, width)
	}
	dst, groups := appendGroups(dst, len(values), width)
	for ; len(values) >= 8; values = values[8:] {
		binary.LittleEndian.PutUint64(groups, packed((*[8]int32)(values), uint(width)))
		groups = groups[width:]
	}
	if len(values) > 0 {
		var last [8]int32
		copy(last[:], values)
		binary.LittleEndian.PutUint64(groups, packed(&last, uint(width)))
	}
	return dst
}

// packed is a group, the first value lowest.
func packed(v *[8]int32, width uint) uint64 {
	low := uint64(v[0]) | uint64(v[1])<<width | uint64(v[2])<<(2*width) | uint64(v[3])<<(3*width)
	high := uint64(v[4]) | uint64(v[5])<<width | uint64(v[6])<<(2*width) | uint64(v[7])<<(3*width)
	return low | high<<(4*width)
}

// appendBits appends a run of groups of ones and zeros.
func appendBits(dst []byte, bits []byte) []byte {
	dst, groups := appendGroups(dst, len(bits), 1)
	const gather = 0x0102040810204080 // brings the lowest bit of each byte to the highest byte
	for i := range len(bits) / 8 {
		groups[i] = byte(binary.LittleEndian.Uint64(bits[8*i:]) * gather >> 56)
	}
	for i, bit := range bits[len(bits)&^7:] {
		groups[len(bits)/8] |= bit << i
	}
	return dst
}

// appendGroups appends a run to be filled, of zeros, and gives where its groups
// stand, with room for a word behind the last.
func appendGroups(dst []byte, values, width int) (_, groups []byte) {
	n := (values + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(n)<<1|1)
	at, end := len(dst), len(dst)+n*width
	dst = slices.Grow(dst, end-at+8)[:end+8]
	clear(dst[at:])
	return dst[:end], dst[at:]
}
