package engine

import "time"

// Result is what a run found, before anything of it is published.
type Result struct {
	Config     Config
	RDPs       []string // every RDP that any assessed point has, sorted
	Read       ReadTotals
	Facts      Facts   // the histogram everything below comes from
	Summary    Summary // of Facts under Config
	Exceptions ExceptionCounts
	Margins    []Margin // against every limit, in the order in which they are looked at
	Inputs     []Input
	Coherence  Coherence
	Cautions   []string // what an operator should look at, in order
	Stages     []Stage  // wall time
	Work       []Stage  // the workers' time, added up
}

// ReadTotals are the control totals of the input tables.
type ReadTotals struct {
	Devices     DeviceTotals     `json:"devices"`
	MeterPoints MeterPointTotals `json:"meter_points"`
}

// DeviceTotals count the devices table. Associations are the distinct
// non-empty MPxNs of meters and of rows of unknown type; NotUsed those dropped
// by an exception.
type DeviceTotals struct {
	Rows         int64 `json:"rows"`
	Meters       int64 `json:"meters"`
	Associations int64 `json:"associations"`
	OtherFuel    int64 `json:"other_fuel"`
	NotUsed      int64 `json:"not_used"`
}

// MeterPointTotals count the meter_points table:
// Rows = NotUsed + OtherFuel + Assessed, Assessed = Unchanged + Changed + Held + Left.
type MeterPointTotals struct {
	Rows      int64 `json:"rows"`
	NotUsed   int64 `json:"not_used"`
	OtherFuel int64 `json:"other_fuel"`
	Assessed  int64 `json:"assessed"`
	Unchanged int64 `json:"unchanged"`
	Changed   int64 `json:"changed"`
	Held      int64 `json:"held"`
	Left      int64 `json:"left"`
}

// ExceptionCounts count by Code: all, and how many of them are warnings.
type ExceptionCounts struct {
	All, Warnings [3][Codes]int64 // by Table
}

// Input is one table as it was read: evidence, not content.
type Input struct {
	Table Table
	Files []File
}

// Stage is a part of a run with its time.
type Stage struct {
	Name     string
	Duration time.Duration
}
