package synth

// finder finds the run that a number lies in. Runs begin where the one before
// ends; any may be empty.
type finder struct {
	starts []int64 // the first is 0, the last the end of all
	coarse []uint8 // the run of every 1<<shift-th number
	shift  uint
}

// coarseEntries is so many that few of the numbers between two entries are of
// different runs, and so few that they stay in the nearest cache.
const coarseEntries = 1024

// newFinder takes ascending starts, at most 256.
func newFinder(starts []int64) finder {
	f := finder{starts: starts}
	end := starts[len(starts)-1]
	for end>>f.shift >= coarseEntries {
		f.shift++
	}
	run := 0
	for x := int64(0); x < end; x += 1 << f.shift {
		for starts[run+1] <= x {
			run++
		}
		f.coarse = append(f.coarse, uint8(run))
	}
	return f
}

func (f *finder) end() int64 { return f.starts[len(f.starts)-1] }

// find gives the run of x, 0 <= x < end.
func (f *finder) find(x int64) int {
	run := int(f.coarse[x>>f.shift])
	for f.starts[run+1] <= x {
		run++
	}
	return run
}
