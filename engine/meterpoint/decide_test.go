package meterpoint

import (
	"fmt"
	"testing"
)

// The transcription: the decision table and the ambiguity ledger written down
// once more, as rows that are tried in order, from names alone. It shares no
// condition with Decide.

// countsAs is how each device status counts.
var countsAs = map[string]string{
	"Commissioned":             "commissioned",
	"InstalledNotCommissioned": "installed",
	"Suspended":                "other",
	"Recovery":                 "other",
	"Recovered":                "other",
	"Decommissioned":           "past",
	"Withdrawn":                "past",
	"Whitelisted":              "ignored",
	"Pending":                  "ignored",
}

// ledgerChoices are the policies and their choices, the default first.
var ledgerChoices = []struct {
	policy  string
	choices []string
}{
	{"mixed", []string{"hold", "installed", "not-active"}},
	{"past-beside-installed", []string{"installed", "mixed", "not-active"}},
	{"recovery", []string{"alters", "unaltered"}},
	{"suspended", []string{"not-active", "hold"}},
	{"pending", []string{"ignored", "other"}},
	{"inferred-past", []string{"not-active", "null"}},
	{"no-meter-left", []string{"not-active", "hold"}},
}

// meters is what the table asks of a point's meters.
type meters struct {
	none                               bool // no device row of any class
	commissioned, inc, other, past     bool
	unreadable, pending                bool
	countedAreRecovery, countedAreSusp bool // the only counted meters
}

// lookAt reads a status set by name, with Pending counting as told.
func lookAt(set StatusSet, pendingCountsAs string) meters {
	m := meters{none: set == 0, unreadable: set>>9&1 == 1}
	counted, recovery, suspended := 0, 0, 0
	for bit := range 9 {
		if set>>bit&1 == 0 {
			continue
		}
		name := DeviceStatus(bit).String()
		class := countsAs[name]
		if name == "Pending" {
			m.pending, class = true, pendingCountsAs
		}
		switch class {
		case "commissioned":
			m.commissioned = true
		case "installed":
			m.inc = true
		case "other":
			m.other = true
		case "past":
			m.past = true
		}
		if class == "commissioned" || class == "installed" || class == "other" {
			counted++
		}
		switch name {
		case "Recovery", "Recovered":
			recovery++
		case "Suspended":
			suspended++
		}
	}
	m.countedAreRecovery = counted > 0 && counted == recovery
	m.countedAreSusp = counted > 0 && counted == suspended
	return m
}

// situation is one case with everything the table may ask.
type situation struct {
	meters
	recorded, reported string
	ever, ownRow       bool
	installedStatus    bool
	policies           *policySet
}

type policySet struct {
	mixed, pastBesideInstalled, recovery, suspended, pending, inferredPast, noMeterLeft string
}

func (s *situation) hasPast() bool {
	return isOneOf(s.recorded, "A", "I", "N") || isOneOf(s.reported, "A", "I", "N") || s.ever ||
		(s.other || s.past) && s.policies.inferredPast == "not-active"
}

func isOneOf(s, a, b, c string) bool { return s == a || s == b || s == c }

// tableLine is a row of the decision table. The status may be "hold", the
// policy "mixed", or "recorded": it stands.
type tableLine struct {
	rule   string
	when   func(*situation) bool
	status func(*situation) string
}

func always(status string) func(*situation) string { return func(*situation) string { return status } }

func byMixed(s *situation) string { return s.policies.mixed }

var tableLines = []tableLine{
	{"own-row",
		func(s *situation) bool {
			return s.ownRow || s.recorded != "Null" && !isOneOf(s.recorded, "A", "I", "N")
		},
		always("hold")},
	{"commissioned",
		func(s *situation) bool { return s.commissioned },
		always("A")},
	{"unreadable",
		func(s *situation) bool { return s.unreadable },
		always("hold")},

	// Installed-status switch off: an INC meter has no row in the old table.
	{"installed-switched-off",
		func(s *situation) bool { return !s.installedStatus && s.inc && s.recorded == "A" },
		always("not-active")},
	{"installed-switched-off",
		func(s *situation) bool { return !s.installedStatus && s.inc && s.recorded == "I" },
		always("recorded, silently")},
	{"installed-switched-off",
		func(s *situation) bool { return !s.installedStatus && s.inc },
		always("recorded")},

	{"installed",
		func(s *situation) bool { return s.inc && !s.other && !s.past },
		always("installed")},
	{"installed",
		func(s *situation) bool { return s.inc && !s.other && s.policies.pastBesideInstalled == "installed" },
		always("installed")},
	{"past-beside-installed",
		func(s *situation) bool { return s.inc && !s.other && s.policies.pastBesideInstalled == "not-active" },
		always("not-active")},
	{"mixed",
		func(s *situation) bool { return s.inc },
		byMixed},

	// From here on no INC and no Commissioned meter: the ledger, then the table.
	{"recovery",
		func(s *situation) bool { return s.countedAreRecovery && s.policies.recovery == "unaltered" },
		always("recorded")},
	{"suspended",
		func(s *situation) bool { return s.countedAreSusp && s.policies.suspended == "hold" },
		always("hold")},
	{"no-meter-left",
		func(s *situation) bool {
			return s.none && (s.recorded == "A" || s.recorded == "I") && s.policies.noMeterLeft == "hold"
		},
		always("hold")},
	{"not-active",
		(*situation).hasPast,
		always("not-active")},
	{"inferred-past",
		func(s *situation) bool { return s.other || s.past },
		always("null")},
	{"never",
		func(*situation) bool { return true },
		always("null")},
}

