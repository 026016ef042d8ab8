package synth

import (
	"cmp"
	"slices"

	"flagfill/engine/meterpoint"
)

// Report says what a snapshot holds. It is reckoned from the stories and how
// often each occurs, not from rows (but for Extracts), and not by the engine.
type Report struct {
	Devices      int64 // rows
	MeterPoints  int64 // rows: the meter points asked for, and repeated rows of some
	Meters       int64 // device rows of type ESME or GSME
	Associations int64 // distinct non-empty MPxNs of those and of rows of unknown type
	Held         int64 // meter points that default rules hold
	Planted      []Planted
	Transitions  []Transition
	Extracts     *ExtractCounts // nil where none were asked for
}

// Planted counts the faults of one kind, as a run counts exceptions: by
// association in devices; by row, or once for the point, in meter_points.
type Planted struct {
	Table   string // "devices" or "meter_points"
	Code    string
	Count   int64
	Warning bool // counted by a run, but its row is used
}

// Transition counts the meter points that a run with the default rules moves.
type Transition struct {
	Fuel     meterpoint.Fuel
	From, To meterpoint.ServiceStatus
	Count    int64
}

func (e *estate) report() Report {
	r := Report{Devices: e.rows(devicesTable), MeterPoints: e.rows(meterPointsTable)}
	planted := map[Planted]int64{}
	transitions := map[Transition]int64{}
	for i, s := range e.stories {
		n := e.instances[i]
		if n == 0 {
			continue
		}
		for _, d := range s.devices {
			meters, associations := d.counts()
			r.Meters += n * meters
			r.Associations += n * associations
		}
		for _, p := range s.plants {
			key := Planted{Table: p.Table, Code: p.Code, Warning: p.Warning}
			planted[key] += n * p.Count
		}
		s.eachPoint(func(p point) {
			switch {
			case p.becomes == held:
				r.Held += n
			case p.becomes != p.recorded:
				transitions[Transition{Fuel: s.fuel(p.of), From: p.recorded.status(), To: p.becomes.status()}] += n
			}
		})
	}
	for p, n := range planted {
		p.Count = n
		r.Planted = append(r.Planted, p)
	}
	for t, n := range transitions {
		t.Count = n
		r.Transitions = append(r.Transitions, t)
	}
	slices.SortFunc(r.Planted, func(a, b Planted) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Code, b.Code), boolCompare(a.Warning, b.Warning))
	})
	slices.SortFunc(r.Transitions, func(a, b Transition) int {
		return cmp.Or(cmp.Compare(a.Fuel, b.Fuel), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return r
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
