package kernel

import (
	"math/bits"
	"slices"
)

const (
	indexBits = 15 // of buckets: about one for each word of a range
	indexNear = 4  // words looked at before a bucket is searched
)

// Index finds words by key among words in key order, whatever the order in
// which it is asked, so that only one of two sides has to be sorted.
type Index struct {
	words  []uint64 // in key order, and indexNear times the greatest number
	starts []uint32 // by bucket: how many words stand before it
	lowest uint64   // key of the first word, without payload
	span   uint64   // from there to the last word
	shift  int      // a bucket is what remains of a word less the lowest
}

// Build indexes words that are in key order. They stay the caller's, with room
// behind them; the result is where they stand now.
func (x *Index) Build(words []uint64) []uint64 {
	n := len(words)
	x.words = words
	for range indexNear {
		x.words = append(x.words, ^uint64(0))
	}
	if n == 0 {
		return x.words[:0]
	}
	x.lowest = words[0] &^ payloadMask
	x.span = words[n-1]&^payloadMask - x.lowest
	width := min(indexBits, bits.Len(uint(n)))
	x.shift = max(bits.Len64(x.span)-width, 0)
	buckets := int(x.span>>x.shift) + 1
	x.starts = slices.Grow(x.starts[:0], buckets+1)[:buckets+1]
	clear(x.starts)
	for i, w := range x.words[:n] { // the last word of a bucket stays
		x.starts[(w&^payloadMask-x.lowest)>>x.shift+1] = uint32(i + 1)
	}
	ended := uint32(0)
	for bucket, n := range x.starts {
		ended = max(ended, n)
		x.starts[bucket] = ended
	}
	return x.words[:n]
}

// Gather joins what each word says to what is said at the first of the indexed
// words that has its key: sets[i] is of indexed word i. Words without one are
// appended to strays. Of all, those with a bit of mark are counted.
func (x *Index) Gather(sets []uint32, words, strays []uint64, mark uint64) (_ []uint64, marked int64) {
	for _, w := range words {
		if w&mark != 0 {
			marked++
		}
		key := w &^ payloadMask
		from := key - x.lowest
		if from > x.span || len(x.words) == indexNear {
			strays = append(strays, w)
			continue
		}
		at := x.starts[from>>(x.shift&63)]
		near := x.words[at : at+indexNear]
		_, first := bits.Sub64(near[0], key, 0) // a search without branches
		_, second := bits.Sub64(near[1], key, 0)
		_, third := bits.Sub64(near[2], key, 0)
		before := first + second + third
		at += uint32(before)
		if (near[before%indexNear]^w)>>PayloadBits != 0 {
			found := false
			if at, found = x.find(key); !found {
				strays = append(strays, w)
				continue
			}
		}
		sets[at] |= uint32(w)
	}
	return strays, marked
}

// find searches a whole bucket.
func (x *Index) find(key uint64) (at uint32, found bool) {
	bucket := (key - x.lowest) >> x.shift
	from, to := x.starts[bucket], x.starts[bucket+1]
	i, _ := slices.BinarySearch(x.words[from:to], key)
	at = from + uint32(i)
	return at, at < to && Key(x.words[at]) == Key(key)
}
