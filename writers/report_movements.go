package writers

import (
	"fmt"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers/page"
)

// noNews stands for a disposition where a point changes nothing for its RDP,
// recorded or not.
const noNews = engine.RecordedOnly

// movements shows where every row of meter_points went, as a balanced flow.
func (r *report) movements() page.Section {
	flow, t := r.flow(), &r.content.Totals
	p, told := t.MeterPoints, t.Reportable
	description := fmt.Sprintf("%s: %s assessed, %s of the other fuel, %s not used. Of those assessed %s are unchanged, %s changed, %s held, %s left. "+
		"%s are to be told: %s emitted, %s withheld, %s undeliverable.",
		counted(p.Rows, "row"), page.Grouped(p.Assessed), page.Grouped(p.OtherFuel), page.Grouped(p.NotUsed),
		page.Grouped(p.Unchanged), page.Grouped(p.Changed), page.Grouped(p.Held), page.Grouped(p.Left),
		page.Grouped(told.Total), page.Grouped(told.Emitted), page.Grouped(told.Withheld), page.Grouped(told.Undeliverable))
	return page.Section{ID: "movements", Heading: "Where every meter point went",
		Lead: "Rows become assessed points, points an outcome, outcomes news. What goes in comes out.",
		Parts: []page.Part{
			{Picture: &page.Picture{ID: "flow", Title: "Control totals of meter_points", Description: description,
				Legend: "Widths are to scale; the smallest are drawn as wide as it takes to see them. In colour: told. Hatched: kept back. Grey: nothing to tell.",
				Wide:   flow.Wide(), Narrow: flow.Narrow(), Table: movementsTable(p, told)}},
			{Tables: []*page.Table{devicesTable(t.Devices)}},
		}}
}

func movementsTable(p engine.MeterPointTotals, told engine.Reportable) *page.Table {
	return totalsTable("Control totals of meter_points", [][]page.Cell{
		totalRow("rows", p.Rows, "of meter_points"),
		totalRow("not used", p.NotUsed, "an exception, or repeated"),
		totalRow("other fuel", p.OtherFuel, "not of this run"),
		totalRow("assessed", p.Assessed, "meter points: rows less the two above"),
		totalRow("unchanged", p.Unchanged, "the recorded status is right"),
		totalRow("changed", p.Changed, "a new status"),
		totalRow("held", p.Held, "in doubt: the recorded status stands, and nothing is said"),
		totalRow("left", p.Left, "wrong, and not to be moved under this scope"),
		totalRow("reportable", told.Total, "news to the RDP"),
		totalRow("emitted", told.Emitted, "stand in flow files"),
		totalRow("withheld", told.Withheld, "their fuel's switch is off"),
		totalRow("undeliverable", told.Undeliverable, "no RDP is known"),
		totalRow("held back", told.HeldBack, "held points whose recorded status would be news"),
	})
}

func devicesTable(d engine.DeviceTotals) *page.Table {
	return totalsTable("Control totals of devices", [][]page.Cell{
		totalRow("rows", d.Rows, "of devices"),
		totalRow("meters", d.Meters, "of type ESME or GSME"),
		totalRow("associations", d.Associations, "MPxNs that meters name"),
		totalRow("other fuel", d.OtherFuel, "not of this run"),
		totalRow("not used", d.NotUsed, "an exception"),
	})
}

func totalsTable(caption string, rows [][]page.Cell) *page.Table {
	return &page.Table{Caption: caption, Columns: []page.Column{{}, {Heading: "count", Kind: page.Numbers}, {Heading: "meaning"}}, Rows: rows}
}

func totalRow(name string, n int64, meaning string) []page.Cell {
	return []page.Cell{page.Text(name), page.Number(n), page.Text(meaning)}
}

// Places of the flow.
const (
	atRows = iota
	atAssessed
	atOtherFuel
	atNotUsed
	atChanged
	atHeld
	atLeft
	atUnchanged
	atEmitted
	atWithheld
	atUndeliverable
	atNoNews
)

// flow draws the totals of the manifest; how many of the changed and of the
// unchanged are news is known from the facts.
func (r *report) flow() page.Flow {
	p, told := r.content.Totals.MeterPoints, r.content.Totals.Reportable
	split := r.split()
	silent := split[meterpoint.Changed][noNews] + split[meterpoint.Unchanged][noNews]
	f := page.Flow{Places: []page.Place{
		atRows:          {Level: 0, Name: "rows", Count: p.Rows, Tone: page.Calm},
		atAssessed:      {Level: 1, Name: "assessed", Count: p.Assessed, Tone: page.Calm},
		atOtherFuel:     {Level: 1, Name: "other fuel", Count: p.OtherFuel, Tone: page.Calm},
		atNotUsed:       {Level: 1, Name: "not used", Count: p.NotUsed, Tone: page.Stopped},
		atChanged:       {Level: 2, Name: "changed", Count: p.Changed, Tone: page.News},
		atHeld:          {Level: 2, Name: "held", Count: p.Held, Tone: page.Stopped},
		atLeft:          {Level: 2, Name: "left", Count: p.Left, Tone: page.Stopped},
		atUnchanged:     {Level: 2, Name: "unchanged", Count: p.Unchanged, Tone: page.Calm},
		atEmitted:       {Level: 3, Name: "emitted", Count: told.Emitted, Tone: page.News},
		atWithheld:      {Level: 3, Name: "withheld", Count: told.Withheld, Tone: page.Stopped},
		atUndeliverable: {Level: 3, Name: "undeliverable", Count: told.Undeliverable, Tone: page.Stopped},
		atNoNews:        {Level: 3, Name: "no news", Count: silent, Tone: page.Calm},
	}}
	band := func(from, to int, n int64) {
		tone := f.Places[to].Tone
		if tone == page.Stopped {
			tone = page.Calm
		}
		f.Bands = append(f.Bands, page.Band{From: from, To: to, Count: n, Tone: tone})
	}
	for _, to := range []int{atAssessed, atOtherFuel, atNotUsed} {
		band(atRows, to, f.Places[to].Count)
	}
	for _, to := range []int{atChanged, atHeld, atLeft, atUnchanged} {
		band(atAssessed, to, f.Places[to].Count)
	}
	for _, fate := range []meterpoint.Fate{meterpoint.Changed, meterpoint.Unchanged} {
		from := map[meterpoint.Fate]int{meterpoint.Changed: atChanged, meterpoint.Unchanged: atUnchanged}[fate]
		band(from, atEmitted, split[fate][engine.Emitted])
		band(from, atWithheld, split[fate][engine.Withheld])
		band(from, atUndeliverable, split[fate][engine.Undeliverable])
		band(from, atNoNews, split[fate][noNews])
	}
	return f
}

// split counts the assessed points by fate and disposition, from the facts.
func (r *report) split() (counts [meterpoint.Left + 1][engine.Left + 1]int64) {
	for _, cell := range r.content.Facts {
		o := r.question.Outcome(cell.Point)
		d, _ := disposition(cell, o, r.switches)
		counts[o.Fate][d] += cell.Count
	}
	return counts
}
