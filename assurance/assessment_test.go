package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flagfill/config"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/loaders"
)

// assessment is what one run in this process found: its result, and every
// listed meter point by number. It is the run's sink.
type assessment struct {
	*engine.Result
	listed map[meterpoint.MPxN]listedPoint
}

// listedPoint is a row of changes.parquet.
type listedPoint struct {
	rdp         string
	old, new    meterpoint.ServiceStatus
	rule        meterpoint.Rule
	disposition engine.Disposition
	effectiveOn int32
}

func (a *assessment) Write(c *engine.Changes) error {
	for i, m := range c.MPxN {
		a.listed[m] = listedPoint{c.RDPs[c.RDP[i]], c.Old[i], c.New[i], c.Rule[i], c.Disposition[i], c.EffectiveOn[i]}
	}
	return nil
}

func (a *assessment) WriteExceptions([]engine.Exception) error { return nil }

func assess(t *testing.T, in engine.Inputs, cfg engine.Config) *assessment {
	t.Helper()
	a := &assessment{listed: map[meterpoint.MPxN]listedPoint{}}
	var err error
	if a.Result, err = engine.Run(t.Context(), cfg, in, a, &engine.Progress{}); err != nil {
		t.Fatal(err)
	}
	return a
}

// plainly stores the tables as one CSV file each.
func (s tables) plainly(t *testing.T, folder string) (devices, points string) {
	t.Helper()
	write := func(name string, header []string, rows [][]string) string {
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		if err := w.Write(header); err != nil {
			t.Fatal(err)
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("devices.csv", deviceColumns, s.devices), write("meter_points.csv", pointColumns, s.points)
}

// inputs opens the tables; they are read anew by every run.
func (s tables) inputs(t *testing.T, folder string) engine.Inputs {
	t.Helper()
	devices, points := s.plainly(t, folder)
	open := func(path string, table engine.Table) engine.Source {
		source, err := loaders.Open([]string{path}, table, loaders.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return source
	}
	return engine.Inputs{Devices: open(devices, engine.Devices), MeterPoints: open(points, engine.MeterPoints)}
}

// readingOf is a configuration with some choice of everything that says how
// rows are read, and of nothing that says what follows from them.
func readingOf(random *rand.Rand) engine.Config {
	whole := engine.Limit{Share: 1, Count: -1}
	cfg := engine.Config{AsOf: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), Workers: 1 + random.IntN(2),
		Limits: engine.Limits{MaxExceptions: whole, MaxDemotions: whole, MaxNoMeterLeft: whole}}
	config.Default().Apply(&cfg)
	cfg.Fuel = engine.FuelChoice(max(0, random.IntN(6)-3))
	if random.IntN(3) == 0 {
		cfg.MPANCheck, cfg.MPRNCheck = engine.CheckMode(random.IntN(3)), engine.CheckMode(random.IntN(3))
	}
	cfg.Registrar.TrustColumn = random.IntN(4) == 0
	if random.IntN(4) == 0 {
		cfg.Registrar.Gas = []string{"XOSERVE", "LOND"}
	}
	return cfg
}

// flagsOf are the flags of a run that say what cfg says, but for what its
// configuration file does.
func flagsOf(cfg engine.Config) []string {
	return []string{"--as-of", cfg.AsOf.Format(time.RFC3339), "--fuel", cfg.Fuel.String(), "--scope", cfg.Scope.String(), "--baseline", cfg.Baseline.String(),
		"--max-exceptions", "100%", "--max-demotions", "100%", "--max-no-meter-left", "100%"}
}

// settingsOf is a configuration file that says what cfg says.
func settingsOf(cfg engine.Config) string {
	text := fmt.Sprintf("[switches]\ninstalled_status = %v\nreport_electricity = %v\nreport_gas = %v\n[rules]\n",
		cfg.Rules.InstalledStatus, cfg.Switches.ReportElectricity, cfg.Switches.ReportGas)
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		text += fmt.Sprintf("%s = %q\n", a, cfg.Rules.Choices[a])
	}
	text += fmt.Sprintf("[validation]\nmpan_check_digit = %q\nmprn_check_digits = %q\n", cfg.MPANCheck, cfg.MPRNCheck)
	return text + fmt.Sprintf("[rdp]\ngas = [%s]\ntrust_column = %v\n", `"`+strings.Join(cfg.Registrar.Gas, `", "`)+`"`, cfg.Registrar.TrustColumn)
}

// asking is the configuration with some choice of all the rest: policies,
// switches, scope and baseline.
func asking(cfg engine.Config, random *rand.Rand) engine.Config {
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		choices := a.Choices()
		cfg.Rules = cfg.Rules.With(a, choices[random.IntN(len(choices))])
	}
	cfg.Rules.InstalledStatus = random.IntN(3) > 0
	cfg.Switches = engine.Switches{ReportElectricity: random.IntN(2) == 0, ReportGas: random.IntN(2) == 0}
	cfg.Baseline = meterpoint.Baseline(random.IntN(3))
	cfg.Scope = meterpoint.Full
	if cfg.Rules.InstalledStatus && random.IntN(3) == 0 {
		cfg.Scope = meterpoint.Backfill
	}
	return cfg
}
