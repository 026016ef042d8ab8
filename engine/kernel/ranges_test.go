package kernel

import (
	"encoding/binary"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

const topKey = 1<<keyBits - 1

// plainRange counts the ranges that start at or before the key.
func plainRange(firstKeys []uint64, key uint64) int {
	return sort.Search(len(firstKeys), func(i int) bool { return firstKeys[i] > key })
}

func checkRanges(t interface{ Fatalf(string, ...any) }, firstKeys, keys []uint64) {
	r := NewRanges(firstKeys)
	if r.Count() != len(firstKeys)+1 {
		t.Fatalf("%d ranges of %d cuts", r.Count(), len(firstKeys))
	}
	keys = append(slices.Clone(keys), 0, topKey)
	for _, first := range firstKeys {
		keys = append(keys, first, max(first, 1)-1, min(first+1, topKey))
	}
	words := make([]uint64, len(keys))
	for i, key := range keys {
		words[i] = Word(key, uint32(i)&(1<<PayloadBits-1))
	}
	found := make([]uint16, len(keys)+1)
	found[len(keys)] = 0xBEEF
	r.Find(found, words)
	for i, key := range keys {
		want := plainRange(firstKeys, key)
		if int(found[i]) != want || r.Of(key) != want {
			t.Fatalf("key %d of %d ranges: found %d, Of %d, want %d", key, r.Count(), found[i], r.Of(key), want)
		}
	}
	if found[len(keys)] != 0xBEEF {
		t.Fatalf("wrote past the words")
	}
}

func sortedKeys(keys []uint64) []uint64 {
	slices.Sort(keys)
	return slices.Compact(keys)
}

func TestRangesEdges(t *testing.T) {
	evenly := func(from, to uint64, n int) (keys []uint64) {
		for i := range uint64(n) {
			keys = append(keys, from+(to-from)/uint64(n)*i)
		}
		return keys
	}
	for name, firstKeys := range map[string][]uint64{
		"one range":                 nil,
		"cut at 1":                  {1},
		"cut at 0":                  {0},
		"cut at the top":            {topKey},
		"on cell borders":           {1 << cellBits, 2 << cellBits, 5 << cellBits},
		"beside cell borders":       {1<<cellBits - 1, 1<<cellBits + 1},
		"all ranges, evenly":        evenly(1, topKey, MaxRanges-1),
		"all ranges in one cell":    evenly(3<<cellBits, 4<<cellBits, MaxRanges-1),
		"all ranges side by side":   evenly(3939000000, 3939000000+MaxRanges-1, MaxRanges-1),
		"all ranges across a cell":  evenly(7<<cellBits-100, 7<<cellBits+MaxRanges, MaxRanges-1),
		"all ranges below the top":  evenly(topKey-MaxRanges, topKey, MaxRanges-1),
		"all ranges from 0":         evenly(0, MaxRanges-1, MaxRanges-1),
		"clustered at both ends":    append(evenly(0, 1000, 1000), evenly(topKey-1000, topKey, 1000)...),
		"powers of two in one cell": {1, 2, 4, 8, 16, 32, 64, 128},
	} {
		t.Run(name, func(t *testing.T) { checkRanges(t, firstKeys, evenly(0, topKey, 1000)) })
	}
}

func TestRangesAgainstPlainTwin(t *testing.T) {
	key := rapid.OneOf(rapid.Uint64Range(0, topKey), rapid.Uint64Range(1e12, 1e12+1e6), rapid.Uint64Range(1e9, 1e9+5000), rapid.Uint64Range(0, 40))
	rapid.Check(t, func(t *rapid.T) {
		checkRanges(t, sortedKeys(rapid.SliceOfN(key, 0, 300).Draw(t, "first keys")), rapid.SliceOfN(key, 0, 100).Draw(t, "keys"))
	})
}

// fuzzedKeys cuts arbitrary bytes into keys.
func fuzzedKeys(data []byte) (keys []uint64) {
	for ; len(data) >= 8; data = data[8:] {
		keys = append(keys, binary.LittleEndian.Uint64(data)>>PayloadBits)
	}
	return keys
}

func keyBytes(keys ...uint64) (data []byte) {
	for _, k := range keys {
		data = binary.LittleEndian.AppendUint64(data, k<<PayloadBits)
	}
	return data
}

func FuzzRangesFind(f *testing.F) {
	f.Add(keyBytes(), keyBytes(0, topKey))
	f.Add(keyBytes(1, 2, 3, topKey), keyBytes(2))
	f.Add(keyBytes(1e12, 1e12+1, 2e12, 3939000000), keyBytes(1e12, 15e11))
	f.Fuzz(func(t *testing.T, cuts, keys []byte) {
		firstKeys := sortedKeys(fuzzedKeys(cuts))
		checkRanges(t, firstKeys[:min(len(firstKeys), MaxRanges-1)], fuzzedKeys(keys))
	})
}
