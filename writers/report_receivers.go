package writers

import (
	"cmp"
	"fmt"
	"slices"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers/page"
)

// transitions shows what changed from what to what, and which rule decided.
func (r *report) transitions() page.Section {
	s := page.Section{ID: "transitions", Heading: "What changes",
		Lead: "From the recorded status to the one that the rule gives. Null is never told, and nothing becomes Null."}
	var matrices page.Part
	for _, fuel := range meterpoint.Fuels {
		m := page.Matrix{Caption: fuelHeading(fuel), Corner: "from", Counts: map[[2]string]int64{},
			From: []string{"Null", "A", "I", "N"}, To: []string{"A", "I", "N"}}
		for _, t := range r.content.Totals.Transitions {
			if t.Fuel == fuel.String() {
				m.Counts[[2]string{t.From, t.To}] += t.Count
			}
		}
		if len(m.Counts) > 0 {
			matrices.Tables = append(matrices.Tables, m.Table())
		}
	}
	if len(matrices.Tables) == 0 {
		matrices.Text = "No meter point changes its status."
	}
	s.Parts = append(s.Parts, matrices, page.Part{Tables: []*page.Table{r.rulesTable()}})
	return s
}

func (r *report) rulesTable() *page.Table {
	t := &page.Table{Caption: "Assessed meter points by the rule that decided", Columns: []page.Column{{Heading: "rule"}, {Heading: "to scale", Kind: page.Bars},
		{Heading: "gas", Kind: page.Numbers}, {Heading: "electricity", Kind: page.Numbers}, {Heading: "all", Kind: page.Numbers}}}
	var order []string
	counts, most := map[string][2]int64{}, int64(0)
	for _, total := range r.content.Totals.Rules {
		n, known := counts[total.Rule]
		if !known {
			order = append(order, total.Rule)
		}
		if total.Fuel == meterpoint.Gas.String() {
			n[0] += total.Count
		} else {
			n[1] += total.Count
		}
		counts[total.Rule] = n
		most = max(most, n[0]+n[1])
	}
	slices.SortStableFunc(order, func(a, b string) int {
		return cmp.Compare(counts[b][0]+counts[b][1], counts[a][0]+counts[a][1])
	})
	for _, rule := range order {
		n := counts[rule]
		t.Rows = append(t.Rows, []page.Cell{page.Text(engine.Shown(rule)), page.BarOf(n[0]+n[1], most), page.Number(n[0]), page.Number(n[1]), page.Number(n[0] + n[1])})
	}
	return t
}

func fuelHeading(fuel meterpoint.Fuel) string {
	if fuel == meterpoint.Gas {
		return "Gas"
	}
	return "Electricity"
}

// told is what one RDP gets, and what is kept back from it.
type told struct {
	rdp            string
	files, records int64
	bytes          int64
	withheld, held int64
}

// receivers shows who is told how much.
func (r *report) receivers() page.Section {
	s := page.Section{ID: "receivers", Heading: "Who is told",
		Lead: "One meter point is one record. Withheld: the fuel's switch is off. Held: in doubt, nothing is said."}
	most := int64(1)
	var byFuel [len(meterpoint.Fuels)][]told
	for i, fuel := range meterpoint.Fuels {
		byFuel[i] = r.toldOf(fuel)
		for _, x := range byFuel[i] {
			most = max(most, x.records)
		}
	}
	for i, fuel := range meterpoint.Fuels {
		if len(byFuel[i]) > 0 {
			s.Parts = append(s.Parts, page.Part{Tables: []*page.Table{receiversTable(r.flowOf(fuel), byFuel[i], most)}})
		}
	}
	if len(s.Parts) == 0 {
		s.Parts = []page.Part{{Text: "There is nobody to tell, and no flow file."}}
	}
	return s
}

// flowOf names a fuel with the flow that tells of it.
func (r *report) flowOf(fuel meterpoint.Fuel) string {
	for _, s := range r.content.Shards {
		if s.Fuel == fuel.String() {
			return fmt.Sprintf("%s, flow %s", fuelHeading(fuel), engine.Shown(s.Flow))
		}
	}
	return fuelHeading(fuel)
}

// toldOf a fuel, most records first.
func (r *report) toldOf(fuel meterpoint.Fuel) []told {
	byRDP := map[string]*told{}
	of := func(rdp string) *told {
		if byRDP[rdp] == nil {
			byRDP[rdp] = &told{rdp: rdp}
		}
		return byRDP[rdp]
	}
	for _, s := range r.content.Shards {
		if s.Fuel == fuel.String() {
			x := of(s.RDP)
			x.files, x.records, x.bytes = x.files+1, x.records+s.Records, x.bytes+s.Bytes
		}
	}
	for _, cell := range r.content.Facts {
		if cell.Fuel != fuel {
			continue
		}
		switch d, _ := disposition(cell, r.question.Outcome(cell.Point), r.switches); d {
		case engine.Withheld:
			of(cell.RDP).withheld += cell.Count
		case engine.Held:
			of(cell.RDP).held += cell.Count
		}
	}
	all := make([]told, 0, len(byRDP))
	for _, x := range byRDP {
		all = append(all, *x)
	}
	slices.SortFunc(all, func(a, b told) int { return cmp.Or(cmp.Compare(b.records, a.records), cmp.Compare(a.rdp, b.rdp)) })
	return all
}

func receiversTable(caption string, all []told, most int64) *page.Table {
	t := &page.Table{Caption: caption, Columns: []page.Column{{Heading: "RDP"}, {Heading: "records, to scale", Kind: page.Bars},
		{Heading: "records", Kind: page.Numbers}, {Heading: "files", Kind: page.Numbers}, {Heading: "size", Kind: page.Numbers, Spare: true},
		{Heading: "withheld", Kind: page.Numbers, Spare: true}, {Heading: "held", Kind: page.Numbers}}}
	sum := told{}
	for _, x := range all {
		name := engine.Shown(x.rdp)
		if name == "" {
			name = "none known"
		}
		t.Rows = append(t.Rows, receiversRow(name, page.BarOf(x.records, most), x))
		sum.files, sum.records, sum.bytes = sum.files+x.files, sum.records+x.records, sum.bytes+x.bytes
		sum.withheld, sum.held = sum.withheld+x.withheld, sum.held+x.held
	}
	t.Total = receiversRow("all", page.Text(""), sum)
	return t
}

func receiversRow(name string, bar page.Cell, x told) []page.Cell {
	return []page.Cell{page.Text(name), bar, page.Number(x.records), page.Number(x.files), page.Text(engine.SizeWords(x.bytes)),
		page.Number(x.withheld), page.Number(x.held)}
}
