package kernel

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawWords draws up to most words with the given keys and any payload. The
// bulk comes from a seed, so that a draw is cheap and shrinks well.
func drawWords(t *rapid.T, key *rapid.Generator[uint64], most int) []uint64 {
	keys := rapid.SliceOfN(key, 1, 30).Draw(t, "keys")
	state := rapid.Uint64().Draw(t, "seed")
	words := make([]uint64, rapid.IntRange(0, most).Draw(t, "words"))
	for i := range words {
		state = state*6364136223846793005 + 1442695040888963407
		words[i] = Word(keys[state>>33%uint64(len(keys))], uint32(state>>40)&(1<<PayloadBits-1))
	}
	return words
}

func TestWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.Uint64Range(0, topKey).Draw(t, "key")
		payload := rapid.Uint32Range(0, 1<<PayloadBits-1).Draw(t, "payload")
		if w := Word(key, payload); Key(w) != key || Payload(w) != payload {
			t.Errorf("word of %d and %d gives %d and %d", key, payload, Key(w), Payload(w))
		}
	})
}

// A tag stands above what the payloads here use.
const tagShift = PayloadBits - 2

type associationRows struct {
	kinds, classes []uint8
	numbers        []uint64
	rows           []int32
}

// checkCombine compares with a plain append, after some words that are there
// already.
func checkCombine(t interface{ Fatalf(string, ...any) }, given associationRows, payloads *[512]uint32, tag uint32) {
	want, wantRows, wantNoted := []uint64{1, 2, 3}, []int32{-1, -2, -3}, false
	var wantCounts [512]int64
	for i, kind := range given.kinds {
		at := int(kind)*8 + int(given.classes[i])
		wantCounts[at]++
		wantNoted = wantNoted || payloads[at]&Noted != 0
		if payload := payloads[at] &^ Noted; payload != 0 {
			want = append(want, Word(given.numbers[i], payload|tag))
			wantRows = append(wantRows, 70000+given.rows[i])
		}
	}
	words, rows := make([]uint64, 3+len(given.kinds)), make([]int32, 3+len(given.kinds))
	copy(words, want)
	copy(rows, wantRows[:3])
	var counts [512]int64
	n, noted := Combine(words, rows, 3, 70000, given.kinds, given.classes, given.numbers, given.rows, payloads, tag, &counts)
	if !slices.Equal(words[:n], want) || !slices.Equal(rows[:n], wantRows) || counts != wantCounts || noted != wantNoted {
		t.Fatalf("%d rows give %d words, noted %v, want %d, noted %v, or others", len(given.kinds), n-3, noted, len(want)-3, wantNoted)
	}
}

func TestCombineAgainstPlainTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 100).Draw(t, "rows")
		rows := associationRows{
			rapid.SliceOfN(rapid.Uint8Range(0, 63), n, n).Draw(t, "kinds"),
			rapid.SliceOfN(rapid.Uint8Range(0, 7), n, n).Draw(t, "classes"),
			rapid.SliceOfN(rapid.Uint64Range(0, topKey), n, n).Draw(t, "numbers"),
			rapid.SliceOfN(rapid.Int32(), n, n).Draw(t, "rows"),
		}
		var payloads [512]uint32
		every := rapid.IntRange(1, 4).Draw(t, "every")
		for i := range payloads {
			if i%every == 0 {
				payloads[i] = uint32(i * 7 % (1 << tagShift))
			}
		}
		payloads[rapid.IntRange(0, 511).Draw(t, "noted")] |= Noted
		checkCombine(t, rows, &payloads, rapid.Uint32Range(0, 3).Draw(t, "tag")<<tagShift)
	})
}

func FuzzCombine(f *testing.F) {
	f.Add([]byte("\x00\x01\x05\x09\x3f\x07"), uint64(1030006718997))
	f.Add([]byte{}, uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, number uint64) {
		var rows associationRows
		var payloads [512]uint32
		for i := 0; i+1 < len(data); i += 2 {
			rows.kinds = append(rows.kinds, data[i]%64)
			rows.classes = append(rows.classes, data[i+1]%8)
			rows.numbers = append(rows.numbers, (number+uint64(i))&topKey)
			rows.rows = append(rows.rows, int32(i))
			payloads[(int(data[i])*8+i)%512] = uint32(i)<<3%(1<<tagShift) | uint32(number)&Noted
		}
		checkCombine(t, rows, &payloads, uint32(number>>40&3)<<tagShift)
	})
}

