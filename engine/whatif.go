package engine

import "flagfill/engine/meterpoint"

// Scenario is everything besides the data that decides what a run would do:
// rules, scope, baseline and reporting switches.
type Scenario struct {
	meterpoint.Question
	Switches Switches
}

// Possible tells whether a run can be made so: backfill moves points to I,
// which nobody computes while installed_status is off.
func (s Scenario) Possible() bool {
	return s.Scope != meterpoint.Backfill || s.Rules.InstalledStatus
}

// Tally counts meter points by what a run would do with them. Emitted ones are
// those reportable that an RDP is known for and the switches let pass.
type Tally struct {
	Changed    int64 `json:"changed"`
	Reportable int64 `json:"reportable"`
	Emitted    int64 `json:"emitted"`
}

func (t *Tally) add(other Tally) {
	t.Changed += other.Changed
	t.Reportable += other.Reportable
	t.Emitted += other.Emitted
}

// Minus is how much more t counts than other.
func (t Tally) Minus(other Tally) Tally {
	return Tally{t.Changed - other.Changed, t.Reportable - other.Reportable, t.Emitted - other.Emitted}
}

// Move is a group of meter points that are changed or reportable: their fuel,
// the RDP that is told of them ("" where none is known), and the status they
// have and get. From and To are alike where a status that stands is news.
type Move struct {
	Fuel     meterpoint.Fuel
	RDP      string
	From, To meterpoint.ServiceStatus
}

// Answer is what a run under a scenario would do, without running it.
type Answer struct {
	Tally
	Held     int64 `json:"held"`
	HeldBack int64 `json:"held_back"`
	Left     int64 `json:"left"`
	// Otherwise counts the points that come out otherwise than under the first
	// scenario asked: another status, fate or disposition.
	Otherwise int64          `json:"otherwise"`
	Moves     map[Move]Tally `json:"-"`
}

// Ask answers each scenario from the cells alone; the first is what the others
// are held against. The rule is asked once for all cells whose points are alike.
func (f Facts) Ask(scenarios []Scenario) []Answer {
	kinds := map[meterpoint.Point]int{}
	points, kindOf := []meterpoint.Point{}, make([]int, len(f))
	for i, c := range f {
		kind, known := kinds[c.Point]
		if !known {
			kind = len(points)
			kinds[c.Point] = kind
			points = append(points, c.Point)
		}
		kindOf[i] = kind
	}
	answers, outcomes := make([]Answer, len(scenarios)), make([]meterpoint.Outcome, len(points))
	first := make([]becomes, len(f))
	for i, s := range scenarios {
		for kind, p := range points {
			outcomes[kind] = s.Outcome(p)
		}
		answers[i].Moves = map[Move]Tally{}
		for at, c := range f {
			o := outcomes[kindOf[at]]
			answers[i].add(c, o, s.Switches)
			now := becomes{o.Status, o.Fate, o.Reportable, o.Reportable && dispose(c.Fuel, c.RDP != "", o.Status, s.Switches) == Emitted}
			if i == 0 {
				first[at] = now
			} else if now != first[at] {
				answers[i].Otherwise += c.Count
			}
		}
	}
	return answers
}

// becomes is what a scenario makes of a point, as far as anybody could notice.
type becomes struct {
	status              meterpoint.ServiceStatus
	fate                meterpoint.Fate
	reportable, emitted bool
}

func (a *Answer) add(c Cell, o meterpoint.Outcome, switches Switches) {
	switch o.Fate {
	case meterpoint.Held:
		a.Held += c.Count
	case meterpoint.Left:
		a.Left += c.Count
	}
	if o.HeldBack {
		a.HeldBack += c.Count
	}
	var t Tally
	if o.Fate == meterpoint.Changed {
		t.Changed = c.Count
	}
	if o.Reportable {
		t.Reportable = c.Count
		if dispose(c.Fuel, c.RDP != "", o.Status, switches) == Emitted {
			t.Emitted = c.Count
		}
	}
	if t == (Tally{}) {
		return
	}
	a.Tally.add(t)
	move := Move{c.Fuel, c.RDP, c.Point.Recorded, o.Status}
	sum := a.Moves[move]
	sum.add(t)
	a.Moves[move] = sum
}
