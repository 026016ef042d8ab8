package synth

import "flagfill/engine/meterpoint"

// The classes of a reconciliation that extracts hold: of meter points, then of
// extract rows.
const (
	match      = "match"
	notCovered = "not_covered"
	onHold     = "held"
	duplicate  = "duplicate"
	dateOff    = "date"
	inFlight   = "in_flight"
	missing    = "missing"
	unexpected = "unexpected"
	legacy     = "legacy"
	stale      = "stale"

	unreadable   = "unreadable"
	unknownPoint = "unknown_point"
	misrouted    = "misrouted"
	repeated     = "repeat"
)

// difference is something planted in extracts.
type difference uint8

const (
	noDifference difference = iota
	flagDiffers             // missing where a flag is expected, unexpected where none is
	flagLegacy
	flagStale
	dateDiffers
	flagsConflict
	rowRepeated
	rowUnreadable
	rowUnknown
	rowMisrouted
	flagInFlight
)

// differencesPerMillion says at how many of a million meter points each is
// planted. Some need a flag to be expected, and are not planted at a Null.
var differencesPerMillion = [...]struct {
	plant      difference
	perMillion uint64
	needsFlag  bool
}{
	{flagDiffers, 1000, false},
	{flagLegacy, 500, true},
	{flagStale, 1000, true},
	{dateDiffers, 1000, true},
	{flagsConflict, 300, false},
	{rowRepeated, 300, true},
	{rowUnreadable, 200, false},
	{rowUnknown, 300, false},
	{rowMisrouted, 300, false},
}

// At reconcileOn, 2026-09-30, a change of the last inFlightDays may still be
// under way: half of these have not arrived.
const (
	reconcileOn  = firstChange + changeDays
	inFlightDays = 7
)

// assessed is a meter point as a reconciliation sees it.
type assessed struct {
	mpxn      meterpoint.MPxN // as meter_points has it
	recorded  recorded
	becomes   recorded // under the default rules; held for a point on hold
	ownRow    bool     // on hold whatever its devices
	covered   bool     // an RDP is responsible
	changedOn int32    // 0 for a recorded Null
	chance    uint64
}

// assess gives the meter point of a rank; false where the estate has none that
// a run could use.
func (e *estate) assess(fuel meterpoint.Fuel, rank int64) (assessed, bool) {
	var a assessed
	var q quirk
	var space [4]place
	rows := e.appendBeside(space[:0], meterPointsTable, fuel, rank)
	for i, p := range rows {
		points := e.stories[p.story].points
		pt := points[p.row]
		if i > 0 {
			a.ownRow = a.ownRow || pt.recorded != a.recorded
			continue
		}
		a = assessed{mpxn: e.numbering.mpxn(fuel, rank), recorded: pt.recorded, becomes: pt.becomes}
		a.chance = mix(e.numbering.key ^ uint64(a.mpxn))
		if points[0].recorded != "" {
			a.changedOn = changeDate(a.chance)
		}
		q = pt.quirk
	}
	if q == badCheckDigit {
		a.mpxn = spoilt(a.mpxn)
	}
	a.ownRow = a.ownRow || q == badEver || !a.recorded.status().InForce()
	a.covered = q != badRDP && q != otherRDP && (fuel == meterpoint.Gas || rank < e.numbering.mpans)
	return a, len(rows) > 0 && a.becomes != unusable
}

func (a *assessed) recent() bool {
	return a.changedOn != 0 && a.changedOn >= reconcileOn-inFlightDays
}

// plant picks what is wrong at a meter point. Something is only where the
// devices agree with the recorded status, so that it is the same difference
// against either.
func (a *assessed) plant(key uint64) difference {
	if !a.covered || a.ownRow || a.recorded != a.becomes {
		return noDifference
	}
	chance := mix(key ^ uint64(a.mpxn) + 0xE)
	if a.recent() {
		return [2]difference{noDifference, flagInFlight}[chance&1]
	}
	chance = below(chance, 1_000_000)
	for _, d := range differencesPerMillion {
		switch {
		case chance >= d.perMillion:
			chance -= d.perMillion
		case d.needsFlag && a.recorded == "":
			return noDifference
		default:
			return d.plant
		}
	}
	return noDifference
}

// classes of the meter point against the recorded status and against the one
// that follows from its devices.
func (a *assessed) classes(d difference) (against, withDevices string) {
	switch {
	case !a.covered:
		return notCovered, notCovered
	case a.ownRow:
		return onHold, onHold
	case a.becomes == held:
		return match, onHold
	case a.becomes != a.recorded && a.recent():
		return match, inFlight
	case a.becomes != a.recorded && a.recorded == "":
		return match, missing
	case a.becomes != a.recorded:
		return match, stale
	}
	class := match
	switch d {
	case flagDiffers:
		class = missing
		if a.recorded == "" {
			class = unexpected
		}
	case flagLegacy:
		class = legacy
	case flagStale:
		class = stale
	case dateDiffers:
		class = dateOff
	case flagsConflict:
		class = duplicate
	case flagInFlight:
		class = inFlight
	}
	return class, class
}

// ExtractCounts says what the extracts of a snapshot hold: meter points by
// class, extract rows by class.
type ExtractCounts struct {
	Rows               int64            // of all extracts
	Classes            map[string]int64 // against the recorded statuses
	ClassesWithDevices map[string]int64 // against those that follow from the devices
	RowClasses         map[string]int64 // of rows that are not simply used
}

func newExtractCounts() ExtractCounts {
	return ExtractCounts{0, map[string]int64{}, map[string]int64{}, map[string]int64{}}
}

func (c *ExtractCounts) classes(class, withDevices string) {
	c.Classes[class]++
	c.ClassesWithDevices[withDevices]++
}

func (c *ExtractCounts) add(other ExtractCounts) {
	c.Rows += other.Rows
	for to, from := range map[*map[string]int64]map[string]int64{
		&c.Classes: other.Classes, &c.ClassesWithDevices: other.ClassesWithDevices, &c.RowClasses: other.RowClasses,
	} {
		for class, n := range from {
			(*to)[class] += n
		}
	}
}
