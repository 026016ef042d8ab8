package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// A device row is of one kind: its type and its status together.
const (
	unknownStatus  = meterpoint.DeviceStatuses
	statusesOfType = meterpoint.DeviceStatuses + 1
	deviceKinds    = 4 * statusesOfType
)

// Above the status set in a device word stand two marks, and above them the
// slot of the column that named the point, in two bits. bearing: the word ought
// to meet a point, and if there is none its association is an orphan. dropped:
// its association is not used.
const (
	bearing   = 1 << meterpoint.StatusSetBits
	dropped   = 1 << (meterpoint.StatusSetBits + 1)
	slotShift = meterpoint.StatusSetBits + 2
)

const setMask = meterpoint.StatusSets - 1

// association is what a row's kind and its number's class make of one MPxN of
// a device row.
type association struct {
	counts    bool // as an association at all
	otherFuel bool
	notUsed   bool // code says why
	warned    bool // wrong check digits, used all the same
	code      Code
	payload   uint32 // of its word; 0 where no point is named
}

// associate is the order in which an association is examined.
func associate(cfg *Config, t meterpoint.DeviceType, status, class uint8) association {
	if t == meterpoint.OtherDevice || class == kernel.NoValue {
		return association{}
	}
	a := association{counts: true}
	if class == kernel.NoMPxN {
		return a.refuse(BadMPxN)
	}
	fuel, mode := fuelOf(class), cfg.checkMode(class)
	if !cfg.Fuel.Includes(fuel) {
		a.otherFuel = true
		return a
	}
	if wrongDigit(class) {
		if mode == Reject {
			return a.refuse(BadCheckDigit)
		}
		a.warned = mode == Warn
	}
	switch {
	case t == meterpoint.UnknownDeviceType:
		return a.refuseNamed(UnknownDeviceType, meterpoint.Unusable)
	case status == unknownStatus:
		return a.refuseNamed(UnknownDeviceStatus, meterpoint.Unusable)
	}
	return a.use(cfg, meterpoint.DeviceStatus(status), (t == meterpoint.ESME) != (fuel == meterpoint.Electricity))
}

// use is associate for a meter of a known status. What its word says of the
// point is the same under every policy; whether the association counts as used
// is not.
func (a association) use(cfg *Config, status meterpoint.DeviceStatus, mismatch bool) association {
	set := meterpoint.Of(status)
	switch {
	case mismatch && status == meterpoint.Pending:
		set = meterpoint.PendingFuelMismatch
	case mismatch && status != meterpoint.Whitelisted:
		set = meterpoint.Unusable
	}
	if cfg.ignores(status) {
		a.payload = uint32(set)
		return a
	}
	if mismatch {
		return a.refuseNamed(FuelMismatch, set)
	}
	a.payload = uint32(set) | bearing
	return a
}

func (a association) refuse(code Code) association {
	a.notUsed, a.code = true, code
	return a
}

// refuseNamed is refuse for a row that names its point all the same.
func (a association) refuseNamed(code Code, set meterpoint.StatusSet) association {
	a.payload = uint32(set) | dropped
	return a.refuse(code)
}

func fuelOf(class uint8) meterpoint.Fuel {
	if class == kernel.MPAN || class == kernel.MPANWrongDigit {
		return meterpoint.Electricity
	}
	return meterpoint.Gas
}

func wrongDigit(class uint8) bool {
	return class == kernel.MPANWrongDigit || class == kernel.MPRNWrongDigits
}

func (cfg *Config) checkMode(class uint8) CheckMode {
	if fuelOf(class) == meterpoint.Electricity {
		return cfg.MPANCheck
	}
	return cfg.MPRNCheck
}

// ignores tells whether a device of the status is as if not there.
func (cfg *Config) ignores(status meterpoint.DeviceStatus) bool {
	return status == meterpoint.Whitelisted ||
		status == meterpoint.Pending && cfg.Rules.Choices[meterpoint.PendingIgnored] == meterpoint.ChooseIgnored
}

// associations holds the answer for every kind and class, indexed as
// kernel.Combine counts them.
type associations struct {
	all      [512]association
	payloads [512]uint32
}

func newAssociations(cfg *Config) *associations {
	t := &associations{}
	for kind := range uint8(deviceKinds) {
		for class := range uint8(kernel.Classes) {
			at := int(kind)<<3 | int(class)
			t.all[at] = associate(cfg, meterpoint.DeviceType(kind/statusesOfType), kind%statusesOfType, class)
			t.payloads[at] = t.all[at].payload
			if t.all[at].notUsed || t.all[at].warned && cfg.ListWarnings {
				t.payloads[at] |= kernel.Noted
			}
		}
	}
	return t
}
