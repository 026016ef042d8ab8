package writers

import (
	"cmp"
	"encoding/json"
	"fmt"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// FactCells is the histogram of a run in JSON. A cell is one flat array:
//
//	[fuel, RDP, status set, recorded, reported, ever, own row, count]
//
// The status set is a number whose bits 0 to 8 are the nine SMI statuses in
// their order, bit 9 an unusable device row and bit 10 a Pending device of the
// wrong fuel; ever and own row are 0 or 1.
type FactCells engine.Facts

type cellArray [8]any

// MarshalJSON is part of json.Marshaler.
func (f FactCells) MarshalJSON() ([]byte, error) {
	cells := make([]cellArray, len(f))
	for i, c := range f {
		p := c.Point
		cells[i] = cellArray{c.Fuel.String(), c.RDP, uint16(p.Set), p.Recorded.String(), p.Reported.String(),
			flag(p.Ever), flag(p.OwnRow), c.Count}
	}
	return compactJSON(cells)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// UnmarshalJSON is part of json.Unmarshaler.
func (f *FactCells) UnmarshalJSON(text []byte) error {
	var cells []json.RawMessage
	if err := json.Unmarshal(text, &cells); err != nil {
		return err
	}
	*f = make(FactCells, len(cells))
	for i, cell := range cells {
		c, err := decodeCell(cell)
		if err != nil {
			return fmt.Errorf("facts, cell %d: %w", i, err)
		}
		(*f)[i] = c
	}
	return nil
}

func decodeCell(text []byte) (engine.Cell, error) {
	var fuel, recorded, reported string
	var ever, ownRow int
	var c engine.Cell
	fields := []any{&fuel, &c.RDP, &c.Point.Set, &recorded, &reported, &ever, &ownRow, &c.Count}
	if err := json.Unmarshal(text, &fields); err != nil {
		return c, err
	}
	var fuelOK, recordedOK, reportedOK bool
	c.Fuel, fuelOK = fuelNamed(fuel)
	c.Point.Recorded, recordedOK = statusNamed(recorded)
	c.Point.Reported, reportedOK = statusNamed(reported)
	c.Point.Ever, c.Point.OwnRow = ever == 1, ownRow == 1
	if len(fields) != len(cellArray{}) || !fuelOK || !recordedOK || !reportedOK || c.Point.Set >= meterpoint.StatusSets || c.Count <= 0 {
		return c, fmt.Errorf("%s is no cell", engine.Shown(string(text)))
	}
	return c, nil
}

func fuelNamed(name string) (meterpoint.Fuel, bool) {
	for _, fuel := range meterpoint.Fuels {
		if fuel.String() == name {
			return fuel, true
		}
	}
	return 0, false
}

func statusNamed(name string) (meterpoint.ServiceStatus, bool) {
	for s := meterpoint.Null; s <= meterpoint.Unknown; s++ {
		if s.String() == name {
			return s, true
		}
	}
	return 0, false
}

// compareCells is the order of engine.Facts.
func compareCells(a, b engine.Cell) int {
	return cmp.Or(
		cmp.Compare(a.Fuel, b.Fuel),
		cmp.Compare(a.RDP, b.RDP),
		cmp.Compare(a.Point.Set, b.Point.Set),
		cmp.Compare(a.Point.Recorded, b.Point.Recorded),
		cmp.Compare(a.Point.Reported, b.Point.Reported),
		cmp.Compare(flag(a.Point.Ever), flag(b.Point.Ever)),
		cmp.Compare(flag(a.Point.OwnRow), flag(b.Point.OwnRow)),
	)
}
