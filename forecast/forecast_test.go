package forecast

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flagfill/assurance/property"
	"flagfill/engine/meterpoint"
)

// From the latest safe start all is done in time, and a minute later it is not.
func TestPropertyLatestStartIsTheLatest(t *testing.T) {
	property.Property{Goal: "R14", Name: "the latest safe start meets the deadline, and a minute later misses it", Unit: "deadlines", Seeds: 500, InTests: 10}.Check(t,
		func(t *testing.T, seed int) (deadlines int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 9))
			terms := &Terms{Pace: *randomPace(t, random)}
			r := &Reception{terms: terms, Files: 1 + random.Int64N(60)}
			deadline := time.Date(2026, time.Month(1+random.IntN(12)), 1, 0, 0, 0, 0, time.UTC).Unix() + random.Int64N(7*daySeconds)
			latest := r.latestStart(deadline)
			if latest == 0 { // a file fits into no window
				return 1
			}
			for _, late := range []int64{0, 60} {
				s, err := newSchedule(&terms.Pace, latest+late, make([]int64, r.Files))
				if inTime := err == nil && s.finish() <= deadline; inTime != (late == 0) && latest+late <= deadline {
					t.Fatalf("%+v: for a deadline of %d the latest start is %d, and %d s later is in time: %v", terms.Pace, deadline, latest, late, inTime)
				}
			}
			return 1
		})
}

// Edges in the hours that the clock in London skips or shows twice: a window
// that would open in the skipped hour does by the clock of the day before, and one
// in the hour shown twice goes by the first.
func TestWindowsInTheNightsOnWhichClocksChange(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, window string
		day          time.Time
		from, to     string
	}{
		{"an ordinary night in winter", "01:30-03:00", time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC), "2026-12-05T01:30:00Z", "2026-12-05T03:00:00Z"},
		{"an ordinary night in summer", "22:00-06:00", time.Date(2026, 7, 5, 0, 0, 0, 0, time.UTC), "2026-07-05T21:00:00Z", "2026-07-06T05:00:00Z"},
		{"opens in the hour that is skipped", "01:30-03:00", time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z"},
		{"spans the hour that is skipped", "22:00-06:00", time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC), "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"},
		{"spans the hour that comes twice", "22:00-06:00", time.Date(2026, 10, 24, 0, 0, 0, 0, time.UTC), "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"},
		{"opens in the hour that comes twice", "01:30-03:00", time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z"},
	} {
		w, err := parseWindow(c.window)
		if err != nil {
			t.Fatal(err)
		}
		calendar := calendar{zone: london, windows: []window{w}}
		s := &spans{calendar: &calendar, day: c.day}
		s.addDay()
		utc := func(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }
		if len(s.open) != 1 || utc(s.open[0].from) != c.from || utc(s.open[0].to) != c.to {
			t.Errorf("%s: %s is open from %s to %s, want %s to %s", c.name, c.window, utc(s.open[0].from), utc(s.open[0].to), c.from, c.to)
		}
	}
}

// greatBritain is what a go-live sends at today's volumes: 24 million gas meter
// points go to one RDP, 33 million electricity ones to fourteen, in files of
// 100,000.
func greatBritain() []Shipment {
	shipments := []Shipment{{Receiver{meterpoint.Gas, "XOSERVE"}, cut(24_000_000, 100_000)}}
	for _, rdp := range strings.Fields("EELC EMEB LOND MANW MIDE NEEB NORW HYDE SPOW SEEB SOUT SWAE SWEB YELG") {
		shipments = append(shipments, Shipment{Receiver{meterpoint.Electricity, rdp}, cut(2_357_143, 100_000)})
	}
	return shipments
}

// capacityOf is the sample, whose figures are examples, with some of it
// replaced.
func capacityOf(t *testing.T, replace ...string) *Capacity {
	t.Helper()
	path := filepath.Join(t.TempDir(), "capacity.toml")
	if err := os.WriteFile(path, []byte(strings.NewReplacer(replace...).Replace(Sample)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var update = flag.Bool("update", false, "draw docs/forecast.svg again")

// The picture that README.md shows is what the program draws of Great Britain
// under three examples of capacities.
func TestPictureOfGreatBritain(t *testing.T) {
	f, err := New(greatBritain(), []*Capacity{
		capacityOf(t, `label = "expected"`, `label = "low capacity (example)"`, "files_per_hour = 12", "files_per_hour = 6", "files_per_hour = 60 ", "files_per_hour = 10 "),
		capacityOf(t, `label = "expected"`, `label = "expected (example)"`),
		capacityOf(t, `label = "expected"`, `label = "high capacity (example)"`, "files_per_hour = 12", "files_per_hour = 30", "files_in_flight = 8", "files_in_flight = 20"),
	}, Asked{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "docs", "forecast.svg")
	if *update {
		if err := os.WriteFile(path, []byte(f.SVG()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shown, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(shown) != f.SVG() {
		t.Error("docs/forecast.svg is not what the program draws: go test ./forecast -update")
	}
}

// The figures of the receivers are the sample's, which are examples.
func TestTheOneGasReceiverIsTheBottleneck(t *testing.T) {
	f, err := New(greatBritain(), []*Capacity{capacityOf(t)}, Asked{MaxRecords: []int64{50_000, 200_000}, Waves: []int64{2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	c := &f.Columns[0]
	// 240 files at 12 an hour in nights of ten hours: two nights, and the last
	// acknowledgement half an hour after the second one's end.
	if got := c.Sentence(); !strings.HasPrefix(got, "XOSERVE (gas) takes 24,000,000 records in 240 files until 2026-12-07 06:30 UTC, 34 h 30 min after its first start; the next, EELC") {
		t.Error(got)
	}
	if first := f.Instants[0]; first != c.Start || f.Instants[len(f.Instants)-1] != c.Finish() {
		t.Errorf("backlogs are given from %d to %d, and files are under way from %d to %d", first, f.Instants[len(f.Instants)-1], c.Start, c.Finish())
	}
	if records, files := c.Backlog(c.Start); records != 57_000_002 || files != 240+14*24 {
		t.Errorf("at the first start %d records in %d files wait", records, files)
	}
	if records, files := c.Backlog(c.Finish()); records != 0 || files != 0 {
		t.Errorf("at the finish %d records in %d files wait", records, files)
	}
	// Half the records in a file are twice the files, so twice the nights; files
	// larger than the receiver takes are no use.
	if o := c.Others; o[0].Finish != c.Finish() || o[1].Finish != c.Finish()+2*daySeconds || o[2] != (Other{200_000, 0, false, o[0].Files, o[0].Finish, 240}) || o[3].Most != 120 || o[5].Finish != c.Finish() {
		t.Errorf("%+v", o)
	}
	// The last of three waves is 80 files, released two days after the first: 400
	// minutes, and half an hour to acknowledge.
	if o := c.Others[4]; o.Finish != c.Start+2*daySeconds+430*60 || o.Most != 80 {
		t.Errorf("%+v", o)
	}
	picture := xml.NewDecoder(strings.NewReader(f.SVG()))
	for {
		if _, err := picture.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestDurations(t *testing.T) {
	for seconds, want := range map[int64]string{0: "0 s", 59: "59 s", 60: "60 s", 61: "2 min", 3540: "59 min", 3541: "1 h", 5400: "1 h 30 min",
		3*daySeconds - 60: "71 h 59 min", 3*daySeconds - 59: "3 d", 3*daySeconds + 1: "3 d 1 h"} {
		if got := Duration(seconds); got != want {
			t.Errorf("%d s are %q, want %q", seconds, got, want)
		}
	}
}
