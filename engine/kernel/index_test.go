package kernel

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type sides struct{ left, right []uint64 }

// checkGather compares with a map: what all words say of a key stands at the
// first indexed word that has it, and nowhere else.
func checkGather(t interface{ Fatalf(string, ...any) }, x *Index, indexed, words []uint64) {
	indexed = slices.Clone(indexed)
	slices.SortFunc(indexed, func(a, b uint64) int { return cmp.Compare(Key(a), Key(b)) })
	first := map[uint64]int{}
	for i, w := range slices.Backward(indexed) {
		first[Key(w)] = i
	}
	want, apart, bits := make([]uint32, len(indexed)), []uint64(nil), int64(0)
	for _, w := range words {
		bits += int64(w >> 1 & 1)
		if i, there := first[Key(w)]; there {
			want[i] |= uint32(w)
		} else {
			apart = append(apart, w)
		}
	}
	given := slices.Clone(indexed)
	stand := x.Build(given)
	sets := make([]uint32, len(indexed))
	strays, marked := x.Gather(sets, words, nil, 2)
	if !slices.Equal(stand, indexed) {
		t.Fatalf("%d words were changed by their index", len(indexed))
	}
	if !slices.Equal(sets, want) || !slices.Equal(strays, apart) || marked != bits {
		t.Fatalf("%d words on %d: %x, %d strays and %d marked, want %x, %d and %d", len(words), len(indexed), sets, len(strays), marked, want, len(apart), bits)
	}
}

func TestGatherEdges(t *testing.T) {
	many := func(n int, key func(int) uint64) (words []uint64) {
		for i := range n {
			words = append(words, Word(key(i), uint32(i)))
		}
		return words
	}
	dense := func(i int) uint64 { return 1e12 + uint64(i) }
	var x Index // kept between sizes, which grow and shrink
	for name, c := range map[string]sides{
		"nothing":             {},
		"no points":           {nil, many(3, dense)},
		"no devices":          {many(3, dense), nil},
		"one and the same":    {many(1, dense), many(1, dense)},
		"the greatest key":    {many(1, func(int) uint64 { return topKey }), many(3, func(i int) uint64 { return topKey - uint64(i) })},
		"below and above":     {many(10, dense), many(30, func(i int) uint64 { return 1e12 - 10 + uint64(i) })},
		"repeats":             {many(2000, func(i int) uint64 { return 7 + uint64(i)/1000 }), many(50, func(i int) uint64 { return uint64(i) })},
		"dense":               {many(40000, dense), many(40000, dense)},
		"one far off":         {append(many(5000, dense), 0), many(6000, func(i int) uint64 { return 1e12 + uint64(i)*2 })},
		"two clusters":        {many(3000, func(i int) uint64 { return uint64(i%2)*topKey/2 + uint64(i) }), many(5000, func(i int) uint64 { return uint64(i%2)*topKey/2 + uint64(i) })},
		"both ends of all":    {many(2, func(i int) uint64 { return uint64(i) * topKey }), many(4, func(i int) uint64 { return uint64(i) * topKey / 3 })},
		"fewer than are near": {many(3, func(i int) uint64 { return uint64(i) * 5 }), many(20, func(i int) uint64 { return uint64(i) })},
	} {
		t.Run(name, func(t *testing.T) { checkGather(t, &x, c.left, c.right) })
	}
}

func TestGatherAgainstPlainTwin(t *testing.T) {
	var x Index
	key := rapid.OneOf(rapid.Uint64Range(0, 50), rapid.Uint64Range(1e12, 1e12+500), rapid.Uint64Range(0, topKey), rapid.SampledFrom([]uint64{0, topKey}))
	rapid.Check(t, func(t *rapid.T) { checkGather(t, &x, drawWords(t, key, 300), drawWords(t, key, 300)) })
}

func FuzzGather(f *testing.F) {
	f.Add(keyBytes(1, 1, 2), keyBytes(2, 3))
	f.Add(keyBytes(), keyBytes(0, topKey))
	f.Add(keyBytes(0, topKey), keyBytes(topKey/2))
	f.Fuzz(func(t *testing.T, indexed, words []byte) {
		checkGather(t, new(Index), fuzzedKeys(indexed), fuzzedKeys(words))
		checkGather(t, new(Index), shiftedKeys(indexed), shiftedKeys(words))
	})
}

// shiftedKeys makes words whose keys are small, so that both sides meet.
func shiftedKeys(data []byte) []uint64 {
	words := fuzzedKeys(data)
	for i := range words {
		words[i] &= 0xFF<<PayloadBits | 0xFF
	}
	return words
}

func ExampleIndex_Gather() {
	var x Index
	points := x.Build([]uint64{Word(10, 0), Word(20, 0)})
	sets := make([]uint32, len(points))
	strays, marked := x.Gather(sets, []uint64{Word(20, 1), Word(20, 4), Word(15, 1)}, nil, 1)
	fmt.Println(Key(points[1]), sets[1]&7, len(strays), marked)
	// Output: 20 5 1 2
}
