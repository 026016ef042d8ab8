package synth

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// dictionary numbers words in the order of their first appearance.
type dictionary struct {
	words []word
	codes [maxWords]uint8 // by word: code + 1
}

// code of a word. Null has none; what is given for it means nothing.
func (d *dictionary) code(w word) uint8 {
	if d.codes[w] == 0 && w != 0 {
		d.words = append(d.words, w)
		d.codes[w] = uint8(len(d.words))
	}
	return d.codes[w] - 1
}

// width is how many bits a code takes.
func (d *dictionary) width() int { return max(bits.Len(uint(max(len(d.words), 1)-1)), 1) }

func (d *dictionary) reset() { *d = dictionary{words: d.words[:0]} }

// appendRuns appends numbers below 1<<width, width at most 8, in Parquet's
// hybrid of runs and bit packing: as one run where all are the same, bit-packed
// otherwise.
func appendRuns(to, numbers []byte, width int) []byte {
	if len(numbers) == 0 {
		return to
	}
	if bytes.Count(numbers, numbers[:1]) == len(numbers) {
		return append(binary.AppendUvarint(to, uint64(len(numbers))<<1), numbers[0])
	}
	to = binary.AppendUvarint(to, uint64(len(numbers)+7)/8<<1|1)
	for ; len(numbers) >= 8; numbers = numbers[8:] {
		to = appendPacked(to, binary.LittleEndian.Uint64(numbers), width)
	}
	if len(numbers) > 0 {
		var last [8]byte
		copy(last[:], numbers)
		to = appendPacked(to, binary.LittleEndian.Uint64(last[:]), width)
	}
	return to
}

// appendPacked appends eight numbers, a byte of x each: neighbours are moved
// together, then pairs, then fours.
func appendPacked(to []byte, x uint64, width int) []byte {
	x = x&0x00FF00FF00FF00FF | x>>8&0x00FF00FF00FF00FF<<width
	x = x&0x0000FFFF0000FFFF | x>>16&0x0000FFFF0000FFFF<<(2*width)
	x = x&0x00000000FFFFFFFF | x>>32<<(4*width)
	return binary.LittleEndian.AppendUint64(to, x)[:len(to)+width]
}
