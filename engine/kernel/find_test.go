package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Find gives the rows that a look into a map gives, for one number and for
// many, of either type.
func TestFindAgreesWithTwin(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		numbers, signed := make([]uint64, random.IntN(200)), []int64(nil)
		for i := range numbers {
			numbers[i] = []uint64{random.Uint64N(40), 1e12 + random.Uint64N(9e12), NotNumber, Absent}[random.IntN(4)]
			signed = append(signed, int64(numbers[i]))
		}
		asked := map[uint64]bool{}
		for range random.IntN(6) {
			asked[random.Uint64N(40)] = true
			if len(numbers) > 0 {
				asked[numbers[random.IntN(len(numbers))]&^(1<<63)] = true
			}
		}
		var list []uint64
		for n := range asked {
			list = append(list, n, n)
		}
		sought := NewSought(list)
		want := []int32{7}
		for i, n := range numbers {
			if asked[n] {
				want = append(want, int32(i))
			}
			if (sought.Index(n) >= 0) != asked[n] {
				t.Fatalf("seed %d: %d is taken for sought: %v", seed, n, !asked[n])
			}
		}
		if got := Find([]int32{7}, numbers, sought); !slices.Equal(got, want) {
			t.Fatalf("seed %d: found %v, want %v", seed, got, want)
		}
		if got := Find([]int32{7}, signed, sought); !slices.Equal(got, want) {
			t.Fatalf("seed %d: found %v among integers, want %v", seed, got, want)
		}
	}
}

// FindTexts gives the rows whose text is read as a number that is sought,
// however it is spelt.
func TestFindTextsAgreesWithTwin(t *testing.T) {
	spellings := []string{"%d", "%d", " %d", "%d  ", "000%d", "%d\t", "%d.", "x%d", "%.3d", "", " ", "n/a", "12 34", "\xff"}
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 2))
		list := []uint64{random.Uint64N(2000), 1e12 + random.Uint64N(9e12)}[:1+random.IntN(2)]
		data, offsets, texts := make([]byte, random.IntN(Headroom+1)), []int32{}, random.IntN(600)
		offsets = append(offsets, int32(len(data)))
		for range texts {
			text := spellings[random.IntN(len(spellings))]
			if strings.Contains(text, "%") {
				text = fmt.Sprintf(text, []uint64{list[0], list[len(list)-1], list[0] + 10_000, random.Uint64N(3000)}[random.IntN(4)])
			}
			data = append(data, text...)
			offsets = append(offsets, int32(len(data)))
		}
		numbers, want := make([]uint64, texts), []int32{7}
		ParseTexts(numbers, offsets, data, nil)
		for i, n := range numbers {
			if slices.Contains(list, n) {
				want = append(want, int32(i))
			}
		}
		if got := FindTexts([]int32{7}, offsets, data, NewSought(list)); !slices.Equal(got, want) {
			t.Fatalf("seed %d: found %v, want %v: %v in %q", seed, got, want, list, data)
		}
	}
	if got := FindTexts(nil, nil, nil, NewSought([]uint64{1200023305967})); got != nil {
		t.Errorf("found %v in nothing", got)
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	numbers, rows := make([]int64, 4096), make([]int32, 0, 4096)
	texts, offsets := make([]byte, Headroom), []int32{Headroom}
	for i := range numbers {
		numbers[i] = int64(i % 97)
		texts = append(texts, "1200023305967"...)
		offsets = append(offsets, int32(len(texts)))
	}
	for _, list := range [][]uint64{{13}, {1200023305967}, {13, 14, 1e12}} {
		sought := NewSought(list)
		if n := testing.AllocsPerRun(20, func() { rows = Find(rows[:0], numbers, sought) }); n != 0 {
			t.Errorf("%d numbers sought: %v allocations", len(list), n)
		}
		if n := testing.AllocsPerRun(20, func() { rows = FindTexts(rows[:0], offsets, texts, sought) }); n != 0 {
			t.Errorf("%d numbers sought in texts: %v allocations", len(list), n)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	numbers, rows := make([]int64, 16384), make([]int32, 0, 16)
	for i := range numbers {
		numbers[i] = 1e12 + int64(i)*7919
	}
	for _, list := range [][]uint64{{1e12 + 7919}, {1e12 + 7919, 2e12, 3e12}} {
		sought := NewSought(list)
		b.Run(map[bool]string{true: "one", false: "three"}[len(list) == 1], func(b *testing.B) {
			b.SetBytes(int64(8 * len(numbers)))
			for b.Loop() {
				rows = Find(rows[:0], numbers, sought)
			}
		})
	}
}
