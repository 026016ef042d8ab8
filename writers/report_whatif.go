package writers

import (
	"slices"
	"strings"

	"flagfill/engine"
	"flagfill/writers/page"
)

// otherChoices shows what other switches, baselines and scopes would give, as
// flagfill whatif does. What other policies would give stands with the open
// questions.
func (r *report) otherChoices() page.Section {
	chosen := engine.Scenario{Question: r.question, Switches: r.switches}
	scenarios := slices.DeleteFunc(engine.UsualScenarios(chosen), func(s engine.Scenario) bool { return s.Rules.Choices != chosen.Rules.Choices })
	scenarios = append([]engine.Scenario{chosen}, scenarios...)
	answers := engine.Facts(r.content.Facts).Ask(scenarios)
	t := &page.Table{Caption: "Totals of the run by switches, baseline and scope", Quiet: true, Columns: []page.Column{{Heading: "choice"},
		{Heading: "changed", Kind: page.Numbers}, {Heading: "reportable", Kind: page.Numbers, Spare: true}, {Heading: "emitted", Kind: page.Numbers},
		{Heading: "held", Kind: page.Numbers, Spare: true}, {Heading: "otherwise", Kind: page.Numbers}}}
	for i, a := range answers {
		now, name, otherwise := answers[0], "as chosen", page.Cell{}
		beside := page.Beside
		if i == 0 {
			beside = func(n, _ int64) page.Cell { return page.Cell{Text: page.Grouped(n), Note: "in force"} }
		} else {
			name, otherwise = strings.Join(scenarios[i].Against(chosen), ", "), page.Number(a.Otherwise)
		}
		t.Rows = append(t.Rows, []page.Cell{page.Text(name), beside(a.Changed, now.Changed), beside(a.Reportable, now.Reportable),
			beside(a.Emitted, now.Emitted), beside(a.Held, now.Held), otherwise})
	}
	return page.Section{ID: "other-choices", Heading: "What other choices would give",
		Lead:  "Every combination of the switches, and each other baseline and scope alone, from the facts of this run. Otherwise: meter points that come out with another status, held or not, left or not, told or not.",
		Parts: []page.Part{{Tables: []*page.Table{t}}, {Text: "Other combinations: flagfill whatif."}}}
}
