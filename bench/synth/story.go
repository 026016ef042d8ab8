package synth

import "flagfill/engine/meterpoint"

// story is a home, or a fault, that occurs many times in the estate.
type story struct {
	perMillion int64  // occurrences per million meter points; faults share the error rate instead
	members    string // the fuels of its MPxNs: "EG" is one MPAN (first) and one MPRN (second)
	points     []point
	devices    []device
	plants     []Planted // per occurrence
}

// ref names one of a story's MPxNs.
type ref uint8

const (
	none ref = iota
	first
	second
	third
)

// point is a row of meter_points. Several rows of a story may be of one MPxN.
type point struct {
	of                ref
	recorded, becomes recorded // becomes: under the default rules
	quirk             quirk
}

// recorded is a service status as an extract spells it; empty is Null.
type recorded string

// held stands in becomes for a point on hold, unusable for a row that no run
// can use.
const (
	held     recorded = "held"
	unusable recorded = "unusable"
)

func (r recorded) status() meterpoint.ServiceStatus {
	return meterpoint.ParseServiceStatus([]byte(r))
}

// device is a row of devices.
type device struct {
	kind                       string
	status                     string
	imports, secondary, export ref // the MPxNs that the row names, as columns
	quirk                      quirk
}

// quirk is what sets a row apart from a sound one.
type quirk uint8

const (
	sound quirk = iota
	everInstalled
	badMPxN
	badCheckDigit
	badReported
	badEver
	badRDP
	otherRDP
)

// The device statuses and types that stories speak of, as extracts spell them.
const (
	commissioned   = "Commissioned"
	inc            = "InstalledNotCommissioned"
	suspended      = "Suspended"
	recovery       = "Recovery"
	recovered      = "Recovered"
	decommissioned = "Decommissioned"
	withdrawn      = "Withdrawn"
	whitelisted    = "Whitelisted"
	pending        = "Pending"

	esme = "ESME"
	gsme = "GSME"
)

// counts is what a device row adds to the control totals. Every ref of a row
// is another MPxN, so its associations are its refs.
func (d device) counts() (meters, associations int64) {
	switch meterpoint.ParseDeviceType([]byte(d.kind)) {
	case meterpoint.OtherDevice:
		return 0, 0
	case meterpoint.ESME, meterpoint.GSME:
		meters = 1
	}
	for _, r := range []ref{d.imports, d.secondary, d.export} {
		if r != none {
			associations++
		}
	}
	return meters, associations
}

// home is the MPxN beside which a device row stands in sorted order.
func (d device) home() ref { return max(d.imports, first) }

// fuel of one of the story's MPxNs.
func (s *story) fuel(r ref) meterpoint.Fuel {
	if s.members[r-first] == 'E' {
		return meterpoint.Electricity
	}
	return meterpoint.Gas
}

// ordinal of an MPxN among those of its fuel in the story.
func (s *story) ordinal(r ref) int64 {
	n := int64(0)
	for i := first; i < r; i++ {
		if s.fuel(i) == s.fuel(r) {
			n++
		}
	}
	return n
}

// count of the story's MPxNs of a fuel.
func (s *story) count(fuel meterpoint.Fuel) int64 {
	n := int64(0)
	for i := range s.members {
		if s.fuel(first+ref(i)) == fuel {
			n++
		}
	}
	return n
}

// eachPoint visits every meter point of the story once: repeated rows come
// after the first of the same MPxN.
func (s *story) eachPoint(visit func(point)) {
	var seen [4]bool
	for _, p := range s.points {
		if !seen[p.of] && p.becomes != unusable {
			visit(p)
		}
		seen[p.of] = true
	}
}

// named counts the story's meter points of a fuel: MPxNs with at least one
// row, usable or not.
func (s *story) named(fuel meterpoint.Fuel) int64 {
	var seen [4]bool
	n := int64(0)
	for _, p := range s.points {
		if s.fuel(p.of) == fuel && !seen[p.of] {
			n++
		}
		seen[p.of] = true
	}
	return n
}
