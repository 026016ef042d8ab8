package engine

import "flagfill/engine/meterpoint"

// Cell counts the meter points that are alike in everything an outcome can
// depend on. RDP is empty where a point is undeliverable.
type Cell struct {
	Fuel  meterpoint.Fuel
	RDP   string
	Point meterpoint.Point
	Count int64
}

// Facts is the histogram of a run, sorted by (fuel, RDP, point): electricity
// and gas by Fuel's order, points field by field.
type Facts []Cell

// Summary is all that a question asks of the facts.
type Summary struct {
	Assessed, Unchanged, Changed, Held, Left int64
	Reportable                               Reportable
	Transitions                              []Transition
	Rules                                    []RuleTotal
	Ambiguities                              []AmbiguityTotal
}

// Reportable points: Total = Emitted + Withheld + Undeliverable. HeldBack are
// held points whose recorded A, I or N would be news.
type Reportable struct {
	Total         int64 `json:"total"`
	Emitted       int64 `json:"emitted"`
	Withheld      int64 `json:"withheld"`
	Undeliverable int64 `json:"undeliverable"`
	HeldBack      int64 `json:"held_back"`
}

// Transition counts the changed points by old and new status.
type Transition struct {
	Fuel  string `json:"fuel"`
	From  string `json:"from"`
	To    string `json:"to"`
	Count int64  `json:"count"`
}

// RuleTotal counts the assessed points that a rule decided.
type RuleTotal struct {
	Fuel  string `json:"fuel"`
	Rule  string `json:"rule"`
	Count int64  `json:"count"`
}

// AmbiguityTotal counts the points that hang on an open question, and what the
// whole run's totals would be with only that choice changed.
type AmbiguityTotal struct {
	Name         string        `json:"name"`
	Policy       string        `json:"policy"`
	Count        int64         `json:"count"`
	Alternatives []Alternative `json:"alternatives"`
}

// Alternative is another choice and the run's totals under it.
type Alternative struct {
	Policy     string `json:"policy"`
	Changed    int64  `json:"changed"`
	Reportable int64  `json:"reportable"`
}

// Summarise answers the question from the cells alone.
func (f Facts) Summarise(q meterpoint.Question, switches Switches) Summary {
	var s Summary
	transitions := map[[3]uint8]int64{}
	rules := map[[2]uint8]int64{}
	for _, c := range f {
		o := q.Outcome(c.Point)
		s.Assessed += c.Count
		s.fate(o.Fate, c.Count)
		rules[[2]uint8{uint8(c.Fuel), uint8(o.Rule)}] += c.Count
		if o.Fate == meterpoint.Changed {
			transitions[[3]uint8{uint8(c.Fuel), uint8(c.Point.Recorded), uint8(o.Status)}] += c.Count
		}
		s.Reportable.add(c, o, switches)
	}
	for _, fuel := range meterpoint.Fuels {
		for from := meterpoint.Null; from <= meterpoint.NotActive; from++ {
			for to := meterpoint.Null; to <= meterpoint.NotActive; to++ {
				if n := transitions[[3]uint8{uint8(fuel), uint8(from), uint8(to)}]; n > 0 {
					s.Transitions = append(s.Transitions, Transition{fuel.String(), from.String(), to.String(), n})
				}
			}
		}
		for rule := range meterpoint.Rule(meterpoint.RuleCount) {
			if n := rules[[2]uint8{uint8(fuel), uint8(rule)}]; n > 0 {
				s.Rules = append(s.Rules, RuleTotal{fuel.String(), rule.String(), n})
			}
		}
	}
	s.Ambiguities = f.ambiguities(q)
	return s
}

func (s *Summary) fate(fate meterpoint.Fate, n int64) {
	switch fate {
	case meterpoint.Unchanged:
		s.Unchanged += n
	case meterpoint.Changed:
		s.Changed += n
	case meterpoint.Held:
		s.Held += n
	case meterpoint.Left:
		s.Left += n
	}
}

func (r *Reportable) add(c Cell, o meterpoint.Outcome, switches Switches) {
	if o.HeldBack {
		r.HeldBack += c.Count
	}
	if !o.Reportable {
		return
	}
	r.Total += c.Count
	switch dispose(c.Fuel, c.RDP != "", o.Status, switches) {
	case Undeliverable:
		r.Undeliverable += c.Count
	case Withheld:
		r.Withheld += c.Count
	default:
		r.Emitted += c.Count
	}
}

// dispose says what becomes of a reportable point.
func dispose(fuel meterpoint.Fuel, deliverable bool, status meterpoint.ServiceStatus, switches Switches) Disposition {
	switch {
	case !deliverable:
		return Undeliverable
	case !switches.Reports(fuel, status):
		return Withheld
	}
	return Emitted
}

func (f Facts) ambiguities(q meterpoint.Question) []AmbiguityTotal {
	totals := make([]AmbiguityTotal, 0, meterpoint.Ambiguities)
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		chosen := q.Rules.Choices[a]
		total := AmbiguityTotal{Name: a.String(), Policy: chosen.String()}
		depends := make([]bool, len(f))
		for _, choice := range a.Choices() {
			if choice == chosen {
				continue
			}
			other := q
			other.Rules = q.Rules.With(a, choice)
			alternative := Alternative{Policy: choice.String()}
			for i, c := range f {
				was, would := q.Outcome(c.Point), other.Outcome(c.Point)
				if was.Differs(would) {
					depends[i] = true
				}
				if would.Fate == meterpoint.Changed {
					alternative.Changed += c.Count
				}
				if would.Reportable {
					alternative.Reportable += c.Count
				}
			}
			total.Alternatives = append(total.Alternatives, alternative)
		}
		for i, c := range f {
			if depends[i] {
				total.Count += c.Count
			}
		}
		totals = append(totals, total)
	}
	return totals
}

// Ambiguous counts the meter points that hang on at least one open question:
// with another choice of it their status, hold or reportability would differ.
func (f Facts) Ambiguous(q meterpoint.Question) int64 {
	var n int64
	for _, c := range f {
		if hangsOnChoice(q, c.Point) {
			n += c.Count
		}
	}
	return n
}

func hangsOnChoice(q meterpoint.Question, p meterpoint.Point) bool {
	was := q.Outcome(p)
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		for _, choice := range a.Choices() {
			other := q
			other.Rules = q.Rules.With(a, choice)
			if was.Differs(other.Outcome(p)) {
				return true
			}
		}
	}
	return false
}
