package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// gathered flattens what a range's chunks hold.
func gathered(chunks []*Chunk) (words []uint64, days []int32, rows []int64) {
	for _, c := range chunks {
		if c.dated {
			words, days = c.Dated(words, days)
		} else {
			words = c.Words(words)
		}
		rows = c.Rows(rows)
	}
	return words, days, rows
}

// scattered is a batch as Scatter takes it: rows are relative to first.
type scattered struct {
	words []uint64
	rows  []int32
	first int64
}

// Days that two bytes tell, and days that they do not.
var oddDays = []int32{-1000, 0, 20778, NoDay, firstDay, firstDay - 1, firstDay + farDay - 1, firstDay + farDay, firstDay + noDay,
	firstDay + noDay + 1, NoDay + 1, math.MaxInt32, 7, NoDay}

// checkScatter scatters batches and compares each range, in arrival order,
// with a plain partition.
func checkScatter(t interface{ Fatalf(string, ...any) }, firstKeys []uint64, batches []scattered, withDays bool) {
	r := NewRanges(firstKeys)
	b := NewBuckets(&Slab{WithDays: withDays}, r.Count())
	wantWords, wantDays, wantRows := make([][]uint64, r.Count()), make([][]int32, r.Count()), make([][]int64, r.Count())
	for _, batch := range batches {
		var days []int32
		for i, w := range batch.words {
			at := plainRange(firstKeys, Key(w))
			wantWords[at] = append(wantWords[at], w)
			wantRows[at] = append(wantRows[at], batch.first+int64(batch.rows[i]))
			if withDays {
				days = append(days, oddDays[i%len(oddDays)])
				wantDays[at] = append(wantDays[at], days[i])
			}
		}
		b.Scatter(r, batch.words, days, batch.rows, batch.first)
	}
	for at := range r.Count() {
		chunks := b.Take(at)
		words, days, rows := gathered(chunks)
		if n := WordsIn([][]*Chunk{chunks, chunks[:0]}); n != len(words) {
			t.Fatalf("range %d: %d words are counted, and %d are there", at, n, len(words))
		}
		if !slices.Equal(words, wantWords[at]) || !slices.Equal(days, wantDays[at]) || !slices.Equal(rows, wantRows[at]) {
			t.Fatalf("range %d of %d: %d words, %d days and %d rows, want %d, %d and %d, or others",
				at, r.Count(), len(words), len(days), len(rows), len(wantWords[at]), len(wantDays[at]), len(wantRows[at]))
		}
		if len(b.Take(at)) != 0 {
			t.Fatalf("range %d can be taken twice", at)
		}
	}
}

// cut makes batches of so many rows at most, one word a row, first rows
// following one another from a start.
func cut(words []uint64, sizes []int, start int64) (batches []scattered) {
	for from := 0; from < len(words); {
		to := min(from+max(sizes[len(batches)%len(sizes)], 1), len(words))
		batch := scattered{words: words[from:to], first: start + int64(from)}
		for i := range batch.words {
			batch.rows = append(batch.rows, int32(i))
		}
		batches, from = append(batches, batch), to
	}
	return batches
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
				checkScatter(t, nil, cut(words, []int{1000}, 0), withDays)
				checkScatter(t, []uint64{10, 100, 2000, 1 << 43}, cut(words, []int{1000, 1, 17}, MaxTrail-5), withDays)
			})
		}
	}
}

// Batches of some of their rows, of rows that start again with each column,
// and far from one another, as splits are.
func TestScatterAgainstPlainTwin(t *testing.T) {
	key := rapid.OneOf(rapid.Uint64Range(0, topKey), rapid.Uint64Range(0, 50), rapid.Just(uint64(7)))
	firstRow := rapid.OneOf(rapid.Int64Range(0, 1<<40), rapid.Int64Range(0, 100_000), rapid.Just(int64(MaxTrail-1)))
	rapid.Check(t, func(t *rapid.T) {
		var batches []scattered
		for range rapid.IntRange(0, 6).Draw(t, "batches") {
			batch := scattered{words: drawWords(t, key, 2000), first: firstRow.Draw(t, "first row")}
			step := rapid.Int32Range(1, MaxTrail-1).Draw(t, "step")
			for i := range batch.words {
				batch.rows = append(batch.rows, int32(i)*step%MaxTrail)
			}
			batches = append(batches, batch)
		}
		firstKeys := sortedKeys(rapid.SliceOfN(key, 0, 20).Draw(t, "first keys"))
		checkScatter(t, firstKeys, batches, rapid.Bool().Draw(t, "days"))
	})
}

func FuzzScatter(f *testing.F) {
	f.Add(keyBytes(10, 20), keyBytes(1, 10, 11, 20, 30, 10), uint8(2), int64(0), true)
	f.Add(keyBytes(), keyBytes(0, topKey), uint8(1), int64(1<<40), false)
	f.Add(keyBytes(5), keyBytes(299, 299, 299), uint8(200), int64(MaxTrail-1), true)
	f.Fuzz(func(t *testing.T, cuts, keys []byte, size uint8, start int64, withDays bool) {
		firstKeys := sortedKeys(fuzzedKeys(cuts))
		var words []uint64
		for i, k := range fuzzedKeys(keys) {
			for range 1 + k%300 { // several chunks from little input
				words = append(words, Word(k, uint32(i)))
			}
		}
		batches := cut(words, []int{int(size)}, start&(1<<40-1))
		for i := range batches { // every other batch from elsewhere
			batches[i].first += int64(i%2) * start & (1<<41 - 1)
		}
		checkScatter(t, firstKeys[:min(len(firstKeys), MaxRanges-1)], batches, withDays)
	})
}

func TestTakenRangeCanBeFilledAgain(t *testing.T) {
	r, b := NewRanges([]uint64{10}), NewBuckets(&Slab{}, 2)
	b.Scatter(r, []uint64{Word(1, 1), Word(11, 2)}, nil, []int32{0, 1}, 0)
	b.Take(0)
	b.Scatter(r, []uint64{Word(2, 3)}, nil, []int32{5}, 1<<20)
	words, _, rows := gathered(b.Take(0))
	if !slices.Equal(words, []uint64{Word(2, 3)}) || !slices.Equal(rows, []int64{1<<20 + 5}) {
		t.Errorf("range 0 holds %x of rows %d", words, rows)
	}
	words, _, rows = gathered(b.Take(1))
	if !slices.Equal(words, []uint64{Word(11, 2)}) || !slices.Equal(rows, []int64{1}) {
		t.Errorf("range 1 holds %x of rows %d", words, rows)
	}
}

// TestReleasedSlab has no memory any more, and starts afresh.
func TestReleasedSlab(t *testing.T) {
	r, slab := NewRanges(nil), &Slab{WithDays: true}
	fill := func() []*Chunk {
		b := NewBuckets(slab, 1)
		b.Scatter(r, []uint64{1 << PayloadBits, 2 << PayloadBits}, []int32{3, 4}, []int32{0, 1}, 0)
		return b.Take(0)
	}
	for range 2 {
		words, days, _ := gathered(fill())
		if !slices.Equal(words, []uint64{1 << PayloadBits, 2 << PayloadBits}) || !slices.Equal(days, []int32{3, 4}) {
			t.Fatalf("words %v, days %v", words, days)
		}
		if slab.Bytes() == 0 {
			t.Error("a slab in use takes no memory")
		}
		slab.Release()
		if n := slab.Bytes(); n != 0 {
			t.Errorf("a released slab takes %d bytes", n)
		}
	}
}
