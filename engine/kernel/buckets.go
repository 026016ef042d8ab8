package kernel

import (
	"math"
	"slices"
	"unsafe"
)

// ChunkWords is how many words a chunk holds.
const ChunkWords = 256

const slabChunks = 512

// Chunk is a fixed-size run of words of one range, with a day beside each word
// where the bucket keeps days, and the row that each word came from.
type Chunk struct {
	Words [ChunkWords]uint64
	trail [ChunkWords]uint16
	days  *[ChunkWords]uint16
	far   []int32  // the days that two bytes cannot tell, in order
	jumps []uint32 // the blocks that a step cannot tell, in order
	first uint32   // block of the first word's row
	n     uint32
}

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

// Len is the number of words in the chunk.
func (c *Chunk) Len() int { return int(c.n) }

// WordsIn counts the words in lists of chunks.
func WordsIn(lists [][]*Chunk) (n int) {
	for _, chunks := range lists {
		for _, c := range chunks {
			n += c.Len()
		}
	}
	return n
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

// Days appends the days beside the words; none where the bucket keeps none.
func (c *Chunk) Days(days []int32) []int32 {
	if c.days == nil {
		return days
	}
	start := len(days)
	days = slices.Grow(days, int(c.n))[:start+int(c.n)]
	into := days[start:]
	for i, code := range c.days[:len(into)] {
		day := firstDay + int32(code)
		if code == noDay { // often, and not predictably: no branch
			day = NoDay
		}
		into[i] = day
	}
	if far := c.far; len(far) > 0 {
		for i, code := range c.days[:len(into)] {
			if code == farDay {
				into[i], far = far[0], far[1:]
			}
		}
	}
	return days
}

// Rows appends the row that each word came from.
func (c *Chunk) Rows(rows []int64) []int64 {
	block, jumps := int64(c.first), c.jumps
	for _, step := range c.trail[:c.n] {
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
	fresh     []Chunk
	freshDays [][ChunkWords]uint16
	used      []*Chunk
	made      int // slabs
	WithDays  bool
}

// Bytes that the slab has taken, in use or not.
func (s *Slab) Bytes() int64 {
	perChunk := unsafe.Sizeof(Chunk{})
	if s.WithDays {
		perChunk += unsafe.Sizeof([ChunkWords]uint16{})
	}
	return int64(s.made) * slabChunks * int64(perChunk)
}

// Reuse takes chunks back that nobody reads any more. They must come from a
// slab with the same WithDays.
func (s *Slab) Reuse(chunks []*Chunk) { s.used = append(s.used, chunks...) }

func (s *Slab) chunk() *Chunk {
	if last := len(s.used) - 1; last >= 0 {
		c := s.used[last]
		s.used = s.used[:last]
		c.far, c.jumps, c.n = nil, nil, 0
		return c
	}
	if len(s.fresh) == 0 {
		s.made++
		s.fresh = make([]Chunk, slabChunks)
		populate(unsafe.Pointer(&s.fresh[0]), unsafe.Sizeof(s.fresh[0])*slabChunks)
		if s.WithDays {
			s.freshDays = make([][ChunkWords]uint16, slabChunks)
			populate(unsafe.Pointer(&s.freshDays[0]), unsafe.Sizeof(s.freshDays[0])*slabChunks)
		}
	}
	c := &s.fresh[0]
	s.fresh = s.fresh[1:]
	if s.WithDays {
		c.days = &s.freshDays[0]
		s.freshDays = s.freshDays[1:]
	}
	return c
}

// Buckets gather words by range: one writer fills them, then each range is
// taken once.
type Buckets struct {
	slab   *Slab
	heads  []head     // by range
	filled [][]*Chunk // by range, full chunks
	ranges []uint16   // of the batch at hand
}

// head is the chunk being filled, with what filling it needs side by side: the
// chunks themselves are spread over memory.
type head struct {
	chunk *Chunk // nil before the first word; n is then that of a full chunk
	days  *[ChunkWords]uint16
	n     uint32
	last  uint32 // block of the last word's row
}

// NewBuckets gives empty buckets for so many ranges.
func NewBuckets(slab *Slab, ranges int) *Buckets {
	b := &Buckets{slab: slab, heads: make([]head, ranges), filled: make([][]*Chunk, ranges)}
	for at := range b.heads {
		b.heads[at].n = ChunkWords
	}
	return b
}

// Scatter appends each word to the bucket of its range, and the day beside it
// where days is not nil. Word i came from row first + rows[i]; batches come in
// row order and have at most MaxTrail rows.
func (b *Buckets) Scatter(r *Ranges, words []uint64, days []int32, rows []int32, first int64) {
	if cap(b.ranges) < len(words) {
		b.ranges = make([]uint16, len(words))
	}
	ranges := b.ranges[:len(words)]
	r.Find(ranges, words)
	if days != nil {
		b.scatterWithDays(ranges, words, days, rows, first)
		return
	}
	rows = rows[:len(words)]
	for i, w := range words {
		row := first + int64(rows[i])
		h := &b.heads[ranges[i]]
		n, step := h.n, uint32(row>>blockBits)-h.last+backSteps
		if n == ChunkWords || step >= jump {
			n, step = b.prepare(int(ranges[i]), uint32(row>>blockBits))
		}
		c := h.chunk
		c.Words[n%ChunkWords] = w
		c.trail[n%ChunkWords] = uint16(step<<blockBits) | uint16(row&rowInBlock)
		h.n, h.last = n+1, uint32(row>>blockBits)
	}
}

func (b *Buckets) scatterWithDays(ranges []uint16, words []uint64, days []int32, rows []int32, first int64) {
	days, rows = days[:len(words)], rows[:len(words)]
	for i, w := range words {
		row := first + int64(rows[i])
		h := &b.heads[ranges[i]]
		n, step := h.n, uint32(row>>blockBits)-h.last+backSteps
		if n == ChunkWords || step >= jump {
			n, step = b.prepare(int(ranges[i]), uint32(row>>blockBits))
		}
		day := days[i]
		code := uint32(day - firstDay)
		if day == NoDay { // often, and not predictably: no branch
			code = 0
		}
		if code >= farDay {
			code = farDay
			h.chunk.far = append(h.chunk.far, day)
		}
		if day == NoDay {
			code = noDay
		}
		c, chunkDays := h.chunk, h.days
		c.Words[n%ChunkWords] = w
		c.trail[n%ChunkWords] = uint16(step<<blockBits) | uint16(row&rowInBlock)
		chunkDays[n%ChunkWords] = uint16(code)
		h.n, h.last = n+1, uint32(row>>blockBits)
	}
}

// prepare makes room for a word of a block of rows, and gives its place and its
// step.
func (b *Buckets) prepare(at int, block uint32) (n, step uint32) {
	h := &b.heads[at]
	if h.n == ChunkWords {
		b.next(at, block)
	}
	if step = block - h.last + backSteps; step >= jump {
		step = jump
		h.chunk.jumps = append(h.chunk.jumps, block)
	}
	return h.n, step
}

func (b *Buckets) next(at int, block uint32) {
	b.close(at)
	c := b.slab.chunk()
	c.first = block
	b.heads[at] = head{chunk: c, days: c.days, last: block}
}

// close adds the chunk being filled to the full ones.
func (b *Buckets) close(at int) {
	if h := &b.heads[at]; h.chunk != nil {
		h.chunk.n = h.n
		b.filled[at] = append(b.filled[at], h.chunk)
		*h = head{n: ChunkWords}
	}
}

// Take gives the chunks of a range and forgets them, so that their memory can
// be used again once the caller is done.
func (b *Buckets) Take(at int) []*Chunk {
	b.close(at)
	chunks := b.filled[at]
	b.filled[at] = nil
	return chunks
}
