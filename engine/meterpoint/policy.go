package meterpoint

// Ambiguity is a gap that the FIA leaves open, closed by a named policy.
type Ambiguity uint8

// The ambiguity ledger, in its order.
const (
	Mixed Ambiguity = iota
	PastBesideInstalled
	RecoveryAlters
	SuspendedOnly
	PendingIgnored
	InferredPast
	NoMeterLeft
	Ambiguities = 7
)

// Choice is one way to close an ambiguity.
type Choice uint8

// Every choice that some ambiguity offers.
const (
	ChooseHold Choice = iota
	ChooseInstalled
	ChooseNotActive
	ChooseMixed
	ChooseAlters
	ChooseUnaltered
	ChooseIgnored
	ChooseOther
	ChooseNull
)

var choiceNames = [...]string{"hold", "installed", "not-active", "mixed", "alters", "unaltered", "ignored", "other", "null"}

func (c Choice) String() string { return choiceNames[c] }

type ledgerEntry struct {
	name    string
	gap     string
	choices []Choice // the default first
}

var ambiguityLedger = [Ambiguities]ledgerEntry{
	Mixed: {"mixed",
		"InstalledNotCommissioned beside Suspended, Recovery or Recovered: the steps of FIA 3.1 say any INC gives I, its next paragraph and the table say all",
		[]Choice{ChooseHold, ChooseInstalled, ChooseNotActive}},
	PastBesideInstalled: {"past-beside-installed",
		"InstalledNotCommissioned beside Decommissioned or Withdrawn: is the removed meter still associated?",
		[]Choice{ChooseInstalled, ChooseMixed, ChooseNotActive}},
	RecoveryAlters: {"recovery",
		"\"changing to Recovery or Recovered does alter the status\" reads like a lost \"not\"",
		[]Choice{ChooseAlters, ChooseUnaltered}},
	SuspendedOnly: {"suspended",
		"only Suspended meters: FIA 2.1 wished a status Suspended, the table gives N",
		[]Choice{ChooseNotActive, ChooseHold}},
	PendingIgnored: {"pending",
		"only Whitelisted is named as ignored",
		[]Choice{ChooseIgnored, ChooseOther}},
	InferredPast: {"inferred-past",
		"recorded Null and nothing else says past, yet a meter of class other or past is associated",
		[]Choice{ChooseNotActive, ChooseNull}},
	NoMeterLeft: {"no-meter-left",
		"recorded A or I and no device row names the point: removed, put right by SRV 8.4, or lost from the extract",
		[]Choice{ChooseNotActive, ChooseHold}},
}

func (a Ambiguity) String() string { return ambiguityLedger[a].name }

// Gap says what the FIA leaves open.
func (a Ambiguity) Gap() string { return ambiguityLedger[a].gap }

// Choices of the ambiguity, the default first. The slice is shared: read only.
func (a Ambiguity) Choices() []Choice { return ambiguityLedger[a].choices }

// ParseChoice finds a choice of this ambiguity by name.
func (a Ambiguity) ParseChoice(name string) (Choice, bool) {
	for _, c := range a.Choices() {
		if c.String() == name {
			return c, true
		}
	}
	return 0, false
}

// Choices holds the policy chosen for each ambiguity.
type Choices [Ambiguities]Choice

// DefaultChoices closes every ambiguity with its default.
func DefaultChoices() Choices {
	var c Choices
	for a := range Ambiguity(Ambiguities) {
		c[a] = a.Choices()[0]
	}
	return c
}

// Rules are what Decide decides under: the installed-status switch (FIA 3.5.5)
// and the policies.
type Rules struct {
	InstalledStatus bool
	Choices         Choices
}

// DefaultRules has the switch on and every policy at its default.
func DefaultRules() Rules { return Rules{InstalledStatus: true, Choices: DefaultChoices()} }

func (r Rules) chooses(a Ambiguity, c Choice) bool { return r.Choices[a] == c }

// With is r with one policy replaced.
func (r Rules) With(a Ambiguity, c Choice) Rules {
	r.Choices[a] = c
	return r
}
