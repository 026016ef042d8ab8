package loaders

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// checkSpread compares with a loop over the rows: present ones have the values
// in order, and null ones some value that is there.
func checkSpread(t interface{ Fatalf(string, ...any) }, valid []byte, row, rows int) {
	var from, want []int64
	for i := range rows {
		if valid[(row+i)/8]>>((row+i)%8)&1 != 0 {
			from = append(from, int64(i)*3)
		}
	}
	from = append(from, -1) // one more than there are
	next := 0
	for i := range rows {
		want = append(want, from[next])
		if valid[(row+i)/8]>>((row+i)%8)&1 != 0 {
			next++
		}
	}
	got := make([]int64, rows)
	spread(got, from, valid, row)
	if !slices.Equal(got, want) {
		t.Fatalf("%d rows from %d of %08b: %v, want %v", rows, row, valid, got, want)
	}
}

func TestSpreadAgainstPlainTwin(t *testing.T) {
	piece := rapid.OneOf(rapid.Just(byte(0xFF)), rapid.Just(byte(0)), rapid.Byte())
	rapid.Check(t, func(t *rapid.T) {
		var valid []byte
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			valid = append(valid, slices.Repeat([]byte{piece.Draw(t, "byte")}, rapid.IntRange(1, 12).Draw(t, "repeats"))...)
		}
		row := rapid.IntRange(0, len(valid)*8).Draw(t, "row")
		checkSpread(t, valid, row, rapid.IntRange(0, len(valid)*8-row).Draw(t, "rows"))
	})
}
