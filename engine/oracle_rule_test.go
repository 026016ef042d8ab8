package engine

import (
	"slices"
	"time"
)

// oraclePolicies close the seven open questions, by name.
type oraclePolicies struct {
	mixed, pastBesideInstalled, recovery, suspended, pending, inferredPast, noMeterLeft string
}

// oracleChoices are the policies, where each stands, and its choices.
var oracleChoices = []struct {
	name    string
	of      func(*oraclePolicies) *string
	choices []string
}{
	{"mixed", func(p *oraclePolicies) *string { return &p.mixed }, []string{"hold", "installed", "not-active"}},
	{"past-beside-installed", func(p *oraclePolicies) *string { return &p.pastBesideInstalled }, []string{"installed", "mixed", "not-active"}},
	{"recovery", func(p *oraclePolicies) *string { return &p.recovery }, []string{"alters", "unaltered"}},
	{"suspended", func(p *oraclePolicies) *string { return &p.suspended }, []string{"not-active", "hold"}},
	{"pending", func(p *oraclePolicies) *string { return &p.pending }, []string{"ignored", "other"}},
	{"inferred-past", func(p *oraclePolicies) *string { return &p.inferredPast }, []string{"not-active", "null"}},
	{"no-meter-left", func(p *oraclePolicies) *string { return &p.noMeterLeft }, []string{"not-active", "hold"}},
}

// oracleMixtures says what each choice of the policy mixed gives.
var oracleMixtures = map[string]string{"hold": "hold", "installed": "I", "not-active": "N"}

// oracleMeters is what the rule asks of a point's meters.
type oracleMeters struct{ commissioned, inc, suspended, recovery, gone, pending bool }

func (p *oraclePoint) meters() oracleMeters {
	any := func(statuses ...string) bool {
		return slices.ContainsFunc(p.statuses, func(s string) bool { return slices.Contains(statuses, s) })
	}
	return oracleMeters{any("commissioned"), any("installednotcommissioned"), any("suspended"),
		any("recovery", "recovered"), any("decommissioned", "withdrawn"), any("pending")}
}

// oracleOutcome is what becomes of a point; status is "hold" for a hold.
type oracleOutcome struct {
	status, rule, fate string
	news               bool
}

func known(status string) bool { return status == "A" || status == "I" || status == "N" }

// decide gives the status and the rule's name under some policies.
func (o *oracle) decide(p *oraclePoint, has oracleMeters, policies *oraclePolicies) (status, rule string) {
	if policies.pending == "ignored" {
		has.pending = false
		return o.chain(p, has, policies, p.unusable)
	}
	unusable := p.unusable || p.pendingMismatch
	status, rule = o.chain(p, has, policies, unusable)
	if has.pending && rule != "mixed" {
		has.pending = false
		if ignored, _ := o.chain(p, has, policies, unusable); ignored != status {
			rule = "pending"
		}
	}
	return status, rule
}

// chain is the decision table. A Pending meter that is not ignored is one of
// class other.
func (o *oracle) chain(p *oraclePoint, has oracleMeters, policies *oraclePolicies, unusable bool) (status, rule string) {
	other := has.suspended || has.recovery || has.pending
	past := known(p.recorded) || known(p.reported) || p.ever == "true"
	switch {
	case p.ownRow:
		return "hold", "own-row"
	case has.commissioned:
		return "A", "commissioned"
	case unusable:
		return "hold", "unreadable"
	case has.inc && !o.installedStatus && p.recorded == "A":
		return "N", "installed-switched-off"
	case has.inc && !o.installedStatus:
		return p.recorded, "installed-switched-off"
	case has.inc && other:
		return oracleMixtures[policies.mixed], "mixed"
	case has.inc && has.gone && policies.pastBesideInstalled == "mixed":
		return oracleMixtures[policies.mixed], "mixed"
	case has.inc && has.gone && policies.pastBesideInstalled == "not-active":
		return "N", "past-beside-installed"
	case has.inc:
		return "I", "installed"
	case has.recovery && !has.suspended && !has.pending && policies.recovery == "unaltered":
		return p.recorded, "recovery"
	case has.suspended && !has.recovery && !has.pending && policies.suspended == "hold":
		return "hold", "suspended"
	case !p.named && (p.recorded == "A" || p.recorded == "I") && policies.noMeterLeft == "hold":
		return "hold", "no-meter-left"
	case past:
		return "N", "not-active"
	case (other || has.gone) && policies.inferredPast == "null":
		return "Null", "inferred-past"
	case other || has.gone:
		return "N", "not-active"
	}
	return "Null", "never"
}

