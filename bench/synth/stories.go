package synth

import "strings"

// Stories say how often a home occurs per million meter points. The ratios
// follow FIA 2.3 and 3.1 where it gives any: to 5 million live meters, 90,000
// meter points at N and 60,000 InstalledNotCommissioned meters. All others are
// estimates of an estate shortly before the go-live: nobody is told I yet, and
// the recorded statuses lag behind the devices.

// histories are the homes of every profile that have a past or a peculiarity.
var histories = []story{
	// What is as it should be. First export, twin element, and both.
	{perMillion: 20_000, members: "EE",
		points:  []point{{first, "A", "A", sound}, {second, "A", "A", sound}},
		devices: []device{{esme, commissioned, first, none, second, sound}, hub}},
	{perMillion: 3_000, members: "EE",
		points:  []point{{first, "A", "A", sound}, {second, "A", "A", sound}},
		devices: []device{{esme, commissioned, first, second, none, sound}, hub}},
	{perMillion: 500, members: "EEE",
		points:  []point{{first, "A", "A", sound}, {second, "A", "A", sound}, {third, "A", "A", sound}},
		devices: []device{{esme, commissioned, first, second, third, sound}, hub}},
	one(4_000, "E", "A", "A", commissioned, commissioned),
	one(6_000, "E", "A", "A", decommissioned, commissioned),
	one(3_000, "G", "A", "A", decommissioned, commissioned),
	one(2_000, "E", "A", "A", commissioned, whitelisted),
	one(900, "E", "N", "N", suspended),
	one(900, "G", "N", "N", suspended),
	one(300, "E", "N", "N", recovery),
	one(200, "G", "N", "N", recovered),
	one(2_300, "E", "N", "N", decommissioned),
	one(1_900, "G", "N", "N", decommissioned),
	one(300, "E", "N", "N", withdrawn),
	one(1_100, "E", "N", "N"),
	one(900, "G", "N", "N"),
	one(6_000, "E", "", "", whitelisted),
	one(5_000, "E", "", "", pending),
	one(4_000, "G", "", "", pending),
	one(60, "E", "N", held, inc, suspended),
	one(40, "G", "", held, recovered, inc),

	// What a run puts right. First whole homes, then single meter points.
	{perMillion: 2_300, members: "EG",
		points:  []point{{first, "", "I", sound}, {second, "", "I", sound}},
		devices: []device{{esme, inc, first, none, none, sound}, {gsme, inc, second, none, none, sound}, hub}},
	one(1_200, "E", "", "I", inc),
	one(800, "G", "", "I", inc),
	one(700, "E", "N", "I", inc),
	one(500, "G", "N", "I", inc),
	one(150, "E", "A", "I", decommissioned, inc),
	one(100, "G", "A", "I", decommissioned, inc),
	{perMillion: 2_000, members: "EG",
		points:  []point{{first, "", "A", sound}, {second, "", "A", sound}},
		devices: []device{{esme, commissioned, first, none, none, sound}, {gsme, commissioned, second, none, none, sound}, hub}},
	{perMillion: 1_000, members: "EE",
		points:  []point{{first, "A", "A", sound}, {second, "", "A", sound}},
		devices: []device{{esme, commissioned, first, none, second, sound}, hub}},
	one(700, "E", "", "A", commissioned),
	one(400, "G", "", "A", commissioned),
	one(800, "E", "N", "A", commissioned),
	one(600, "G", "N", "A", commissioned),
	one(400, "E", "A", "N", decommissioned),
	one(300, "G", "A", "N", decommissioned),
	one(200, "E", "A", "N", suspended),
	one(150, "G", "A", "N", recovered),
	one(150, "E", "A", "N"),
	one(100, "G", "A", "N"),
	one(200, "E", "", "N", decommissioned),
	one(150, "G", "", "N", withdrawn),
	{perMillion: 120, members: "E", points: []point{{first, "", "N", everInstalled}}},
	{perMillion: 100, members: "G", points: []point{{first, "", "N", everInstalled}}},
}

// unvisited are the meter points left over: no smart meter yet.
var unvisited = []story{
	{members: "E", points: []point{{first, "", "", sound}}},
	{members: "G", points: []point{{first, "", "", sound}}},
}

var hub = device{kind: "CHF", status: commissioned}

// live is a home whose meters are commissioned and recorded so. A gas proxy
// function carries the MPRN where there is one, other devices beside the meters
// none.
func live(perMillion int64, kinds string) story {
	s := story{perMillion: perMillion}
	add := func(meter, fuel string) {
		s.members += fuel
		of := ref(len(s.members))
		s.points = append(s.points, point{of, "A", "A", sound})
		s.devices = append(s.devices, device{meter, commissioned, of, none, none, sound})
	}
	for _, kind := range strings.Split(kinds, ", ") {
		switch kind {
		case esme:
			add(esme, "E")
		case gsme:
			add(gsme, "G")
		case "GPF":
			proxy := device{kind: kind, status: commissioned}
			if strings.HasSuffix(s.members, "G") {
				proxy.imports = ref(len(s.members))
			}
			s.devices = append(s.devices, proxy)
		default:
			s.devices = append(s.devices, device{kind: kind, status: commissioned})
		}
	}
	return s
}

// one is a meter point with meters of the given statuses.
func one(perMillion int64, fuel string, was, becomes recorded, statuses ...string) story {
	s := story{perMillion: perMillion, members: fuel, points: []point{{first, was, becomes, sound}}}
	meter := map[string]string{"E": esme, "G": gsme}[fuel]
	for _, status := range statuses {
		s.devices = append(s.devices, device{meter, status, first, none, none, sound})
	}
	return s
}
