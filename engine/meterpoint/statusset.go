package meterpoint

import "strings"

// StatusSet says which SMI statuses occur among the meters of one meter point,
// and whether a device row that names it could not be used. Gathering devices
// is an OR, so neither order nor repetition can matter. A set depends on the
// rows alone: what a policy makes of it is for the rule to say.
type StatusSet uint16

// Unusable marks a point that a device row names which could not be used.
const Unusable StatusSet = 1 << DeviceStatuses

// PendingFuelMismatch marks a point that a Pending device of the wrong fuel
// names: an ESME an MPRN, or a GSME an MPAN. Where Pending is ignored the row is
// as if not there, and else it is one that could not be used.
const PendingFuelMismatch StatusSet = 1 << (DeviceStatuses + 1)

// StatusSetBits is the width of a status set, StatusSets how many there are.
const (
	StatusSetBits = DeviceStatuses + 2
	StatusSets    = 1 << StatusSetBits
)

// Of is the set of the given device statuses.
func Of(statuses ...DeviceStatus) StatusSet {
	var set StatusSet
	for _, s := range statuses {
		set |= 1 << s
	}
	return set
}

// The classes in which device statuses count (FIA 3). A meter of class other
// is still at the premises and blocks I; one of class past is gone (I).
var (
	commissionedClass = Of(Commissioned)
	installedClass    = Of(InstalledNotCommissioned)
	otherClass        = Of(Suspended, Recovery, Recovered)
	pastClass         = Of(Decommissioned, Withdrawn)
)

// Any tells whether the set holds at least one status of the class.
func (set StatusSet) Any(class StatusSet) bool { return set&class != 0 }

// Only tells whether the set holds at least one status of the class and, of
// those in counted, no other.
func (set StatusSet) Only(class, counted StatusSet) bool {
	return set.Any(class) && !set.Any(counted&^class)
}

func (set StatusSet) String() string {
	var names []string
	for s := range DeviceStatus(DeviceStatuses) {
		if set.Any(Of(s)) {
			names = append(names, s.String())
		}
	}
	if set.Any(Unusable) {
		names = append(names, "unusable")
	}
	if set.Any(PendingFuelMismatch) {
		names = append(names, "pending-fuel-mismatch")
	}
	return "{" + strings.Join(names, " ") + "}"
}
