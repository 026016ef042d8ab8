package kernel

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// gathered flattens what a range's chunks hold.
func gathered(chunks []*Chunk) (words []uint64, days []int32) {
	for _, c := range chunks {
		words = append(words, c.Words[:c.Len()]...)
		days = append(days, c.Days()...)
	}
	return words, days
}

// checkScatter scatters words in batches of the given sizes and compares each
// range, in arrival order, with a plain partition.
func checkScatter(t interface{ Fatalf(string, ...any) }, firstKeys, words []uint64, sizes []int, withDays bool) {
	r := NewRanges(firstKeys)
	b := NewBuckets(&Slab{WithDays: withDays}, r.Count())
	wantWords, wantDays := make([][]uint64, r.Count()), make([][]int32, r.Count())
	var days []int32
	for i, w := range words {
		at := plainRange(firstKeys, Key(w))
		wantWords[at] = append(wantWords[at], w)
		if withDays {
			days = append(days, int32(i)-1000)
			wantDays[at] = append(wantDays[at], days[i])
		}
	}
	for from, batch := 0, 0; from < len(words); batch++ {
		to := min(from+max(sizes[batch%len(sizes)], 1), len(words))
		if withDays {
			b.Scatter(r, words[from:to], days[from:to])
		} else {
			b.Scatter(r, words[from:to], nil)
		}
		from = to
	}
	for at := range r.Count() {
		gotWords, gotDays := gathered(b.Take(at))
		if !slices.Equal(gotWords, wantWords[at]) || !slices.Equal(gotDays, wantDays[at]) {
			t.Fatalf("range %d of %d: %d words and %d days, want %d and %d, or another order",
				at, r.Count(), len(gotWords), len(gotDays), len(wantWords[at]), len(wantDays[at]))
		}
		if len(b.Take(at)) != 0 {
			t.Fatalf("range %d can be taken twice", at)
		}
	}
}

func TestScatterEdges(t *testing.T) {
	count := func(n int, key func(int) uint64) (words []uint64) {
		for i := range n {
			words = append(words, Word(key(i), uint32(i)))
		}
		return words
	}
	for name, words := range map[string][]uint64{
		"empty":              nil,
		"one word":           count(1, func(int) uint64 { return 5 }),
		"one chunk less one": count(ChunkWords-1, func(int) uint64 { return 5 }),
		"one full chunk":     count(ChunkWords, func(int) uint64 { return 5 }),
		"one chunk and one":  count(ChunkWords+1, func(int) uint64 { return 5 }),
		"more than a slab":   count((slabChunks+1)*ChunkWords+1, func(i int) uint64 { return uint64(i % 2 * 100) }),
		"sorted":             count(5000, func(i int) uint64 { return uint64(i) }),
		"reverse":            count(5000, func(i int) uint64 { return uint64(5000 - i) }),
		"both ends":          count(5000, func(i int) uint64 { return uint64(i%2) * topKey }),
	} {
		for _, withDays := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/days=%v", name, withDays), func(t *testing.T) {
				checkScatter(t, nil, words, []int{1000}, withDays)
				checkScatter(t, []uint64{10, 100, 2000, 1 << 43}, words, []int{1000, 1, 17}, withDays)
			})
		}
	}
}

func TestScatterAgainstPlainTwin(t *testing.T) {
	key := rapid.OneOf(rapid.Uint64Range(0, topKey), rapid.Uint64Range(0, 50), rapid.Just(uint64(7)))
	rapid.Check(t, func(t *rapid.T) {
		firstKeys := sortedKeys(rapid.SliceOfN(key, 0, 20).Draw(t, "first keys"))
		words := drawWords(t, key, 3000)
		sizes := rapid.SliceOfN(rapid.IntRange(1, 2000), 1, 5).Draw(t, "batch sizes")
		checkScatter(t, firstKeys, words, sizes, rapid.Bool().Draw(t, "days"))
	})
}

func FuzzScatter(f *testing.F) {
	f.Add(keyBytes(10, 20), keyBytes(1, 10, 11, 20, 30, 10), uint8(2), true)
	f.Add(keyBytes(), keyBytes(0, topKey), uint8(1), false)
	f.Fuzz(func(t *testing.T, cuts, keys []byte, size uint8, withDays bool) {
		firstKeys := sortedKeys(fuzzedKeys(cuts))
		var words []uint64
		for i, k := range fuzzedKeys(keys) {
			for range 1 + k%300 { // several chunks from little input
				words = append(words, Word(k, uint32(i)))
			}
		}
		checkScatter(t, firstKeys[:min(len(firstKeys), MaxRanges-1)], words, []int{int(size)}, withDays)
	})
}

func TestTakenRangeCanBeFilledAgain(t *testing.T) {
	r, b := NewRanges([]uint64{10}), NewBuckets(&Slab{}, 2)
	b.Scatter(r, []uint64{Word(1, 1), Word(11, 2)}, nil)
	b.Take(0)
	b.Scatter(r, []uint64{Word(2, 3)}, nil)
	if words, _ := gathered(b.Take(0)); !slices.Equal(words, []uint64{Word(2, 3)}) {
		t.Errorf("range 0 holds %x", words)
	}
	if words, _ := gathered(b.Take(1)); !slices.Equal(words, []uint64{Word(11, 2)}) {
		t.Errorf("range 1 holds %x", words)
	}
}

// Bytes counts all that the slab has allocated for words and days.
func TestSlabBytes(t *testing.T) {
	for _, c := range []struct {
		withDays bool
		perWord  int64
	}{{false, 8}, {true, 12}} {
		slab := &Slab{WithDays: c.withDays}
		for i := range 2*slabChunks + 1 {
			if slab.chunk() == nil || slab.Bytes != int64(i/slabChunks+1)*slabChunks*ChunkWords*c.perWord {
				t.Fatalf("chunk %d, days %v: %d bytes", i, c.withDays, slab.Bytes)
			}
		}
	}
}
