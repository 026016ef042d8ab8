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
	slots   []textSlot // a power of two, at most half of them taken
	values  []byte     // the texts, textPad in front of the first
	offsets []int32
	given   dictionary // as it was given out last
	known   int        // of the texts, in given
}

// textSlot is one text: its first sixteen bytes, with zeros behind it.
type textSlot struct {
	low, high uint64
	size      int32
	code      int32 // and 1; 0: the slot is free
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
// where there are too many different texts, and has then done nothing.
func (t *textCodes) take(codes []int32, f *kernel.Fields, row, column int) bool {
	if t.slots == nil {
		t.slots = make([]textSlot, 64)
		t.values, t.offsets = make([]byte, textPad), []int32{textPad}
	}
	at := row*f.Columns + column
	for i := range codes {
		from, end := int(f.Before[at])+1, int(f.Ends[at])
		at += f.Columns
		size := end - from
		keep := &textMasks[min(size, kernel.Tailroom)]
		first := f.Text[from : from+kernel.Tailroom]
		low, high := binary.LittleEndian.Uint64(first)&keep.low, binary.LittleEndian.Uint64(first[8:])&keep.high
		for slot := t.slotOf(low, high, size); ; slot++ {
			s := &t.slots[slot&(len(t.slots)-1)]
			if s.low == low && s.high == high && int(s.size) == size && s.code > 0 &&
				(size <= kernel.Tailroom || bytes.Equal(t.at(s.code-1), f.Text[from:end])) {
				codes[i] = s.code - 1
				break
			}
			if s.code == 0 {
				if len(t.offsets) > maxDistinctTexts || len(t.values)+size > maxDistinctBytes {
					return false
				}
				codes[i] = t.add(s, textSlot{low: low, high: high, size: int32(size)}, f.Text[from:end])
				break
			}
		}
	}
	return true
}

func (t *textCodes) at(code int32) []byte { return t.values[t.offsets[code]:t.offsets[code+1]] }

// slotOf is where the search for a text begins.
func (t *textCodes) slotOf(low, high uint64, size int) int {
	const spread = 0x9E3779B97F4A7C15
	hash := (low ^ bits.RotateLeft64(high, 29) ^ uint64(size)<<56) * spread
	return int(hash>>32) & (len(t.slots) - 1)
}

// add gives a text the next code and a free slot.
func (t *textCodes) add(free *textSlot, text textSlot, value []byte) int32 {
	code := int32(len(t.offsets) - 1)
	text.code = code + 1
	*free = text
	t.values = append(t.values, value...)
	t.offsets = append(t.offsets, int32(len(t.values)))
	if 2*len(t.offsets) > len(t.slots) {
		old := t.slots
		t.slots = make([]textSlot, 2*len(old))
		for _, s := range old {
			if s.code == 0 {
				continue
			}
			slot := t.slotOf(s.low, s.high, int(s.size))
			for t.slots[slot&(len(t.slots)-1)].code > 0 {
				slot++
			}
			t.slots[slot&(len(t.slots)-1)] = s
		}
	}
	return code
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
