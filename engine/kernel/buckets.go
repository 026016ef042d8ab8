package kernel

// ChunkWords is how many words a chunk holds.
const ChunkWords = 512

const slabChunks = 128

// Chunk is a fixed-size run of words of one range, with a day beside each word
// where the bucket keeps days, and the row that each word came from.
type Chunk struct {
	Words [ChunkWords]uint64
	trail [ChunkWords]uint16
	days  *[ChunkWords]int32
	first uint32 // block of the first word's row
	last  uint32 // block of the last word's row
	n     int
}

// Rows are told in two bytes a word. A row number is a block of 2¹⁴ rows and
// the row in it; a word keeps the latter, and by how many blocks it is ahead of
// the word before it: −1 to 2. A word that is not opens another chunk.
const (
	blockBits  = 14
	backSteps  = 1
	MaxTrail   = 1 << blockBits // rows of a batch: it spans two blocks at most, and opens no chunk for going back
	farthest   = 3
	rowInBlock = 1<<blockBits - 1
)

// Len is the number of words in the chunk.
func (c *Chunk) Len() int { return c.n }

// Days beside the words; nil where the bucket keeps none.
func (c *Chunk) Days() []int32 {
	if c.days == nil {
		return nil
	}
	return c.days[:c.n]
}

// Rows appends the row that each word came from.
func (c *Chunk) Rows(rows []int64) []int64 {
	block := int64(c.first)
	for _, step := range c.trail[:c.n] {
		block += int64(step>>blockBits) - backSteps
		rows = append(rows, block<<blockBits|int64(step&rowInBlock))
	}
	return rows
}

// Slab hands out chunks, allocated many at a time. It is not safe for
// concurrent use: each worker has its own.
type Slab struct {
	fresh     []Chunk
	freshDays [][ChunkWords]int32
	WithDays  bool
}

func (s *Slab) chunk() *Chunk {
	if len(s.fresh) == 0 {
		s.fresh = make([]Chunk, slabChunks)
		if s.WithDays {
			s.freshDays = make([][ChunkWords]int32, slabChunks)
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
	open   []*Chunk   // by range, the chunk being filled; nil before the first word
	filled [][]*Chunk // by range, full chunks
	ranges []uint16   // of the batch at hand
}

// NewBuckets gives empty buckets for so many ranges.
func NewBuckets(slab *Slab, ranges int) *Buckets {
	return &Buckets{slab: slab, open: make([]*Chunk, ranges), filled: make([][]*Chunk, ranges)}
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
	rows = rows[:len(words)]
	for i, w := range words {
		at := ranges[i]
		row := first + int64(rows[i])
		block := uint32(row >> blockBits)
		c := b.open[at]
		if c == nil || c.n == ChunkWords || block-c.last+backSteps > farthest {
			c = b.next(int(at), block)
		}
		n := uint(c.n) % ChunkWords
		c.Words[n] = w
		c.trail[n] = uint16((block-c.last+backSteps)<<blockBits) | uint16(row&rowInBlock)
		c.last = block
		if days != nil {
			c.days[n] = days[i]
		}
		c.n++
	}
}

func (b *Buckets) next(at int, block uint32) *Chunk {
	if full := b.open[at]; full != nil {
		b.filled[at] = append(b.filled[at], full)
	}
	c := b.slab.chunk()
	c.first, c.last = block, block
	b.open[at] = c
	return c
}

// Take gives the chunks of a range and forgets them, so that their memory can
// be reclaimed once the caller is done.
func (b *Buckets) Take(at int) []*Chunk {
	chunks := b.filled[at]
	if b.open[at] != nil {
		chunks = append(chunks, b.open[at])
	}
	b.filled[at], b.open[at] = nil, nil
	return chunks
}
