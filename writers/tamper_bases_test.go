package writers

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// base is an honest publication from which tamperings start.
type base struct {
	name     string
	dir      string
	manifest []byte
}

// baseKinds are the configurations that publications are made under, by turns.
var baseKinds = []struct {
	name      string
	points    int
	configure func(cfg *engine.Config, s *Settings)
}{
	{"small", 12, func(cfg *engine.Config, _ *Settings) {
		cfg.Baseline, cfg.Switches.ReportGas = meterpoint.BaselineReported, false
	}},
	{"several files per RDP", 60, func(cfg *engine.Config, s *Settings) {
		cfg.Baseline, s.Flows.MaxRecords = meterpoint.BaselineGoLive, 3
	}},
	{"empty", 0, func(*engine.Config, *Settings) {}},
	{"backfill", 40, func(cfg *engine.Config, _ *Settings) { cfg.Scope = meterpoint.Backfill }},
	{"gas", 30, func(cfg *engine.Config, _ *Settings) {
		cfg.Fuel, cfg.Baseline = engine.GasOnly, meterpoint.BaselineReported
	}},
	{"electricity", 30, func(cfg *engine.Config, s *Settings) {
		cfg.Fuel, s.Flows.TestFlag = engine.ElectricityOnly, "TR07"
	}},
	{"switches off", 40, func(cfg *engine.Config, _ *Settings) {
		cfg.Rules.InstalledStatus = false
		cfg.Switches = engine.Switches{}
	}},
	{"other policies, warnings listed", 50, func(cfg *engine.Config, s *Settings) {
		cfg.Rules = cfg.Rules.With(meterpoint.Mixed, meterpoint.ChooseInstalled).With(meterpoint.SuspendedOnly, meterpoint.ChooseHold)
		cfg.Baseline, cfg.ListWarnings, cfg.Registrar.TrustColumn = meterpoint.BaselineReported, true, true
		s.Flows.MaxRecords = 5
	}},
}

// newBase publishes random meter points under the configuration whose turn it
// is.
func newBase(t *testing.T, seed int) *base {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(seed), 0xBA5E))
	kind := baseKinds[seed%len(baseKinds)]
	cfg, s := testConfig(), testSettings()
	cfg.MPANCheck = engine.Reject
	kind.configure(&cfg, &s)
	changes, result := run(cfg, randomPoints(rng, cfg.Fuel, kind.points))
	for i, old := range changes.Old { // what stood already has a date of its own
		if changes.EffectiveOn[i] != engine.NoDay && old == changes.New[i] {
			changes.EffectiveOn[i] -= int32(rng.IntN(400))
		}
	}
	exceptions := randomExceptions(rng, cfg.ListWarnings, result)
	dir := filepath.Join(t.TempDir(), "base")
	p, err := Create(t.Context(), OS{}, dir, cfg, s)
	if err == nil {
		err = p.Write(changes)
	}
	if err == nil {
		err = p.WriteExceptions(exceptions)
	}
	var manifest *Manifest
	if err == nil {
		manifest, err = p.Commit(t.Context(), result)
	}
	if err != nil {
		t.Fatalf("publication %q: %v", kind.name, err)
	}
	text, err := manifest.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return &base{kind.name, dir, text}
}

func randomPoints(rng *rand.Rand, fuels engine.FuelChoice, count int) []knownPoint {
	of := meterpoint.Of
	inc, suspended, gone := of(meterpoint.InstalledNotCommissioned), of(meterpoint.Suspended), of(meterpoint.Decommissioned)
	sets := []meterpoint.StatusSet{0, inc, inc, of(meterpoint.Commissioned), of(meterpoint.Commissioned) | gone, gone,
		inc | suspended, suspended, inc | gone, of(meterpoint.Recovery), of(meterpoint.Pending), meterpoint.Unusable, inc | meterpoint.Unusable}
	statuses := []meterpoint.ServiceStatus{meterpoint.Null, meterpoint.Null, meterpoint.Active, meterpoint.Active,
		meterpoint.Installed, meterpoint.NotActive, meterpoint.NotActive, meterpoint.LegacyW}
	taken := map[meterpoint.MPxN]bool{}
	var points []knownPoint
	for len(points) < count {
		p := knownPoint{rdp: "XOSERVE"}
		if fuels == engine.GasOnly || fuels == engine.BothFuels && rng.IntN(3) == 0 {
			p.mpxn = meterpoint.MPxN(rng.IntN(99_999_999-10_000)+10_000) * 100
			p.mpxn += p.mpxn.CheckDigits()
		} else {
			distributor := []meterpoint.MPxN{10, 12}[rng.IntN(2)]
			p.rdp = map[meterpoint.MPxN]string{10: "EELC", 12: "LOND"}[distributor]
			p.mpxn = distributor*1e11 + meterpoint.MPxN(rng.IntN(1e10))*10
			p.mpxn += p.mpxn.CheckDigit()
		}
		if taken[p.mpxn] {
			continue
		}
		taken[p.mpxn] = true
		if rng.IntN(8) == 0 {
			p.rdp = ""
		}
		p.point = meterpoint.Point{Set: sets[rng.IntN(len(sets))], Recorded: statuses[rng.IntN(len(statuses))],
			Reported: statuses[rng.IntN(len(statuses)-1)], Ever: rng.IntN(4) == 0, OwnRow: rng.IntN(15) == 0}
		points = append(points, p)
	}
	return points
}

// randomExceptions invents rows that could not be used, and counts them into
// the result.
func randomExceptions(rng *rand.Rand, warningsListed bool, r *engine.Result) (listed []engine.Exception) {
	r.Exceptions = engine.ExceptionCounts{}
	count := func(table engine.Table, code engine.Code, warning bool, n int) {
		r.Exceptions.All[table][code] += int64(n)
		if warning {
			r.Exceptions.Warnings[table][code] += int64(n)
		}
		for i := 0; i < n && (!warning || warningsListed); i++ {
			listed = append(listed, engine.Exception{Table: table, File: table.String() + ".parquet", Row: int64(i), Column: "mpxn",
				Code: code, Value: fmt.Sprint("value ", i)})
		}
	}
	orphans, bad := rng.IntN(4)+1, rng.IntN(3)+1
	count(engine.Devices, engine.OrphanMPxN, false, orphans)
	count(engine.Devices, engine.FuelMismatch, false, 1)
	count(engine.MeterPoints, engine.BadMPxN, false, bad)
	count(engine.MeterPoints, engine.BadCheckDigit, true, 3)
	count(engine.MeterPoints, engine.MissingEffectiveDate, true, 2)
	rows := r.Summary.Assessed + int64(bad)
	r.Read.Devices = engine.DeviceTotals{Rows: 90, Meters: 80, Associations: 85, NotUsed: int64(orphans) + 1}
	r.Read.MeterPoints.Rows, r.Read.MeterPoints.NotUsed = rows, int64(bad)
	r.Inputs = []engine.Input{
		{Table: engine.Devices, Files: []engine.File{{Path: "d1.parquet", Format: "parquet", Rows: 40, Bytes: 900, Fingerprint: "d1"},
			{Path: "d2.parquet", Format: "parquet", Rows: 50, Bytes: 901, Fingerprint: "d2"}}},
		{Table: engine.MeterPoints, Files: []engine.File{{Path: "points.parquet", Format: "parquet", Rows: rows, Bytes: 800, Fingerprint: "p1"}}},
	}
	return listed
}
