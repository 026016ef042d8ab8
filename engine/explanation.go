package engine

// Explanation says of one MPxN, from source row to disposition, what a run
// makes of it and why. MPxNs stand in it: it is for whoever asked.
type Explanation struct {
	Asked       string       `json:"asked"`    // as it was asked for
	MPxN        string       `json:"mpxn"`     // without leading zeros; "" where it is no number of at most 16 digits
	Fuel        string       `json:"fuel"`     // electricity, gas; "" where it is no MPxN
	Standing    string       `json:"standing"` // one of the Standing names
	CheckDigits *CheckDigits `json:"check_digits"`
	// Rows that hold the number, in (file, row) order.
	MeterPoints []PointRow  `json:"meter_points"`
	Devices     []DeviceRow `json:"devices"`
	Decision    *Ruling     `json:"decision"`  // of a point that is assessed, else nil
	Held        *HeldState  `json:"rdp_holds"` // what the RDP holds; nil without an extract
}

// What an MPxN is to a run. Only an assessed one has a decision.
const (
	StandingAssessed   = "assessed"
	StandingOrphan     = "orphan"      // devices name it, meter_points lacks it
	StandingUnknown    = "unknown"     // neither table has a row that counts for it
	StandingOtherFuel  = "other_fuel"  // of the fuel that is not assessed
	StandingCheckDigit = "check_digit" // wrong check digits, which are rejected
	StandingNoMPxN     = "no_mpxn"     // not 13 digits, nor as many as an MPRN has
)

// CheckDigits of a number that is long enough to have them.
type CheckDigits struct {
	Found    string `json:"found"`
	Expected string `json:"expected"`
	OK       bool   `json:"ok"`
	Mode     string `json:"mode"` // reject, warn or off: what a wrong one does
}

// SourceRow is where a row stands.
type SourceRow struct {
	File string `json:"file"`
	Row  int64  `json:"row"` // 0-based in the file
}

// PointRow is a row of meter_points, its values as the file spells them; nil
// where the file has no such column.
type PointRow struct {
	SourceRow
	MPxN           string       `json:"mpxn"`
	ServiceStatus  *string      `json:"service_status"`
	RDPID          *string      `json:"rdp_id"`
	ChangedOn      *string      `json:"service_status_changed_on"`
	EverInstalled  *string      `json:"ever_installed"`
	ReportedStatus *string      `json:"reported_status"`
	Used           bool         `json:"used"` // false for a row that is dropped or repeats another
	Exceptions     []CodedValue `json:"exceptions"`
}

// CodedValue is an exception or a warning of a row.
type CodedValue struct {
	Code    string `json:"code"`
	Column  string `json:"column"` // as the file calls it
	Value   string `json:"value"`
	Warning bool   `json:"warning"`
}

// DeviceRow is a row of devices, once for each of its associations with the
// MPxN, which is one.
type DeviceRow struct {
	SourceRow
	DeviceID   *string      `json:"device_id"`
	Type       string       `json:"device_type"`   // as the file spells it
	Status     string       `json:"device_status"` // the same
	Column     string       `json:"column"`        // that names the MPxN first
	ReadAs     string       `json:"read_as"`       // the SMI status, "" where it is none
	Class      string       `json:"class"`         // commissioned, installed, other, past, ignored; "" where none counts
	Effect     string       `json:"effect"`        // one of the Effect names
	Exceptions []CodedValue `json:"exceptions"`
}

// What a device row does to the meter point that it names.
const (
	EffectCounts    = "counts"     // its status is one of the point's
	EffectIgnored   = "ignored"    // as if not there
	EffectNoMeter   = "no_meter"   // of a type without a service status: not looked at
	EffectNotUsed   = "not_used"   // an exception dropped it; the point is unreadable unless Active
	EffectOrphaned  = "orphaned"   // it would count, but meter_points lacks the MPxN
	EffectOtherFuel = "other_fuel" // of the fuel that is not assessed
)

// Ruling is what the rule makes of an assessed meter point.
type Ruling struct {
	Statuses       []string       `json:"statuses"` // of its meters: the status set
	Unusable       bool           `json:"unusable"` // a device row that names it could not be used
	Recorded       string         `json:"recorded"` // Null, A, I, N; S, W and unknown are legacy and no status
	Reported       string         `json:"reported"`
	EverInstalled  bool           `json:"ever_installed"`
	OwnRow         bool           `json:"own_row"` // its own rows conflict or hold a value that does not parse
	Rule           string         `json:"rule"`
	Meaning        string         `json:"meaning"`
	Source         string         `json:"source"` // the FIA's paragraph, or how it was inferred
	Old            string         `json:"old_status"`
	New            string         `json:"new_status"`
	Fate           string         `json:"fate"` // unchanged, changed, held, left
	Reportable     bool           `json:"reportable"`
	HeldBack       bool           `json:"held_back"`
	Silent         bool           `json:"silent"`      // the status stands, and is not told
	Disposition    string         `json:"disposition"` // as in changes.parquet; "unchanged" where it has no row there
	Reason         string         `json:"reason"`      // one of the Reason names: why it is sent, or not
	EffectiveOn    *string        `json:"effective_on"`
	EffectiveBy    string         `json:"effective_by"` // as_of, service_status_changed_on, as_of_for_none; "" without a date
	RDP            string         `json:"rdp_id"`       // "" where none is known
	RDPBy          string         `json:"rdp_by"`       // one of the RDPBy names
	Distributor    string         `json:"distributor"`  // the MPAN's first two digits; "" for gas
	DistributorRDP string         `json:"distributor_rdp"`
	OpenQuestions  []OpenQuestion `json:"open_questions"` // on which something of it hangs
}

// Why a meter point is sent, or is not.
const (
	ReasonNews      = "news"       // emitted
	ReasonNoNews    = "no_news"    // the RDP is taken to know it
	ReasonNull      = "null"       // Null is never told
	ReasonHeld      = "held"       // in doubt nothing is said
	ReasonLeft      = "left"       // scope backfill may not move it
	ReasonSwitchOff = "switch_off" // its fuel's switch lets only A through
	ReasonNoRDP     = "no_rdp"     // nobody is known to be told
	ReasonSilent    = "silent"     // a recorded I while installed_status is off
)

// How the RDP was found, or why there is none.
const (
	RDPByColumn      = "rdp_id"
	RDPByDistributor = "distributor"
	RDPByOnlyGas     = "only_gas_rdp"
	RDPNone          = "no_rdp"
	RDPBad           = "bad_rdp"
	RDPMismatched    = "rdp_mismatch"
)

// OpenQuestion is an ambiguity of the FIA on which the meter point hangs.
type OpenQuestion struct {
	Name         string        `json:"name"`
	Gap          string        `json:"gap"`
	Policy       string        `json:"policy"`
	Alternatives []OtherRuling `json:"alternatives"` // those that make a difference
}

// OtherRuling is what another choice would make of the point.
type OtherRuling struct {
	Policy      string `json:"policy"`
	Rule        string `json:"rule"`
	New         string `json:"new_status"`
	Fate        string `json:"fate"`
	Disposition string `json:"disposition"`
}

// KeySearch says how a table was searched: splits whose statistics exclude
// every MPxN asked for are not read.
type KeySearch struct {
	Table      string `json:"table"`
	Files      int    `json:"files"`
	Splits     int    `json:"splits"`
	SplitsRead int    `json:"splits_read"`
	RowsRead   int64  `json:"rows_read"`
}
