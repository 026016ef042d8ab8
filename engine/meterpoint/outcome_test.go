package meterpoint

import "testing"

// expectedFate says by names what scope and baseline make of a decided status:
// the data update utility (FIA 3.1) and reporting (FIA 3), written down once
// more.
func expectedFate(p Point, decided transcribed, scope, baseline string) (fate Fate, reportable, heldBack bool) {
	recorded := p.Recorded.String()
	moves := (recorded == "Null" || recorded == "N") && decided.status == "I"
	switch {
	case decided.hold:
		return Held, false, isNews(recorded, p, baseline)
	case decided.status == recorded:
		return Unchanged, !decided.silent && isNews(recorded, p, baseline), false
	case scope == "backfill" && !moves:
		return Left, false, false
	}
	return Changed, !decided.silent && isNews(decided.status, p, baseline), false
}

func isNews(status string, p Point, baseline string) bool {
	if !isOneOf(status, "A", "I", "N") {
		return false
	}
	switch baseline {
	case "recorded":
		return status != p.Recorded.String()
	case "reported":
		return status != p.Reported.String()
	}
	return status == "I" || status == "N" || p.Recorded.String() != "A" // go-live: RDPs know of A alone
}

var (
	everyScope    = []string{"full", "backfill"}
	everyBaseline = []string{"recorded", "go-live", "reported"}
)

// compareOutcomes asks for the outcome under every scope and baseline, and
// returns how many it compared.
func compareOutcomes(t *testing.T, p Point, rules Rules, decided transcribed) int {
	compared := 0
	for s, scope := range everyScope {
		for b, baseline := range everyBaseline {
			got := Question{Rules: rules, Scope: Scope(s), Baseline: Baseline(b)}.Outcome(p)
			fate, reportable, heldBack := expectedFate(p, decided, scope, baseline)
			if got.Fate != fate || got.Reportable != reportable || got.HeldBack != heldBack || !decided.is(got.Decision) {
				t.Fatalf("%+v, %s, scope %s, baseline %s: got %+v, want fate %d, reportable %v, held back %v of %+v",
					p, describe(rules), scope, baseline, got, fate, reportable, heldBack, decided)
			}
			compared++
		}
	}
	return compared
}

// The promises that hold whatever the policies: they are stated for
// themselves, so that a slip made alike in rule and transcription shows too.
func TestPromisesOfTheRule(t *testing.T) {
	promises := []struct {
		text   string
		broken func(p Point, o Outcome) bool
	}{
		{"a held point keeps its recorded status and is never reported",
			func(p Point, o Outcome) bool {
				return o.Hold && (o.Status != p.Recorded || o.Reportable || o.Fate != Held)
			}},
		{"a left point is never reported",
			func(_ Point, o Outcome) bool { return o.Fate == Left && o.Reportable }},
		{"Null is never reported",
			func(_ Point, o Outcome) bool { return o.Status == Null && o.Reportable }},
		{"no recorded A, I or N becomes Null",
			func(p Point, o Outcome) bool { return p.Recorded.Reported() && o.Status == Null }},
		{"S, W and the unknown are never written",
			func(_ Point, o Outcome) bool { return o.Fate != Held && !o.Status.InForce() }},
		{"a status is never taken down because of a row that could not be used",
			func(p Point, o Outcome) bool { return p.Set.Any(Unusable) && Demotes(p.Recorded, o.Status) }},
		{"a Commissioned meter is proof enough of A",
			func(p Point, o Outcome) bool {
				return p.Set.Any(Of(Commissioned)) && !p.OwnRow && p.Recorded.InForce() && o.Status != Active
			}},
		{"only a Commissioned meter makes an A",
			func(p Point, o Outcome) bool {
				return !p.Set.Any(Of(Commissioned)) && o.Status == Active && p.Recorded != Active
			}},
		{"only an INC meter makes an I",
			func(p Point, o Outcome) bool {
				return !p.Set.Any(Of(InstalledNotCommissioned)) && o.Status == Installed && p.Recorded != Installed
			}},
		{"only held points are held back",
			func(_ Point, o Outcome) bool { return o.HeldBack && !o.Hold }},
	}
	for _, chosen := range singleDeviations() {
		for _, installedStatus := range []bool{true, false} {
			rules, _ := rulesOf(t, installedStatus, chosen)
			for i := range 6 {
				q := Question{Rules: rules, Scope: Scope(i % 2), Baseline: Baseline(i / 2)}
				eachPoint(everyClassSet(), everyServiceStatus, []ServiceStatus{Null, NotActive, LegacyS}, func(p Point) {
					o := q.Outcome(p)
					for _, promise := range promises {
						if promise.broken(p, o) {
							t.Fatalf("%s: %+v, %s, scope %s, baseline %s gave %+v", promise.text, p, describe(rules), q.Scope, q.Baseline, o)
						}
					}
				})
			}
		}
	}
}

