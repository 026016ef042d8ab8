package forecast

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// window is a part of a day, in minutes after midnight by the receiver's own
// clock. It closes on the next day where close is not after open.
type window struct{ open, close int }

// calendar says when a receiver takes files.
type calendar struct {
	zone    *time.Location
	days    [7]bool  // by time.Weekday: those on which a window opens
	windows []window // in the order in which they open
}

// weekdays are the words of a capacity file, by time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

const minutesPerDay = 24 * 60

// parseWindow reads "22:00-06:00"; "00:00-24:00" is the whole day.
func parseWindow(text string) (window, error) {
	from, to, found := strings.Cut(text, "-")
	open, errOpen := parseClock(from, minutesPerDay-1)
	shut, errShut := parseClock(to, minutesPerDay)
	if !found || errOpen != nil || errShut != nil || open == shut {
		return window{}, fmt.Errorf("%q is no window such as \"22:00-06:00\"", text)
	}
	return window{open, shut}, nil
}

// parseClock reads HH:MM as minutes after midnight.
func parseClock(text string, most int) (int, error) {
	var hours, minutes int
	if _, err := fmt.Sscanf(text, "%02d:%02d", &hours, &minutes); err != nil || fmt.Sprintf("%02d:%02d", hours, minutes) != text ||
		hours < 0 || minutes < 0 || minutes > 59 || hours*60+minutes > most {
		return 0, fmt.Errorf("%q is no time of day such as \"02:00\"", text)
	}
	return hours*60 + minutes, nil
}

// instant is when the clock of the zone shows so many minutes after midnight of
// a day: the first time where it does twice, and by the clock of the day before
// where it never does.
func instant(zone *time.Location, day time.Time, minutes int) int64 {
	year, month, date := day.Date()
	wall := time.Date(year, month, date, 0, minutes, 0, 0, time.UTC).Unix()
	_, before := time.Unix(wall, 0).Add(-24 * time.Hour).In(zone).Zone()
	_, after := time.Unix(wall, 0).Add(24 * time.Hour).In(zone).Zone()
	for _, offset := range []int{max(before, after), min(before, after)} { // the larger one is earlier
		at := wall - int64(offset)
		if _, there := time.Unix(at, 0).In(zone).Zone(); there == offset {
			return at
		}
	}
	return wall - int64(before)
}

// span is a time during which a receiver takes files without a break, in Unix
// seconds; the end is not part of it.
type span struct{ from, to int64 }

// spans lists the open times of a calendar as they are asked for, joined where
// one window follows another at once.
type spans struct {
	calendar *calendar
	day      time.Time // the next whose windows are to be added, as a date in UTC
	open     []span
}

// sort puts the windows in the order in which they open.
func (c *calendar) sort() {
	slices.SortFunc(c.windows, func(a, b window) int { return cmp.Or(cmp.Compare(a.open, b.open), cmp.Compare(a.close, b.close)) })
}

// from begins with the windows that may still be open at an instant.
func (c *calendar) from(at int64) *spans {
	year, month, date := time.Unix(at, 0).In(c.zone).Date()
	return &spans{calendar: c, day: time.Date(year, month, date-2, 0, 0, 0, 0, time.UTC)}
}

// until adds all windows that open before an instant, and those of two days
// more, which may continue them.
func (s *spans) until(at int64) {
	for s.day.Unix() < at+3*daySeconds {
		if s.calendar.days[s.day.Weekday()] {
			s.addDay()
		}
		s.day = s.day.AddDate(0, 0, 1)
	}
}

// addDay adds the windows of a day, which open in the order of the calendar's
// and none before one of the day before.
func (s *spans) addDay() {
	for _, w := range s.calendar.windows {
		closes := s.day
		if w.close <= w.open {
			closes = s.day.AddDate(0, 0, 1)
		}
		o := span{instant(s.calendar.zone, s.day, w.open), instant(s.calendar.zone, closes, w.close)}
		n := len(s.open)
		switch {
		case o.to <= o.from: // the clock was put forward over it
		case n > 0 && o.from <= s.open[n-1].to:
			s.open[n-1].to = max(s.open[n-1].to, o.to)
		default:
			s.open = append(s.open, o)
		}
	}
}
