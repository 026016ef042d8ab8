package engine

import (
	"testing"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// What a device row says of a meter point is the same under both choices of
// the policy pending: otherwise the facts of one run could not tell what
// another run gives. Only whether the association is used may differ.
func TestStatusSetsAreTheSameUnderEachPolicy(t *testing.T) {
	ignored := Config{Question: meterpoint.Question{Rules: meterpoint.DefaultRules()}}
	other := ignored
	other.Rules = other.Rules.With(meterpoint.PendingIgnored, meterpoint.ChooseOther)
	mismatches := 0
	for kind := range uint8(deviceKinds) {
		for class := range uint8(kernel.Classes) {
			device, status := meterpoint.DeviceType(kind/statusesOfType), kind%statusesOfType
			a, b := associate(&ignored, device, status, class), associate(&other, device, status, class)
			if a.payload&setMask != b.payload&setMask {
				t.Errorf("kind %d, class %d: the set is %s where Pending is ignored, and else %s", kind, class,
					meterpoint.StatusSet(a.payload&setMask), meterpoint.StatusSet(b.payload&setMask))
			}
			for _, x := range []association{a, b} {
				if x.payload != 0 && (x.payload&dropped != 0) != x.notUsed {
					t.Errorf("kind %d, class %d: %+v has the payload %x", kind, class, x, x.payload)
				}
			}
			if b.payload&setMask == uint32(meterpoint.PendingFuelMismatch) {
				mismatches++
				if a.notUsed || b.code != FuelMismatch {
					t.Errorf("kind %d, class %d: %+v where Pending is ignored, and else %+v", kind, class, a, b)
				}
			}
		}
	}
	if mismatches != 2 { // an ESME with an MPRN, a GSME with an MPAN; wrong check digits are not used
		t.Errorf("%d kinds and classes are a Pending device of the wrong fuel, want 2", mismatches)
	}
}
