package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// Disposition is what becomes of a listed meter point.
type Disposition uint8

// Every row of changes.parquet has one of these.
const (
	Emitted       Disposition = iota // stands in a flow file
	Withheld                         // its fuel's switch is off and it is not an A
	Undeliverable                    // no RDP is known
	RecordedOnly                     // changed, but no news to the RDP
	Held                             // the recorded status stands
	Left                             // scope backfill may not move it
)

var dispositionNames = [...]string{"emitted", "withheld", "undeliverable", "recorded", "held", "left"}

func (d Disposition) String() string { return dispositionNames[d] }

// Dispositions are the names in order, indexed by Disposition. Read only.
func Dispositions() []string { return dispositionNames[:] }

// NoDay stands for an absent date.
const NoDay = kernel.NoDay

// Changes is a run of meter points that changed, are reportable, held or left,
// as parallel columns in MPxN order. Runs arrive in MPxN order too, and no
// MPxN twice.
type Changes struct {
	MPxN        []meterpoint.MPxN
	RDP         []uint8 // index into RDPs
	Old, New    []meterpoint.ServiceStatus
	Rule        []meterpoint.Rule
	Disposition []Disposition
	EffectiveOn []int32  // days since 1970-01-01; NoDay for held and left points
	RDPs        []string // RDPs[0] is "": no RDP known; later runs may add names at the end
}

// Len is the number of meter points in the run.
func (c *Changes) Len() int { return len(c.MPxN) }

func (c *Changes) reset(rdps []string) {
	c.RDPs = rdps
	c.MPxN, c.RDP, c.Old, c.New = c.MPxN[:0], c.RDP[:0], c.Old[:0], c.New[:0]
	c.Rule, c.Disposition, c.EffectiveOn = c.Rule[:0], c.Disposition[:0], c.EffectiveOn[:0]
}

// change is one row of changes before it is appended.
type change struct {
	mpxn        meterpoint.MPxN
	rdp         uint8
	old, new    meterpoint.ServiceStatus
	rule        meterpoint.Rule
	disposition Disposition
	effectiveOn int32
}

func (c *Changes) change(i int) change {
	return change{c.MPxN[i], c.RDP[i], c.Old[i], c.New[i], c.Rule[i], c.Disposition[i], c.EffectiveOn[i]}
}

func (c *Changes) add(x change) {
	c.MPxN = append(c.MPxN, x.mpxn)
	c.RDP = append(c.RDP, x.rdp)
	c.Old = append(c.Old, x.old)
	c.New = append(c.New, x.new)
	c.Rule = append(c.Rule, x.rule)
	c.Disposition = append(c.Disposition, x.disposition)
	c.EffectiveOn = append(c.EffectiveOn, x.effectiveOn)
}

// Sink takes what a run finds. One goroutine calls it; slices are valid during
// the call only. Nothing that it was given is public before the caller of Run
// says so.
type Sink interface {
	Write(*Changes) error
	WriteExceptions([]Exception) error
}

// Exception is one row, value or association that could not be used as it
// stands, or a warning about one.
type Exception struct {
	Table  Table
	File   string
	Row    int64 // 0-based in the file
	Column string
	Code   Code
	Value  string
}

// Code names a kind of exception.
type Code uint8

// The exceptions, in the order in which they are looked for.
const (
	BadMPxN Code = iota
	BadCheckDigit
	UnknownDeviceType
	UnknownDeviceStatus
	FuelMismatch
	OrphanMPxN
	ConflictingMeterPoint
	DuplicateMeterPoint
	UnknownServiceStatus
	UnknownReportedStatus
	BadValue
	NoRDP
	BadRDP
	RDPMismatch
	MissingEffectiveDate
	Codes = 15
)

var codeNames = [Codes]string{"BAD_MPXN", "BAD_CHECK_DIGIT", "UNKNOWN_DEVICE_TYPE", "UNKNOWN_DEVICE_STATUS",
	"FUEL_MISMATCH", "ORPHAN_MPXN", "CONFLICTING_METER_POINT", "DUPLICATE_METER_POINT", "UNKNOWN_SERVICE_STATUS",
	"UNKNOWN_REPORTED_STATUS", "BAD_VALUE", "NO_RDP", "BAD_RDP", "RDP_MISMATCH", "MISSING_EFFECTIVE_DATE"}

func (c Code) String() string { return codeNames[c] }
