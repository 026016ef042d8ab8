package writers

import (
	"errors"
	"fmt"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// newContent states what a run publishes. Flows come with their defaults
// filled in.
func newContent(cfg *engine.Config, f Flows, written *flowFiles, changes ChangesFacts, result *engine.Result) Content {
	layouts := f.layouts(cfg.Fuel)
	c := settingsOf(cfg)
	c.Flows = FlowSettings{f.MaxRecords, f.TestFlag, f.FirstFileID, f.GasOrganisationID, f.FirstGeneration}
	c.Totals = newTotals(result)
	c.Shards = append([]Shard{}, written.shards...)
	c.Changes = changes
	c.Next = Next{FileID: f.FirstFileID, Generation: f.FirstGeneration}
	c.Facts = FactCells(result.Facts)
	for _, l := range layouts {
		if l != nil {
			c.Layouts = append(c.Layouts, LayoutInForce{l.Flow, l.Name, l.SHA256, l.Confirmed, l.Source})
		}
	}
	if layouts[meterpoint.Electricity] != nil {
		c.Next.FileID = written.nextNumber[meterpoint.Electricity]
	}
	if layouts[meterpoint.Gas] != nil {
		c.Next.Generation = written.nextNumber[meterpoint.Gas]
	}
	return c
}

// settingsOf states what decides a meter point besides its rows.
func settingsOf(cfg *engine.Config) Content {
	c := Content{
		AsOf:     cfg.AsOf.UTC().Truncate(time.Second),
		Fuel:     cfg.Fuel.String(),
		Scope:    cfg.Scope.String(),
		Baseline: cfg.Baseline.String(),
		Switches: SwitchSettings{cfg.Rules.InstalledStatus, cfg.Switches.ReportElectricity, cfg.Switches.ReportGas},
		Rules:    map[string]string{},
		Validation: Validation{cfg.MPANCheck.String(), cfg.MPRNCheck.String(),
			cfg.Digits.MPRNMin, cfg.Digits.MPRNMax},
		RDP: RDPSettings{Gas: append([]string{}, cfg.Registrar.Gas...), TrustColumn: cfg.Registrar.TrustColumn,
			Distributors: map[string]string{}},
	}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		c.Rules[a.String()] = cfg.Rules.Choices[a].String()
	}
	for distributor, mpid := range cfg.Registrar.Distributors {
		if mpid != "" {
			c.RDP.Distributors[fmt.Sprintf("%02d", distributor)] = mpid
		}
	}
	return c
}

func newTotals(result *engine.Result) Totals {
	s := result.Summary
	t := Totals{
		ReadTotals:  result.Read,
		Reportable:  s.Reportable,
		Transitions: append([]engine.Transition{}, s.Transitions...),
		Rules:       append([]engine.RuleTotal{}, s.Rules...),
		Exceptions:  map[string]int64{},
		Warnings:    map[string]int64{},
		Ambiguities: append([]engine.AmbiguityTotal{}, s.Ambiguities...),
	}
	for table := range result.Exceptions.All {
		for code := range engine.Code(engine.Codes) {
			if n := result.Exceptions.All[table][code]; n > 0 {
				t.Exceptions[code.String()] += n
			}
			if n := result.Exceptions.Warnings[table][code]; n > 0 {
				t.Warnings[code.String()] += n
			}
		}
	}
	return t
}

// question is what the outcomes of the content depend on, read back from it.
func (c *Content) question() (q meterpoint.Question, switches engine.Switches, err error) {
	var scopeOK, baselineOK bool
	q.Scope, scopeOK = meterpoint.ParseScope(c.Scope)
	q.Baseline, baselineOK = meterpoint.ParseBaseline(c.Baseline)
	if !scopeOK || !baselineOK {
		return q, switches, fmt.Errorf("its scope %q or its baseline %q is unknown", engine.Shown(c.Scope), engine.Shown(c.Baseline))
	}
	q.Rules.InstalledStatus = c.Switches.InstalledStatus
	if len(c.Rules) != meterpoint.Ambiguities {
		return q, switches, fmt.Errorf("its rules state %d policies, not %d", len(c.Rules), meterpoint.Ambiguities)
	}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		choice, ok := a.ParseChoice(c.Rules[a.String()])
		if !ok {
			return q, switches, fmt.Errorf("its policy %s is %q", a, engine.Shown(c.Rules[a.String()]))
		}
		q.Rules.Choices[a] = choice
	}
	return q, engine.Switches{ReportElectricity: c.Switches.ReportElectricity, ReportGas: c.Switches.ReportGas}, nil
}

// layoutsInForce compiles the layouts that the content carries, by fuel.
func (c *Content) layoutsInForce() (layouts [2]*Layout, err error) {
	for _, stated := range c.Layouts {
		l, err := ParseLayout(stated.Source)
		if err != nil {
			return layouts, fmt.Errorf("its layout %s cannot be used: %w", engine.Shown(stated.Name), err)
		}
		if stated != (LayoutInForce{l.Flow, l.Name, l.SHA256, l.Confirmed, l.Source}) || layouts[l.Fuel] != nil {
			return layouts, fmt.Errorf("its layout %s is not what it says", engine.Shown(stated.Name))
		}
		if l.Fuel == meterpoint.Gas && layouts[meterpoint.Electricity] != nil {
			return layouts, errors.New("its layouts are not in order, gas first")
		}
		layouts[l.Fuel] = l
	}
	return layouts, nil
}

// envelope is what a shard's header, trailer and name must state.
func (c *Content) envelope(s Shard) Envelope {
	return Envelope{RDP: s.RDP, CreatedAt: c.AsOf, TestFlag: c.Flows.TestFlag,
		OrganisationID: c.Flows.GasOrganisationID, FileNumber: s.FileID}
}
