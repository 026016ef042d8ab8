package loaders

import (
	"strconv"

	"flagfill/engine/kernel"
)

// appendNumbers reads the texts of k rows as numbers, and does nothing where
// one of them is no plain number or does not fit its page.
func (b *columnBatch) appendNumbers(p *page, done, k, present int) bool {
	if p.form != formPlain {
		return false
	}
	into := b.ints[done : done+k]
	if p.valid != nil {
		b.denseInts = grow(b.denseInts, batchRows+1)
		into = b.denseInts[:present]
	}
	end := len(p.buf) - copySlack
	n, next := kernel.ParsePrefixed(into, p.buf, p.at, end)
	if n < present || p.value+present == p.values && next != end {
		return false
	}
	if p.valid != nil {
		spread(b.ints[done:done+k], b.denseInts[:present+1], p.valid, p.row)
	}
	p.at = next
	return true
}

// spell turns the numbers of the rows done so far back into their texts: what
// follows is no number.
func (b *columnBatch) spell(done int) {
	b.makeRoom(formPlain, batchRows)
	out := b.values[:textPad]
	for row, number := range b.ints[:done] {
		if b.nulls == 0 || b.valid[row>>3]>>(row&7)&1 != 0 {
			out = strconv.AppendInt(out, number, 10)
		}
		b.offsets[row+1] = int32(len(out))
	}
	b.values = out[:cap(out)]
}
