package writers

import (
	"fmt"
	"slices"

	"flagfill/engine"
	"flagfill/writers/page"
)

// remedies say what becomes of a difference.
var remedies = map[engine.Class]string{
	engine.Stale:                 "sending puts it right",
	engine.Missing:               "sending puts it right",
	engine.Legacy:                "sending puts it right",
	engine.Duplicate:             "sending puts it right, where A, I or N is expected; else only listed",
	engine.Unexpected:            "only listed: Null cannot be sent",
	engine.DateDiffers:           "only listed: the flag is right",
	engine.ExpectedOnHold:        "only listed: nothing is said while it is in doubt",
	lineOf(engine.RowMisrouted):  "only listed: its holder is not told of this meter point",
	lineOf(engine.RowUnknown):    "only listed: the meter point is unknown here too",
	lineOf(engine.RowUnreadable): "only listed: exceptions.parquet has file and row",
}

// examples shows a few lines of every class of differences.
func (r *reconciliationReport) examples() page.Section {
	s := page.Section{ID: "examples", Heading: "What differs",
		Lead: fmt.Sprintf("The first %d lines of each class. Every difference is listed in %s.", linesOfClass, differencesName)}
	for _, class := range slices.Concat(pointClasses, rowClasses) {
		n := r.record.countOf(class)
		if n == 0 || !engine.IsLineDifference(class) {
			continue
		}
		s.Parts = append(s.Parts, page.Part{More: &page.More{
			Summary: fmt.Sprintf("%s: %s – %s", engine.LineClass(class), page.Grouped(n), classMeanings[class]),
			Parts:   []page.Part{{Tables: []*page.Table{r.examplesTable(class)}}}}})
	}
	if len(s.Parts) == 0 {
		s.Parts = []page.Part{{Text: "Nothing differs."}}
	}
	return s
}

func (r *reconciliationReport) examplesTable(class engine.Class) *page.Table {
	t := &page.Table{Caption: engine.LineClass(class), Quiet: true, Columns: []page.Column{{Heading: "MPxN", Kind: page.Codes}, {Heading: "responsible", Spare: true}, {Heading: "held by"},
		{Heading: "held"}, {Heading: "since", Spare: true}, {Heading: "expected"}, {Heading: "since", Spare: true}}}
	shown := func(value string) page.Cell {
		if value == "" {
			return page.Cell{Text: "–", Quiet: true}
		}
		if r.reveal {
			return page.Text(value)
		}
		return page.Text(masked(value))
	}
	day := func(value string) page.Cell {
		if value == "" {
			return page.Cell{Text: "–", Quiet: true}
		}
		return page.Text(value)
	}
	for _, d := range r.samples[class] {
		t.Rows = append(t.Rows, []page.Cell{shown(d.mpxn), shown(d.rdp), shown(d.heldBy), shown(d.held), day(d.heldOn), shown(d.expected), day(d.expectedOn)})
	}
	return t
}

// corrections shows which differences are put right, and where that stands.
func (r *reconciliationReport) corrections() page.Section {
	s := page.Section{ID: "corrections", Heading: "What is put right",
		Lead: "Sending puts right what the responsible RDP should have been told. The rest can only be settled with those who hold it."}
	t := &page.Table{Caption: "Differences and what becomes of them", Columns: []page.Column{{Heading: "class"}, {Heading: "count", Kind: page.Numbers}, {Heading: "what becomes of it"}}}
	for _, class := range slices.Concat(pointClasses, rowClasses) {
		if n := r.record.countOf(class); n > 0 && engine.IsLineDifference(class) {
			t.Rows = append(t.Rows, []page.Cell{page.Text(engine.LineClass(class)), page.Number(n), page.Text(remedies[class])})
		}
	}
	if len(t.Rows) == 0 {
		s.Parts = append(s.Parts, page.Part{Text: "There is nothing to put right."})
	} else {
		s.Parts = append(s.Parts, page.Part{Tables: []*page.Table{t}})
	}
	c := r.record.Corrections
	if c == nil {
		s.Parts = append(s.Parts, page.Part{Text: "No corrections were made: flagfill reconcile --corrections publishes them."})
		return s
	}
	told := totalsTable("Control totals of the corrections", [][]page.Cell{
		totalRow("reportable", c.Reportable.Total, "differences that sending puts right"),
		totalRow("emitted", c.Reportable.Emitted, "stand in flow files"),
		totalRow("withheld", c.Reportable.Withheld, "their fuel's switch is off"),
		totalRow("undeliverable", c.Reportable.Undeliverable, "no RDP is known"),
		totalRow("held back", c.Reportable.HeldBack, "held points whose recorded status would be news"),
	})
	s.Parts = append(s.Parts, page.Part{Tables: []*page.Table{told}},
		page.Part{Text: "The folder " + engine.ShownPath(c.Path) + " is a publication like any other, and nothing of it has been sent. Its own report.html says what to look at before it is: start there with the cautions."})
	return s
}
