package kernel

import (
	"encoding/binary"
	"math"
	"slices"
	"unsafe"
)

// ChunkWords is how many words a chunk holds.
const ChunkWords = 256

const slabChunks = 512

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
	MaxTrail   = 1 << blockBits // rows of a batch: it spans two blocks at most, so going back is one step
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

// Slab hands out chunks, allocated many at a time. It is not safe for
// concurrent use: each worker has its own.
type Slab struct {
	fresh    []Chunk
	entries  []byte // of those
	used     []*Chunk
	made     int // slabs
	WithDays bool
}

func (s *Slab) chunkBytes() int {
	if s.WithDays {
		return ChunkWords * datedBytes
	}
	return ChunkWords * entryBytes
}

// Bytes that the slab has taken, in use or not.
func (s *Slab) Bytes() int64 {
	return int64(s.made) * slabChunks * int64(int(unsafe.Sizeof(Chunk{}))+s.chunkBytes())
}

// Reuse takes chunks back that nobody reads any more. They must come from a
// slab with the same WithDays.
func (s *Slab) Reuse(chunks []*Chunk) { s.used = append(s.used, chunks...) }

// chunk gives a chunk that has all its entries, whatever stands there.
func (s *Slab) chunk() *Chunk {
	if last := len(s.used) - 1; last >= 0 {
		c := s.used[last]
		s.used = s.used[:last]
		*c = Chunk{entries: c.entries[:cap(c.entries)], dated: c.dated}
		return c
	}
	n := s.chunkBytes()
	if len(s.fresh) == 0 {
		s.made++
		s.fresh, s.entries = make([]Chunk, slabChunks), make([]byte, slabChunks*n)
		populate(unsafe.Pointer(&s.entries[0]), uintptr(len(s.entries)))
	}
	c := &s.fresh[0]
	*c = Chunk{entries: s.entries[:n:n], dated: s.WithDays}
	s.fresh, s.entries = s.fresh[1:], s.entries[n:]
	return c
}
