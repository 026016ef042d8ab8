package kernel

import "encoding/binary"

// ParsePrefixed reads identifiers as Parquet's plain encoding stores them: each
// text after its length in four bytes, one after another in data[at:end]. It
// fills numbers until one is not a plain number – 1 to 16 digits, the first
// not 0 –, and returns how many it read and where the next value stands.
//
// Lengths alternate without a pattern where fuels are mixed, so what depends on
// a length is looked up: a branch on it would be guessed wrongly.
func ParsePrefixed(numbers []int64, data []byte, at, end int) (n, next int) {
	const prefix = 4
	data = data[:end]
	for i := range numbers {
		if at > end-prefix {
			return i, at
		}
		size := binary.LittleEndian.Uint32(data[at:])
		if size-1 >= maxDigits {
			return i, at
		}
		last := at + prefix + int(size)
		if last > end {
			return i, at
		}
		var high, low uint64
		if last >= maxDigits {
			text := data[last-maxDigits : last : last]
			high, low = binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
		} else {
			high, low = firstText(data[at+prefix : last])
		}
		// Digits are right-aligned: what stands before the text is cleared.
		keep := &digitMasks[size%(maxDigits+1)]
		high, low = (high^zeros)&keep.high, (low^zeros)&keep.low
		if ((high+overNine)|high|(low+overNine)|low)&highBits != 0 || data[at+prefix] == '0' {
			return i, at
		}
		numbers[i] = int64(eightDigits(high)*1e8 + eightDigits(low))
		at = last
	}
	return len(numbers), at
}

const maxDigits = 16

// digitMasks keep the bytes of a right-aligned text of so many digits.
var digitMasks = func() (masks [maxDigits + 1]struct{ high, low uint64 }) {
	for n := range masks {
		masks[n].low = ^uint64(0)
		if n <= 8 {
			masks[n].low <<= 64 - 8*n
		} else {
			masks[n].high = ^uint64(0) << (128 - 8*n)
		}
	}
	return masks
}()

// firstText loads a text that stands too near the start of its buffer.
func firstText(text []byte) (high, low uint64) {
	var aligned [maxDigits]byte
	copy(aligned[maxDigits-len(text):], text)
	return binary.LittleEndian.Uint64(aligned[:]), binary.LittleEndian.Uint64(aligned[8:])
}
