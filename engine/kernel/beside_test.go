package kernel

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// checkBeside compares with a map: all that has a key stands beside the first
// indexed word that has it, and what has another one is a stray.
func checkBeside(t interface{ Fatalf(string, ...any) }, b *Beside, indexed, words []uint64) {
	slices.Sort(indexed)
	first := map[uint64]int{}
	for i, w := range slices.Backward(indexed) {
		first[Key(w)] = i
	}
	want, apart := make([][]Dated, len(indexed)), []uint64(nil)
	days, apartDays := make([]int32, len(words)), []int32(nil)
	for i, w := range words {
		days[i] = []int32{0, NoDay, -3, 20_000, int32(i)}[i%5]
		if at, there := first[Key(w)]; there {
			want[at] = append(want[at], Dated(Payload(w))<<datedPayload|Dated(uint32(days[i])))
		} else {
			apart, apartDays = append(apart, w), append(apartDays, days[i])
		}
	}
	var x Index
	b.Reset(len(x.Build(indexed)))
	half := len(words) / 2 // as chunk follows chunk
	b.Put(&x, words[:half], days[:half])
	b.Put(&x, words[half:], days[half:])
	if !slices.Equal(b.Strays, apart) || !slices.Equal(b.StrayDays, apartDays) {
		t.Fatalf("strays are %x on %d, want %x on %d", b.Strays, b.StrayDays, apart, apartDays)
	}
	for at, dated := range want {
		slices.Sort(dated)
		all := b.All(nil, at)
		if slices.Sort(all); !slices.Equal(all, dated) {
			t.Fatalf("beside word %d stand %x, want %x", at, all, dated)
		}
		lesser, greater, n := b.Two(at)
		if n != min(len(dated), 3) {
			t.Fatalf("beside word %d stand %d, want %d", at, n, len(dated))
		}
		dated = append(dated, 0, 0)
		if n < 2 {
			dated[1] = 0
		}
		if n < 3 && (lesser != dated[0] || greater != dated[1]) {
			t.Fatalf("beside word %d stand %x and %x, want %x", at, lesser, greater, dated[:2])
		}
	}
}

func TestBesideAgainstPlainTwin(t *testing.T) {
	var b Beside // kept between sizes, which grow and shrink
	key := rapid.OneOf(rapid.Uint64Range(0, 50), rapid.Uint64Range(1e12, 1e12+500), rapid.Uint64Range(0, topKey), rapid.SampledFrom([]uint64{0, topKey}))
	rapid.Check(t, func(t *rapid.T) { checkBeside(t, &b, drawWords(t, key, 300), drawWords(t, key, 700)) })
}

func FuzzBeside(f *testing.F) {
	f.Add(keyBytes(1, 1, 2), keyBytes(2, 3, 2, 2, 2, 1, 1, 1))
	f.Add(keyBytes(), keyBytes(0, topKey))
	f.Add(keyBytes(0, topKey), keyBytes(topKey/2))
	f.Fuzz(func(t *testing.T, indexed, words []byte) {
		checkBeside(t, new(Beside), fuzzedKeys(indexed), fuzzedKeys(words))
		checkBeside(t, new(Beside), shiftedKeys(indexed), shiftedKeys(words))
	})
}

func ExampleBeside() {
	var x Index
	var b Beside
	b.Reset(len(x.Build([]uint64{Word(10, 0), Word(20, 0)})))
	b.Put(&x, []uint64{Word(20, 4), Word(15, 1), Word(20, 3)}, []int32{100, 200, 300})
	lesser, greater, n := b.Two(1)
	fmt.Println(n, lesser.Payload(), lesser.Day(), greater.Payload(), greater.Day(), len(b.Strays))
	// Output: 2 3 300 4 100 1
}
