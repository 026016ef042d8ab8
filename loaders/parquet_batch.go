package loaders

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"flagfill/engine/kernel"
)

const (
	// batchRows is the most rows of a batch: what a batch holds should stay in
	// the second-level cache until it has been parsed.
	batchRows = 16384

	// textPad is how many bytes stand in front of the first value of a text
	// array, so that a parser may load the 16 bytes that end with a value.
	textPad = 16

	// maxTextBytes bounds the text of one column in one batch; a batch of
	// identifiers takes 300 kB.
	maxTextBytes = 512 << 20
)

// columnBatch is the memory behind one array: reused for every batch.
type columnBatch struct {
	form      pageForm
	numbers   bool   // text may come as numbers
	valid     []byte // bitmap; up to date only while nulls > 0
	nulls     int
	values    []byte  // text; textPad in front, copySlack behind
	offsets   []int32 // text
	codes     []int32 // dictionary codes, or days
	ints      []int64
	bits      []byte
	denseInts []int64 // the numbers present
	dense     []int32 // offsets of the values present
}

// reset makes room for n rows of a form.
func (b *columnBatch) reset(form pageForm, n int) {
	b.nulls = 0
	b.valid = grow(b.valid, batchRows/8)
	if b.numbers && form == formPlain {
		form = formNumbers
	}
	b.makeRoom(form, n)
}

func (b *columnBatch) makeRoom(form pageForm, n int) {
	b.form = form
	switch form {
	case formBits:
		b.bits = grow(b.bits, batchRows/8)
	case formCodes, formDays:
		b.codes = grow(b.codes, batchRows)
	case formInts, formNumbers:
		b.ints = grow(b.ints, batchRows)
	case formPlain, formSizes:
		b.values = grow(b.values, max(cap(b.values), textPad+16*n+copySlack))
		b.offsets = grow(b.offsets, batchRows+1)
		b.dense = grow(b.dense, batchRows+1)
		b.offsets[0] = textPad
	}
}

// append takes k rows from a page; the batch has done rows already.
func (b *columnBatch) append(p *page, done, k int) error {
	present := b.appendValid(p, done, k)
	var err error
	switch {
	case p.raw && p.form == formInts:
		b.denseInts = grow(b.denseInts, batchRows+1)
		copy(arrow.Int64Traits.CastToBytes(b.denseInts[:present+1]), p.data[8*p.value:])
		spread(b.ints[done:done+k], b.denseInts[:present+1], p.valid, p.row)
	case p.raw:
		b.dense = grow(b.dense, batchRows+1)
		copy(arrow.Int32Traits.CastToBytes(b.dense[:present+1]), p.data[4*p.value:])
		spread(b.codes[done:done+k], b.dense[:present+1], p.valid, p.row)
	case p.form == formBits:
		b.appendBits(p, done, k)
	case p.form == formCodes || p.form == formDays:
		spread(b.codes[done:done+k], p.codes[p.value:], p.valid, p.row)
	case p.form == formInts:
		spread(b.ints[done:done+k], p.ints[p.value:], p.valid, p.row)
	case b.form == formNumbers && b.appendNumbers(p, done, k, present):
	default:
		if b.form == formNumbers {
			b.spell(done)
		}
		err = b.appendText(p, done, k, present)
	}
	p.row, p.rows, p.value = p.row+k, p.rows-k, p.value+present
	return err
}

// appendValid extends the validity bitmap, which exists from the first null on,
// and returns how many of the rows have values.
func (b *columnBatch) appendValid(p *page, done, k int) int {
	if p.valid == nil {
		if b.nulls > 0 {
			bitutil.SetBitsTo(b.valid, int64(done), int64(k), true)
		}
		return k
	}
	present := bitutil.CountSetBits(p.valid, p.row, k)
	if b.nulls == 0 {
		bitutil.SetBitsTo(b.valid, 0, int64(done), true)
	}
	if b.nulls > 0 || present < k {
		bitutil.CopyBitmap(p.valid, p.row, k, b.valid, done)
	}
	b.nulls += k - present
	return present
}

// spread copies values to their rows. A null row gets the value that comes next,
// which costs no branch; from holds one value more than there are.
func spread[T int32 | int64](into, from []T, valid []byte, row int) {
	if valid == nil {
		copy(into, from)
		return
	}
	next := 0
	for len(into) > 0 {
		some := into[:min(64, len(into))]
		present := kernel.Bits64(valid, row)
		if n := bits.TrailingZeros64(^present); n >= len(some) {
			next += copy(some, from[next:])
		} else {
			for i := range some {
				some[i] = from[next]
				next += int(present & 1)
				present >>= 1
			}
		}
		into, row = into[len(some):], row+len(some)
	}
}

