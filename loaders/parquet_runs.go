package loaders

import (
	"encoding/binary"
	"errors"

	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"

	"flagfill/engine/kernel"
)

// The two encodings whose length does not bound what they expand to. Decoding
// the packed bits is left to parquet-go; here the headers of the runs are
// checked first, since it allocates and reads what they state.

var (
	errRuns  = errors.New("run lengths of a page do not fit its number of values")
	errDelta = errors.New("the deltas of a page do not fit its number of values")
	errCode  = errors.New("a page refers to an entry that its dictionary does not have")
)

// paddingValues is how many values more than stated a page may hold: bit-packed
// runs come in groups of eight, and some writers pad a whole block.
const paddingValues = 1024

// decodeBits expands n one-bit values in the run-length/bit-packed hybrid into a
// bitmap, least significant bit first as in Arrow.
func decodeBits(bitmap []byte, n int, src []byte) error {
	for done := 0; done < n; {
		head, k := binary.Uvarint(src)
		if k <= 0 {
			return errRuns
		}
		src = src[k:]
		size := head >> 1
		if head&1 == 1 { // size groups of eight bits
			if size > uint64(len(src)) {
				return errRuns
			}
			count := min(8*int(size), n-done)
			bitutil.CopyBitmap(src, 0, count, bitmap, done)
			src = src[size:]
			done += count
			continue
		}
		if len(src) == 0 || src[0] > 1 {
			return errRuns
		}
		count := int(min(size, uint64(n-done)))
		bitutil.SetBitsTo(bitmap, int64(done), int64(count), src[0] == 1)
		src = src[1:]
		done += count
	}
	return nil
}

// decodeCodes expands n dictionary codes, each less than entries. codes is a
// buffer to reuse; the result has one value more than n, a zero.
func decodeCodes(codes []int32, n, entries int, src []byte) ([]int32, error) {
	width, end := 0, 0
	if n > 0 {
		if len(src) == 0 || entries == 0 {
			return nil, errCode
		}
		var err error
		width = int(src[0])
		if end, err = checkRuns(src[1:], width, n); err != nil {
			return nil, err
		}
	}
	if cap(codes) < n+paddingValues {
		codes = make([]int32, n+paddingValues)
		kernel.Populate(codes)
	}
	codes = codes[:n+1]
	if width == 0 {
		clear(codes)
		return codes, nil
	}
	decoded, err := (&rle.DictionaryEncoding{}).DecodeInt32(codes[:0], src[:1+end])
	if err != nil {
		return nil, err
	}
	if len(decoded) < n {
		return nil, errRuns
	}
	top := uint32(0)
	for _, code := range decoded[:n] {
		top = max(top, uint32(code))
	}
	if int64(top) >= int64(entries) {
		return nil, errCode
	}
	if cap(decoded) <= n {
		decoded = append(decoded, 0)
	}
	decoded = decoded[:n+1]
	decoded[n] = 0
	return decoded, nil
}

// checkRuns walks the headers of a hybrid of the given bit width up to its n-th
// value and returns where the runs that hold n values end.
func checkRuns(src []byte, width, n int) (end int, err error) {
	if width > 32 {
		return 0, errRuns
	}
	for done := uint64(0); done < uint64(n); {
		head, k := binary.Uvarint(src[end:])
		if k <= 0 {
			return 0, errRuns
		}
		end += k
		count, size := head>>1, uint64(width+7)/8
		if head&1 == 1 {
			if count > maxPageValues {
				return 0, errRuns
			}
			count, size = 8*count, count*uint64(width)
		}
		done += count
		// The decoder reads on in the wrong place after a run of no values.
		if count == 0 && size > 0 || done > uint64(n+paddingValues) || size > uint64(len(src)-end) {
			return 0, errRuns
		}
		end += int(size)
	}
	return end, nil
}

// decodeDelta64 decodes n values of the DELTA_BINARY_PACKED encoding into a
// buffer to reuse.
func decodeDelta64(into []int64, n int, src []byte) ([]int64, error) {
	if _, err := checkDelta(src, 64, n); err != nil {
		return nil, err
	}
	return (&delta.BinaryPackedEncoding{}).DecodeInt64(grow(into, n+1)[:0], src)
}

// decodeDelta32 does the same for 32-bit values, and returns what follows them.
func decodeDelta32(into []int32, n int, src []byte) (values []int32, rest []byte, err error) {
	end, err := checkDelta(src, 32, n)
	if err != nil {
		return nil, nil, err
	}
	values, err = (&delta.BinaryPackedEncoding{}).DecodeInt32(into[:0], src[:end])
	if err == nil && len(values) != n {
		err = errDelta
	}
	return values, src[end:], err
}

// checkDelta walks the blocks of the DELTA_BINARY_PACKED encoding, which must
// hold n values, and returns where they end. Bit widths are looked at because
// the decoder's assembly trusts them.
func checkDelta(src []byte, maxWidth byte, n int) (end int, err error) {
	var head [3]uint64 // values in a block, miniblocks in a block, values
	for i := range head {
		v, k := binary.Uvarint(src[end:])
		if k <= 0 {
			return 0, errDelta
		}
		head[i] = v
		end += k
	}
	_, k := binary.Varint(src[end:]) // the first value
	if k <= 0 || head[0] == 0 || head[0] > 1<<16 || head[1] == 0 || head[1] > head[0] || head[2] != uint64(n) {
		return 0, errDelta
	}
	end += k
	miniblock := int(head[0] / head[1])
	for left := n - 1; left > 0; {
		_, k := binary.Varint(src[end:]) // the least delta
		if k <= 0 || len(src)-end-k < int(head[1]) {
			return 0, errDelta
		}
		end += k
		widths := src[end : end+int(head[1])]
		end += len(widths)
		for _, width := range widths {
			if left <= 0 {
				break // what is left of the block is not stored
			}
			size := miniblock * int(width) / 8
			if width > maxWidth || size > len(src)-end {
				return 0, errDelta
			}
			end += size
			left -= miniblock
		}
	}
	return end, nil
}
