package writers

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers/page"
)

// lineOf is the class of an extract row among those of lines.
func lineOf(class engine.RowClass) engine.Class { return engine.Classes + engine.Class(class) }

// The classes as a reader meets them: what is right, what differs, what the
// comparison sets aside.
var (
	pointClasses = []engine.Class{engine.Match, engine.Stale, engine.Missing, engine.Unexpected, engine.Legacy, engine.Duplicate,
		engine.DateDiffers, engine.ExpectedOnHold, engine.InFlight, engine.NotSendable, engine.NotCovered}
	rowClasses = []engine.Class{lineOf(engine.RowUsed), lineOf(engine.RowRepeat), lineOf(engine.RowMisrouted), lineOf(engine.RowUnknown),
		lineOf(engine.RowUnreadable), lineOf(engine.RowSuperseded), lineOf(engine.RowNotEmitted), lineOf(engine.RowOtherFuel)}
)

// classMeanings say what the responsible RDP holds of a meter point, or what
// an extract row is.
var classMeanings = [engine.LineClasses]string{
	engine.NotCovered:                     "nobody says what its RDP holds, or it has none",
	engine.ExpectedOnHold:                 "what is expected is in doubt, and on hold",
	engine.Duplicate:                      "rows with different flags",
	engine.Match:                          "the expected flag, or nothing where Null is expected",
	engine.DateDiffers:                    "the expected flag, since another day",
	engine.InFlight:                       "another flag, and the expected one is only just so",
	engine.NotSendable:                    "another flag, and the expected one may not be sent",
	engine.Missing:                        "nothing, where a flag is expected",
	engine.Unexpected:                     "a flag, where Null is expected",
	engine.Legacy:                         "S or W",
	engine.Stale:                          "another of A, I and N",
	engine.Classes + engine.RowNotEmitted: "of a publication, and in none of its flow files",
	engine.Classes + engine.RowUnreadable: "its MPxN or its flag is none",
	engine.Classes + engine.RowOtherFuel:  "not of this reconciliation",
	engine.Classes + engine.RowSuperseded: "a later publication says otherwise",
	engine.Classes + engine.RowUnknown:    "no such meter point",
	engine.Classes + engine.RowMisrouted:  "a flag at an RDP that is not responsible",
	engine.Classes + engine.RowRepeat:     "equal to another row",
	engine.Classes + engine.RowUsed:       "compared",
}

// points shows the class of every assessed meter point, as a balanced picture.
func (r *reconciliationReport) points() page.Section {
	return page.Section{ID: "points", Heading: "Where every meter point stands",
		Lead:  "Each has one class, from what its responsible RDP holds. All of them add up to the meter points assessed.",
		Parts: []page.Part{r.classesPart("points", "Meter points by class", "assessed", r.record.MeterPoints.Assessed, pointClasses)}}
}

// rows shows the class of every extract row.
func (r *reconciliationReport) rows() page.Section {
	return page.Section{ID: "rows", Heading: "Where every extract row went",
		Lead:  "Each row of what the RDPs hold has one class too.",
		Parts: []page.Part{r.classesPart("rows", "Extract rows by class", "rows", r.record.ExtractRows, rowClasses)}}
}

// classesPart draws how a whole falls into classes.
func (r *reconciliationReport) classesPart(id, title, whole string, count int64, classes []engine.Class) page.Part {
	flow := page.Flow{Fan: true, Places: []page.Place{{Name: whole, Count: count}}}
	var words []string
	for _, class := range classes {
		n, tone := r.record.countOf(class), page.Stopped
		switch {
		case engine.IsLineDifference(class):
			tone = page.News
		case class == engine.Match, class == lineOf(engine.RowUsed), class == lineOf(engine.RowRepeat):
			tone = page.Calm
		}
		flow.Places = append(flow.Places, page.Place{Level: 1, Name: engine.LineClass(class), Count: n, Tone: tone})
		band := page.Band{From: 0, To: len(flow.Places) - 1, Count: n, Tone: tone}
		if tone == page.Stopped {
			band.Tone = page.Calm
		}
		flow.Bands = append(flow.Bands, band)
		if n > 0 {
			words = append(words, page.Grouped(n)+" "+engine.LineClass(class))
		}
	}
	if count == 0 {
		return page.Part{Text: "There is none.", Tables: []*page.Table{r.classesTable(title, classes)}}
	}
	return page.Part{Picture: &page.Picture{ID: id + "-flow", Title: title, Description: fmt.Sprintf("%s %s: %s.", page.Grouped(count), whole, strings.Join(words, ", ")),
		Legend: "Widths are to scale; the smallest are drawn as wide as it takes to see them. In colour: a difference. Hatched: set aside. Grey: as it should be. A class that is not drawn has nothing in it.",
		Wide:   flow.Wide(), Narrow: flow.Narrow(), Table: r.classesTable(title, classes)}}
}

func (r *reconciliationReport) classesTable(caption string, classes []engine.Class) *page.Table {
	t := &page.Table{Caption: caption, Columns: []page.Column{{Heading: "class"}, {Heading: "meaning", Spare: true}, {Heading: "difference"},
		{Heading: "gas", Kind: page.Numbers}, {Heading: "electricity", Kind: page.Numbers}}}
	fuels := []string{meterpoint.Gas.String(), meterpoint.Electricity.String()}
	if _, some := r.record.ByFuel[engine.None]; some {
		fuels = append(fuels, engine.None)
		t.Columns = append(t.Columns, page.Column{Heading: "no fuel", Kind: page.Numbers})
	}
	t.Columns = append(t.Columns, page.Column{Heading: "all", Kind: page.Numbers})
	for _, class := range classes {
		mark, name := "no", engine.LineClass(class)
		if engine.IsLineDifference(class) {
			mark = "yes"
		}
		row := []page.Cell{page.Text(name), page.Text(classMeanings[class]), page.Text(mark)}
		for _, fuel := range fuels {
			row = append(row, page.Number(shareCount(r.record.ByFuel[fuel], class)))
		}
		t.Rows = append(t.Rows, append(row, page.Number(r.record.countOf(class))))
	}
	return t
}

