package synth

import "slices"

// Profile is the make-up of an estate: which homes there are, and how many
// meter points the whole of it has.
type Profile uint8

// The profiles. They share histories and differ in size, in how many homes
// have live meters, and in the devices beside the meters.
const (
	Sparse Profile = iota // for measurements: 1.2 device rows to a meter point
	FIA                   // FIA 3.1: 5 million live meters, 90,000 meter points at N, 60,000 INC meters
	GB                    // Great Britain in 2026: 57 million meter points, 120 million device rows, 38 million of them meters
)

// profiles holds, for each Profile, the meter points of the whole and its
// homes. FIA's meter points follow from its 5 million live meters: homes with
// nothing to tell are left out but for a third.
var profiles = [...]struct {
	meterPoints int64
	homes       []story
}{
	Sparse: {1_000_000, slices.Concat(sparse, histories)},
	FIA:    {7_361_960, slices.Concat(early, histories)},
	GB:     {57_000_000, slices.Concat(equipped, histories, stock)},
}

// MeterPoints of the whole estate of a profile.
func (p Profile) MeterPoints() int64 { return profiles[p].meterPoints }

// sparse are homes with live meters and few other devices.
var sparse = []story{
	live(132_000, "ESME, GSME, CHF, PPMID"),
	live(25_000, "ESME, GSME, CHF, IHD"),
	live(6_500, "ESME, GSME, CHF, GPF, CAD"),
	live(95_000, "ESME, GSME, CHF"),
	live(55_000, "ESME, CHF"),
	live(3_000, "ESME, CHF, HCALCS"),
	live(1_500, "ESME, CHF, IHD or CAD"),
	live(3_000, "GSME, CHF, GPF"),
}

// early are homes of 2020: every communications hub is two devices, the hub
// and its gas proxy function, and nearly every home has a display. The last
// story brings the meter points at N to the FIA's 3 to every 2 INC meters.
var early = []story{
	live(200_000, "ESME, GSME, CHF, GPF, PPMID"),
	live(90_000, "ESME, GSME, CHF, GPF, IHD"),
	live(45_167, "ESME, CHF, GPF, PPMID"),
	live(4_000, "GSME, CHF, GPF"),
	one(765, "G", "N", "N"),
}

// equipped are homes of 2026, some with a hub that was replaced.
var equipped = []story{
	live(130_000, "ESME, GSME, CHF, GPF, PPMID"),
	live(38_500, "ESME, GSME, CHF, GPF, IHD"),
	live(20_000, "ESME, GSME, CHF, GPF, PPMID, CAD"),
	live(60_000, "ESME, GSME, CHF, GPF"),
	with(live(10_000, "ESME, GSME, CHF, GPF, PPMID"), decommissioned, "CHF", "GPF"),
	live(40_967, "ESME, CHF, GPF, PPMID"),
	live(10_000, "ESME, CHF, GPF"),
	live(3_000, "ESME, CHF, GPF, HCALCS"),
	live(3_000, "GSME, CHF, GPF"),
}

// stock are devices that the inventory was told of ahead of a visit. They name
// no meter point; in MPxN order they stand beside one without a smart meter.
var stock = []story{
	with(one(75_000, "E", "", ""), pending, "CHF", "GPF", "PPMID"),
	with(one(90_465, "G", "", ""), pending, "CHF", "GPF", "PPMID"),
}

// with adds devices that carry no MPxN.
func with(s story, status string, kinds ...string) story {
	for _, kind := range kinds {
		s.devices = append(s.devices, device{kind: kind, status: status})
	}
	return s
}
