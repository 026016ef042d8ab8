package writers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers/page"
)

// openQuestions shows the ambiguity ledger: what hangs on each open question of
// the rule, and what the whole run would give with only that choice changed.
func (r *report) openQuestions() page.Section {
	s := page.Section{ID: "open-questions", Heading: "What hangs on open questions",
		Lead: "The rule leaves seven gaps, closed by named policies. Each table gives the whole run's totals with only that choice changed."}
	totals := &r.content.Totals
	var idle []string
	for _, a := range totals.Ambiguities {
		if a.Count == 0 {
			idle = append(idle, engine.Shown(a.Name))
			continue
		}
		t := &page.Table{Caption: "Totals of the run by policy of " + engine.Shown(a.Name), Quiet: true, Square: true, Columns: []page.Column{
			{Heading: "policy"}, {Heading: "changed", Kind: page.Numbers}, {Heading: "reportable", Kind: page.Numbers}}}
		changed, reportable := totals.MeterPoints.Changed, totals.Reportable.Total
		t.Rows = append(t.Rows, []page.Cell{page.Text(engine.Shown(a.Policy)),
			{Text: page.Grouped(changed), Note: "in force"}, {Text: page.Grouped(reportable), Note: "in force"}})
		for _, other := range a.Alternatives {
			t.Rows = append(t.Rows, []page.Cell{page.Text(engine.Shown(other.Policy)), page.Beside(other.Changed, changed), page.Beside(other.Reportable, reportable)})
		}
		s.Parts = append(s.Parts, page.Part{Heading: engine.Shown(a.Name),
			Text: fmt.Sprintf("%s: %s", hangs(a.Count), gapOf(a.Name)), Tables: []*page.Table{t}})
	}
	if len(idle) > 0 {
		s.Parts = append(s.Parts, page.Part{Text: "No meter point hangs on " + strings.Join(idle, ", ") + "."})
	}
	return s
}

func hangs(n int64) string {
	if n == 1 {
		return "1 meter point depends on it"
	}
	return page.Grouped(n) + " meter points depend on it"
}

// gapOf says what the question is about, as a sentence ends.
func gapOf(name string) string {
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		if a.String() == name {
			if gap := a.Gap(); strings.HasSuffix(gap, "?") {
				return gap
			}
			return a.Gap() + "."
		}
	}
	return "of another edition of the rule."
}

// settings shows under which rules and limits the content stands.
func (r *report) settings() page.Section {
	c := r.content
	limits := &page.Table{Caption: "Limits", Columns: []page.Column{{Heading: "limit"}, {Heading: "in force", Kind: page.Numbers}, {Heading: ""}}}
	for _, l := range r.manifest.Limits {
		remark := "default"
		if l.Overridden {
			remark = "overridden"
		}
		limits.Rows = append(limits.Rows, []page.Cell{page.Text(l.Name), page.Text(l.Limit), page.Text(remark)})
	}
	layouts := &page.Table{Caption: "Layouts of the flows", Columns: []page.Column{{Heading: "flow"}, {Heading: "layout"}, {Heading: "state"}, {Heading: "SHA-256", Kind: page.Codes, Spare: true}}}
	for _, l := range c.Layouts {
		state := "unconfirmed"
		if l.Confirmed {
			state = "confirmed"
		}
		layouts.Rows = append(layouts.Rows, []page.Cell{page.Text(engine.Shown(l.Flow)), page.Text(l.Name), page.Text(state), page.Text(l.SHA256)})
	}
	return page.Section{ID: "settings", Heading: "Under which rules",
		Lead:  "The policies close the open questions; the limits refuse a run that would change too much.",
		Parts: []page.Part{{Heading: "Policies", Facts: policiesOf(c.Rules)}, {Heading: "Settings", Facts: r.settingsFacts()}, {Tables: []*page.Table{limits}}, {Tables: []*page.Table{layouts}}}}
}

// policiesOf gives the policies in the order of the ledger.
func policiesOf(rules map[string]string) []page.Fact {
	var policies []page.Fact
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		policies = append(policies, page.Fact{Name: a.String(), Value: engine.Shown(rules[a.String()])})
	}
	return policies
}

func (r *report) settingsFacts() []page.Fact {
	c := r.content
	var distributors []string
	for _, id := range slices.Sorted(maps.Keys(c.RDP.Distributors)) {
		distributors = append(distributors, engine.Shown(id)+" "+engine.Shown(c.RDP.Distributors[id]))
	}
	v, f := c.Validation, c.Flows
	return []page.Fact{
		{Name: "Check digit of MPANs", Value: engine.Shown(v.MPANCheckDigit)},
		{Name: "Check digits of MPRNs", Value: fmt.Sprintf("%s, of %d to %d digits", engine.Shown(v.MPRNCheckDigits), v.MPRNMinDigits, v.MPRNMaxDigits)},
		{Name: "Records to a flow file", Value: "at most " + page.Grouped(int64(f.MaxRecords))},
		{Name: "Test flag", Value: engine.Shown(f.TestFlag)},
		{Name: "Next file id, generation", Value: fmt.Sprintf("%d, %d", c.Next.FileID, c.Next.Generation)},
		{Name: "RDPs of gas", Value: engine.ShownAll(c.RDP.Gas)},
		{Name: "Column rdp_id prevails", Value: map[bool]string{true: "yes", false: "no"}[c.RDP.TrustColumn]},
		{Name: "Distributors", Value: strings.Join(distributors, ", "), Long: true},
	}
}
