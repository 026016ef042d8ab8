package synth

import (
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

// A finder finds the last run that does not begin above a number, as a binary
// search does, also where runs meet.
func TestFinderFindsRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1<<33))
		starts := []int64{0}
		for _, n := range rapid.SliceOfN(size, 1, 60).Draw(t, "sizes") {
			starts = append(starts, starts[len(starts)-1]+n)
		}
		f := newFinder(starts)
		anywhere := rapid.SliceOf(rapid.Int64Range(0, f.end())).Draw(t, "anywhere")
		for _, x := range slices.Concat(starts, anywhere) {
			if x == f.end() {
				continue
			}
			want := sort.Search(len(starts), func(i int) bool { return starts[i] > x }) - 1
			if got := f.find(x); got != want {
				t.Fatalf("%d is in run %d, not %d", x, got, want)
			}
		}
	})
}
