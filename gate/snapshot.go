package gate

import (
	"encoding/json"
	"time"
)

const notRecorded = "not recorded"

// taken is when the tables were taken, as the evidence of a manifest says it;
// nil where it does not.
type taken struct {
	DevicesAt     *time.Time `json:"devices_at"`
	MeterPointsAt *time.Time `json:"meter_points_at"`
}

func takenAt(manifest []byte) (t taken, known bool) {
	var evidence struct {
		Snapshot taken `json:"snapshot"`
	}
	err := json.Unmarshal(manifest, &evidence)
	t = evidence.Snapshot
	return t, err == nil && t.DevicesAt != nil && t.MeterPointsAt != nil
}

// snapshot gives the time between the taking of both tables, and since the
// taking of the older one; false where they are not recorded.
func (j *judge) snapshot() (skew, age time.Duration, known bool) {
	text, err := j.manifest.Encode()
	if err != nil {
		return 0, 0, false
	}
	t, known := takenAt(text)
	if !known {
		return 0, 0, false
	}
	older := *t.DevicesAt
	if t.MeterPointsAt.Before(older) {
		older = *t.MeterPointsAt
	}
	return t.DevicesAt.Sub(*t.MeterPointsAt).Abs(), j.at.Sub(older), true
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
		found = d.String()
	}
	if demanded != "" && demanded != anything {
		words = "at most " + demanded
	}
	j.add(criterion, words, found, known && err == nil && d >= 0 && d <= most)
}
