package forecast

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"flagfill/engine"
)

// Terms are all that is known of how one receiver takes files.
type Terms struct {
	Pace
	RecordsPerFile int64
	FirstStart     int64 // Unix seconds
	dailyRun       int   // minutes after midnight by the receiver's clock
}

// terms joins what is said of a receiver with what is said of its fuel, and
// names the keys that neither says.
func (c *Capacity) terms(r Receiver) (*Terms, []string, error) {
	s := *c.receivers[Receiver{Fuel: r.Fuel}]
	if own := c.receivers[r]; own != nil {
		s.overlay(own)
	}
	var missing []string
	for _, k := range keys {
		if !k.given(&s) {
			missing = append(missing, k.name)
		}
	}
	if len(missing) > 0 {
		return nil, missing, nil
	}
	t, err := s.check(r, c)
	return t, nil, err
}

func (s *stated) overlay(own *stated) {
	overlay(&s.FilesPerHour, own.FilesPerHour)
	overlay(&s.RecordsPerFile, own.RecordsPerFile)
	overlay(&s.FilesInFlight, own.FilesInFlight)
	overlay(&s.AcknowledgementMinutes, own.AcknowledgementMinutes)
	overlay(&s.TimeZone, own.TimeZone)
	overlay(&s.DailyRun, own.DailyRun)
	if own.Days != nil {
		s.Days = own.Days
	}
	if own.Windows != nil {
		s.Windows = own.Windows
	}
	if own.FirstStart != nil {
		s.FirstStart = own.FirstStart
	}
}

func overlay[T any](value **T, own *T) {
	if own != nil {
		*value = own
	}
}

// keys are all that a receiver must be known by, with a line that asks for each.
var keys = []struct {
	name, line string
	given      func(*stated) bool
}{
	{"files_per_hour", `files_per_hour = ?             # how many files it can take in an hour`, func(s *stated) bool { return s.FilesPerHour != nil }},
	{"records_per_file", `records_per_file = ?           # the most meter points that it takes in one file`, func(s *stated) bool { return s.RecordsPerFile != nil }},
	{"files_in_flight", `files_in_flight = ?            # how many files it may have before it has acknowledged the first`, func(s *stated) bool { return s.FilesInFlight != nil }},
	{"acknowledgement_minutes", `acknowledgement_minutes = ?    # from the end of a file to its acknowledgement`, func(s *stated) bool { return s.AcknowledgementMinutes != nil }},
	{"time_zone", `time_zone = ?                  # "UTC" or "Europe/London"`, func(s *stated) bool { return s.TimeZone != nil }},
	{"days", `days = ?                       # on which its windows open: ["mon", "tue", …]`, func(s *stated) bool { return s.Days != nil }},
	{"windows", `windows = ?                    # when it takes files: ["22:00-06:00"]; ["00:00-24:00"] is always`, func(s *stated) bool { return s.Windows != nil }},
	{"first_start", `first_start = ?                # when the first file may be sent: 2026-12-05T22:00:00Z`, func(s *stated) bool { return s.FirstStart != nil }},
	{"daily_run", `daily_run = ?                  # when the files of the daily report reach it: "02:00"`, func(s *stated) bool { return s.DailyRun != nil }},
}

// The most that a capacity file may say: more is a slip, and far more could
// not be counted.
const (
	maxFilesPerHour           = 1_000_000
	maxRecordsPerFile         = 1_000_000_000
	maxInFlight               = 1_000_000
	maxAcknowledgementMinutes = 31 * 24 * 60
)

// check turns what is stated into terms, as far as it is stated, and refuses
// what cannot be.
func (s *stated) check(r Receiver, c *Capacity) (*Terms, error) {
	where := r.Fuel.String()
	if r.RDP != "" {
		where += ".rdp." + engine.Shown(r.RDP)
	}
	t := &Terms{}
	for _, n := range []struct {
		key         string
		given       *int64
		least, most int64
		into        *int64
	}{
		{"files_per_hour", s.FilesPerHour, 1, maxFilesPerHour, &t.FilesPerHour},
		{"records_per_file", s.RecordsPerFile, 1, maxRecordsPerFile, &t.RecordsPerFile},
		{"files_in_flight", s.FilesInFlight, 1, maxInFlight, &t.InFlight},
		{"acknowledgement_minutes", s.AcknowledgementMinutes, 0, maxAcknowledgementMinutes, &t.AcknowledgementSeconds},
	} {
		if n.given == nil {
			continue
		}
		if *n.into = *n.given; *n.given < n.least || *n.given > n.most {
			return nil, c.refuse(fmt.Sprintf("%s.%s is %d", where, n.key, *n.given), fmt.Sprintf("Give a whole number from %d to %d.", n.least, n.most))
		}
	}
	t.AcknowledgementSeconds *= 60
	if err := s.checkTimes(t); err != nil {
		return nil, c.refuse(where+": "+err.Error(), "flagfill forecast --sample shows the form of every key.")
	}
	return t, nil
}

func (s *stated) checkTimes(t *Terms) error {
	t.calendar.zone = time.UTC
	if s.TimeZone != nil {
		if *s.TimeZone != "UTC" && *s.TimeZone != "Europe/London" {
			return fmt.Errorf("time_zone is %q, and UTC and Europe/London are possible", engine.Shown(*s.TimeZone))
		}
		zone, err := time.LoadLocation(*s.TimeZone)
		if err != nil {
			return fmt.Errorf("cannot load the time zone %s: %w", *s.TimeZone, err)
		}
		t.calendar.zone = zone
	}
	for _, day := range s.Days {
		at := slices.Index(weekdays, strings.ToLower(day))
		if at < 0 {
			return fmt.Errorf("days names %q, and %s are possible", engine.Shown(day), strings.Join(weekdays, ", "))
		}
		t.calendar.days[at] = true
	}
	if s.Days != nil && len(s.Days) == 0 || s.Windows != nil && len(s.Windows) == 0 {
		return fmt.Errorf("a receiver without days or windows never takes a file")
	}
	for _, text := range s.Windows {
		w, err := parseWindow(text)
		if err != nil {
			return fmt.Errorf("windows: %w", err)
		}
		t.calendar.windows = append(t.calendar.windows, w)
	}
	t.calendar.sort()
	if s.DailyRun != nil {
		minutes, err := parseClock(*s.DailyRun, minutesPerDay-1)
		if err != nil {
			return fmt.Errorf("daily_run: %w", err)
		}
		t.dailyRun = minutes
	}
	return s.checkFirstStart(t)
}

func (s *stated) checkFirstStart(t *Terms) error {
	switch at := s.FirstStart.(type) {
	case nil:
		return nil
	case time.Time:
		t.FirstStart = at.Unix()
	case toml.LocalDateTime: // by the receiver's clock
		t.FirstStart = instant(t.calendar.zone, time.Date(at.Year, time.Month(at.Month), at.Day, 0, 0, 0, 0, time.UTC), at.Hour*60+at.Minute) + int64(at.Second)
	default:
		return fmt.Errorf("first_start is %v, and a date with a time of day is wanted: 2026-12-05T22:00:00Z", engine.Shown(fmt.Sprint(at)))
	}
	if year := time.Unix(t.FirstStart, 0).UTC().Year(); year < 1970 || year > 2999 {
		return fmt.Errorf("first_start is in the year %d", year)
	}
	return nil
}
