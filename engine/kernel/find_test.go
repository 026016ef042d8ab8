package kernel

import (
	"math/rand/v2"
	"slices"
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

func TestFindAllocatesNothing(t *testing.T) {
	numbers, rows := make([]int64, 4096), make([]int32, 0, 4096)
	for i := range numbers {
		numbers[i] = int64(i % 97)
	}
	for _, list := range [][]uint64{{13}, {13, 14, 1e12}} {
		sought := NewSought(list)
		if n := testing.AllocsPerRun(20, func() { rows = Find(rows[:0], numbers, sought) }); n != 0 {
			t.Errorf("%d numbers sought: %v allocations", len(list), n)
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
