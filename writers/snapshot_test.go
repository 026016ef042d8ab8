package writers

import (
	"slices"
	"testing"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// knownPoint is a meter point of a synthetic run, before the rule is applied.
type knownPoint struct {
	mpxn  meterpoint.MPxN
	rdp   string // "" where none is known
	point meterpoint.Point
}

var testRDPs = []string{"", "EELC", "LOND", "XOSERVE"}

func testConfig() engine.Config {
	return engine.Config{
		Question:  meterpoint.Question{Rules: meterpoint.DefaultRules()},
		Switches:  engine.Switches{ReportElectricity: true, ReportGas: true},
		AsOf:      time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC),
		MPANCheck: engine.Warn,
		MPRNCheck: engine.Warn,
		Digits:    meterpoint.DefaultDigits,
		Registrar: meterpoint.NewRegistrar(),
		Limits:    engine.DefaultLimits(),
		Workers:   2,
	}
}

func testSettings() Settings {
	return Settings{StagingSuffix: "test", Flows: Flows{MaxRecords: 2, FirstFileID: 41, FirstGeneration: 7, GasOrganisationID: 10001}}
}

const testDay = 20778 // 2026-11-21, as-of's date

// run applies the rule to the points and gives what an engine would: the
// changes in MPxN order and the result.
func run(cfg engine.Config, points []knownPoint) (*engine.Changes, *engine.Result) {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b knownPoint) int { return int(int64(a.mpxn) - int64(b.mpxn)) })
	changes := &engine.Changes{RDPs: testRDPs}
	var facts engine.Facts
	for _, p := range points {
		cell := engine.Cell{Fuel: p.mpxn.Fuel(), RDP: p.rdp, Point: p.point, Count: 1}
		if i, found := slices.BinarySearchFunc(facts, cell, compareCells); found {
			facts[i].Count++
		} else {
			facts = slices.Insert(facts, i, cell)
		}
		o := cfg.Outcome(p.point)
		d, listed := disposition(cell, o, cfg.Switches)
		if !listed {
			continue
		}
		day := int32(testDay)
		if d == engine.Held || d == engine.Left {
			day = engine.NoDay
		}
		changes.MPxN = append(changes.MPxN, p.mpxn)
		changes.RDP = append(changes.RDP, uint8(slices.Index(testRDPs, p.rdp)))
		changes.Old = append(changes.Old, p.point.Recorded)
		changes.New = append(changes.New, o.Status)
		changes.Rule = append(changes.Rule, o.Rule)
		changes.Disposition = append(changes.Disposition, d)
		changes.EffectiveOn = append(changes.EffectiveOn, day)
	}
	return changes, resultOf(cfg, facts)
}

func resultOf(cfg engine.Config, facts engine.Facts) *engine.Result {
	r := &engine.Result{Config: cfg, RDPs: testRDPs[1:], Facts: facts, Summary: facts.Summarise(cfg.Question, cfg.Switches)}
	s := r.Summary
	r.Read.MeterPoints = engine.MeterPointTotals{Rows: s.Assessed + 1, NotUsed: 1, Assessed: s.Assessed,
		Unchanged: s.Unchanged, Changed: s.Changed, Held: s.Held, Left: s.Left}
	r.Read.Devices = engine.DeviceTotals{Rows: 9, Meters: 8, Associations: 8}
	r.Exceptions.All[engine.MeterPoints][engine.BadMPxN] = 1
	r.Exceptions.All[engine.MeterPoints][engine.BadCheckDigit] = 3
	r.Exceptions.Warnings[engine.MeterPoints][engine.BadCheckDigit] = 3
	r.Inputs = []engine.Input{
		{Table: engine.Devices, Files: []engine.File{{Path: "devices.parquet", Format: "parquet", Rows: 9, Bytes: 900, Fingerprint: "d1"}}},
		{Table: engine.MeterPoints, Files: []engine.File{{Path: "points.parquet", Format: "parquet", Rows: s.Assessed + 1, Bytes: 800, Fingerprint: "p1"}}},
	}
	r.Stages = []engine.Stage{{Name: "gather", Duration: time.Second}}
	return r
}

var testExceptions = []engine.Exception{{Table: engine.MeterPoints, File: "points.parquet", Row: 17, Column: "mpxn", Code: engine.BadMPxN, Value: "12AB"}}

// smallPoints have every disposition but left, both fuels, three RDPs, and
// enough news for EELC that its flow is cut.
func smallPoints() []knownPoint {
	inc, commissioned := meterpoint.Of(meterpoint.InstalledNotCommissioned), meterpoint.Of(meterpoint.Commissioned)
	gone := meterpoint.Of(meterpoint.Decommissioned)
	return []knownPoint{
		{3938424403, "XOSERVE", meterpoint.Point{Set: inc}},
		{7611112200, "XOSERVE", meterpoint.Point{Set: commissioned, Recorded: meterpoint.Active}}, // unchanged
		{7611112210, "XOSERVE", meterpoint.Point{Set: commissioned, Recorded: meterpoint.NotActive}},
		{1000000000017, "EELC", meterpoint.Point{Set: commissioned}},
		{1000000000025, "EELC", meterpoint.Point{Set: inc, Recorded: meterpoint.NotActive}},
		{1000000000033, "EELC", meterpoint.Point{Set: gone, Recorded: meterpoint.Active}},
		{1000000000041, "EELC", meterpoint.Point{Set: inc | meterpoint.Of(meterpoint.Suspended)}},                        // mixed: held
		{1000000000050, "EELC", meterpoint.Point{Set: commissioned, Recorded: meterpoint.LegacyW}},                       // held
		{1000000000068, "EELC", meterpoint.Point{Set: inc, Recorded: meterpoint.Active, Reported: meterpoint.Installed}}, // recorded only
		{1000000000076, "", meterpoint.Point{Set: inc}},                                                                  // undeliverable
		{1200023305967, "LOND", meterpoint.Point{Set: inc}},
		{1200023305975, "LOND", meterpoint.Point{}}, // never: unchanged
	}
}

// publish makes a publication of the points at dir.
func publish(tb testing.TB, fsys FS, dir string, cfg engine.Config, s Settings, points []knownPoint) (*Manifest, error) {
	tb.Helper()
	changes, result := run(cfg, points)
	p, err := Create(tb.Context(), fsys, dir, cfg, s)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := p.Abort(); err != nil {
			tb.Errorf("Abort: %v", err)
		}
	}()
	if err := p.Write(changes); err != nil {
		return nil, err
	}
	if err := p.WriteExceptions(testExceptions); err != nil {
		return nil, err
	}
	return p.Commit(tb.Context(), result)
}