// outcome applies scope and baseline to what the rule gives.
func (o *oracle) outcome(p *oraclePoint, has oracleMeters, policies *oraclePolicies) oracleOutcome {
	status, rule := o.decide(p, has, policies)
	out := oracleOutcome{status: status, rule: rule}
	switch {
	case status == "hold":
		out.fate = "held"
		return out
	case status == p.recorded:
		out.fate = "unchanged"
	case o.scope == "backfill" && !(status == "I" && (p.recorded == "Null" || p.recorded == "N")):
		out.fate = "left"
		return out
	default:
		out.fate = "changed"
	}
	silent := rule == "installed-switched-off" && status == "I"
	out.news = !silent && o.isNews(p, status)
	return out
}

// isNews tells whether the RDP, which knows the baseline, should be told.
func (o *oracle) isNews(p *oraclePoint, status string) bool {
	switch {
	case !known(status):
		return false
	case o.baseline == "go-live":
		return status != "A" || p.recorded != "A"
	case o.baseline == "reported":
		return status != p.reported
	}
	return status != p.recorded
}

func (o *oracle) assess(number string, p *oraclePoint) {
	o.examine(number, p)
	has := p.meters()
	out := o.outcome(p, has, &o.oraclePolicies)
	o.meterPoints.Assessed++
	o.rules[p.fuel+" "+out.rule]++
	switch out.fate {
	case "held":
		o.meterPoints.Held++
		if o.isNews(p, p.recorded) {
			o.reportable.HeldBack++
		}
	case "left":
		o.meterPoints.Left++
	case "unchanged":
		o.meterPoints.Unchanged++
	default:
		o.meterPoints.Changed++
		o.transitions[p.fuel+" "+p.recorded+" "+out.status]++
	}
	o.list(number, p, out)
	o.compareChoices(p, has, out)
}

// compareChoices counts what every other choice would give.
func (o *oracle) compareChoices(p *oraclePoint, has oracleMeters, out oracleOutcome) {
	for _, policy := range oracleChoices {
		depends := false
		for _, choice := range policy.choices {
			other := o.oraclePolicies
			if *policy.of(&other) == choice {
				continue
			}
			*policy.of(&other) = choice
			would := o.outcome(p, has, &other)
			if would.fate == "changed" {
				o.ambiguities[policy.name+" "+choice+" changed"]++
			}
			if would.news {
				o.ambiguities[policy.name+" "+choice+" reportable"]++
			}
			depends = depends || would.status != out.status || would.news != out.news
		}
		if depends {
			o.ambiguities[policy.name]++
		}
	}
}

// list writes the row of changes, if the point has one.
func (o *oracle) list(number string, p *oraclePoint, out oracleOutcome) {
	row := changeRow{MPxN: number, RDP: p.rdp, Old: p.recorded, New: out.status, Rule: out.rule, EffectiveOn: NoDay}
	switch {
	case out.fate == "held":
		row.New, row.Disposition = p.recorded, "held"
	case out.fate == "left":
		row.Disposition = "left"
	case out.fate == "unchanged" && !out.news:
		return
	case out.fate == "unchanged" && p.day != "":
		row.EffectiveOn = daysSince1970(p.day)
	case out.fate == "unchanged":
		o.warn("meter_points MISSING_EFFECTIVE_DATE")
		row.EffectiveOn = daysSince1970(o.asOf)
	default:
		row.EffectiveOn = daysSince1970(o.asOf)
	}
	switch {
	case row.Disposition != "":
	case !out.news:
		row.Disposition = "recorded"
	case p.rdp == "":
		row.Disposition = "undeliverable"
		o.reportable.Undeliverable++
	case out.status != "A" && (p.fuel == "gas" && !o.reportGas || p.fuel == "electricity" && !o.reportElectricity):
		row.Disposition = "withheld"
		o.reportable.Withheld++
	default:
		row.Disposition = "emitted"
		o.reportable.Emitted++
	}
	if out.news {
		o.reportable.Total++
	}
	o.changes = append(o.changes, row)
}

func daysSince1970(day string) int32 {
	t, _ := time.Parse(time.DateOnly, day)
	return int32(t.Unix() / (24 * 60 * 60))
}
