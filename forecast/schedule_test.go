package forecast

import (
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata"

	"flagfill/assurance/property"
)

// simulation is the plain twin of a schedule: a receiver that is looked at in
// every tick, and asked nothing that its own clock does not show.
type simulation struct {
	pace           *Pace
	first          int64
	starts, acks   []int64
	horizonSeconds int64
	openFor        []int64 // seconds, by second after first: how long it stays open
}

func (c *calendar) isOpen(at int64) bool {
	local := time.Unix(at, 0).In(c.zone)
	minutes, today := local.Hour()*60+local.Minute(), int(local.Weekday())
	yesterday := (today + 6) % 7
	for _, w := range c.windows {
		if w.open < w.close && c.days[today] && w.open <= minutes && minutes < w.close ||
			w.open >= w.close && (c.days[today] && minutes >= w.open || c.days[yesterday] && minutes < w.close) {
			return true
		}
	}
	return false
}

func simulate(p *Pace, first int64, releases []int64, horizon int64) *simulation {
	s := &simulation{pace: p, first: first, horizonSeconds: horizon, openFor: make([]int64, horizon+2*ticksPerFile+1)}
	for second := int64(len(s.openFor)) - 2; second >= 0; second-- {
		if p.calendar.isOpen(first + second) {
			s.openFor[second] = s.openFor[second+1] + 1
		}
	}
	inFlight, acknowledged, sendingUntil := int64(0), 0, int64(0)
	for tick := int64(0); tick < horizon*p.FilesPerHour && acknowledged < len(releases); tick++ {
		for acknowledged < len(s.acks) && s.acks[acknowledged] == tick {
			acknowledged++
			inFlight--
		}
		next := len(s.starts)
		if next == len(releases) || tick < sendingUntil || inFlight == p.InFlight || tick < releases[next]*p.FilesPerHour {
			continue
		}
		second, lastSecond := tick/p.FilesPerHour, (tick+ticksPerFile-1)/p.FilesPerHour
		if s.openFor[second] < lastSecond-second+1 {
			continue
		}
		sendingUntil = tick + ticksPerFile
		inFlight++
		s.starts = append(s.starts, tick)
		s.acks = append(s.acks, sendingUntil+p.AcknowledgementSeconds*p.FilesPerHour)
	}
	return s
}

func randomPace(t *testing.T, random *rand.Rand) *Pace {
	t.Helper()
	p := &Pace{FilesPerHour: 1 + random.Int64N(13), InFlight: 1 + random.Int64N(4), AcknowledgementSeconds: random.Int64N(3) * random.Int64N(5000)}
	p.calendar.zone = time.UTC
	if random.IntN(3) > 0 {
		var err error
		if p.calendar.zone, err = time.LoadLocation("Europe/London"); err != nil {
			t.Fatal(err)
		}
	}
	for day := range p.calendar.days {
		p.calendar.days[day] = random.IntN(4) > 0
	}
	edge := func(most int) int { // the clock shows the hour from 1 to 2 twice, or never
		for {
			if minutes := random.IntN(most+1) / 5 * 5; minutes <= 60 || minutes >= 120 {
				return minutes
			}
		}
	}
	for range 1 + random.IntN(3) {
		w := window{edge(minutesPerDay - 1), edge(minutesPerDay)}
		if random.IntN(4) == 0 {
			w = window{0, minutesPerDay}
		}
		if w.open != w.close {
			p.calendar.windows = append(p.calendar.windows, w)
		}
	}
	p.calendar.sort()
	return p
}

// To one file and one tick, the schedule is what a simulation finds.
func TestPropertyScheduleIsTheSimulation(t *testing.T) {
	const horizon = 4 * daySeconds
	property.Property{Goal: "R14", Name: "a forecast is what a simulation by ticks finds", Unit: "files", Seeds: 1000, InTests: 6}.Check(t,
		func(t *testing.T, seed int) (files int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 8))
			for range 2 {
				p := randomPace(t, random)
				releases := make([]int64, random.IntN(150))
				for i := range releases {
					if i > 0 {
						releases[i] = releases[i-1]
					}
					if random.IntN(20) == 0 {
						releases[i] += random.Int64N(daySeconds / 2)
					}
				}
				changes := []time.Time{time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC)}
				first := changes[random.IntN(2)].Unix() + random.Int64N(4*daySeconds)
				naive := simulate(p, first, releases, horizon)
				s, err := newSchedule(p, first, releases)
				if err != nil { // never open, or too short for a file
					if len(naive.starts) > 0 {
						t.Fatalf("%+v: %v, and the simulation sends %d files", p, err, len(naive.starts))
					}
					continue
				}
				for i := range releases {
					if i >= len(naive.starts) {
						if s.starts[i] < horizon*p.FilesPerHour {
							t.Fatalf("%+v from %d: file %d starts at tick %d, and the simulation has not sent it", p, first, i, s.starts[i])
						}
						break
					}
					if s.starts[i] != naive.starts[i] || s.acks[i] != naive.acks[i] {
						t.Fatalf("%+v from %d: file %d starts at tick %d and is acknowledged at %d, in the simulation at %d and %d",
							p, first, i, s.starts[i], s.acks[i], naive.starts[i], naive.acks[i])
					}
					files++
				}
			}
			return files
		})
}

// A window that is too short for a file is passed over, even where the file was
// ready long before it.
func TestAFileNeedsAWholeWindow(t *testing.T) {
	p := &Pace{FilesPerHour: 1, InFlight: 1}
	p.calendar = calendar{time.UTC, [7]bool{true, true, true, true, true, true, true}, []window{{10 * 60, 10*60 + 30}, {12 * 60, 14 * 60}}}
	midnight := time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC).Unix()
	s, err := newSchedule(p, midnight, []int64{0, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	for i, hour := range []int64{12, 13, 36} {
		if s.starts[i] != hour*ticksPerFile {
			t.Errorf("file %d starts %d s after midnight, and should %d h after it", i, s.starts[i], hour)
		}
	}
}