func (b *columnBatch) appendBits(p *page, done, k int) {
	if p.valid == nil {
		bitutil.CopyBitmap(p.data, p.value, k, b.bits, done)
		return
	}
	next := p.value
	for i := range k {
		if bitutil.BitIsSet(p.valid, p.row+i) {
			bitutil.SetBitTo(b.bits, done+i, bitutil.BitIsSet(p.data, next))
			next++
		}
	}
}

// appendText copies the values of k rows and writes their offsets.
func (b *columnBatch) appendText(p *page, done, k, present int) error {
	offsets := b.offsets[done : done+k+1]
	into := offsets
	if p.valid != nil {
		into = b.dense[:present+1]
		into[0] = offsets[0]
	}
	var err error
	if p.form == formPlain {
		err = b.copyPlain(p, into)
	} else {
		err = b.copySized(p, into)
	}
	if err != nil || p.valid == nil {
		return err
	}
	next := 0
	for i := range k {
		next += int(p.valid[(p.row+i)>>3] >> ((p.row + i) & 7) & 1)
		offsets[i+1] = into[next]
	}
	return nil
}

// copyPlain takes as many length-prefixed values as offsets has room for. A
// value as long as the one before it, the rule for identifiers, is found
// without waiting for its length to be loaded.
func (b *columnBatch) copyPlain(p *page, offsets []int32) error {
	data, at, end := p.buf, p.at, len(p.buf)-copySlack
	out, last := int(offsets[0]), 0
	for i := range offsets[1:] {
		if at+4 > end {
			return errValues
		}
		size := int(binary.LittleEndian.Uint32(data[at:]))
		at += 4
		if size > end-at {
			return errValues
		}
		if out+size+copySlack > len(b.values) {
			if err := b.growText(out, size); err != nil {
				return err
			}
		}
		if size <= copySlack {
			*(*[copySlack]byte)(b.values[out:]) = *(*[copySlack]byte)(data[at:])
		} else {
			copy(b.values[out:], data[at:at+size])
		}
		if size == last {
			at, out = at+last, out+last
		} else {
			at, out, last = at+size, out+size, size
		}
		offsets[i+1] = int32(out)
	}
	p.at = at
	if p.value+len(offsets)-1 == p.values && at != end {
		return errValues // bytes are left behind the last value
	}
	return nil
}

// copySized does the same where the lengths stand apart.
func (b *columnBatch) copySized(p *page, offsets []int32) error {
	sizes := p.codes[p.value : p.value+len(offsets)-1]
	out := int(offsets[0])
	start := out
	for i, size := range sizes {
		out += int(size)
		offsets[i+1] = int32(out)
	}
	if out+copySlack > len(b.values) {
		if err := b.growText(start, out-start); err != nil {
			return err
		}
	}
	p.at += copy(b.values[start:out], p.data[p.at:])
	return nil
}

// growText makes room for size bytes behind the out bytes that are in use.
func (b *columnBatch) growText(out, size int) error {
	if err := checkText(batchRows, int64(out+size)); err != nil {
		return err
	}
	larger := make([]byte, max(2*len(b.values), out+size+copySlack))
	copy(larger, b.values[:out])
	b.values = larger
	return nil
}

// checkText refuses more text than a column of a batch may have.
func checkText(rows int, textBytes int64) error {
	if textBytes > maxTextBytes {
		return fmt.Errorf("%d rows hold more than %d bytes of text", rows, maxTextBytes)
	}
	return nil
}

// array wraps n rows without copying.
func (b *columnBatch) array(typ arrow.DataType, dict *dictionary, n int) arrow.Array {
	var valid *memory.Buffer
	if b.nulls > 0 {
		valid = memory.NewBufferBytes(b.valid)
	}
	var dictionary *array.Data
	buffers := []*memory.Buffer{valid, nil}
	switch b.form {
	case formBits:
		buffers[1] = memory.NewBufferBytes(b.bits)
	case formCodes:
		typ, dictionary = textDictionary, dict.text
		buffers[1] = memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(b.codes[:n]))
	case formDays:
		buffers[1] = memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(b.codes[:n]))
	case formNumbers:
		typ = arrow.PrimitiveTypes.Int64
		buffers[1] = memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(b.ints[:n]))
	case formInts:
		buffers[1] = memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(b.ints[:n]))
	case formPlain, formSizes:
		buffers[1] = memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(b.offsets[:n+1]))
		buffers = append(buffers, memory.NewBufferBytes(b.values[:b.offsets[n]]))
	}
	data := array.NewDataWithDictionary(typ, n, buffers, b.nulls, 0, dictionary)
	defer data.Release()
	return array.MakeFromData(data)
}
