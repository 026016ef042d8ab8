package writers

import (
	"fmt"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers/page"
)

// exceptionEffects say what becomes of a row or value with an exception.
var exceptionEffects = [engine.Codes]string{
	engine.BadMPxN:               "neither an MPAN nor an MPRN: not used",
	engine.BadCheckDigit:         "a check digit is wrong",
	engine.UnknownDeviceType:     "not used; the meter point is held unless another meter makes it A",
	engine.UnknownDeviceStatus:   "not used; the meter point is held unless another meter makes it A",
	engine.FuelMismatch:          "a meter of one fuel at a meter point of the other: as above",
	engine.OrphanMPxN:            "no such meter point: not used",
	engine.ConflictingMeterPoint: "its rows differ: the meter point is held",
	engine.DuplicateMeterPoint:   "equal rows: one is used",
	engine.UnknownServiceStatus:  "not A, I, N or Null: the meter point is held",
	engine.UnknownReportedStatus: "taken for something that the RDP does not know",
	engine.BadValue:              "a date or boolean that cannot be read: the meter point is held",
	engine.NoRDP:                 "nobody to tell: undeliverable",
	engine.BadRDP:                "no RDP has this name: undeliverable",
	engine.RDPMismatch:           "not the distributor's RDP: undeliverable",
	engine.MissingEffectiveDate:  "as-of's date stands in",
}

// exceptions shows what could not be used as it stands, with a few rows of each
// kind.
func (r *report) exceptions() page.Section {
	s := page.Section{ID: "exceptions", Heading: "What could not be used",
		Lead: "Every one is listed in exceptions.parquet, with file, row and column."}
	totals := &r.content.Totals
	t := &page.Table{Caption: "Exceptions by code", Columns: []page.Column{{Heading: "code"}, {Heading: "effect", Spare: true},
		{Heading: "count", Kind: page.Numbers}, {Heading: "warnings", Kind: page.Numbers}}}
	examples := page.More{Summary: fmt.Sprintf("Examples: the first %d rows of each code", samplesOfCode)}
	for code := range engine.Code(engine.Codes) {
		n := totals.Exceptions[code.String()]
		if n == 0 {
			continue
		}
		t.Rows = append(t.Rows, []page.Cell{page.Text(code.String()), page.Text(exceptionEffects[code]), page.Number(n), page.Number(totals.Warnings[code.String()])})
		if rows := r.samples[code.String()]; len(rows) > 0 {
			examples.Parts = append(examples.Parts, page.Part{Tables: []*page.Table{r.samplesTable(code.String(), rows)}})
		}
	}
	if len(t.Rows) == 0 {
		s.Parts = []page.Part{{Text: "Every row and value could be used."}}
		return s
	}
	s.Parts = []page.Part{{Tables: []*page.Table{t}}}
	if !r.manifest.Exceptions.WarningsListed && len(totals.Warnings) > 0 {
		s.Parts = append(s.Parts, page.Part{Text: "Warnings are counted, and not listed: --warnings lists them."})
	}
	if len(examples.Parts) > 0 {
		s.Parts = append(s.Parts, page.Part{More: &examples})
	}
	return s
}

func (r *report) samplesTable(code string, rows []exceptionRow) *page.Table {
	t := &page.Table{Caption: code, Columns: []page.Column{{Heading: "column"}, {Heading: "row", Kind: page.Numbers},
		{Heading: "value", Kind: page.Codes}, {Heading: "file", Kind: page.Codes, Spare: true}}}
	for _, row := range rows {
		value := row.Value
		if !r.reveal {
			value = masked(row.Value)
		}
		t.Rows = append(t.Rows, []page.Cell{page.Text(engine.Shown(row.Column)), page.Number(row.Row), page.Text(value), page.Text(engine.ShownPath(row.File))})
	}
	return t
}

// masked shows a value without what may identify a home: an MPxN by its mask,
// anything else without its digits where it has as many as an MPxN.
func masked(value string) string {
	shown := engine.Shown(value)
	if m, isNumber := meterpoint.ParseMPxN([]byte(value)); isNumber && shown != value {
		return m.Masked()
	}
	return shown
}