func TestBackfillMakesOnlyTheTwoMoves(t *testing.T) {
	q := Question{Rules: DefaultRules(), Scope: Backfill}
	for _, c := range []struct {
		recorded ServiceStatus
		meter    DeviceStatus
		want     Fate
	}{
		{Null, InstalledNotCommissioned, Changed},
		{NotActive, InstalledNotCommissioned, Changed},
		{Active, InstalledNotCommissioned, Left},
		{Installed, InstalledNotCommissioned, Unchanged},
		{Null, Commissioned, Left},
		{NotActive, Commissioned, Left},
		{Active, Decommissioned, Left},
		{Null, Withdrawn, Left},
	} {
		o := q.Outcome(Point{Set: Of(c.meter), Recorded: c.recorded})
		if o.Fate != c.want || o.Reportable != (c.want == Changed) {
			t.Errorf("recorded %s, meter %s: fate %d, reportable %v, want fate %d", c.recorded, c.meter, o.Fate, o.Reportable, c.want)
		}
	}
}

// A question that is as recorded takes the recorded status as it stands,
// whatever the devices: but a row in doubt, and a status that is not in force,
// are held.
func TestAsRecorded(t *testing.T) {
	for _, c := range []struct {
		recorded ServiceStatus
		ownRow   bool
		want     Decision
	}{
		{Active, false, Decision{Status: Active, Rule: RuleRecorded}},
		{Null, false, Decision{Status: Null, Rule: RuleRecorded}},
		{Active, true, Decision{Status: Active, Rule: RuleOwnRow, Hold: true}},
		{LegacyS, false, Decision{Status: LegacyS, Rule: RuleOwnRow, Hold: true}},
		{LegacyS, true, Decision{Status: LegacyS, Rule: RuleOwnRow, Hold: true}},
	} {
		p := Point{Set: Of(Decommissioned), Recorded: c.recorded, OwnRow: c.ownRow}
		o := Question{Rules: DefaultRules(), AsRecorded: true}.Outcome(p)
		if o.Decision != c.want || (o.Fate == Held) != c.want.Hold {
			t.Errorf("recorded %s, own row %v: %+v, want %+v", c.recorded, c.ownRow, o, c.want)
		}
	}
}

// A point depends on a question where one answer gives it another status, hold
// or reportability: the rule that says so may be another.
func TestDiffers(t *testing.T) {
	o := Outcome{Decision: Decision{Status: Active, Rule: RuleRecorded}, Reportable: true}
	for _, c := range []struct {
		what   string
		change func(*Outcome)
		want   bool
	}{
		{"nothing", func(*Outcome) {}, false},
		{"the rule", func(o *Outcome) { o.Rule = RuleOwnRow }, false},
		{"the status", func(o *Outcome) { o.Status = Installed }, true},
		{"the hold", func(o *Outcome) { o.Hold = true }, true},
		{"the reportability", func(o *Outcome) { o.Reportable = false }, true},
	} {
		other := o
		c.change(&other)
		if got := o.Differs(other); got != c.want {
			t.Errorf("%s is another: %v, want %v", c.what, got, c.want)
		}
	}
}

func TestDemotes(t *testing.T) {
	want := map[[2]ServiceStatus]bool{{Active, NotActive}: true, {Active, Installed}: true, {Installed, NotActive}: true}
	for _, from := range everyServiceStatus {
		for _, to := range everyServiceStatus {
			if got := Demotes(from, to); got != want[[2]ServiceStatus{from, to}] {
				t.Errorf("Demotes(%s, %s) = %v", from, to, got)
			}
		}
	}
}

func TestDependsOnNoMeterLeft(t *testing.T) {
	count := 0
	eachPoint(everyStatusSet(), everyServiceStatus, everyServiceStatus, func(p Point) {
		want := p.Set == 0 && !p.OwnRow && (p.Recorded == Active || p.Recorded == Installed)
		if p.DependsOnNoMeterLeft() != want {
			t.Fatalf("%+v: %v, want %v", p, !want, want)
		}
		if want {
			count++
		}
	})
	if count != 2*7*2 {
		t.Errorf("%d points depend on it, want 2 recorded × 7 reported × 2 ever", count)
	}
}

func TestScopeAndBaselineNames(t *testing.T) {
	for i, name := range everyScope {
		if s, ok := ParseScope(name); !ok || s != Scope(i) || s.String() != name {
			t.Errorf("scope %q reads as %v, %v", name, s, ok)
		}
	}
	for i, name := range everyBaseline {
		if b, ok := ParseBaseline(name); !ok || b != Baseline(i) || b.String() != name {
			t.Errorf("baseline %q reads as %v, %v", name, b, ok)
		}
	}
	for _, name := range []string{"", "Full", "golive", "recorded "} {
		if _, ok := ParseScope(name); ok {
			t.Errorf("scope %q is read", name)
		}
		if _, ok := ParseBaseline(name); ok {
			t.Errorf("baseline %q is read", name)
		}
	}
}
