package meterpoint

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
	m := meters{none: set == 0, unreadable: set>>9&1 == 1 || set>>10&1 == 1 && pendingCountsAs == "other"}
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
// it says other, it decides the points to which ignored gives another answer,
// its readable rows being what they are.
func transcribe(p Point, installedStatus bool, policies *policySet, seen *metersSeen) transcribed {
	s := situation{
		meters:   seen[p.Set][0],
		recorded: p.Recorded.String(), reported: p.Reported.String(),
		ever: p.Ever, ownRow: p.OwnRow,
		installedStatus: installedStatus, policies: policies,
	}
	if policies.pending == "ignored" {
		return s.firstMatch()
	}
	s.unreadable = seen[p.Set][1].unreadable
	ignored := s.firstMatch()
	s.meters = seen[p.Set][1]
	verdict := s.firstMatch()
	if !s.pending {
		return verdict
	}
	if verdict.rule != "mixed" && (verdict.status != ignored.status || verdict.hold != ignored.hold) {
		verdict.rule = "pending"
	}
	return verdict
}

// metersSeen holds lookAt of every status set, with Pending ignored and other.
type metersSeen [2048][2]meters

func seeMeters() *metersSeen {
	seen := new(metersSeen)
	for set := range seen {
		seen[set] = [2]meters{lookAt(StatusSet(set), "ignored"), lookAt(StatusSet(set), "other")}
	}
	return seen
}
