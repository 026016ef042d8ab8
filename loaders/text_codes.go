package loaders

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"flagfill/engine/kernel"
)

const (
	// maxDistinctTexts and maxDistinctBytes bound what is remembered of a column;
	// one with more is no enumeration. There are 3653 dates in ten years.
	maxDistinctTexts = 8192
	maxDistinctBytes = 1 << 20
)

// textCodes numbers the different texts of a column, in the order in which they
// come up, so that whoever reads the column looks at each of them once.
type textCodes struct {
	slots   []textSlot // a power of two, at most a quarter of them taken
	values  []byte     // the texts, textPad in front of the first
	offsets []int32
	given   dictionary // as it was given out last
	known   int        // of the texts, in given
}

// textSlot is one text: its first sixteen bytes, with zeros behind it; of a longer
// one its last eight are mixed in.
type textSlot struct {
	low, high uint64
	ended     int32 // its size and 1; 0: the slot is free
	code      int32
}

// textMasks keep the first bytes of two words that a text of so many bytes has.
var textMasks = func() (masks [kernel.Tailroom + 1]struct{ low, high uint64 }) {
	for n := range masks {
		masks[n].low = 1<<(8*min(n, 8)) - 1
		masks[n].high = 1<<(8*max(n-8, 0)) - 1
	}
	return masks
}()

// take writes the codes of a column's cells from a row on. It reports false
// where there are too many different texts; those before are known then.
func (t *textCodes) take(codes []int32, f *kernel.Fields, row, column int) bool {
	if t.slots == nil {
		t.slots = make([]textSlot, 256)
		t.values, t.offsets = make([]byte, textPad), []int32{textPad}
	}
	at := row*f.Columns + column
	before, text, slots, step := f.Before[at:], f.Text, t.slots, f.Columns
	ends := f.Ends[at:][:len(before)]
	at = 0
	for i := range codes {
		from := int(before[at]) + 1
		size := uint(int(ends[at]) - from)
		at += step
		first := text[from : from+kernel.Tailroom : from+kernel.Tailroom]
		keep := &textMasks[min(size, kernel.Tailroom)]
		low, high := binary.LittleEndian.Uint64(first)&keep.low, binary.LittleEndian.Uint64(first[8:])&keep.high
		s := &slots[slotOf(low, high)&(len(slots)-1)]
		if s.low == low && s.high == high && s.ended == int32(size)+1 && size <= kernel.Tailroom {
			codes[i] = s.code
			continue
		}
		code, ok := t.find(low, high, text[from:from+int(size)])
		if !ok {
			return false
		}
		codes[i], slots = code, t.slots
	}
	return true
}

// slotOf is where the search for a text begins.
func slotOf(low, high uint64) int {
	const spread = 0x9E3779B97F4A7C15
	return int((low ^ bits.RotateLeft64(high, 29)) * spread >> 32)
}

// find gives the code of any text, which may be new. It reports false where
// there is no room for it.
func (t *textCodes) find(low, high uint64, text []byte) (int32, bool) {
	if rest := len(text) - kernel.Tailroom; rest > 0 { // many texts may begin alike
		low ^= bits.RotateLeft64(binary.LittleEndian.Uint64(text[len(text)-8:]), rest)
	}
	for slot := slotOf(low, high); ; slot++ {
		s := &t.slots[slot&(len(t.slots)-1)]
		if s.ended == 0 {
			if len(t.offsets) > maxDistinctTexts || len(t.values)+len(text) > maxDistinctBytes {
				return 0, false
			}
			*s = textSlot{low, high, int32(len(text)) + 1, int32(len(t.offsets) - 1)}
			return t.add(text), true
		}
		if s.low == low && s.high == high && int(s.ended) == len(text)+1 &&
			(len(text) <= kernel.Tailroom || bytes.Equal(t.values[t.offsets[s.code]:t.offsets[s.code+1]], text)) {
			return s.code, true
		}
	}
}

// add gives a text the next code, and all texts more slots where a quarter is
// taken.
func (t *textCodes) add(text []byte) int32 {
	t.values = append(t.values, text...)
	t.offsets = append(t.offsets, int32(len(t.values)))
	texts := len(t.offsets) - 1
	if 4*texts > len(t.slots) {
		old := t.slots
		t.slots = make([]textSlot, 2*len(old))
		for _, s := range old {
			if s.ended == 0 {
				continue
			}
			slot := slotOf(s.low, s.high)
			for t.slots[slot&(len(t.slots)-1)].ended > 0 {
				slot++
			}
			t.slots[slot&(len(t.slots)-1)] = s
		}
	}
	return int32(texts - 1)
}

// dictionary is all texts so far, as one Arrow array that stays the same as long
// as no text joins them. What was given out before stays valid: texts are only
// appended.
func (t *textCodes) dictionary() *dictionary {
	if n := len(t.offsets) - 1; n > t.known {
		t.given.reset()
		t.known = n
		t.given.text = array.NewData(arrow.BinaryTypes.String, n, []*memory.Buffer{nil,
			memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(t.offsets)), memory.NewBufferBytes(t.values)}, nil, 0, 0)
	}
	return &t.given
}
