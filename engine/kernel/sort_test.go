package kernel

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type wordAndDay struct {
	word uint64
	day  int32
}

// paired puts words and days side by side, in an order of their own.
func paired(words []uint64, days []int32) []wordAndDay {
	pairs := make([]wordAndDay, len(words))
	for i, w := range words {
		pairs[i].word = w
		if days != nil {
			pairs[i].day = days[i]
		}
	}
	slices.SortFunc(pairs, func(a, b wordAndDay) int {
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.day, b.day))
	})
	return pairs
}

// checkSort sorts with and without days and compares: the same words with the
// same days beside them, in key order.
func checkSort(t interface{ Fatalf(string, ...any) }, s *Sorter, words []uint64) {
	for _, withDays := range []bool{false, true} {
		given, days := slices.Clone(words), []int32(nil)
		if withDays {
			days = make([]int32, len(words))
			for i := range days {
				days[i] = int32(i) - 5
			}
		}
		want := paired(given, days)
		gotWords, gotDays := s.Sort(given, days)
		if len(gotWords) != len(words) || withDays && len(gotDays) != len(words) || !withDays && gotDays != nil {
			t.Fatalf("%d words and %d days come back as %d and %d", len(words), len(days), len(gotWords), len(gotDays))
		}
		if !slices.IsSortedFunc(gotWords, func(a, b uint64) int { return cmp.Compare(Key(a), Key(b)) }) {
			t.Fatalf("%d words, days %v: not in key order", len(words), withDays)
		}
		if !slices.Equal(paired(gotWords, gotDays), want) {
			t.Fatalf("%d words, days %v: words or days were lost or parted", len(words), withDays)
		}
	}
}

func TestSortEdges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	shapes := map[string]func(i, n int) uint64{
		"all equal":       func(int, int) uint64 { return 1030006718997 },
		"sorted":          func(i, _ int) uint64 { return uint64(i) },
		"reverse":         func(i, n int) uint64 { return uint64(n - i) },
		"both ends":       func(int, int) uint64 { return random.Uint64N(2) * topKey },
		"last one first":  func(i, n int) uint64 { return uint64((i + 1) % n) },
		"a narrow range":  func(int, int) uint64 { return 12e11 + random.Uint64N(1e6) },
		"across a power":  func(int, int) uint64 { return 1<<40 - 500 + random.Uint64N(1000) },
		"clustered":       func(int, int) uint64 { return 1e12 + random.Uint64N(3)*1e11 + random.Uint64N(50) },
		"everywhere":      func(int, int) uint64 { return random.Uint64N(topKey + 1) },
		"top digit alone": func(int, int) uint64 { return random.Uint64N(8) << 41 },
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			var s Sorter // kept between sizes, which grow and shrink
			for _, n := range []int{0, 1, 2, radixFewer - 1, radixFewer, radixFewer + 1, 5000, 100, 3000} {
				words := make([]uint64, n)
				for i := range words {
					words[i] = Word(shape(i, n), random.Uint32N(1<<PayloadBits))
				}
				checkSort(t, &s, words)
			}
		})
	}
}

// What is in order already is not moved.
func TestSortLeavesSortedWords(t *testing.T) {
	e, s := newEstate(1000), Sorter{}
	words, days := s.Sort(e.sorted, e.days)
	if &words[0] != &e.sorted[0] || &days[0] != &e.days[0] || s.words != nil || s.days != nil {
		t.Error("sorted words were moved")
	}
}

// Results are used as the next input, as the engine does: buffers change
// hands between the caller and the sorter.
func TestSortExchangesBuffers(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var s Sorter
	var words []uint64
	var days []int32
	for round := range 50 {
		words, days = words[:0], days[:0]
		for range random.IntN(3000) {
			words = append(words, Word(random.Uint64N(1<<(round%44+1)), uint32(round)))
			days = append(days, random.Int32())
		}
		want := paired(words, days)
		words, days = s.Sort(words, days)
		if !slices.Equal(paired(words, days), want) {
			t.Fatalf("round %d: words or days were lost or parted", round)
		}
	}
}

func TestSortAgainstPlainTwin(t *testing.T) {
	var s Sorter
	key := rapid.OneOf(rapid.Uint64Range(0, topKey), rapid.Uint64Range(0, 50), rapid.Uint64Range(1e12, 1e12+1e5), rapid.SampledFrom([]uint64{0, topKey, 1 << 43, 1<<22 - 1}))
	rapid.Check(t, func(t *rapid.T) { checkSort(t, &s, drawWords(t, key, 1000)) })
}

func FuzzSort(f *testing.F) {
	f.Add(keyBytes(3, 2, 1), uint8(0))
	f.Add(keyBytes(0, topKey, 1030006718997, 3938424403), uint8(40))
	f.Add(keyBytes(), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, stride uint8) {
		var words []uint64
		for i, k := range fuzzedKeys(data) {
			for j := range uint64(1 + stride%64) { // enough words for the radix
				words = append(words, Word((k+j*j*uint64(stride))&topKey, uint32(i)))
			}
		}
		checkSort(t, new(Sorter), words)
	})
}

func ExampleSorter_Sort() {
	var s Sorter
	words, days := s.Sort([]uint64{Word(20, 1), Word(10, 2)}, []int32{19000, 19001})
	fmt.Println(Key(words[0]), days[0], Key(words[1]), days[1])
	// Output: 10 19001 20 19000
}
