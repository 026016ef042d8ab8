package engine

import (
	"fmt"
	"strings"
	"time"
)

// Two extracts of one snapshot are taken one after the other. What changed in
// between is in one of them alone: a device's new meter point looks like an
// orphan, a meter that was exchanged like a meter point without one, which is
// told as N.

// DefaultMaxSkew is how far apart the tables of a snapshot may be taken before
// a run raises a caution: extracts are made once a day.
const DefaultMaxSkew = 24 * time.Hour

// Coherence is what a run knows of when its tables were taken: evidence.
type Coherence struct {
	TakenAt      [2]time.Time // of devices and meter_points, by Table; zero: nobody said
	MaxSkew      time.Duration
	NewestChange int32 // the last service_status_changed_on that is not after as-of; NoDay: there is none
	LaterChanges int64 // rows of meter_points whose service_status_changed_on is after as-of
}

// changeDates are what one worker saw in service_status_changed_on.
type changeDates struct {
	newest int32
	later  int64
}

// note looks at the days of a batch. NoDay and badDay are before any other day.
func (c *changeDates) note(days []int32, asOf int32) {
	newest, later := c.newest, int64(0)
	for _, day := range days {
		if day > asOf {
			later++
			continue
		}
		newest = max(newest, day)
	}
	c.newest, c.later = newest, c.later+later
}

// coherence joins what the workers saw with what the caller says.
func (r *run) coherence() Coherence {
	c := Coherence{TakenAt: r.cfg.TakenAt, MaxSkew: r.cfg.MaxSkew, NewestChange: NoDay}
	for _, g := range r.gatherers {
		if g.changes.newest > badDay {
			c.NewestChange = max(c.NewestChange, g.changes.newest)
		}
		c.LaterChanges += g.changes.later
	}
	return c
}

// cautions say what does not fit together, and what that does to the result.
func (c *Coherence) cautions(asOf time.Time) (cautions []string, err error) {
	say := func(format string, args ...any) { cautions = append(cautions, fmt.Sprintf(format, args...)) }
	devices, points := c.TakenAt[Devices], c.TakenAt[MeterPoints]
	var newest time.Time // points were not taken before the last change that they know
	if c.NewestChange != NoDay {
		if newest, err = londonMidnight(c.NewestChange); err != nil {
			return nil, err
		}
	}
	apart := fmt.Sprintf("more than [input] max_skew_hours = %d: what changed in between looks like an orphan or like a meter that is gone; take both at one time", int(c.MaxSkew.Hours()))
	switch skew := points.Sub(devices).Abs(); {
	case devices.IsZero():
	case !points.IsZero() && skew > c.MaxSkew:
		say("snapshots apart: devices were taken at %s and meter_points at %s, %s apart, %s", rfc3339(devices), rfc3339(points), hours(skew), apart)
	case points.IsZero() && newest.After(devices.Add(c.MaxSkew)):
		say("snapshots apart: devices were taken at %s, and meter_points know a change of %s, %s", rfc3339(devices), newest.Format(time.DateOnly), apart)
	}
	if !points.IsZero() && newest.After(points) {
		say("snapshot time: meter_points are said to be of %s, and know a change of %s; look which of the two is wrong", rfc3339(points), newest.Format(time.DateOnly))
	}
	if c.LaterChanges > 0 {
		say("rows of meter_points whose service_status_changed_on is after as-of (%s): %s; look whether as-of is that of the snapshot", rfc3339(asOf), Grouped(c.LaterChanges))
	}
	return cautions, nil
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// hours says a length of time to the minute, as a person would.
func hours(d time.Duration) string {
	d = d.Round(time.Minute)
	text := fmt.Sprintf("%d h", d/time.Hour)
	if minutes := d % time.Hour / time.Minute; minutes > 0 {
		text += fmt.Sprintf(" %d min", minutes)
	}
	return text
}

// cautions are what an operator should look at, none of which stops a run.
func (r *run) cautions() ([]string, error) {
	cautions, err := r.result.Coherence.cautions(r.cfg.AsOf)
	if err != nil {
		return nil, err
	}
	if n := r.ledger.counts.All[MeterPoints][MissingEffectiveDate]; n > 0 {
		cautions = append(cautions, fmt.Sprintf("%s reportable meter points have no change date: as-of's date stands in for it", Grouped(n)))
	}
	var unchecked []string
	for _, in := range r.result.Inputs {
		if n := uncheckedFiles(in.Files); n > 0 && !r.cfg.InputsProven {
			unchecked = append(unchecked, fmt.Sprintf("%s of %s", Grouped(int64(n)), in.Table))
		}
	}
	if len(unchecked) > 0 {
		cautions = append(cautions, fmt.Sprintf("no page checksums in Parquet files, %s: a bit that flipped in them goes unseen; --expect-inputs finds it", strings.Join(unchecked, ", ")))
	}
	return cautions, nil
}

// uncheckedFiles counts the files whose pages have no checksum.
func uncheckedFiles(files []File) int {
	n := 0
	for _, f := range files {
		if f.PagesUnchecked {
			n++
		}
	}
	return n
}