func checkPoints(t interface{ Fatalf(string, ...any) }, recorded, reported, ever, rdp, classes []uint8, numbers []uint64, keep [8]bool) {
	rows := len(classes)
	payloads, rowDays := make([]uint32, rows), make([]int32, rows)
	PackPoints(payloads, recorded, reported, ever, rdp)
	var wantWords []uint64
	var wantDays, wantRows []int32
	var wantCounts [8]int64
	for i := range rows {
		want := uint32(recorded[i])*131072 + uint32(reported[i])*16384 + uint32(ever[i])*4096 + uint32(rdp[i])*16
		if payloads[i] != want {
			t.Fatalf("row %d packs to %#x, want %#x", i, payloads[i], want)
		}
		rowDays[i] = int32(i) - 3
		wantCounts[classes[i]]++
		if keep[classes[i]] {
			wantWords = append(wantWords, Word(numbers[i], want))
			wantDays = append(wantDays, rowDays[i])
			wantRows = append(wantRows, 70000+int32(i))
		}
	}
	words, days, into, counts := make([]uint64, rows), make([]int32, rows), make([]int32, rows), [8]int64{}
	n := KeepPoints(words, days, into, 70000, numbers, payloads, rowDays, classes, &keep, &counts)
	if !slices.Equal(words[:n], wantWords) || !slices.Equal(days[:n], wantDays) || !slices.Equal(into[:n], wantRows) || counts != wantCounts {
		t.Fatalf("%d rows: %d kept, want %d, or others", rows, n, len(wantWords))
	}
}

func TestPointsAgainstPlainTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "rows")
		column := func(name string, most uint8) []uint8 {
			return rapid.SliceOfN(rapid.Uint8Range(0, most), n, n).Draw(t, name)
		}
		var keep [8]bool
		for i := range keep {
			keep[i] = rapid.Bool().Draw(t, "keep")
		}
		checkPoints(t, column("recorded", 7), column("reported", 7), column("ever", 3), column("rdp", 255), column("class", 7),
			rapid.SliceOfN(rapid.Uint64Range(0, topKey), n, n).Draw(t, "numbers"), keep)
	})
}

func FuzzPoints(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 0, 0, 0, 0}, uint8(0b11))
	f.Add([]byte{7, 7, 3, 255, 7, 1, 2, 3, 0, 0, 0, 0, 5, 9, 9, 9}, uint8(0xff))
	f.Fuzz(func(t *testing.T, data []byte, kept uint8) {
		var columns [5][]uint8
		var numbers []uint64
		var keep [8]bool
		for i := range keep {
			keep[i] = kept>>i&1 == 1
		}
		for ; len(data) >= 8; data = data[8:] {
			for c, most := range []uint8{7, 7, 3, 255, 7} {
				columns[c] = append(columns[c], data[c]&most)
			}
			numbers = append(numbers, binary.LittleEndian.Uint64(data)>>PayloadBits)
		}
		checkPoints(t, columns[0], columns[1], columns[2], columns[3], columns[4], numbers, keep)
	})
}

func TestJoinKindsAgainstPlainTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		statusesOfType := rapid.Uint8Range(1, 16).Draw(t, "statuses of a type")
		n := rapid.IntRange(0, 50).Draw(t, "rows")
		statuses := rapid.SliceOfN(rapid.Uint8Range(0, statusesOfType-1), n, n).Draw(t, "statuses")
		types := rapid.SliceOfN(rapid.Uint8Range(0, 3), n, n).Draw(t, "types")
		kinds := slices.Clone(statuses)
		JoinKinds(kinds, types, statusesOfType)
		for i, kind := range kinds { // both can be told from the kind again
			if kind/statusesOfType != types[i] || kind%statusesOfType != statuses[i] {
				t.Fatalf("type %d and status %d give kind %d", types[i], statuses[i], kind)
			}
		}
	})
}

func TestOddPointsAgainstPlainTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "rows")
		column := func(name string, most uint8) []uint8 {
			return rapid.SliceOfN(rapid.OneOf(rapid.Just(uint8(0)), rapid.Uint8Range(0, most)), n, n).Draw(t, name)
		}
		recorded, reported, ever, rdp := column("recorded", 6), column("reported", 6), column("ever", 3), column("rdp", 255)
		days := rapid.SliceOfN(rapid.Int32Range(-2, 2), n, n).Draw(t, "days")
		want := []int32{-9}
		for i := range n {
			if recorded[i] > 3 || reported[i] > 3 || ever[i] == 3 || rdp[i] == 255 || days[i] == -2 {
				want = append(want, int32(i))
			}
		}
		if got := OddPoints([]int32{-9}, recorded, reported, ever, rdp, days, 3, 3, 255, -2); !slices.Equal(got, want) {
			t.Fatalf("odd rows %v, want %v", got[1:], want[1:])
		}
	})
}

// What is packed of a row that is held comes out again, within its payload.
func TestPackHeld(t *testing.T) {
	flags, rdps := []uint8{0, 1, 5, 5, 0}, []uint8{0, 1, 255, 0, 255}
	for _, publication := range []int{0, 1, 300, MaxPublications} {
		payloads := make([]uint32, len(flags))
		PackHeld(payloads, flags, rdps, publication)
		for i, p := range payloads {
			flag, rdp, sent := UnpackHeld(Payload(Word(1200023305967, p)))
			if flag != flags[i] || rdp != rdps[i] || int(sent) != publication || p>>PayloadBits != 0 {
				t.Errorf("%d, %d, %d come out as %d, %d, %d", flags[i], rdps[i], publication, flag, rdp, sent)
			}
		}
	}
}
