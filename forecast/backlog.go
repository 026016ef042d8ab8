package forecast

import "slices"

// waiting counts the files that are not acknowledged at an instant.
func (s *schedule) waiting(at int64) int64 {
	done, _ := slices.BinarySearchFunc(s.acks, at, func(ack, at int64) int {
		if s.seconds(ack) <= at {
			return -1
		}
		return 1
	})
	return int64(len(s.acks) - done)
}

// Backlog is what is not acknowledged at an instant.
func (r *Reception) Backlog(at int64) (records, files int64) {
	files = r.schedule.waiting(at)
	return r.left[files], files
}

// Backlog is what all receivers together have not acknowledged at an instant.
func (c *Column) Backlog(at int64) (records, files int64) {
	for i := range c.Receivers {
		r, f := c.Receivers[i].Backlog(at)
		records, files = records+r, files+f
	}
	return records, files
}

// steps are how far apart the instants of a backlog may be, in seconds.
var steps = []int64{60, 300, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, daySeconds, 2 * daySeconds, 7 * daySeconds, 28 * daySeconds}

const mostInstants = 24

// instants lie between the first start and the last finish of all columns.
func (f *Forecast) instants() []int64 {
	from, to := f.Columns[0].Start, f.Columns[0].Finish()
	for i := range f.Columns {
		from, to = min(from, f.Columns[i].Start), max(to, f.Columns[i].Finish())
	}
	step := steps[len(steps)-1]
	for _, s := range slices.Backward(steps) {
		if (to-from)/s < mostInstants {
			step = s
		}
	}
	var all []int64
	for at := from; at < to; at += step {
		all = append(all, at)
	}
	return append(all, to)
}
