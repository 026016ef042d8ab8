package writers

import (
	"cmp"
	"fmt"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// disposition says what becomes of the points of a cell; false where they are
// unchanged and no news, and so stand in no file.
func disposition(cell engine.Cell, o meterpoint.Outcome, switches engine.Switches) (engine.Disposition, bool) {
	switch {
	case o.Fate == meterpoint.Held:
		return engine.Held, true
	case o.Fate == meterpoint.Left:
		return engine.Left, true
	case o.Reportable && cell.RDP == "":
		return engine.Undeliverable, true
	case o.Reportable && !switches.Reports(cell.Fuel, o.Status):
		return engine.Withheld, true
	case o.Reportable:
		return engine.Emitted, true
	}
	return engine.RecordedOnly, o.Fate == meterpoint.Changed
}

// rowKind is what the rows of changes.parquet are counted by.
type rowKind struct {
	fuel        meterpoint.Fuel
	rdp         string
	old, new    meterpoint.ServiceStatus
	rule        meterpoint.Rule
	disposition engine.Disposition
}

func (k rowKind) String() string {
	return fmt.Sprintf("%s, RDP %q, %s to %s by %s, %s", k.fuel, engine.Shown(k.rdp), k.old, k.new, k.rule, k.disposition)
}

func compareRowKinds(a, b rowKind) int {
	return cmp.Or(cmp.Compare(a.fuel, b.fuel), cmp.Compare(a.rdp, b.rdp), cmp.Compare(a.old, b.old),
		cmp.Compare(a.new, b.new), cmp.Compare(a.rule, b.rule), cmp.Compare(a.disposition, b.disposition))
}

// rowsCalledFor counts the rows that changes.parquet must have, kind by kind,
// from the facts alone. Statuses that are not in force stand there as null.
func rowsCalledFor(facts FactCells, q meterpoint.Question, switches engine.Switches) map[rowKind]int64 {
	kinds := map[rowKind]int64{}
	for _, cell := range facts {
		o := q.Outcome(cell.Point)
		if d, listed := disposition(cell, o, switches); listed {
			kinds[rowKind{cell.Fuel, cell.RDP, inForce(cell.Point.Recorded), inForce(o.Status), o.Rule, d}] += cell.Count
		}
	}
	return kinds
}

func inForce(s meterpoint.ServiceStatus) meterpoint.ServiceStatus {
	if s.InForce() {
		return s
	}
	return meterpoint.Null
}
