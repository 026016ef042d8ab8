package meterpoint

// Point is all that the rule knows of a meter point.
type Point struct {
	Set      StatusSet     // of its meters
	Recorded ServiceStatus // what the inventory records
	Reported ServiceStatus // what the RDP was last told; Null where unknown
	Ever     bool          // ever_installed is true (false and null say nothing)
	OwnRow   bool          // its own rows conflict or hold a value that does not parse
}

// Rule names the line of the decision table that decided a point, or the
// policy where a choice other than its default did.
type Rule uint8

// The rules, in the order of the decision table, then the policies, then none.
const (
	RuleOwnRow Rule = iota
	RuleCommissioned
	RuleUnreadable
	RuleInstalled
	RuleMixed
	RuleInstalledSwitchedOff
	RuleNotActive
	RuleNever
	RulePastBesideInstalled
	RuleRecovery
	RuleSuspended
	RulePending
	RuleInferredPast
	RuleNoMeterLeft
	RuleRecorded // none was asked: Question.AsRecorded
	RuleCount    = 15
)

var ruleNames = [RuleCount]string{"own-row", "commissioned", "unreadable", "installed", "mixed",
	"installed-switched-off", "not-active", "never", "past-beside-installed", "recovery", "suspended",
	"pending", "inferred-past", "no-meter-left", "recorded"}

func (r Rule) String() string { return ruleNames[r] }

// Decision is what the rule says of a point.
type Decision struct {
	Status ServiceStatus
	Rule   Rule
	Hold   bool // the recorded status stands, and nothing is reported, ever
	Silent bool // the status stands without hold, yet is not reportable
}

// Decide is the rule of FIA 3 ("revised set of values"), first match wins. The
// recorded status of a held point is returned as its status.
func Decide(p Point, rules Rules) Decision {
	if !rules.chooses(PendingIgnored, ChooseOther) {
		return decideAsChosen(p, rules)
	}
	if p.Set.Any(PendingFuelMismatch) {
		p.Set |= Unusable
	}
	decision := decideAsChosen(p, rules)
	if decision.Rule != RuleMixed && p.Set.Any(Of(Pending)) {
		ignored := decideAsChosen(p, rules.With(PendingIgnored, ChooseIgnored))
		if ignored.Status != decision.Status || ignored.Hold != decision.Hold {
			decision.Rule = RulePending
		}
	}
	return decision
}

func decideAsChosen(p Point, rules Rules) Decision {
	other := otherClass
	if rules.chooses(PendingIgnored, ChooseOther) {
		other |= Of(Pending)
	}
	counted := commissionedClass | installedClass | other

	switch {
	case p.OwnRow || !p.Recorded.InForce():
		return hold(p, RuleOwnRow)
	case p.Set.Any(commissionedClass):
		return Decision{Status: Active, Rule: RuleCommissioned}
	case p.Set.Any(Unusable):
		return hold(p, RuleUnreadable)
	case p.Set.Any(installedClass) && !rules.InstalledStatus:
		return switchedOff(p)
	case p.Set.Any(installedClass) && p.Set.Any(other):
		return mixed(p, rules)
	case p.Set.Any(installedClass) && p.Set.Any(pastClass):
		return pastBesideInstalled(p, rules)
	case p.Set.Any(installedClass):
		return Decision{Status: Installed, Rule: RuleInstalled}

	case p.Set.Only(Of(Recovery, Recovered), counted) && rules.chooses(RecoveryAlters, ChooseUnaltered):
		return Decision{Status: p.Recorded, Rule: RuleRecovery}
	case p.Set.Only(Of(Suspended), counted) && rules.chooses(SuspendedOnly, ChooseHold):
		return hold(p, RuleSuspended)
	case p.noMeterLeft() && rules.chooses(NoMeterLeft, ChooseHold):
		return hold(p, RuleNoMeterLeft)

	case p.Recorded.Reported() || p.Reported.Reported() || p.Ever:
		return Decision{Status: NotActive, Rule: RuleNotActive}
	case p.Set.Any(other|pastClass) && rules.chooses(InferredPast, ChooseNull):
		return Decision{Status: Null, Rule: RuleInferredPast}
	case p.Set.Any(other | pastClass):
		return Decision{Status: NotActive, Rule: RuleNotActive}
	}
	return Decision{Status: Null, Rule: RuleNever}
}

// noMeterLeft is the ledger entry of that name: recorded A or I, and no device
// row of any class names the point.
func (p Point) noMeterLeft() bool {
	return p.Set == 0 && (p.Recorded == Active || p.Recorded == Installed)
}

func hold(p Point, rule Rule) Decision {
	return Decision{Status: p.Recorded, Rule: rule, Hold: true}
}

// mixed closes rule 4: INC beside a meter of class other.
func mixed(p Point, rules Rules) Decision {
	switch rules.Choices[Mixed] {
	case ChooseInstalled:
		return Decision{Status: Installed, Rule: RuleMixed}
	case ChooseNotActive:
		return Decision{Status: NotActive, Rule: RuleMixed}
	}
	return hold(p, RuleMixed)
}

func pastBesideInstalled(p Point, rules Rules) Decision {
	switch rules.Choices[PastBesideInstalled] {
	case ChooseMixed:
		return mixed(p, rules)
	case ChooseNotActive:
		return Decision{Status: NotActive, Rule: RulePastBesideInstalled}
	}
	return Decision{Status: Installed, Rule: RuleInstalled}
}

// switchedOff is the old table (FIA 2.3, 3.2), which has no row for an INC
// meter: A falls to N, Null and N stand, and an I stands without being told.
func switchedOff(p Point) Decision {
	status := p.Recorded
	if status == Active {
		status = NotActive
	}
	return Decision{Status: status, Rule: RuleInstalledSwitchedOff, Silent: status == Installed}
}