func shareCount(s ReconciliationShare, class engine.Class) int64 {
	if class < engine.Classes {
		return s.Classes[engine.LineClass(class)]
	}
	return s.Rows[engine.LineClass(class)]
}

// stale shows which flag is held where another is expected.
func (r *reconciliationReport) stale() page.Section {
	s := page.Section{ID: "stale", Heading: "Which flags are stale",
		Lead: "From the flag that the RDP holds to the one that is expected, for meter points of class stale."}
	if len(r.record.Stale) == 0 {
		s.Parts = []page.Part{{Text: "No flag is stale."}}
		return s
	}
	m := page.Matrix{Caption: "Stale meter points", Corner: "held", Counts: map[[2]string]int64{},
		From: []string{"A", "I", "N"}, To: []string{"A", "I", "N"}}
	for _, move := range r.record.Stale {
		m.Counts[[2]string{move.From, move.To}] += move.Count
	}
	s.Parts = []page.Part{{Tables: []*page.Table{m.Table()}}}
	return s
}

// holder is what one RDP has of differences.
type holder struct {
	name                     string
	share                    ReconciliationShare
	pointsDiffer, rowsDiffer int64
}

// holders shows how many differences each RDP has.
func (r *reconciliationReport) holders() page.Section {
	var all []holder
	most := int64(1)
	for name, share := range r.record.ByRDP {
		points, rows := differencesOf(share)
		all = append(all, holder{name, share, points, rows})
		most = max(most, points+rows)
	}
	slices.SortFunc(all, func(a, b holder) int {
		return cmp.Or(cmp.Compare(b.pointsDiffer+b.rowsDiffer, a.pointsDiffer+a.rowsDiffer), cmp.Compare(a.name, b.name))
	})
	s := page.Section{ID: "holders", Heading: "Who holds what differs",
		Lead: "Meter points count for the RDP that is responsible for them, extract rows for the one that holds them."}
	if len(all) == 0 {
		s.Parts = []page.Part{{Text: "There is no RDP."}}
		return s
	}
	classes := page.More{Summary: "Differences of each RDP by class", Parts: []page.Part{{Tables: []*page.Table{holdersByClass(all)}}}}
	s.Parts = []page.Part{{Tables: []*page.Table{holdersTable(all, most)}}, {More: &classes}}
	return s
}

func holdersTable(all []holder, most int64) *page.Table {
	t := &page.Table{Caption: "Differences by RDP", Columns: []page.Column{{Heading: "RDP"}, {Heading: "differences, to scale", Kind: page.Bars},
		{Heading: "points differ", Kind: page.Numbers}, {Heading: "rows differ", Kind: page.Numbers}, {Heading: "match", Kind: page.Numbers},
		{Heading: "meter points", Kind: page.Numbers, Spare: true}, {Heading: "extract rows", Kind: page.Numbers, Spare: true}}}
	numbers := func(h holder) []page.Cell {
		return []page.Cell{page.Number(h.pointsDiffer), page.Number(h.rowsDiffer), page.Number(h.share.Classes[engine.Match.String()]),
			page.Number(sumOf(h.share.Classes)), page.Number(sumOf(h.share.Rows))}
	}
	sum := holder{share: ReconciliationShare{map[string]int64{}, map[string]int64{}}}
	for _, h := range all {
		t.Rows = append(t.Rows, append([]page.Cell{page.Text(rdpShown(h.name)), page.BarOf(h.pointsDiffer+h.rowsDiffer, most)}, numbers(h)...))
		addCounts(sum.share.Classes, h.share.Classes)
		addCounts(sum.share.Rows, h.share.Rows)
		sum.pointsDiffer, sum.rowsDiffer = sum.pointsDiffer+h.pointsDiffer, sum.rowsDiffer+h.rowsDiffer
	}
	t.Total = append([]page.Cell{page.Text("all"), page.Text("")}, numbers(sum)...)
	return t
}

func holdersByClass(all []holder) *page.Table {
	t := &page.Table{Caption: "Differences of each RDP by class", Quiet: true, Columns: []page.Column{{Heading: "RDP"}, {Heading: "class"}, {Heading: "count", Kind: page.Numbers}}}
	for _, h := range all {
		for _, class := range slices.Concat(pointClasses, rowClasses) {
			if n := shareCount(h.share, class); n > 0 && engine.IsLineDifference(class) {
				t.Rows = append(t.Rows, []page.Cell{page.Text(rdpShown(h.name)), page.Text(engine.LineClass(class)), page.Number(n)})
			}
		}
	}
	return t
}

// rdpShown names an RDP of by_rdp.
func rdpShown(name string) string {
	if name == engine.None {
		return "none known"
	}
	return engine.Shown(name)
}

// unknownClasses finds names among counts that are no class.
func unknownClasses(counts map[string]int64, classes []engine.Class) []string {
	counts = maps.Clone(counts)
	for _, class := range classes {
		delete(counts, engine.LineClass(class))
	}
	return slices.Sorted(maps.Keys(counts))
}
