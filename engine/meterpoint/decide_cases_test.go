package meterpoint

import (
	"fmt"
	"testing"

	"flagfill/assurance/property"
)

// rulesOf builds the policies by name in both forms. chosen holds an index per
// ledger line.
func rulesOf(t testing.TB, installedStatus bool, chosen [7]int) (Rules, *policySet) {
	rules := Rules{InstalledStatus: installedStatus}
	names := [7]string{}
	for a, line := range ledgerChoices {
		names[a] = line.choices[chosen[a]]
		choice, ok := Ambiguity(a).ParseChoice(names[a])
		if !ok {
			t.Fatalf("policy %s does not know %q", Ambiguity(a), names[a])
		}
		rules = rules.With(Ambiguity(a), choice)
	}
	return rules, &policySet{names[0], names[1], names[2], names[3], names[4], names[5], names[6]}
}

// singleDeviations are the defaults, then each other choice alone.
func singleDeviations() [][7]int {
	all := [][7]int{{}}
	for a, line := range ledgerChoices {
		for choice := 1; choice < len(line.choices); choice++ {
			deviation := [7]int{}
			deviation[a] = choice
			all = append(all, deviation)
		}
	}
	return all
}

// allCombinations of the policies.
func allCombinations() [][7]int {
	all := [][7]int{{}}
	for a, line := range ledgerChoices {
		for _, before := range all {
			for choice := 1; choice < len(line.choices); choice++ {
				before[a] = choice
				all = append(all, before)
			}
		}
	}
	return all
}

func everyStatusSet() []StatusSet {
	sets := make([]StatusSet, 2048)
	for i := range sets {
		sets[i] = StatusSet(i)
	}
	return sets
}

// everyClassSet has one status for each class; Recovery and Suspended, and
// Pending and Whitelisted, are apart because policies tell them apart.
func everyClassSet() []StatusSet {
	members := []StatusSet{Of(Commissioned), Of(InstalledNotCommissioned), Of(Suspended), Of(Recovery),
		Of(Decommissioned), Of(Whitelisted), Of(Pending), Unusable, PendingFuelMismatch}
	sets := make([]StatusSet, 1<<len(members))
	for i := range sets {
		for bit, member := range members {
			if i>>bit&1 == 1 {
				sets[i] |= member
			}
		}
	}
	return sets
}

var everyServiceStatus = []ServiceStatus{Null, Active, Installed, NotActive, LegacyS, LegacyW, Unknown}

// ruleCases are points and policies under which rule and transcription are
// asked the same questions.
type ruleCases struct {
	sets               []StatusSet
	recorded, reported []ServiceStatus
	policies           [][7]int
	decisions          int
}

func TestPropertyEveryStatusSetUnderEachPolicyAlone(t *testing.T) {
	skipShort(t)
	t.Parallel()
	property.Property{Goal: "R1", Name: "the rule is its literal transcription, for every status set under each policy alone", Unit: "outcomes", Seeds: 1}.
		Check(t, ruleCases{everyStatusSet(), everyServiceStatus, everyServiceStatus, singleDeviations(),
			2048 * 7 * 7 * 2 * 2 * 2 * (1 + 2 + 2 + 1 + 1 + 1 + 1 + 1)}.compare)
}

func TestPropertyEveryClassSetUnderAllPoliciesTogether(t *testing.T) {
	skipShort(t)
	t.Parallel()
	property.Property{Goal: "R1", Name: "the rule is its literal transcription, for every class set under all policies together", Unit: "outcomes", Seeds: 1}.
		Check(t, ruleCases{everyClassSet(), []ServiceStatus{Null, Active, Installed, NotActive}, []ServiceStatus{Null, Installed}, allCombinations(),
			512 * 4 * 2 * 2 * 2 * 2 * (3 * 3 * 2 * 2 * 2 * 2 * 2)}.compare)
}

// A part of these that every run of the tests has time for.
func TestRuleIsItsTranscription(t *testing.T) {
	ruleCases{everyClassSet(), []ServiceStatus{Null, Active, Installed, NotActive}, []ServiceStatus{Null, Installed}, singleDeviations(),
		512 * 4 * 2 * 2 * 2 * 2 * (1 + 2 + 2 + 1 + 1 + 1 + 1 + 1)}.compare(t, 0)
}

// skipShort leaves enumerations out under the race detector: nothing in them
// runs at the same time.
func skipShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("an enumeration")
	}
}

// compare asks every question of every case twice: once of the rule, once of
// the transcription.
func (c ruleCases) compare(t *testing.T, _ int) int64 {
	seen := seeMeters()
	decisions, outcomes := 0, 0
	for _, chosen := range c.policies {
		for _, installedStatus := range []bool{true, false} {
			rules, policies := rulesOf(t, installedStatus, chosen)
			eachPoint(c.sets, c.recorded, c.reported, func(p Point) {
				want := transcribe(p, installedStatus, policies, seen)
				if got := Decide(p, rules); !want.is(got) {
					t.Fatalf("Decide(%+v, %v) = %+v, transcription %+v", p, describe(rules), got, want)
				}
				decisions++
				outcomes += compareOutcomes(t, p, rules, want)
			})
		}
	}
	if decisions != c.decisions || outcomes != c.decisions*2*3 {
		t.Errorf("compared %d decisions and %d outcomes, want %d and %d", decisions, outcomes, c.decisions, c.decisions*2*3)
	}
	return int64(outcomes)
}

// The transcription can fail: another choice of any policy shows as many
// differences as there are points that hang on it.
func TestTranscriptionTellsPoliciesApart(t *testing.T) {
	seen := seeMeters()
	for i, chosen := range singleDeviations()[1:] {
		rules, _ := rulesOf(t, true, chosen)
		_, defaults := rulesOf(t, true, [7]int{})
		differences := 0
		eachPoint(everyClassSet(), everyServiceStatus, everyServiceStatus, func(p Point) {
			if !transcribe(p, true, defaults, seen).is(Decide(p, rules)) {
				differences++
			}
		})
		if differences == 0 {
			t.Errorf("%s: no decision differs from the default's (deviation %d)", describe(rules), i)
		}
	}
}

func eachPoint(sets []StatusSet, recorded, reported []ServiceStatus, visit func(Point)) {
	for _, set := range sets {
		for _, record := range recorded {
			for _, report := range reported {
				for flags := range 4 {
					visit(Point{Set: set, Recorded: record, Reported: report, Ever: flags&1 == 1, OwnRow: flags&2 == 2})
				}
			}
		}
	}
}

func (want transcribed) is(got Decision) bool {
	return got.Status.String() == want.status && got.Rule.String() == want.rule && got.Hold == want.hold && got.Silent == want.silent
}

func describe(r Rules) string {
	text := fmt.Sprintf("installed_status=%v", r.InstalledStatus)
	for a := range Ambiguity(Ambiguities) {
		if r.Choices[a] != a.Choices()[0] {
			text += fmt.Sprintf(" %s=%s", a, r.Choices[a])
		}
	}
	return text
}
