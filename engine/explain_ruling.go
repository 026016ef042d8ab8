package engine

import (
	"fmt"
	"time"

	"flagfill/engine/meterpoint"
)

// DispositionUnchanged is what becomes of a point that has no row in
// changes.parquet.
const DispositionUnchanged = "unchanged"

var fateNames = [...]string{meterpoint.Unchanged: "unchanged", meterpoint.Changed: "changed", meterpoint.Held: "held", meterpoint.Left: "left"}

// ruling says what the rule makes of a cell of one point.
func (cfg *Config) ruling(c Cell) *Ruling {
	o := cfg.Outcome(c.Point)
	r := &Ruling{
		Statuses: []string{}, Unusable: c.Point.Set.Any(meterpoint.Unusable), Recorded: c.Point.Recorded.String(),
		Reported: c.Point.Reported.String(), EverInstalled: c.Point.Ever, OwnRow: c.Point.OwnRow,
		Rule: o.Rule.String(), Meaning: o.Rule.Meaning(), Source: o.Rule.Source(),
		Old: c.Point.Recorded.String(), New: o.Status.String(), Fate: fateNames[o.Fate],
		Reportable: o.Reportable, HeldBack: o.HeldBack, RDP: c.RDP, Silent: o.Silent,
		OpenQuestions: []OpenQuestion{},
	}
	for s := range meterpoint.DeviceStatus(meterpoint.DeviceStatuses) {
		if c.Point.Set.Any(meterpoint.Of(s)) {
			r.Statuses = append(r.Statuses, s.String())
		}
	}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		if q := cfg.openQuestion(a, c, o); len(q.Alternatives) > 0 {
			r.OpenQuestions = append(r.OpenQuestions, q)
		}
	}
	return r
}

// openQuestion lists the choices that would make another status, hold or
// reportability of the point, as the facts of a run count them.
func (cfg *Config) openQuestion(a meterpoint.Ambiguity, c Cell, was meterpoint.Outcome) OpenQuestion {
	q := OpenQuestion{Name: a.String(), Gap: a.Gap(), Policy: cfg.Rules.Choices[a].String()}
	for _, choice := range a.Choices() {
		other := cfg.Question
		other.Rules = cfg.Rules.With(a, choice)
		would := other.Outcome(c.Point)
		if was.Differs(would) {
			q.Alternatives = append(q.Alternatives, OtherRuling{Policy: choice.String(), Rule: would.Rule.String(),
				New: would.Status.String(), Fate: fateNames[would.Fate], Disposition: cfg.disposition(c, would)})
		}
	}
	return q
}

// disposition of an outcome, as changes.parquet names it.
func (cfg *Config) disposition(c Cell, o meterpoint.Outcome) string {
	switch {
	case o.Fate == meterpoint.Held:
		return Held.String()
	case o.Fate == meterpoint.Left:
		return Left.String()
	case o.Reportable:
		return dispose(c.Fuel, c.RDP != "", o.Status, cfg.Switches).String()
	case o.Fate == meterpoint.Changed:
		return RecordedOnly.String()
	}
	return DispositionUnchanged
}

// findRDP says how the RDP was found, or what stood in the way.
func (r *Ruling) findRDP(cfg *Config, m meterpoint.MPxN, p pointFound, flags uint32) {
	if m.Fuel() == meterpoint.Electricity {
		r.Distributor = fmt.Sprintf("%02d", m.Distributor())
		r.DistributorRDP = cfg.Registrar.Distributors[m.Distributor()]
	}
	given := p.rdp != rdpAbsent && flags&flagConflict == 0 // rows that conflict name nobody
	_, problem := cfg.Registrar.Resolve(m, "")
	switch {
	case flags&flagBadRDP != 0:
		r.RDPBy = RDPBad
	case flags&flagRDPMismatch != 0:
		r.RDPBy = RDPMismatched
	case given && r.RDP != "":
		r.RDPBy = RDPByColumn
	case problem != meterpoint.RDPKnown || r.RDP == "":
		r.RDPBy = RDPNone
	case m.Fuel() == meterpoint.Gas:
		r.RDPBy = RDPByOnlyGas
	default:
		r.RDPBy = RDPByDistributor
	}
}

// date says when the status takes effect, and how that is known.
func (r *Ruling) date(day int32, flags uint32) {
	if day == NoDay {
		return
	}
	text := dayText(day)
	r.EffectiveOn, r.EffectiveBy = &text, "as_of"
	switch {
	case flags&flagMissingDate != 0:
		r.EffectiveBy = "as_of_for_none"
	case r.Fate == fateNames[meterpoint.Unchanged]:
		r.EffectiveBy = fieldChangedOn.String()
	}
}

func dayText(day int32) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

// reason is why the point is sent, or is not.
func (r *Ruling) reason() string {
	switch r.Disposition {
	case Emitted.String():
		return ReasonNews
	case Withheld.String():
		return ReasonSwitchOff
	case Undeliverable.String():
		return ReasonNoRDP
	case Held.String():
		return ReasonHeld
	case Left.String():
		return ReasonLeft
	}
	switch {
	case r.New == meterpoint.Null.String():
		return ReasonNull
	case r.Silent:
		return ReasonSilent
	}
	return ReasonNoNews
}
