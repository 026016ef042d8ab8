package kernel

// ChunkWords is how many words a chunk holds.
const ChunkWords = 512

const slabChunks = 128

// Chunk is a fixed-size run of words of one range, with a day beside each word
// where the bucket keeps days.
type Chunk struct {
	Words [ChunkWords]uint64
	days  *[ChunkWords]int32
	n     int
}

// Len is the number of words in the chunk.
func (c *Chunk) Len() int { return c.n }

// Days beside the words; nil where the bucket keeps none.
func (c *Chunk) Days() []int32 {
	if c.days == nil {
		return nil
	}
	return c.days[:c.n]
}

// Slab hands out chunks, allocated many at a time. It is not safe for
// concurrent use: each worker has its own.
type Slab struct {
	fresh     []Chunk
	freshDays [][ChunkWords]int32
	WithDays  bool
	Bytes     int64 // handed out so far
}

func (s *Slab) chunk() *Chunk {
	if len(s.fresh) == 0 {
		s.fresh = make([]Chunk, slabChunks)
		s.Bytes += slabChunks * ChunkWords * 8
		if s.WithDays {
			s.freshDays = make([][ChunkWords]int32, slabChunks)
			s.Bytes += slabChunks * ChunkWords * 4
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

// Scatter appends each word, and the day beside it where days is not nil, to
// the bucket of its range.
func (b *Buckets) Scatter(r *Ranges, words []uint64, days []int32) {
	if cap(b.ranges) < len(words) {
		b.ranges = make([]uint16, len(words))
	}
	ranges := b.ranges[:len(words)]
	r.Find(ranges, words)
	for i, w := range words {
		at := ranges[i]
		c := b.open[at]
		if c == nil || c.n == ChunkWords {
			c = b.next(int(at))
		}
		n := uint(c.n) % ChunkWords
		c.Words[n] = w
		if days != nil {
			c.days[n] = days[i]
		}
		c.n++
	}
}

func (b *Buckets) next(at int) *Chunk {
	if full := b.open[at]; full != nil {
		b.filled[at] = append(b.filled[at], full)
	}
	c := b.slab.chunk()
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
