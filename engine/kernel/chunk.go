package kernel

import (
	"encoding/binary"
	"math"
	"slices"
)

// ChunkWords is how many words a chunk holds.
const ChunkWords = 256

// Chunk is a fixed-size run of words of one range, with the row that each came
// from and, where the bucket keeps days, a day. What belongs to a word stands
// side by side, so that a word is written to one place: eight bytes of it, two
// of its row, two of its day.
type Chunk struct {
	entries []byte
	far     []int32  // the days that two bytes cannot tell, in order
	jumps   []uint32 // the blocks that a step cannot tell, in order
	first   uint32   // block of the first word's row
	dated   bool
}

const (
	rowAt      = 8
	dayAt      = 10
	entryBytes = 10
	datedBytes = 12
)

// Rows are told in two bytes a word. A row number is a block of 2¹⁴ rows and
// the row in it; a word keeps the latter, and by how many blocks it is ahead of
// the word before it: −1 to 1. Where it is not, the block stands beside the chunk.
const (
	blockBits  = 14
	backSteps  = 1
	MaxTrail   = 4 << blockBits // rows that words scattered at once may come from
	jump       = 3
	rowInBlock = 1<<blockBits - 1
)

// width is how many bytes belong to a word.
func (c *Chunk) width() int {
	if c.dated {
		return datedBytes
	}
	return entryBytes
}

// Len is the number of words in the chunk.
func (c *Chunk) Len() int { return len(c.entries) / c.width() }

// WordsIn counts the words in lists of chunks.
func WordsIn(lists [][]*Chunk) (n int) {
	for _, chunks := range lists {
		for _, c := range chunks {
			n += c.Len()
		}
	}
	return n
}

// Words appends the words.
func (c *Chunk) Words(words []uint64) []uint64 {
	touch(c.entries)
	start := len(words)
	words = slices.Grow(words, c.Len())[:start+c.Len()]
	into, width := words[start:], c.width()
	for i := range into {
		into[i] = binary.LittleEndian.Uint64(c.entries[i*width:])
	}
	return words
}

// Days are kept in two bytes: those of the years 1900 to 2079 by their
// distance from the first, and two codes.
const (
	firstDay = -25567 // 1900-01-01
	noDay    = 0xFFFF
	farDay   = 0xFFFE // the next of Chunk.far
)

// NoDay stands for an absent date.
const NoDay = math.MinInt32

// Dated appends the words and the days beside them, of a chunk that keeps days.
func (c *Chunk) Dated(words []uint64, days []int32) ([]uint64, []int32) {
	touch(c.entries)
	start, n := len(words), c.Len()
	words, days = slices.Grow(words, n)[:start+n], slices.Grow(days, n)[:start+n]
	far := c.far
	for i, entries := start, c.entries; len(entries) >= datedBytes; i, entries = i+1, entries[datedBytes:] {
		words[i] = binary.LittleEndian.Uint64(entries)
		code := binary.LittleEndian.Uint16(entries[dayAt:])
		day := firstDay + int32(code)
		if code == noDay { // often, and not predictably: no branch
			day = NoDay
		}
		if code == farDay {
			day, far = far[0], far[1:]
		}
		days[i] = day
	}
	return words, days
}

// Rows appends the row that each word came from.
func (c *Chunk) Rows(rows []int64) []int64 {
	block, jumps, width := int64(c.first), c.jumps, c.width()
	for i := range c.Len() {
		step := binary.LittleEndian.Uint16(c.entries[i*width+rowAt:])
		if step>>blockBits == jump {
			block, jumps = int64(jumps[0]), jumps[1:]
		} else {
			block += int64(step>>blockBits) - backSteps
		}
		rows = append(rows, block<<blockBits|int64(step&rowInBlock))
	}
	return rows
}

// head is the chunk being filled.
type head struct {
	chunk *Chunk // nil before the first word
	room  []byte // what is left of its entries
	last  uint32 // block of the last word's row
}

// put appends words to the chunk, as many as find room, and gives their number.
func (h *head) put(o *ordered, from, end, block uint32) uint32 {
	n := min(end-from, uint32(len(h.room)/entryBytes))
	room, last := h.room, h.last
	for _, p := range o.words[from : from+n] {
		rowBlock := block + p.row>>blockBits
		e := (*[entryBytes]byte)(room)
		binary.LittleEndian.PutUint64(e[:], p.word)
		binary.LittleEndian.PutUint16(e[rowAt:], uint16(h.step(rowBlock, last)|p.row&rowInBlock))
		room, last = room[entryBytes:], rowBlock
	}
	h.room, h.last = room, last
	return n
}

// putDated does the same with days.
func (h *head) putDated(o *ordered, from, end, block uint32) uint32 {
	n := min(end-from, uint32(len(h.room)/datedBytes))
	room, last := h.room, h.last
	for _, p := range o.words[from : from+n] {
		code := uint32(p.day - firstDay)
		if p.day == NoDay { // often, and not predictably: no branch
			code = 0
		}
		if code >= farDay {
			code = farDay
			h.chunk.far = append(h.chunk.far, p.day)
		}
		if p.day == NoDay {
			code = noDay
		}
		rowBlock := block + p.row>>blockBits
		e := (*[datedBytes]byte)(room)
		binary.LittleEndian.PutUint64(e[:], p.word)
		binary.LittleEndian.PutUint32(e[rowAt:], code<<16|h.step(rowBlock, last)|p.row&rowInBlock)
		room, last = room[datedBytes:], rowBlock
	}
	h.room, h.last = room, last
	return n
}

// step is what an entry says of the block of its row, beside the row in it.
func (h *head) step(block, last uint32) uint32 {
	step := block - last + backSteps
	if step >= jump {
		step = jump
		h.chunk.jumps = append(h.chunk.jumps, block)
	}
	return step << blockBits
}
