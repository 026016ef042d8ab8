// Package config reads the configuration file: switches, policies, checks,
// RDPs, flow settings and the mapping of an extract's own names to ours.
package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Config is everything that a configuration file can say.
type Config struct {
	Rules     meterpoint.Rules
	Switches  engine.Switches
	MPANCheck engine.CheckMode
	MPRNCheck engine.CheckMode
	Digits    meterpoint.Digits
	Registrar meterpoint.Registrar
	Flows     Flows
	Input     Input

	Columns        [3]map[string]string // by engine.Table: our column name → the file's
	DeviceStatuses map[string]string    // an extract's own word → one of the nine statuses
	DeviceTypes    map[string]string    // an extract's own word → one of meterpoint.DeviceTypeNames
}

// Flows is what the flow files need besides the data. An identifier of 0 is
// not set: numbering then starts at 1, and a publication says that it carries
// test identifiers.
type Flows struct {
	MaxRecords        int    // meter points in one file
	TestFlag          string // OPER, or TR and two digits
	FirstFileID       int64  // of electricity flows
	FirstGeneration   int64  // of gas flows
	GasOrganisationID int64
	ElectricityLayout string // a built-in name, or the path of a layout file
	GasLayout         string
}

// Input is how input files are read where their content does not tell.
type Input struct {
	Delimiter    rune // between the fields of CSV: one ASCII character
	MaxSkewHours int  // between the instants at which the tables were taken
}

// The built-in layouts.
const (
	electricityLayout = "d0350001"
	gasLayout         = "dxi"
)

// Default is the configuration in force where no file says otherwise.
func Default() *Config {
	c := &Config{
		Rules:     meterpoint.DefaultRules(),
		Switches:  engine.Switches{ReportElectricity: true, ReportGas: true},
		MPANCheck: engine.Reject,
		MPRNCheck: engine.Warn,
		Digits:    meterpoint.DefaultDigits,
		Registrar: meterpoint.NewRegistrar(),
		Flows: Flows{
			MaxRecords:        100_000,
			TestFlag:          "OPER",
			ElectricityLayout: electricityLayout,
			GasLayout:         gasLayout,
		},
		Input:          Input{Delimiter: ',', MaxSkewHours: int(engine.DefaultMaxSkew.Hours())},
		DeviceStatuses: map[string]string{},
		DeviceTypes:    map[string]string{},
	}
	for t := range c.Columns {
		c.Columns[t] = map[string]string{}
	}
	return c
}

// Load reads a configuration file; without a path it is Default. Layout paths
// are taken relative to the file and made absolute. Anything that the file may
// not say is a *engine.Refusal of kind RefusedUsage with its line.
func Load(path string) (*Config, error) {
	if path == "" {
		return Default(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		cause := err
		if reason := (*fs.PathError)(nil); errors.As(err, &reason) {
			cause = reason.Err
		}
		return nil, &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: "cannot read configuration " + engine.ShownPath(path) + ": " + cause.Error(),
			Next:    "Check the path given with --config, or leave it out to run with the defaults."}
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: "cannot find the folder of configuration " + engine.ShownPath(path) + ": " + err.Error()}
	}
	c, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	c.Flows.ElectricityLayout = besideConfig(folder, c.Flows.ElectricityLayout)
	c.Flows.GasLayout = besideConfig(folder, c.Flows.GasLayout)
	return c, nil
}

// besideConfig makes a relative layout path absolute. Whatever is not the name
// of a built-in layout is a path.
func besideConfig(folder, layout string) string {
	isBuiltIn := layout == electricityLayout || layout == gasLayout
	if isBuiltIn || filepath.IsAbs(layout) {
		return layout
	}
	return filepath.Join(folder, layout)
}

// Apply sets everything in a run's configuration that a file can say.
func (c *Config) Apply(run *engine.Config) {
	run.Rules = c.Rules
	run.Switches = c.Switches
	run.MPANCheck, run.MPRNCheck = c.MPANCheck, c.MPRNCheck
	run.Digits = c.Digits
	run.Registrar = c.Registrar
	run.MaxSkew = time.Duration(c.Input.MaxSkewHours) * time.Hour
	for t := range c.Columns {
		run.Columns[t] = maps.Clone(c.Columns[t])
	}
	run.DeviceStatuses = make(map[string]meterpoint.DeviceStatus, len(c.DeviceStatuses))
	for word, name := range c.DeviceStatuses {
		run.DeviceStatuses[meterpoint.Fold([]byte(word))], _ = meterpoint.ParseDeviceStatus([]byte(name))
	}
	run.DeviceTypes = make(map[string]meterpoint.DeviceType, len(c.DeviceTypes))
	for word, name := range c.DeviceTypes {
		run.DeviceTypes[meterpoint.Fold([]byte(word))] = meterpoint.ParseDeviceType([]byte(name))
	}
}
