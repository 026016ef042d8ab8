package meterpoint

import "testing"

// TestDecideExamples are cases a business reader can check one by one. The
// policies named are those that differ from the default.
func TestDecideExamples(t *testing.T) {
	const inc = InstalledNotCommissioned
	type policies map[Ambiguity]Choice
	for _, c := range []struct {
		meters    StatusSet
		recorded  ServiceStatus
		policies  policies
		want      string // status, or hold
		wantRule  string
		otherwise string // what makes the point differ from a plain one
	}{
		{Of(Commissioned), Null, nil, "A", "commissioned", ""},
		{Of(Commissioned, inc, Suspended) | Unusable, NotActive, nil, "A", "commissioned", ""},
		{Of(Commissioned), Active, nil, "hold", "own-row", "own row"},
		{Of(Commissioned), LegacyS, nil, "hold", "own-row", ""},
		{Of(inc) | Unusable, Active, nil, "hold", "unreadable", ""},
		{Of(inc), Null, nil, "I", "installed", ""},
		{Of(inc), Active, nil, "I", "installed", ""},
		{Of(inc, Whitelisted, Pending), Null, nil, "I", "installed", ""},

		{Of(inc, Recovery), NotActive, nil, "hold", "mixed", ""},
		{Of(inc, Recovery), NotActive, policies{Mixed: ChooseInstalled}, "I", "mixed", ""},
		{Of(inc, Suspended), Active, policies{Mixed: ChooseNotActive}, "N", "mixed", ""},
		{Of(inc, Decommissioned), Null, nil, "I", "installed", ""},
		{Of(inc, Decommissioned), Null, policies{PastBesideInstalled: ChooseNotActive}, "N", "past-beside-installed", ""},
		{Of(inc, Withdrawn), Active, policies{PastBesideInstalled: ChooseMixed}, "hold", "mixed", ""},
		{Of(inc, Withdrawn), Active, policies{PastBesideInstalled: ChooseMixed, Mixed: ChooseInstalled}, "I", "mixed", ""},
		{Of(inc, Withdrawn, Recovered), Active, policies{PastBesideInstalled: ChooseNotActive}, "hold", "mixed", ""},

		{Of(Recovered), Active, nil, "N", "not-active", ""},
		{Of(Recovered), Active, policies{RecoveryAlters: ChooseUnaltered}, "A", "recovery", ""},
		{Of(Recovery, Decommissioned), Null, policies{RecoveryAlters: ChooseUnaltered}, "Null", "recovery", ""},
		{Of(Recovery, Suspended), Active, policies{RecoveryAlters: ChooseUnaltered}, "N", "not-active", ""},
		{Of(Suspended), Active, nil, "N", "not-active", ""},
		{Of(Suspended), Active, policies{SuspendedOnly: ChooseHold}, "hold", "suspended", ""},

		{Of(Pending), Null, nil, "Null", "never", ""},
		{Of(Pending), Null, policies{PendingIgnored: ChooseOther}, "N", "pending", ""},
		{Of(Pending), Active, policies{PendingIgnored: ChooseOther}, "N", "not-active", ""},
		{Of(Pending, inc), Null, policies{PendingIgnored: ChooseOther}, "hold", "mixed", ""},
		{Of(Pending, Suspended), Active, policies{PendingIgnored: ChooseOther, SuspendedOnly: ChooseHold}, "N", "pending", ""},

		{Of(Decommissioned), Null, nil, "N", "not-active", ""},
		{Of(Withdrawn), Null, policies{InferredPast: ChooseNull}, "Null", "inferred-past", ""},
		{Of(Withdrawn), Null, policies{InferredPast: ChooseNull}, "N", "not-active", "reported A"},
		{Of(Withdrawn), Installed, policies{InferredPast: ChooseNull}, "N", "not-active", ""},

		{0, Null, nil, "Null", "never", ""},
		{0, Null, nil, "N", "not-active", "ever installed"},
		{0, Null, nil, "N", "not-active", "reported A"},
		{0, Active, nil, "N", "not-active", ""},
		{0, Active, policies{NoMeterLeft: ChooseHold}, "hold", "no-meter-left", ""},
		{0, NotActive, policies{NoMeterLeft: ChooseHold}, "N", "not-active", ""},
		{Of(Whitelisted), Active, policies{NoMeterLeft: ChooseHold}, "N", "not-active", ""},

		{Of(inc), Active, nil, "N", "installed-switched-off", "switched off"},
		{Of(inc, Recovery), Null, nil, "Null", "installed-switched-off", "switched off"},
		{Of(inc, Decommissioned), Installed, nil, "I", "installed-switched-off", "switched off"},
	} {
		rules := DefaultRules()
		for a, choice := range c.policies {
			rules = rules.With(a, choice)
		}
		p := Point{Set: c.meters, Recorded: c.recorded}
		switch c.otherwise {
		case "own row":
			p.OwnRow = true
		case "reported A":
			p.Reported = Active
		case "ever installed":
			p.Ever = true
		case "switched off":
			rules.InstalledStatus = false
		}
		d := Decide(p, rules)
		got := d.Status.String()
		if d.Hold {
			got = "hold"
		}
		if got != c.want || d.Rule.String() != c.wantRule {
			t.Errorf("meters %s, recorded %s, %s %s: %s by %s, want %s by %s",
				c.meters, c.recorded, describe(rules), c.otherwise, got, d.Rule, c.want, c.wantRule)
		}
	}
}
