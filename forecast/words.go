package forecast

import (
	"fmt"
	"strings"
	"time"

	"flagfill/engine"
)

// Clock writes an instant in UTC, to the whole minute that is not before it.
func Clock(at int64) string {
	return time.Unix((at+59)/60*60, 0).UTC().Format("2006-01-02 15:04")
}

// Duration writes seconds by two units, rounded up; hours go up to three days.
func Duration(seconds int64) string {
	const minute, hour = 60, 3600
	switch {
	case seconds <= minute:
		return fmt.Sprintf("%d s", seconds)
	case seconds <= hour-minute:
		return fmt.Sprintf("%d min", (seconds+minute-1)/minute)
	case seconds <= 3*daySeconds-minute:
		return twoUnits((seconds+minute-1)/minute, 60, "h", "min")
	}
	return twoUnits((seconds+hour-1)/hour, 24, "d", "h")
}

func twoUnits(n, per int64, large, small string) string {
	if n%per == 0 {
		return fmt.Sprintf("%d %s", n/per, large)
	}
	return fmt.Sprintf("%d %s %d %s", n/per, large, n%per, small)
}

// Sentence says what decides when a column ends.
func (c *Column) Sentence() string {
	first := c.Receivers[0]
	text := fmt.Sprintf("%s takes %s records in %s %s until %s UTC, %s after its first start",
		first.Receiver, engine.Grouped(first.Records), engine.Grouped(first.Files), plural(first.Files, "file"), Clock(first.Finish), Duration(first.Elapsed()))
	if len(c.Receivers) == 1 {
		return text + "; there is no other."
	}
	next := c.Receivers[1]
	if next.Finish == first.Finish {
		return text + "; " + next.String() + " needs as long."
	}
	return fmt.Sprintf("%s; the next, %s, is done by %s UTC.", text, next.Receiver, Clock(next.Finish))
}

func plural(n int64, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// description is the whole forecast in words, for those who cannot see a chart.
func (f *Forecast) description() string {
	var all []string
	for i := range f.Columns {
		all = append(all, engine.Shown(f.Columns[i].Label)+": "+f.Columns[i].Sentence())
	}
	return strings.Join(all, " ")
}
