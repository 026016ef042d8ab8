package meterpoint

import (
	"strings"
	"testing"
)

// Every rule says what it asks and on which paragraph it rests.
func TestRulesHaveSources(t *testing.T) {
	meanings := map[string]Rule{}
	for rule := range Rule(RuleCount) {
		if other, taken := meanings[rule.Meaning()]; taken || rule.Meaning() == "" {
			t.Errorf("%s means %q, as %s does", rule, rule.Meaning(), other)
		}
		meanings[rule.Meaning()] = rule
		if !strings.Contains(rule.Source(), "FIA ") {
			t.Errorf("%s rests on %q", rule, rule.Source())
		}
		isPolicy := rule == RuleMixed || rule >= RulePastBesideInstalled
		if strings.Contains(rule.Source(), "closed by the policy "+rule.String()) != isPolicy {
			t.Errorf("%s is a policy: %v, and its source %q", rule, isPolicy, rule.Source())
		}
	}
}

// The classes are those of the table of docs/rules.md.
func TestClassesOfStatuses(t *testing.T) {
	want := map[DeviceStatus]string{Pending: "ignored", Whitelisted: "ignored", InstalledNotCommissioned: "installed", Commissioned: "commissioned",
		Suspended: "other", Recovery: "other", Recovered: "other", Decommissioned: "past", Withdrawn: "past"}
	counting := DefaultRules().With(PendingIgnored, ChooseOther)
	for s := range DeviceStatus(DeviceStatuses) {
		if got := DefaultRules().Class(s); got != want[s] {
			t.Errorf("%s is of class %s, want %s", s, got, want[s])
		}
		if got := counting.Class(s); s != Pending && got != want[s] || s == Pending && got != "other" {
			t.Errorf("where Pending counts, %s is of class %s", s, got)
		}
	}
}
