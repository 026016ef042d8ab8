package synth

import (
	"testing"

	"pgregory.net/rapid"

	"flagfill/engine/meterpoint"
)

// tally is what a profile promises, by meters and meter points.
type tally struct{ deviceRows, meters, live, inc, notActive int64 }

func tallyOf(t *testing.T, cfg Config) tally {
	t.Helper()
	e, err := newEstate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	got := tally{deviceRows: e.rows(devicesTable)}
	for i, s := range e.stories {
		for _, d := range s.devices {
			meters, _ := d.counts()
			got.meters += meters * e.instances[i]
			switch d.status {
			case commissioned:
				got.live += meters * e.instances[i]
			case inc:
				got.inc += meters * e.instances[i]
			}
		}
		s.eachPoint(func(p point) {
			if p.recorded.status() == meterpoint.NotActive {
				got.notActive += e.instances[i]
			}
		})
	}
	return got
}

// The whole of a profile is what it is named after, within one in ten thousand.
func TestProfilesKeepTheirPromise(t *testing.T) {
	fia := tallyOf(t, Config{Profile: FIA, MeterPoints: FIA.MeterPoints()})
	gb := tallyOf(t, Config{Profile: GB, MeterPoints: GB.MeterPoints()})
	if GB.MeterPoints() != 57_000_000 {
		t.Errorf("gb has %d meter points", GB.MeterPoints())
	}
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"fia live meters", fia.live, 5_000_000},
		{"fia meter points at N", fia.notActive, 90_000},
		{"fia INC meters", fia.inc, 60_000},
		{"gb device rows", gb.deviceRows, 120_000_000},
		{"gb meters", gb.meters, 38_000_000},
	} {
		if off := max(c.got-c.want, c.want-c.got); off*10_000 > c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
}

// A profile can be cut to any size, and has the meter points asked for.
func TestProfilesOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{
			Profile:     rapid.SampledFrom([]Profile{Sparse, FIA, GB}).Draw(t, "profile"),
			MeterPoints: rapid.OneOf(rapid.Int64Range(1, 2000), rapid.Int64Range(1, MaxMeterPoints)).Draw(t, "points"),
		}
		e, err := newEstate(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if n := e.rows(meterPointsTable); n != cfg.MeterPoints {
			t.Errorf("%d meter_points rows, want %d", n, cfg.MeterPoints)
		}
	})
}
