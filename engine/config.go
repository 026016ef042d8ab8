package engine

import (
	"time"

	"flagfill/engine/meterpoint"
)

// CheckMode says what a wrong check digit does.
type CheckMode uint8

// Reject drops the value, Warn counts and uses it, Off does not look.
const (
	Reject CheckMode = iota
	Warn
	Off
)

var checkModeNames = []string{"reject", "warn", "off"}

func (m CheckMode) String() string { return checkModeNames[m] }

// CheckModes are the names in order, indexed by CheckMode. Read only.
func CheckModes() []string { return checkModeNames }

// FuelChoice says which fuels a run assesses.
type FuelChoice uint8

// Both fuels, or one.
const (
	BothFuels FuelChoice = iota
	ElectricityOnly
	GasOnly
)

var fuelChoiceNames = []string{"both", "electricity", "gas"}

func (f FuelChoice) String() string { return fuelChoiceNames[f] }

// FuelChoices are the names in order, indexed by FuelChoice. Read only.
func FuelChoices() []string { return fuelChoiceNames }

// Includes tells whether meter points of the fuel are assessed.
func (f FuelChoice) Includes(fuel meterpoint.Fuel) bool {
	return f == BothFuels || (f == ElectricityOnly) == (fuel == meterpoint.Electricity)
}

// Config is everything a run depends on besides its rows. Content is a
// function of rows and Config without its Limits, Workers, MemoryBytes, Passes
// and what it says of the files.
type Config struct {
	meterpoint.Question
	Switches  Switches
	AsOf      time.Time // UTC, whole seconds
	Fuel      FuelChoice
	MPANCheck CheckMode
	MPRNCheck CheckMode
	Digits    meterpoint.Digits
	Registrar meterpoint.Registrar

	Columns        [3]map[string]string               // by Table: our column name → the file's
	DeviceStatuses map[string]meterpoint.DeviceStatus // an extract's own words, folded
	DeviceTypes    map[string]meterpoint.DeviceType

	TakenAt      [2]time.Time  // when devices and meter_points were taken, by Table; zero: nobody says
	MaxSkew      time.Duration // between them, past which a run raises a caution
	InputsProven bool          // the files are known to hold the bytes that were sent

	Limits       Limits
	ListWarnings bool             // warnings become exceptions rows too
	ListRefused  bool             // exceptions are listed even when a limit refuses the run
	Clock        func() time.Time // for stage timings only; nil gives none
	Workers      int
	MemoryBytes  int64 // 0: no budget
	// NeedBytes is told what the run is going to take, once that is known, so
	// that the process can hold its collector to it. It may be nil.
	NeedBytes func(int64)
	Passes    int // over the tables; 0: as the budget and the order of the files ask
}

// Switches are the two reporting switches of FIA 3.5.5; the third, installed
// status, is part of meterpoint.Rules.
type Switches struct{ ReportElectricity, ReportGas bool }

// Reports tells whether a status of a point of the fuel may be sent: an A
// always, I and N while the fuel's switch is on.
func (s Switches) Reports(fuel meterpoint.Fuel, status meterpoint.ServiceStatus) bool {
	on := s.ReportGas
	if fuel == meterpoint.Electricity {
		on = s.ReportElectricity
	}
	return on || status == meterpoint.Active
}

func (cfg *Config) now() time.Time {
	if cfg.Clock == nil {
		return time.Time{}
	}
	return cfg.Clock()
}

// Limit is a bound as a share of a base or as a count.
type Limit struct {
	Share float64 // 0.001 for 0.1 %; used while Count is negative
	Count int64
}

// Limits refuse a run whose data cannot be right.
type Limits struct {
	MaxExceptions  Limit // per table, warnings aside: of associations, of meter_points rows
	MaxDemotions   Limit // per fuel and large RDP: A→N, A→I, I→N of recorded A and I
	MaxNoMeterLeft Limit // same base: points of the ledger entry no-meter-left
	ExpectRows     map[Table]int64
}

// DefaultLimits are 0.1 % exceptions, 5 % demotions and 0.5 % no-meter-left.
func DefaultLimits() Limits {
	share := func(s float64) Limit { return Limit{Share: s, Count: -1} }
	return Limits{MaxExceptions: share(0.001), MaxDemotions: share(0.05), MaxNoMeterLeft: share(0.005)}
}
