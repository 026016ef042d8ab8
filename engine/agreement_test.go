package engine

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"flagfill/assurance/property"
	"flagfill/engine/meterpoint"
)

// pointsPerSeed are the meter points that a seed assesses: one large snapshot
// of several ranges, then small ones in which numbers collide.
const pointsPerSeed = 100_000

// Random snapshots under random settings, whatever their shape, give what the
// oracle gives: every change row, every total, every exception.
func TestPropertyRunAgreesWithOracle(t *testing.T) {
	property.Property{Goal: "R2", Name: "the run gives what a naive oracle of maps gives", Unit: "meter points", Seeds: 100}.
		Check(t, func(t *testing.T, seed int) int64 {
			random := rand.New(rand.NewPCG(uint64(seed), 1))
			assessed, codes, enough := int64(0), map[string]int{}, int64(pointsPerSeed)
			if testing.Short() {
				enough /= 10
			}
			for size := int(enough * 3 / 4); assessed < enough; size = random.IntN(400 << (4 * random.IntN(2))) {
				c := randomCase(random, size)
				want := oracle{oracleSettings: c.settings}
				want.run(c.devices, c.points)
				if diff := c.compare(&want, nil); diff != "" {
					t.Fatalf("after %d meter points, %+v (-oracle +engine):\n%s", assessed, c.settings, diff)
				}
				assessed += want.meterPoints.Assessed
				for code, n := range want.codes {
					codes[code] += n
				}
			}
			if len(codes) != 17 { // 6 of devices, 11 of meter_points
				t.Errorf("the rows had exceptions of %d kinds: %v", len(codes), codes)
			}
			return assessed
		})
}

// agreementCase is a snapshot in a random shape with random settings, for the
// engine and for the oracle.
type agreementCase struct {
	devices, points             *memoryTable
	shapedDevices, shapedPoints *memoryTable
	cfg                         Config
	settings                    oracleSettings
}

func randomCase(random *rand.Rand, size int) *agreementCase {
	c := &agreementCase{}
	numeric := random.IntN(4) == 0
	numbers := 1 + random.IntN(60)
	if size > 400 {
		numbers = size * 3 / 4
	}
	c.devices, c.points = randomRows(random, numbers, size*5/4, size, numeric)
	c.shapedDevices, c.shapedPoints = c.devices.shape(random, numeric), c.points.shape(random, numeric)
	c.shapedDevices.allocator, c.shapedPoints.allocator = spoiling{memory.DefaultAllocator}, spoiling{memory.DefaultAllocator}
	c.cfg, c.settings = randomSettings(random)
	c.cfg.Passes = random.IntN(6)
	return c
}

// Instants and their dates in London.
var asOfDates = [][2]string{{"2026-11-21T02:00:00Z", "2026-11-21"}, {"2026-06-30T23:00:00Z", "2026-07-01"},
	{"2026-06-30T22:59:59Z", "2026-06-30"}, {"2026-12-31T23:59:59Z", "2026-12-31"}}

// randomSettings are the same settings twice: for the engine, and by name. Half
// of the policies keep their defaults.
func randomSettings(random *rand.Rand) (Config, oracleSettings) {
	cfg, o := testConfig(), oracleSettings{gasRDPs: []string{"XOSERVE"}}
	flip := func() bool { return random.IntN(2) == 0 }
	for a, policy := range oracleChoices {
		name := policy.choices[random.IntN(len(policy.choices))]
		if flip() {
			name = policy.choices[0]
		}
		*policy.of(&o.oraclePolicies) = name
		choice, _ := meterpoint.Ambiguity(a).ParseChoice(name)
		cfg.Rules = cfg.Rules.With(meterpoint.Ambiguity(a), choice)
	}
	o.installedStatus, o.reportElectricity, o.reportGas = random.IntN(3) > 0, flip(), flip()
	cfg.Rules.InstalledStatus, cfg.Switches = o.installedStatus, Switches{o.reportElectricity, o.reportGas}
	cfg.Fuel, cfg.Scope, cfg.Baseline = FuelChoice(random.IntN(3)), meterpoint.Scope(random.IntN(2)), meterpoint.Baseline(random.IntN(3))
	o.fuel = []string{"both", "electricity", "gas"}[cfg.Fuel]
	o.scope = []string{"full", "backfill"}[cfg.Scope]
	o.baseline = []string{"recorded", "go-live", "reported"}[cfg.Baseline]
	if flip() {
		cfg.MPANCheck, cfg.MPRNCheck = CheckMode(random.IntN(3)), CheckMode(random.IntN(3))
	}
	modes := []string{"reject", "warn", "off"}
	o.mpanCheck, o.mprnCheck = modes[cfg.MPANCheck], modes[cfg.MPRNCheck]
	if random.IntN(4) == 0 {
		o.gasRDPs, o.trustColumn = []string{"GAS2", "XOSERVE"}, true
		cfg.Registrar.Gas, cfg.Registrar.TrustColumn = o.gasRDPs, true
	}
	instant := asOfDates[random.IntN(len(asOfDates))]
	o.asOf = instant[1]
	cfg.AsOf, _ = time.Parse(time.RFC3339, instant[0])
	cfg.Limits, cfg.ListWarnings, cfg.Workers = noLimits(), flip(), 1+random.IntN(3)
	return cfg, o
}

