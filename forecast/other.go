package forecast

import "sort"

// ask adds the latest safe starts, and what other cuts and waves give.
func (c *Column) ask(asked Asked) error {
	if asked.Deadline != 0 {
		for i := range c.Receivers {
			c.Receivers[i].LatestStart = c.Receivers[i].latestStart(asked.Deadline)
		}
	}
	tries := []Other{{}} // as published first
	for _, most := range asked.MaxRecords {
		tries = append(tries, Other{MaxRecords: most})
	}
	for _, waves := range asked.Waves {
		tries = append(tries, Other{Waves: waves})
	}
	tries = append(tries, Other{AnyFlight: true})
	for _, o := range tries {
		if err := c.try(&o); err != nil {
			return err
		}
		c.Others = append(c.Others, o)
	}
	return nil
}

// LatestStart is the latest first start with which every receiver meets the
// deadline; 0 where there is none.
func (c *Column) LatestStart() int64 {
	latest := c.Receivers[0].LatestStart
	for _, r := range c.Receivers {
		latest = min(latest, r.LatestStart)
	}
	return latest
}

// latestStart is the latest whole minute before the deadline, within a year,
// from which all files are acknowledged in time. A later start never gives an
// earlier finish, so halving finds it.
func (r *Reception) latestStart(deadline int64) int64 {
	const minute, year = 60, 366 * daySeconds
	late := sort.Search(year/minute, func(back int) bool {
		s, err := newSchedule(&r.terms.Pace, deadline-deadline%minute-int64(back)*minute, make([]int64, r.Files))
		return err == nil && s.finish() <= deadline
	})
	if late == year/minute {
		return 0
	}
	return deadline - deadline%minute - int64(late)*minute
}

// try fills in what becomes of the column with files cut at another number of
// records, or released in waves: as many parts of consecutive files, each a day
// after the one before.
func (c *Column) try(o *Other) error {
	for i := range c.Receivers {
		r := &c.Receivers[i]
		files := r.Files
		if o.MaxRecords > 0 {
			most := min(o.MaxRecords, r.RecordsPerFile)
			files = (r.Records + most - 1) / most
		}
		if o.Files += files; files > maxFiles {
			return errTooManyFiles
		}
		releases := make([]int64, files)
		for n := range releases {
			releases[n] = int64(n) * max(o.Waves, 1) / files * daySeconds
		}
		pace := r.terms.Pace
		if o.AnyFlight {
			pace.InFlight = maxFiles
		}
		s, err := newSchedule(&pace, r.FirstStart, releases)
		if err != nil {
			return err
		}
		o.Finish, o.Most = max(o.Finish, s.finish()), max(o.Most, s.mostWaiting(releases))
	}
	return nil
}

// mostWaiting is how many files were released and not acknowledged at most: it
// is most at a release.
func (s *schedule) mostWaiting(releases []int64) int64 {
	var most int64
	for last := range releases {
		if last+1 < len(releases) && releases[last+1] == releases[last] {
			continue
		}
		most = max(most, int64(last+1)-(int64(len(s.acks))-s.waiting(s.first+releases[last])))
	}
	return most
}
