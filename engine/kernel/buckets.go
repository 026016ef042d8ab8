package kernel

// Buckets gather words by range: one writer fills them, then each range is
// taken once.
type Buckets struct {
	slab   *Slab
	heads  []head     // by range
	filled [][]*Chunk // by range, full chunks
	batch  ordered
}

// ordered is a batch in the order of its words' ranges, so that those of one go
// to its chunk side by side: word by word they would touch more memory in turn
// than the processor has at hand.
type ordered struct {
	ranges []uint16 // of the words as they came
	ends   []uint32 // by range: where its words end
	words  []placed
}

// placed is a word with what belongs to it: to be moved at once.
type placed struct {
	word uint64
	day  int32
	row  uint32 // from the batch's first block on
}

// NewBuckets gives empty buckets for so many ranges.
func NewBuckets(slab *Slab, ranges int) *Buckets {
	return &Buckets{slab: slab, heads: make([]head, ranges), filled: make([][]*Chunk, ranges), batch: ordered{ends: make([]uint32, ranges)}}
}

// Scatter appends each word to the bucket of its range, and the day beside it
// where the slab is one with days. Word i came from row first + rows[i]; batches
// come in row order and have at most MaxTrail rows.
func (b *Buckets) Scatter(r *Ranges, words []uint64, days []int32, rows []int32, first int64) {
	o := &b.batch
	o.count(r, words)
	o.order(words, days, rows, uint32(first&rowInBlock))
	from, block := uint32(0), uint32(first>>blockBits)
	for at, end := range o.ends {
		if at%touchedAtOnce == 0 {
			touchRooms(b.heads[at:min(at+touchedAtOnce, len(b.heads))], o.ends[at:], from)
		}
		for from < end {
			h := &b.heads[at]
			if len(h.room) == 0 {
				b.next(at, block+o.words[from].row>>blockBits)
			}
			if days == nil {
				from += h.put(o, from, end, block)
			} else {
				from += h.putDated(o, from, end, block)
			}
		}
	}
}

// touchedAtOnce is how many chunks are fetched before words go to them. 8 and 32
// are as good.
const touchedAtOnce = 16

// touchRooms touches the cache lines that the batch's next words go to, of ranges
// whose words begin with word from: of 2,300 ranges each has some thirty.
//
//go:noinline
func touchRooms(heads []head, ends []uint32, from uint32) (anything byte) {
	for i := range heads {
		room := heads[i].room
		n := int(ends[i]-from) * datedBytes
		from = ends[i]
		for at := 0; at < min(n, len(room)); at += cacheLine {
			anything |= room[at]
		}
	}
	return anything
}

// count finds the ranges of the words, and where those of each will begin.
func (o *ordered) count(r *Ranges, words []uint64) {
	if n := len(words); cap(o.words) < n {
		o.ranges, o.words = make([]uint16, n), make([]placed, n)
	}
	o.ranges = o.ranges[:len(words)]
	r.Find(o.ranges, words)
	clear(o.ends)
	for _, at := range o.ranges {
		o.ends[at]++
	}
	total := uint32(0)
	for at, n := range o.ends {
		o.ends[at] = total
		total += n
	}
}

// order brings the batch into the order of ranges, and of what came first within
// each.
func (o *ordered) order(words []uint64, days []int32, rows []int32, first uint32) {
	words, rows = words[:len(o.ranges)], rows[:len(o.ranges)]
	for i, at := range o.ranges {
		to := o.ends[at]
		o.ends[at] = to + 1
		p := &o.words[to]
		p.word, p.row = words[i], first+uint32(rows[i])
		if days != nil {
			p.day = days[i]
		}
	}
}

func (b *Buckets) next(at int, block uint32) {
	b.close(at)
	c := b.slab.chunk()
	c.first = block
	b.heads[at] = head{chunk: c, room: c.entries, last: block}
}

// close adds the chunk being filled to the full ones.
func (b *Buckets) close(at int) {
	if h := &b.heads[at]; h.chunk != nil {
		h.chunk.entries = h.chunk.entries[:len(h.chunk.entries)-len(h.room)]
		b.filled[at] = append(b.filled[at], h.chunk)
		*h = head{}
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
