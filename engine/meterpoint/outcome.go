package meterpoint

// Scope says which transitions a run may make.
type Scope uint8

// Full allows every transition the rule gives. Backfill is the data update
// utility of FIA 3.1: only Null or N to I.
const (
	Full Scope = iota
	Backfill
)

var scopeNames = []string{"full", "backfill"}

func (s Scope) String() string { return scopeNames[s] }

// ParseScope reads full or backfill.
func ParseScope(name string) (Scope, bool) {
	i, ok := index(scopeNames, name)
	return Scope(i), ok
}

// Baseline is what an RDP is taken to know already.
type Baseline uint8

// BaselineRecorded: the recorded status. BaselineGoLive: only ever A, so every
// I and N is news (FIA 3.1, first run). BaselineReported: reported_status.
const (
	BaselineRecorded Baseline = iota
	BaselineGoLive
	BaselineReported
)

var baselineNames = []string{"recorded", "go-live", "reported"}

func (b Baseline) String() string { return baselineNames[b] }

// ParseBaseline reads recorded, go-live or reported.
func ParseBaseline(name string) (Baseline, bool) {
	i, ok := index(baselineNames, name)
	return Baseline(i), ok
}

func index(names []string, name string) (int, bool) {
	for i, n := range names {
		if n == name {
			return i, true
		}
	}
	return 0, false
}

// Question is everything besides the data that an outcome depends on.
type Question struct {
	Rules    Rules
	Scope    Scope
	Baseline Baseline
}

// Fate is what becomes of a point's status.
type Fate uint8

// Every assessed point has one of these.
const (
	Unchanged Fate = iota
	Changed
	Held // the rule is in doubt: the recorded status stands
	Left // the scope forbids the move: known to be wrong
)

// Outcome of one point: what the rule gave, and what that means under the
// scope and the baseline in force.
type Outcome struct {
	Decision
	Fate       Fate
	Reportable bool // the RDP should be told, switches and delivery aside
	HeldBack   bool // held, and the recorded A, I or N would be news
}

// Outcome decides the point and applies scope and baseline (FIA 3, 3.1).
func (q Question) Outcome(p Point) Outcome {
	o := Outcome{Decision: Decide(p, q.Rules)}
	switch {
	case o.Hold:
		o.Fate = Held
		o.HeldBack = q.Baseline.news(p, p.Recorded)
	case o.Status == p.Recorded:
		o.Fate = Unchanged
	case q.Scope == Backfill && (o.Status != Installed || p.Recorded == Active):
		o.Fate = Left
	default:
		o.Fate = Changed
	}
	if o.Fate == Unchanged || o.Fate == Changed {
		o.Reportable = !o.Silent && q.Baseline.news(p, o.Status)
	}
	return o
}

// Differs tells whether two outcomes of a point are another status, hold or
// reportability: what makes a point depend on an open question.
func (o Outcome) Differs(other Outcome) bool {
	return o.Status != other.Status || o.Hold != other.Hold || o.Reportable != other.Reportable
}

// news tells whether an RDP that knows only the baseline should be told the
// status. Null and anything not in force is never told.
func (b Baseline) news(p Point, status ServiceStatus) bool {
	if !status.Reported() {
		return false
	}
	switch b {
	case BaselineGoLive:
		return status != Active || p.Recorded != Active
	case BaselineReported:
		return status != p.Reported
	}
	return status != p.Recorded
}

// Demotes tells whether a move from the recorded status takes service away:
// A→N, A→I and I→N.
func Demotes(from, to ServiceStatus) bool {
	return from == Active && (to == NotActive || to == Installed) || from == Installed && to == NotActive
}

// DependsOnNoMeterLeft tells whether the point is one of the ledger entry
// no-meter-left: recorded A or I, its rows in order, no device row naming it.
func (p Point) DependsOnNoMeterLeft() bool { return !p.OwnRow && p.noMeterLeft() }
