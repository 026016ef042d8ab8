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
	span := words[n-1]&^payloadMask - x.lowest
	width := min(indexBits, bits.Len(uint(n)))
	x.shift = max(bits.Len64(span)-width, 0)
	buckets := int(span>>x.shift) + 1
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

// Nowhere is the place of a word whose key no indexed word has.
const Nowhere = ^uint32(0)

// findAtOnce is how many words are looked up before anything is done with them:
// their places stay in the nearest cache.
const findAtOnce = 256

// Find tells where the first indexed word stands that has the key of a word.
// places are as many as words. It goes over them twice, so that the processor
// has many words on their way from memory at once.
func (x *Index) Find(places []uint32, words []uint64) {
	places = places[:len(words)]
	if len(x.words) == indexNear {
		for i := range places {
			places[i] = Nowhere
		}
		return
	}
	starts, lowest, shift := x.starts, x.lowest, x.shift&63
	last := uint64(len(starts) - 2) // bucket
	end := uint32(len(x.words) - indexNear)
	for i, w := range words {
		bucket := min((w&^payloadMask-lowest)>>shift, last) // below the lowest it is beyond the last
		places[i] = starts[bucket]
	}
	for i, at := range places {
		key := words[i] &^ payloadMask
		near := (*[indexNear]uint64)(x.words[at:])
		_, first := bits.Sub64(near[0], key, 0) // a search without branches
		_, second := bits.Sub64(near[1], key, 0)
		_, third := bits.Sub64(near[2], key, 0)
		before := first + second + third
		at += uint32(before)
		if (near[before%indexNear]^key)>>PayloadBits != 0 || at >= end { // behind the end stands the greatest key
			at = x.search(key)
		}
		places[i] = at
	}
}

// search finds a key in its whole bucket.
func (x *Index) search(key uint64) (at uint32) {
	bucket := (key - x.lowest) >> x.shift
	if key < x.lowest || bucket >= uint64(len(x.starts)-1) {
		return Nowhere
	}
	from, to := x.starts[bucket], x.starts[bucket+1]
	i, _ := slices.BinarySearch(x.words[from:to], key)
	if at = from + uint32(i); at < to && Key(x.words[at]) == Key(key) {
		return at
	}
	return Nowhere
}

// Gather joins what each word says to what is said at the first of the indexed
// words that has its key: sets[i] is of indexed word i. Words without one are
// appended to strays. Of all, those with a bit of mark are counted.
func (x *Index) Gather(sets []uint32, words, strays []uint64, mark uint64) (_ []uint64, marked int64) {
	var places [findAtOnce]uint32
	for len(words) > 0 {
		some := words[:min(len(words), findAtOnce)]
		words = words[len(some):]
		x.Find(places[:], some)
		for i, w := range some {
			if w&mark != 0 {
				marked++
			}
			if at := places[i]; at != Nowhere {
				sets[at] |= uint32(w)
			} else {
				strays = append(strays, w)
			}
		}
	}
	return strays, marked
}
