package engine

import (
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"flagfill/assurance/property"
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// plantedFaults are slips that the engine and its twin share: each changes what
// a run was planned with, before it reads a row. Only another computation of
// the whole can find them.
var plantedFaults = map[string]func(*run){
	"a device status counts as another": func(r *run) {
		swapPayloads(r, meterpoint.Of(meterpoint.Suspended), meterpoint.Of(meterpoint.Recovered)|meterpoint.Of(meterpoint.InstalledNotCommissioned))
	},
	"a row that cannot be used leaves no mark": func(r *run) { swapPayloads(r, meterpoint.Unusable, 0) },
	"orphans are not counted": func(r *run) {
		for i := range r.associations.payloads {
			r.associations.payloads[i] &^= bearing
		}
	},
	"an MPRN has a digit less at most": func(r *run) {
		digits := r.cfg.Digits
		digits.MPRNMax--
		r.checks = kernel.NewClassifier(digits)
	},
	"the day after as-of": func(r *run) { r.asOfDay++ },
	"a distributor of another name": func(r *run) {
		r.rdpCodes.registrar.Distributors[12] = "ELSE"
		r.deliveries = newDeliveries(r.rdpCodes.registrar)
	},
	"electricity is reported, or not": func(r *run) { r.cfg.Switches.ReportElectricity = !r.cfg.Switches.ReportElectricity },
	"gas is reported, or not":         func(r *run) { r.cfg.Switches.ReportGas = !r.cfg.Switches.ReportGas },
	"installed status is on, or not":  func(r *run) { r.cfg.Rules.InstalledStatus = !r.cfg.Rules.InstalledStatus },
	"another scope":                   func(r *run) { r.cfg.Scope = 1 - r.cfg.Scope },
	"another baseline":                func(r *run) { r.cfg.Baseline = (r.cfg.Baseline + 1) % 3 },
	"another fuel":                    func(r *run) { r.cfg.Fuel = (r.cfg.Fuel + 1) % 3 },
	"rows are kept whatever they are": func(r *run) {
		for class := range r.keepPoints {
			r.keepPoints[class] = true
		}
	},
	"a split is read twice": func(r *run) {
		r.points.plan.Splits = append(r.points.plan.Splits, r.points.plan.Splits[0])
		r.points.readRows = append(r.points.readRows, r.points.readRows[0])
	},
	"a split is left out": func(r *run) {
		r.points.plan.Splits, r.points.readRows = r.points.plan.Splits[1:], r.points.readRows[1:]
	},
	"a split of devices is left out": func(r *run) {
		r.devices.plan.Splits, r.devices.readRows = r.devices.plan.Splits[1:], r.devices.readRows[1:]
	},
}

func swapPayloads(r *run, from, to meterpoint.StatusSet) {
	for i, p := range r.associations.payloads {
		if p&setMask == uint32(from) {
			r.associations.payloads[i] = p&^setMask | uint32(to)
		}
	}
}

// Each planted fault, and each policy chosen otherwise, shows in the
// comparison with the oracle, or stops the run.
func TestPropertyOracleFindsPlantedFaults(t *testing.T) {
	faults := maps.Clone(plantedFaults)
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		faults["another choice of "+a.String()] = func(r *run) {
			choices := a.Choices()
			next := choices[0]
			if r.cfg.Rules.Choices[a] == next {
				next = choices[1]
			}
			r.cfg.Rules = r.cfg.Rules.With(a, next)
		}
	}
	property.Property{Goal: "R2", Name: "the comparison with the oracle finds planted faults", Unit: "planted faults", Seeds: 20}.
		Check(t, func(t *testing.T, seed int) int64 {
			for name, fault := range faults {
				random := rand.New(rand.NewPCG(uint64(seed), 3))
				found := ""
				for attempt := 0; found == "" && attempt < 8; attempt++ { // a setting may hide it
					c := randomCase(random, 1500)
					want := oracle{oracleSettings: c.settings}
					want.run(c.devices, c.points)
					found = c.compare(&want, fault)
				}
				if found == "" {
					t.Errorf("%s: nothing noticed it", name)
				}
				t.Logf("%s: %s", name, strings.TrimSpace(strings.SplitN(found, "\n", 2)[0]))
			}
			return int64(len(faults))
		})
}
