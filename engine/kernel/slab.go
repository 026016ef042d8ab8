package kernel

import "unsafe"

const slabChunks = 512

// Slab hands out chunks, allocated many at a time. It is not safe for
// concurrent use: each worker has its own.
type Slab struct {
	fresh    []Chunk
	entries  []byte // of those
	used     []*Chunk
	made     [][]byte // the entries of all chunks
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
	return int64(len(s.made)) * slabChunks * int64(int(unsafe.Sizeof(Chunk{}))+s.chunkBytes())
}

// Reuse takes chunks back that nobody reads any more. They must come from a
// slab with the same WithDays.
func (s *Slab) Reuse(chunks []*Chunk) { s.used = append(s.used, chunks...) }

// Release gives the memory behind all chunks back to the system. Nobody may look
// at one of them any more.
func (s *Slab) Release() {
	for _, entries := range s.made {
		release(unsafe.Pointer(&entries[0]), uintptr(len(entries)))
	}
	*s = Slab{WithDays: s.WithDays}
}

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
		s.fresh, s.entries = make([]Chunk, slabChunks), make([]byte, slabChunks*n)
		s.made = append(s.made, s.entries)
		populate(unsafe.Pointer(&s.entries[0]), uintptr(len(s.entries)))
	}
	c := &s.fresh[0]
	*c = Chunk{entries: s.entries[:n:n], dated: s.WithDays}
	s.fresh, s.entries = s.fresh[1:], s.entries[n:]
	return c
}
