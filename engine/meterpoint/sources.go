package meterpoint

// What each rule says in words, and the paragraph of the FIA that it rests on.
var ruleTexts = [RuleCount]struct{ meaning, source string }{
	RuleOwnRow: {"the point's own rows conflict, hold a value that does not parse, or record a status that is not A, I, N or Null",
		"inferred: FIA 4.5, hazard SS08, in doubt nothing is said"},
	RuleCommissioned: {"at least one Commissioned meter", "FIA 3, revised set of values"},
	RuleUnreadable: {"no Commissioned meter, and a device row that names this point could not be used",
		"inferred: FIA 4.5, hazard SS08, no status is taken down because of a row that could not be used"},
	RuleInstalled: {"at least one InstalledNotCommissioned meter, none Commissioned, Suspended, Recovery or Recovered",
		"FIA 3, revised set of values; FIA 3.1"},
	RuleMixed: {"an InstalledNotCommissioned meter beside one of another status that is still at the premises",
		"open: FIA 3.1 says both any and all; closed by the policy mixed"},
	RuleInstalledSwitchedOff: {"an InstalledNotCommissioned meter while the switch installed_status is off",
		"inferred: FIA 2.3 and 3.2, the old table has no row for it"},
	RuleNotActive: {"no Commissioned and no InstalledNotCommissioned meter, and there is a past", "FIA 3, revised set of values"},
	RuleNever:     {"no Commissioned and no InstalledNotCommissioned meter, and no past", "FIA 3, revised set of values"},
	RulePastBesideInstalled: {"an InstalledNotCommissioned meter beside one that is gone",
		"open: FIA 3, \"no longer associated\"; closed by the policy past-beside-installed"},
	RuleRecovery:     {"the only counted meters are Recovery or Recovered", "open: FIA 3, \"does alter the status\"; closed by the policy recovery"},
	RuleSuspended:    {"the only counted meters are Suspended", "open: FIA 2.1 against the table of FIA 3; closed by the policy suspended"},
	RulePending:      {"a Pending meter decides", "open: FIA 3 names only Whitelisted as ignored; closed by the policy pending"},
	RuleInferredPast: {"recorded Null, and only a meter that is there or is gone tells of a past", "open: FIA 3; closed by the policy inferred-past"},
	RuleNoMeterLeft:  {"recorded A or I, and no device row names the point", "open: FIA 3 and 2.3; closed by the policy no-meter-left"},
}

// Meaning is the rule's condition in words.
func (r Rule) Meaning() string { return ruleTexts[r].meaning }

// Source is the paragraph of the FIA that the rule rests on, or how it was
// inferred.
func (r Rule) Source() string { return ruleTexts[r].source }

// Class in which a device status counts (FIA 3): commissioned, installed,
// other, past or ignored. Pending is other where the policy says so.
func (r Rules) Class(s DeviceStatus) string {
	switch set := Of(s); {
	case set.Any(commissionedClass):
		return "commissioned"
	case set.Any(installedClass):
		return "installed"
	case set.Any(otherClass) || s == Pending && r.chooses(PendingIgnored, ChooseOther):
		return "other"
	case set.Any(pastClass):
		return "past"
	}
	return "ignored"
}
