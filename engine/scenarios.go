package engine

import (
	"slices"

	"flagfill/engine/meterpoint"
)

// Dimension is one thing that scenarios can differ in: a switch, a policy, the
// baseline or the scope, with the words it can be.
type Dimension struct {
	Name    string
	Group   string // switches, policies, baseline, scope
	Choices []string
	get     func(Scenario) int
	set     func(*Scenario, int)
}

// The groups of dimensions.
const (
	GroupSwitches = "switches"
	GroupPolicies = "policies"
	GroupBaseline = "baseline"
	GroupScope    = "scope"
)

// Dimensions are all there are: switches, policies, baseline, scope.
func Dimensions() []Dimension {
	dimensions := []Dimension{
		onOff("installed_status", func(s *Scenario) *bool { return &s.Rules.InstalledStatus }),
		onOff("report_electricity", func(s *Scenario) *bool { return &s.Switches.ReportElectricity }),
		onOff("report_gas", func(s *Scenario) *bool { return &s.Switches.ReportGas }),
	}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		dimensions = append(dimensions, policy(a))
	}
	return append(dimensions,
		Dimension{GroupBaseline, GroupBaseline, []string{meterpoint.BaselineRecorded.String(), meterpoint.BaselineGoLive.String(), meterpoint.BaselineReported.String()},
			func(s Scenario) int { return int(s.Baseline) }, func(s *Scenario, i int) { s.Baseline = meterpoint.Baseline(i) }},
		Dimension{GroupScope, GroupScope, []string{meterpoint.Full.String(), meterpoint.Backfill.String()},
			func(s Scenario) int { return int(s.Scope) }, func(s *Scenario, i int) { s.Scope = meterpoint.Scope(i) }})
}

func onOff(name string, field func(*Scenario) *bool) Dimension {
	return Dimension{name, GroupSwitches, []string{"off", "on"},
		func(s Scenario) int {
			if *field(&s) {
				return 1
			}
			return 0
		}, func(s *Scenario, i int) { *field(s) = i == 1 }}
}

func policy(a meterpoint.Ambiguity) Dimension {
	d := Dimension{Name: a.String(), Group: GroupPolicies,
		get: func(s Scenario) int { return slices.Index(a.Choices(), s.Rules.Choices[a]) },
		set: func(s *Scenario, i int) { s.Rules.Choices[a] = a.Choices()[i] }}
	for _, c := range a.Choices() {
		d.Choices = append(d.Choices, c.String())
	}
	return d
}

// Of is the choice that a scenario makes.
func (d Dimension) Of(s Scenario) string { return d.Choices[d.get(s)] }

// With is the scenario with another choice; false where there is no such word.
func (d Dimension) With(s Scenario, choice string) (Scenario, bool) {
	at := slices.Index(d.Choices, choice)
	if at >= 0 {
		d.set(&s, at)
	}
	return s, at >= 0
}

// Alone varies each dimension by itself, the rest as it stands. Scenarios that
// no run can have, and the one that stands, are left out.
func Alone(s Scenario, dimensions []Dimension) []Scenario {
	var all []Scenario
	for _, d := range dimensions {
		all = append(all, Crossed(s, []Dimension{d})...)
	}
	return all
}

// Crossed combines every choice of the dimensions with every other, the last
// one varying fastest. Scenarios that no run can have, and the one that stands,
// are left out.
func Crossed(s Scenario, dimensions []Dimension) []Scenario {
	combined := []Scenario{s}
	for _, d := range dimensions {
		var next []Scenario
		for _, so := range combined {
			for i := range d.Choices {
				other := so
				d.set(&other, i)
				next = append(next, other)
			}
		}
		combined = next
	}
	return slices.DeleteFunc(combined, func(other Scenario) bool { return other == s || !other.Possible() })
}

// UsualScenarios are every combination of the switches, and each other choice
// of everything else alone.
func UsualScenarios(from Scenario) []Scenario {
	var switches, others []Dimension
	for _, d := range Dimensions() {
		if d.Group == GroupSwitches {
			switches = append(switches, d)
		} else {
			others = append(others, d)
		}
	}
	return append(Crossed(from, switches), Alone(from, others)...)
}

// Words name the choice that a scenario makes.
func (d Dimension) Words(s Scenario) string {
	if d.Group == GroupSwitches {
		return d.Name + " " + d.Of(s)
	}
	return d.Name + " = " + d.Of(s)
}

// Against names the choices in which a scenario differs from another.
func (s Scenario) Against(other Scenario) []string {
	var words []string
	for _, d := range Dimensions() {
		if d.Of(s) != d.Of(other) {
			words = append(words, d.Words(s))
		}
	}
	return words
}
