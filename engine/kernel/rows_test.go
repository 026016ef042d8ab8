package kernel

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func checkRows(t interface{ Fatalf(string, ...any) }, bitmap []byte, from, n int, want bool) {
	rows := []int32{-7}
	for i := range n {
		at := from + i
		set := at/8 < len(bitmap) && bitmap[at/8]>>(at%8)&1 == 1
		if set == want {
			rows = append(rows, int32(i))
		}
	}
	if got := Rows([]int32{-7}, bitmap, from, n, want); !slices.Equal(got, rows) {
		t.Fatalf("rows of %08b from %d, %d bits, %v: %v, want %v", bitmap, from, n, want, got[1:], rows[1:])
	}
}

func TestRowsAgainstPlainTwin(t *testing.T) {
	for size := range 20 { // every start and length of small bitmaps
		bitmap := slices.Repeat([]byte{0b10110010, 0xFF, 0, 0b01111110}, 5)[:size]
		for from := range size*8 + 1 {
			for n := range size*8 - from + 1 {
				checkRows(t, bitmap, from, n, true)
				checkRows(t, bitmap, from, n, false)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		bitmap := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bitmap")
		from := rapid.IntRange(0, len(bitmap)*8).Draw(t, "from")
		checkRows(t, bitmap, from, rapid.IntRange(0, len(bitmap)*8-from).Draw(t, "bits"), rapid.Bool().Draw(t, "want"))
	})
}

func FuzzRows(f *testing.F) {
	f.Add([]byte{0xA5, 0xFF, 0x00}, uint16(3), uint16(17), true)
	f.Add([]byte{}, uint16(0), uint16(0), false)
	f.Add(slices.Repeat([]byte{0x0F}, 17), uint16(1), uint16(130), false)
	f.Fuzz(func(t *testing.T, bitmap []byte, from, n uint16, want bool) {
		start := int(from) % (len(bitmap)*8 + 1)
		checkRows(t, bitmap, start, int(n)%(len(bitmap)*8-start+1), want)
	})
}

// Three columns of a row, brought to their present rows and back: what is left
// is each number of the row once, the first time.
func TestRepeatsAcrossColumns(t *testing.T) {
	number := rapid.OneOf(rapid.Uint64Range(0, 3), rapid.SampledFrom([]uint64{Absent, 1030006718997}))
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(0, 20).Draw(t, "rows")
		kinds := rapid.SliceOfN(rapid.Uint8(), rows, rows).Draw(t, "kinds")
		seen := make([]map[uint64]bool, rows)
		var dense [3][]uint64
		for slot := range dense {
			column := rapid.SliceOfN(number, rows, rows).Draw(t, "column")
			var present []int32
			var numbers, want []uint64
			var wantKinds []uint8
			for row, n := range column {
				if n == Absent {
					continue
				}
				present = append(present, int32(row))
				numbers = append(numbers, n)
				wantKinds = append(wantKinds, kinds[row])
				if seen[row] == nil {
					seen[row] = map[uint64]bool{}
				}
				if seen[row][n] {
					n = Absent
				}
				seen[row][n] = true
				want = append(want, n)
			}
			for earlier := range slot {
				DropRepeats(numbers, dense[earlier], present)
			}
			if !slices.Equal(numbers, want) {
				t.Fatalf("column %d of rows %v: %v, want %v", slot, present, numbers, want)
			}
			selected := make([]uint8, len(present))
			Select(selected, kinds, present)
			if !slices.Equal(selected, wantKinds) {
				t.Fatalf("rows %v of %v: %v, want %v", present, kinds, selected, wantKinds)
			}
			dense[slot] = make([]uint64, rows)
			Spread(dense[slot], numbers, present)
			for i, row := range present {
				if dense[slot][row] != numbers[i] {
					t.Fatalf("row %d holds %#x, want %#x", row, dense[slot][row], numbers[i])
				}
				dense[slot][row] = Absent
			}
			if slices.ContainsFunc(dense[slot], func(n uint64) bool { return n != Absent }) {
				t.Fatalf("rows without a number hold one: %v", dense[slot])
			}
			Spread(dense[slot], numbers, present)
		}
	})
}

func TestCountKinds(t *testing.T) {
	counts := [64]int64{3: 10}
	CountKinds(&counts, []uint8{0, 3, 63, 3})
	CountKinds(&counts, nil)
	if want := ([64]int64{0: 1, 3: 12, 63: 1}); counts != want {
		t.Errorf("counted %v, want %v", counts, want)
	}
}

// A code outside the dictionary is told by the greatest code, as an unsigned
// number, whatever was written for it.
func TestLookUpAgainstPlainTwin(t *testing.T) {
	var table [256]uint8
	for i := range table {
		table[i] = uint8(i * 7)
	}
	code := rapid.OneOf(rapid.Int32Range(0, 255), rapid.Int32(), rapid.SampledFrom([]int32{-1, 256, math.MaxInt32, math.MinInt32}))
	rapid.Check(t, func(t *rapid.T) {
		codes := rapid.SliceOf(code).Draw(t, "codes")
		got, want, most := make([]uint8, len(codes)), make([]uint8, len(codes)), uint32(0)
		for i, c := range codes {
			most = max(most, uint32(c))
			want[i] = table[c&255]
		}
		if found := LookUp(got, &table, codes); found != most || !slices.Equal(got, want) {
			t.Fatalf("codes %v: %v and %d, want %v and %d", codes, got, found, want, most)
		}
	})
}
