package meterpoint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLedgerNamesAndChoices(t *testing.T) {
	if len(ledgerChoices) != Ambiguities {
		t.Fatalf("%d policies are transcribed, the ledger has %d", len(ledgerChoices), Ambiguities)
	}
	for i, want := range ledgerChoices {
		a := Ambiguity(i)
		var choices []string
		for _, c := range a.Choices() {
			choices = append(choices, c.String())
		}
		if a.String() != want.policy {
			t.Errorf("policy %d is %s, want %s", i, a, want.policy)
		}
		if diff := cmp.Diff(want.choices, choices); diff != "" {
			t.Errorf("choices of %s, the default first (-want +got):\n%s", a, diff)
		}
		if DefaultChoices()[a].String() != want.choices[0] {
			t.Errorf("%s is %s by default, want %s", a, DefaultChoices()[a], want.choices[0])
		}
		if a.Gap() == "" {
			t.Errorf("%s does not say what it closes", a)
		}
	}
	if !DefaultRules().InstalledStatus || DefaultRules().Choices != DefaultChoices() {
		t.Error("the default rules are not the defaults with the switch on")
	}
}

// A policy takes its own choices by their exact names, and no other's.
func TestParseChoice(t *testing.T) {
	for i, line := range ledgerChoices {
		own := map[string]bool{}
		for _, name := range line.choices {
			own[name] = true
		}
		for _, name := range append(choiceNames[:], "", "Hold", "hold ", "unknown") {
			c, ok := Ambiguity(i).ParseChoice(name)
			if ok != own[name] || ok && c.String() != name {
				t.Errorf("%s = %q reads as %s, %v", line.policy, name, c, ok)
			}
		}
	}
}

func TestWithReplacesOnePolicy(t *testing.T) {
	rules := DefaultRules()
	changed := rules.With(NoMeterLeft, ChooseHold)
	if rules != DefaultRules() {
		t.Error("With changed its receiver")
	}
	want := DefaultRules()
	want.Choices[NoMeterLeft] = ChooseHold
	if changed != want {
		t.Errorf("With gave %+v, want %+v", changed, want)
	}
}

// Where a choice other than the default decides, the rule counted is the
// policy's own name.
func TestRuleNames(t *testing.T) {
	want := []string{"own-row", "commissioned", "unreadable", "installed", "mixed", "installed-switched-off", "not-active", "never",
		"past-beside-installed", "recovery", "suspended", "pending", "inferred-past", "no-meter-left", "recorded"}
	var got []string
	for r := range Rule(RuleCount) {
		got = append(got, r.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}
