package gate

import (
	"strings"
	"time"
)

const notRecorded = "not recorded"

// snapshot gives the time between the taking of both tables, and since the
// taking of the older one; false where nobody said when they were taken.
func (j *judge) snapshot() (skew, age time.Duration, known bool) {
	devices, points := j.manifest.Snapshot.DevicesAt, j.manifest.Snapshot.MeterPointsAt
	if devices == nil || points == nil {
		return 0, 0, false
	}
	older := *devices
	if points.Before(older) {
		older = *points
	}
	return devices.Sub(*points).Abs(), j.at.Sub(older), true
}

func (j *judge) skew(criterion string) {
	skew, _, known := j.snapshot()
	j.elapsed(criterion, j.measured.MaxSkew, skew, known)
}

func (j *judge) age(criterion string) {
	_, age, known := j.snapshot()
	j.elapsed(criterion, j.measured.MaxAge, age, known)
}

// elapsed judges a time against the most allowed; one before the gate's own
// instant only.
func (j *judge) elapsed(criterion, demanded string, d time.Duration, known bool) {
	most, err := parseDuration(demanded)
	found, words := notRecorded, demanded
	if known {
		found = hoursAndMinutes(d)
	}
	if demanded != "" && demanded != anything {
		words = "at most " + demanded
	}
	j.add(criterion, words, found, known && err == nil && d >= 0 && d <= most)
}

// hoursAndMinutes is a duration without the units that are 0 at its end.
func hoursAndMinutes(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
