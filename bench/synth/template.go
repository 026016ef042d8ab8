package synth

import "flagfill/engine/meterpoint"

// template is what all occurrences of a story have in common, so that none is
// looked up in the story again.
type template struct {
	rows    [tables][]templateRow
	members [4]member // by ref
}

// templateRow is a row of a story.
type templateRow struct {
	cells row    // what is the same in every occurrence
	refs  [3]ref // the MPxNs that a device row names, as columns
	home  ref    // the MPxN beside which it stands in MPxN order
	quirk quirk
}

// member is one of a story's MPxNs: that of occurrence i is in slot
// first + i*per of its fuel.
type member struct {
	fuel       meterpoint.Fuel
	first, per int64
}

// instance is the occurrence that a slot belongs to.
func (m *member) instance(slot int64) int64 { return (slot - m.first) / m.per }

// has tells whether a slot of the story is one of the member's.
func (m *member) has(fuel meterpoint.Fuel, slot int64) bool {
	return m.fuel == fuel && (slot-m.first)%m.per == 0
}

func (e *estate) template(story int) template {
	s := &e.stories[story]
	var t template
	for i := range s.members {
		r := first + ref(i)
		fuel := s.fuel(r)
		t.members[r] = member{fuel, e.slotsBefore[fuel].starts[story] + s.ordinal(r), s.count(fuel)}
	}
	for _, d := range s.devices {
		t.rows[devicesTable] = append(t.rows[devicesTable], templateRow{
			cells: row{deviceTypeColumn: cell(wordOf(d.kind)), deviceStatusColumn: cell(wordOf(d.status))},
			refs:  [3]ref{d.imports, d.secondary, d.export},
			home:  d.home(),
			quirk: d.quirk,
		})
	}
	known := len(s.points) > 0 && s.points[0].recorded != ""
	for _, p := range s.points {
		t.rows[meterPointsTable] = append(t.rows[meterPointsTable], templateRow{cells: p.cells(known), home: p.of, quirk: p.quirk})
	}
	return t
}

// cells of a point, of a story whose first point has a recorded status or not:
// all but that status is the same in every row of an MPxN.
func (p point) cells(known bool) row {
	reported, ever := "", ""
	if known {
		reported, ever = "A", "true" // only A has ever been told
	}
	switch p.quirk {
	case everInstalled:
		ever = "true"
	case badEver:
		ever = "perhaps"
	case badReported:
		reported = "W"
	}
	return row{serviceStatusColumn: cell(wordOf(string(p.recorded))), everColumn: cell(wordOf(ever)), reportedColumn: cell(wordOf(reported))}
}
