package engine

import (
	"testing"

	"flagfill/engine/meterpoint"
)

// The table that the engine looks outcomes up in says what the rule says, for
// every situation there is, under every question that a run can ask.
func TestVerdictsAreTheRule(t *testing.T) {
	questions := []meterpoint.Question{}
	for _, scope := range []meterpoint.Scope{meterpoint.Full, meterpoint.Backfill} {
		for baseline := range meterpoint.Baseline(3) {
			q := meterpoint.Question{Rules: meterpoint.DefaultRules(), Scope: scope, Baseline: baseline}
			questions = append(questions, q)
			q.Rules.InstalledStatus = false
			questions = append(questions, q)
		}
	}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		for _, choice := range a.Choices()[1:] {
			questions = append(questions, meterpoint.Question{Rules: meterpoint.DefaultRules().With(a, choice)})
		}
	}
	cases := 0
	for _, q := range questions {
		table := newVerdicts(q)
		for set := range meterpoint.StatusSet(meterpoint.StatusSets) {
			for recorded := meterpoint.Null; recorded <= meterpoint.Unknown; recorded++ {
				for reported := meterpoint.Null; reported <= meterpoint.Unknown; reported++ {
					for flags := range 4 {
						p := meterpoint.Point{Set: set, Recorded: recorded, Reported: reported, Ever: flags&1 != 0, OwnRow: flags&2 != 0}
						if back := pointOf(situation(p)); back != p {
							t.Fatalf("%+v comes back as %+v", p, back)
						}
						o, v := q.Outcome(p), table[situation(p)]
						if v != (verdict{o.Status, o.Rule, o.Fate, o.Reportable}) {
							t.Fatalf("%+v under %+v: the table says %+v, the rule %+v", p, q, v, o)
						}
						cases++
					}
				}
			}
		}
	}
	if want := len(questions) * meterpoint.StatusSets * 7 * 7 * 4; cases != want {
		t.Fatalf("%d cases, want %d", cases, want)
	}
	t.Logf("%d cases", cases)
}