// transcribed is what the rows say: a status by name, the rule's name, and
// whether the point is held or stands silently.
type transcribed struct {
	status, rule string
	hold, silent bool
}

func (s *situation) firstMatch() transcribed {
	for i := range tableLines {
		if line := &tableLines[i]; line.when(s) {
			switch status := line.status(s); status {
			case "hold":
				return transcribed{s.recorded, line.rule, true, false}
			case "recorded":
				return transcribed{s.recorded, line.rule, false, false}
			case "recorded, silently":
				return transcribed{s.recorded, line.rule, false, true}
			case "installed":
				return transcribed{"I", line.rule, false, false}
			case "not-active":
				return transcribed{"N", line.rule, false, false}
			case "null":
				return transcribed{"Null", line.rule, false, false}
			default:
				return transcribed{status, line.rule, false, false}
			}
		}
	}
	panic("the last row matches everything")
}

// transcribe decides a point. The policy pending is no row of its own: where
// it says other, it decides the points to which ignored gives another answer.
func transcribe(p Point, installedStatus bool, policies *policySet, seen *metersSeen) transcribed {
	s := situation{
		meters:   seen[p.Set][0],
		recorded: p.Recorded.String(), reported: p.Reported.String(),
		ever: p.Ever, ownRow: p.OwnRow,
		installedStatus: installedStatus, policies: policies,
	}
	if policies.pending == "ignored" || !s.pending {
		return s.firstMatch()
	}
	ignored := s.firstMatch()
	s.meters = seen[p.Set][1]
	verdict := s.firstMatch()
	if verdict.rule != "mixed" && (verdict.status != ignored.status || verdict.hold != ignored.hold) {
		verdict.rule = "pending"
	}
	return verdict
}

// metersSeen holds lookAt of every status set, with Pending ignored and other.
type metersSeen [1024][2]meters

func seeMeters() *metersSeen {
	seen := new(metersSeen)
	for set := range seen {
		seen[set] = [2]meters{lookAt(StatusSet(set), "ignored"), lookAt(StatusSet(set), "other")}
	}
	return seen
}

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
	sets := make([]StatusSet, 1024)
	for i := range sets {
		sets[i] = StatusSet(i)
	}
	return sets
}

// everyClassSet has one status for each class; Recovery and Suspended, and
// Pending and Whitelisted, are apart because policies tell them apart.
func everyClassSet() []StatusSet {
	members := []StatusSet{Of(Commissioned), Of(InstalledNotCommissioned), Of(Suspended), Of(Recovery),
		Of(Decommissioned), Of(Whitelisted), Of(Pending), Unusable}
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

// TestRuleIsTheTranscription asks every question of every case twice: once of
// the rule, once of the transcription.
func TestRuleIsTheTranscription(t *testing.T) {
	for _, part := range []struct {
		name               string
		sets               []StatusSet
		recorded, reported []ServiceStatus
		policies           [][7]int
		decisions          int
	}{
		{"every status set under each policy alone",
			everyStatusSet(), everyServiceStatus, everyServiceStatus, singleDeviations(),
			1024 * 7 * 7 * 2 * 2 * 2 * (1 + 2 + 2 + 1 + 1 + 1 + 1 + 1)},
		{"every class set under all policies together",
			everyClassSet(), []ServiceStatus{Null, Active, Installed, NotActive}, []ServiceStatus{Null, Installed}, allCombinations(),
			256 * 4 * 2 * 2 * 2 * 2 * (3 * 3 * 2 * 2 * 2 * 2 * 2)},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			seen := seeMeters()
			decisions, outcomes := 0, 0
			for _, chosen := range part.policies {
				for _, installedStatus := range []bool{true, false} {
					rules, policies := rulesOf(t, installedStatus, chosen)
					eachPoint(part.sets, part.recorded, part.reported, func(p Point) {
						want := transcribe(p, installedStatus, policies, seen)
						if got := Decide(p, rules); !want.is(got) {
							t.Fatalf("Decide(%+v, %v) = %+v, transcription %+v", p, describe(rules), got, want)
						}
						decisions++
						outcomes += compareOutcomes(t, p, rules, want)
					})
				}
			}
			t.Logf("%d decisions and %d outcomes compared", decisions, outcomes)
			if decisions != part.decisions || outcomes != part.decisions*2*3 {
				t.Errorf("compared %d decisions and %d outcomes, want %d and %d", decisions, outcomes, part.decisions, part.decisions*2*3)
			}
		})
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