// compare runs the engine and returns how its results differ from the
// oracle's, or its error. fault, where there is one, is planted in the planned
// run.
func (c *agreementCase) compare(want *oracle, fault func(*run)) string {
	var sink memorySink
	result, err := runWithFault(c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, &sink, fault)
	if err != nil {
		return err.Error()
	}
	listed := map[string]int{}
	for _, e := range sink.exceptions {
		listed[e.Table.String()+" "+e.Code.String()]++
	}
	wantListed := map[string]int{}
	for code, n := range want.codes {
		if !c.cfg.ListWarnings {
			n -= want.warnings[code]
		}
		if n > 0 {
			wantListed[code] = n
		}
	}
	for _, part := range []struct {
		name      string
		want, got any
	}{
		{"exceptions counted", want.codes, countsByName(&result.Exceptions.All)},
		{"warnings counted", want.warnings, countsByName(&result.Exceptions.Warnings)},
		{"exceptions listed", wantListed, listed},
		{"devices", want.devices, result.Read.Devices},
		{"meter points", want.meterPoints, result.Read.MeterPoints},
		{"reportable", want.reportable, result.Summary.Reportable},
		{"transitions", want.transitions, transitionsByName(result)},
		{"rules", want.rules, rulesByName(result)},
		{"ambiguities", want.ambiguities, ambiguitiesByName(result)},
	} {
		if diff := cmp.Diff(part.want, part.got); diff != "" {
			return part.name + ": " + diff
		}
	}
	if !slices.Equal(want.changes, sink.changes) {
		return "changes: " + firstDifference(want.changes, sink.changes)
	}
	return ""
}

// runWithFault is Run with a fault planted once the run is planned.
func runWithFault(cfg Config, in Inputs, sink Sink, fault func(*run)) (*Result, error) {
	ctx := context.Background()
	if fault == nil {
		return Run(ctx, cfg, in, sink, &Progress{})
	}
	r, err := plan(ctx, cfg, in, &Progress{})
	if err != nil {
		return nil, err
	}
	fault(r)
	err = r.do(ctx, sink)
	return r.result, err
}

func firstDifference(want, got []changeRow) string {
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	row := func(rows []changeRow) []changeRow { return rows[min(at, len(rows)):min(at+1, len(rows))] }
	return cmp.Diff(row(want), row(got))
}

func countsByName(counts *[3][Codes]int64) map[string]int {
	byName := map[string]int{}
	for table := range counts {
		for code, n := range counts[table] {
			if n > 0 {
				byName[Table(table).String()+" "+Code(code).String()] = int(n)
			}
		}
	}
	return byName
}

func transitionsByName(r *Result) map[string]int {
	byName := map[string]int{}
	for _, t := range r.Summary.Transitions {
		byName[strings.Join([]string{t.Fuel, t.From, t.To}, " ")] = int(t.Count)
	}
	return byName
}

func rulesByName(r *Result) map[string]int {
	byName := map[string]int{}
	for _, rule := range r.Summary.Rules {
		byName[rule.Fuel+" "+rule.Rule] = int(rule.Count)
	}
	return byName
}

func ambiguitiesByName(r *Result) map[string]int {
	byName := map[string]int{}
	count := func(name string, n int64) {
		if n > 0 {
			byName[name] = int(n)
		}
	}
	for _, a := range r.Summary.Ambiguities {
		count(a.Name, a.Count)
		for _, other := range a.Alternatives {
			count(a.Name+" "+other.Policy+" changed", other.Changed)
			count(a.Name+" "+other.Policy+" reportable", other.Reportable)
		}
	}
	return byName
}
