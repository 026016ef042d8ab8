package engine

import "fmt"

// balance asserts every identity of the control totals before anything may be
// published: rows = not used + other fuel + assessed, assessed = unchanged +
// changed + held + left, reportable = emitted + withheld + undeliverable, and
// that what the sink was given is what the facts say.
func (r *run) balance() error {
	for _, a := range r.assessors {
		if a.held != nil {
			r.written.merge(&a.held.tally.unlisted)
		}
	}
	s, p := &r.result.Summary, &r.result.Read.MeterPoints
	duplicates := r.ledger.counts.All[MeterPoints][DuplicateMeterPoint]
	conflicts := r.ledger.counts.All[MeterPoints][ConflictingMeterPoint] - r.ledger.conflicting
	p.NotUsed += duplicates + conflicts
	p.Assessed, p.Unchanged, p.Changed, p.Held, p.Left = s.Assessed, s.Unchanged, s.Changed, s.Held, s.Left

	var transitions, rules int64
	for _, t := range s.Transitions {
		transitions += t.Count
	}
	for _, rule := range s.Rules {
		rules += rule.Count
	}
	for _, identity := range []struct {
		name        string
		left, right int64
	}{
		{"meter_points rows = not used + other fuel + assessed", p.Rows, p.NotUsed + p.OtherFuel + p.Assessed},
		{"assessed = unchanged + changed + held + left", p.Assessed, p.Unchanged + p.Changed + p.Held + p.Left},
		{"associations = used + not used + other fuel", r.read.Devices.Associations, r.ledger.used + r.result.Read.Devices.NotUsed + r.read.Devices.OtherFuel},
		{"reportable = emitted + withheld + undeliverable", s.Reportable.Total, s.Reportable.Emitted + s.Reportable.Withheld + s.Reportable.Undeliverable},
		{"transitions = changed", transitions, p.Changed},
		{"rules = assessed", rules, p.Assessed},
		{"listed as changed = changed", r.written.changed, p.Changed},
		{"listed as emitted = emitted", r.written.byDisposition[Emitted], s.Reportable.Emitted},
		{"listed as withheld = withheld", r.written.byDisposition[Withheld], s.Reportable.Withheld},
		{"listed as undeliverable = undeliverable", r.written.byDisposition[Undeliverable], s.Reportable.Undeliverable},
		{"listed as held = held", r.written.byDisposition[Held], p.Held},
		{"listed as left = left", r.written.byDisposition[Left], p.Left},
	} {
		if identity.left != identity.right {
			return fmt.Errorf("the control totals do not add up: %s, but %d ≠ %d; nothing was published; please report this",
				identity.name, identity.left, identity.right)
		}
	}
	return nil
}
