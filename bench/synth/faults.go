package synth

// The tables, as Planted names them.
const (
	inDevices     = "devices"
	inMeterPoints = "meter_points"
)

// faults share the error rate in equal parts. Each stands at meter points of
// its own, so that no fault hides or adds to another.
var faults = []story{
	beside(device{esme, commissioned, first, none, none, badMPxN}, "E", "A", "A", "BAD_MPXN"),
	beside(device{gsme, commissioned, first, none, none, badMPxN}, "G", "A", "A", "BAD_MPXN"),
	beside(device{esme, commissioned, first, none, none, badCheckDigit}, "E", "A", "A", "BAD_CHECK_DIGIT"),
	beside(device{"UNSPECIFIED", commissioned, first, none, none, sound}, "E", "A", "A", "UNKNOWN_DEVICE_TYPE"),
	beside(device{esme, "Retired", first, none, none, sound}, "E", "A", "A", "UNKNOWN_DEVICE_STATUS"),
	beside(device{esme, commissioned, first, none, none, sound}, "G", "A", "A", "FUEL_MISMATCH"),
	alone(device{"UNSPECIFIED", commissioned, first, none, none, sound}, "G", "N", "UNKNOWN_DEVICE_TYPE"),
	alone(device{gsme, "Retired", first, none, none, sound}, "G", "", "UNKNOWN_DEVICE_STATUS"),
	alone(device{gsme, commissioned, first, none, none, sound}, "E", "A", "FUEL_MISMATCH"),

	// A meter that names a second MPxN which meter_points lacks.
	{members: "EE", points: []point{{first, "A", "A", sound}},
		devices: []device{{esme, commissioned, first, none, second, sound}},
		plants:  []Planted{{inDevices, "ORPHAN_MPXN", 1, false}}},
	{members: "GG", points: []point{{first, "N", "N", sound}},
		devices: []device{{gsme, suspended, first, none, none, sound}, {gsme, commissioned, second, none, none, sound}},
		plants:  []Planted{{inDevices, "ORPHAN_MPXN", 1, false}}},

	// Check digits of an MPRN are warned of, and the row is used.
	{members: "G", points: []point{{first, "A", "A", badCheckDigit}},
		devices: []device{{gsme, commissioned, first, none, none, badCheckDigit}},
		plants:  []Planted{{inDevices, "BAD_CHECK_DIGIT", 1, true}, {inMeterPoints, "BAD_CHECK_DIGIT", 1, true}}},

	faultyRow("E", unusable, badMPxN, "BAD_MPXN"),
	faultyRow("G", unusable, badMPxN, "BAD_MPXN"),
	faultyRow("E", unusable, badCheckDigit, "BAD_CHECK_DIGIT"),

	faultyRows("E", []recorded{"A", "N"}, held, "CONFLICTING_METER_POINT", 2),
	faultyRows("G", []recorded{"A", "", "A"}, held, "CONFLICTING_METER_POINT", 3),
	faultyRows("E", []recorded{"A", "A"}, "A", "DUPLICATE_METER_POINT", 1),
	faultyRows("G", []recorded{"A", "A", "A"}, "A", "DUPLICATE_METER_POINT", 2),

	faultyRows("E", []recorded{"S"}, held, "UNKNOWN_SERVICE_STATUS", 1),
	faultyRows("G", []recorded{"X"}, held, "UNKNOWN_SERVICE_STATUS", 1),
	{members: "E", points: []point{{first, "A", "A", badReported}},
		devices: []device{{esme, commissioned, first, none, none, sound}},
		plants:  []Planted{{inMeterPoints, "UNKNOWN_REPORTED_STATUS", 1, true}}},
	faultyRow("E", held, badEver, "BAD_VALUE"),

	undeliverable("E", badRDP, "BAD_RDP"),
	undeliverable("G", badRDP, "BAD_RDP"),
	undeliverable("E", otherRDP, "RDP_MISMATCH"),
}

// stray are the meter points of an unknown distributor. They come last of all
// MPANs, for their leading digits are the highest.
var stray = undeliverable("E", sound, "NO_RDP")

// beside puts a faulty device row beside a commissioned meter.
func beside(d device, fuel string, was, becomes recorded, code string) story {
	s := one(0, fuel, was, becomes, commissioned)
	s.devices = append(s.devices, d)
	s.plants = []Planted{{inDevices, code, 1, false}}
	return s
}

// alone puts a faulty device row at a meter point that has no other, and is
// therefore held.
func alone(d device, fuel string, was recorded, code string) story {
	return story{members: fuel, points: []point{{first, was, held, sound}},
		devices: []device{d}, plants: []Planted{{inDevices, code, 1, false}}}
}

// faultyRow is a faulty meter_points row that no device names.
func faultyRow(fuel string, becomes recorded, q quirk, code string) story {
	return story{members: fuel, points: []point{{first, "", becomes, q}}, plants: []Planted{{inMeterPoints, code, 1, false}}}
}

// faultyRows are the meter_points rows of one MPxN with a commissioned meter.
func faultyRows(fuel string, was []recorded, becomes recorded, code string, count int64) story {
	s := one(0, fuel, was[0], becomes, commissioned)
	for _, again := range was[1:] {
		s.points = append(s.points, point{first, again, becomes, sound})
	}
	s.plants = []Planted{{inMeterPoints, code, count, false}}
	return s
}

// undeliverable is a newly commissioned meter at a point without an RDP.
func undeliverable(fuel string, q quirk, code string) story {
	s := one(0, fuel, "", "A", commissioned)
	s.points[0].quirk = q
	s.plants = []Planted{{inMeterPoints, code, 1, false}}
	return s
}
