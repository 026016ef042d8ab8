package engine

import (
	"testing"

	"flagfill/assurance/property"
	"flagfill/engine/meterpoint"
)

// The table that the engine looks outcomes up in says what the rule says, for
// every situation there is, under every question that a run can ask: when it is
// asked first, and when it knows.
func TestPropertyVerdictsAreTheRule(t *testing.T) {
	property.Property{Goal: "R1", Name: "the engine's table says what the rule says", Unit: "situations", Seeds: 1}.
		Check(t, compareVerdicts)
}

func compareVerdicts(t *testing.T, _ int) int64 {
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
		table := &verdicts{question: q}
		for set := range meterpoint.StatusSet(meterpoint.StatusSets) {
			for recorded := meterpoint.Null; recorded <= meterpoint.Unknown; recorded++ {
				for reported := meterpoint.Null; reported <= meterpoint.Unknown; reported++ {
					for flags := range 4 {
						p := meterpoint.Point{Set: set, Recorded: recorded, Reported: reported, Ever: flags&1 != 0, OwnRow: flags&2 != 0}
						if back := pointOf(situation(p)); back != p {
							t.Fatalf("%+v comes back as %+v", p, back)
						}
						o, first := q.Outcome(p), *table.of(situation(p))
						if again := *table.of(situation(p)); first != again || first != (verdict{true, o.Status, o.Rule, o.Fate, o.Reportable, o.Silent}) {
							t.Fatalf("%+v under %+v: the table says %+v and %+v, the rule %+v", p, q, first, again, o)
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
	return int64(cases)
}

// What becomes of a reportable point, written down once more: rows are tried
// in order, and an empty field fits everything.
func TestPropertyDispositions(t *testing.T) {
	lines := []struct{ fuel, rdp, status, electricity, gas, want string }{
		{"", "unknown", "", "", "", "undeliverable"},
		{"", "", "A", "", "", "emitted"},
		{"electricity", "", "", "on", "", "emitted"},
		{"gas", "", "", "", "on", "emitted"},
		{"", "", "", "", "", "withheld"},
	}
	fits := func(wanted, found string) bool { return wanted == "" || wanted == found }
	property.Property{Goal: "R1", Name: "switches and delivery dispose as written down", Unit: "dispositions", Seeds: 1}.
		Check(t, func(t *testing.T, _ int) (cases int64) {
			eachDisposition(func(fuel, rdp, status, electricity, gas string, got Disposition) {
				for _, line := range lines {
					if fits(line.fuel, fuel) && fits(line.rdp, rdp) && fits(line.status, status) && fits(line.electricity, electricity) && fits(line.gas, gas) {
						if got.String() != line.want {
							t.Errorf("%s, RDP %s, %s, switches %s and %s: %s, want %s", fuel, rdp, status, electricity, gas, got, line.want)
						}
						break
					}
				}
				cases++
			})
			return cases
		})
}

// eachDisposition visits every reportable point there is by name, and what
// becomes of it.
func eachDisposition(visit func(fuel, rdp, status, electricity, gas string, got Disposition)) {
	on, known := []string{"off", "on"}, []string{"unknown", "known"}
	for _, fuel := range meterpoint.Fuels {
		for status := meterpoint.Active; status <= meterpoint.NotActive; status++ {
			for bits := range 8 {
				rdp, electricity, gas := bits&1, bits>>1&1, bits>>2
				got := dispose(fuel, rdp == 1, status, Switches{electricity == 1, gas == 1})
				visit(fuel.String(), known[rdp], status.String(), on[electricity], on[gas], got)
			}
		}
	}
}
