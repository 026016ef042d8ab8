package kernel

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type sides struct{ left, right []uint64 }

// checkJoin compares with two maps: every key once, in order, with all words
// of both sides.
func checkJoin(t interface{ Fatalf(string, ...any) }, left, right []uint64) {
	slices.Sort(left)
	slices.Sort(right)
	want := map[uint64]sides{}
	for _, w := range left {
		s := want[Key(w)]
		s.left = append(s.left, w)
		want[Key(w)] = s
	}
	for _, w := range right {
		s := want[Key(w)]
		s.right = append(s.right, w)
		want[Key(w)] = s
	}
	keys := slices.Sorted(maps.Keys(want))
	join, visited := Join{Left: left, Right: right}, 0
	for ; join.Next(); visited++ {
		if visited == len(keys) || join.Key != keys[visited] {
			t.Fatalf("visit %d is of key %d", visited, join.Key)
		}
		if s := want[join.Key]; !slices.Equal(left[join.LeftFrom:join.LeftTo], s.left) || !slices.Equal(right[join.RightFrom:join.RightTo], s.right) {
			t.Fatalf("key %d: %d and %d words, want %d and %d", join.Key, join.LeftTo-join.LeftFrom, join.RightTo-join.RightFrom, len(s.left), len(s.right))
		}
	}
	if visited != len(keys) {
		t.Fatalf("%d keys visited, want %d", visited, len(keys))
	}
	if join.Next() {
		t.Fatalf("there is a key after the last")
	}
}

func TestJoinEdges(t *testing.T) {
	w := func(keys ...uint64) (words []uint64) {
		for i, k := range keys {
			words = append(words, Word(k, uint32(i)))
		}
		return words
	}
	for name, c := range map[string]sides{
		"empty":           {},
		"left alone":      {w(1, 2), nil},
		"right alone":     {nil, w(1, 2)},
		"the same keys":   {w(1, 2, 3), w(1, 2, 3)},
		"no key in both":  {w(1, 3, 5), w(2, 4, 6)},
		"one after other": {w(1, 2), w(3, 4)},
		"repeats":         {w(1, 1, 1, 2), w(1, 2, 2, 2)},
		"first and last":  {w(0, topKey), w(0, 0, topKey, topKey)},
		"all equal":       {w(7, 7, 7), w(7, 7)},
	} {
		t.Run(name, func(t *testing.T) {
			checkJoin(t, c.left, c.right)
			checkJoin(t, c.right, c.left)
		})
	}
}

func TestJoinAgainstPlainTwin(t *testing.T) {
	key := rapid.OneOf(rapid.Uint64Range(0, 20), rapid.Uint64Range(0, topKey), rapid.SampledFrom([]uint64{0, topKey}))
	rapid.Check(t, func(t *rapid.T) { checkJoin(t, drawWords(t, key, 60), drawWords(t, key, 60)) })
}

func FuzzJoin(f *testing.F) {
	f.Add(keyBytes(1, 1, 2), keyBytes(2, 3))
	f.Add(keyBytes(), keyBytes(0, topKey))
	f.Fuzz(func(t *testing.T, left, right []byte) { checkJoin(t, fuzzedKeys(left), shiftedKeys(right)) })
}

// shiftedKeys makes words whose keys are small, so that both sides meet.
func shiftedKeys(data []byte) []uint64 {
	words := fuzzedKeys(data)
	for i := range words {
		words[i] &= 0xFF<<PayloadBits | 0xFF
	}
	return words
}
