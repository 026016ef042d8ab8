package writers

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"flagfill/engine"
	"flagfill/writers/page"
)

// reconciliationForm is to a reconciliation what reportForm is to a
// publication.
const reconciliationForm = "flagfill.reconciliation-report/1"

// reconciliationReport is report.html of a reconciliation in the making: a
// function of reconciliation.json, run.json and samples from
// differences.parquet.
type reconciliationReport struct {
	record  *ReconciliationRecord
	run     reconcileRunRecord
	samples differenceSamples
	reveal  bool // shows MPxNs and other values of extracts as they are
}

// reconciliationSections are the sections of the page, in order.
var reconciliationSections = []func(*reconciliationReport) page.Section{
	(*reconciliationReport).points,
	(*reconciliationReport).rows,
	(*reconciliationReport).stale,
	(*reconciliationReport).holders,
	(*reconciliationReport).examples,
	(*reconciliationReport).corrections,
	(*reconciliationReport).terms,
	(*reconciliationReport).exceptions,
	func(r *reconciliationReport) page.Section {
		return timingsOf(&r.run.runRecord, "Until the folder was sealed. Making it durable, reading it back and the rename follow.")
	},
	(*reconciliationReport).inputs,
	(*reconciliationReport).files,
}

// newReconciliationReport reads run.json as it was written, as newReport does.
func newReconciliationReport(record *ReconciliationRecord, run []byte, s differenceSamples) (*reconciliationReport, error) {
	r := &reconciliationReport{record: record, samples: s}
	if err := json.Unmarshal(run, &r.run); err != nil {
		return nil, fmt.Errorf("cannot report: %s cannot be read: %s", runName, engine.WithoutNumbers(err.Error()))
	}
	return r, nil
}

// html gives the bytes of the report.
func (r *reconciliationReport) html() ([]byte, error) {
	p := r.head()
	for _, section := range reconciliationSections {
		p.Sections = append(p.Sections, section(r))
	}
	return p.HTML()
}

// head says first what was found, and what it does not cover.
func (r *reconciliationReport) head() *page.Page {
	c, asOf := r.record, r.record.AsOf.UTC().Format("2 January 2006, 15:04:05 UTC")
	points, rows := r.differences()
	match := c.Classes[engine.Match.String()]
	return &page.Page{
		Form:    reconciliationForm,
		Title:   "Reconciliation as of " + asOf,
		Kicker:  "DCC Service Status · reconciliation as of " + asOf,
		Heading: r.verdict(),
		Lead: fmt.Sprintf("Of %s assessed, %s %s. Every total balances, and every file was read back and verified before it stood here.",
			counted(c.MeterPoints.Assessed, "meter point"), page.Grouped(match), map[bool]string{true: "is held as it should be", false: "are held as they should be"}[match == 1]),
		Cautions: r.cautions(),
		Calm:     "No cautions.",
		Figures: []page.Figure{
			{Name: "assessed", Count: c.MeterPoints.Assessed, Note: "of " + counted(c.MeterPoints.Rows, "row")},
			{Name: "match", Count: match, Note: page.Share(match, c.MeterPoints.Assessed) + " of them"},
			{Name: "meter points differ", Count: points, Note: page.Share(points, c.MeterPoints.Assessed) + " of them"},
			{Name: "extract rows differ", Count: rows, Note: "of " + counted(c.ExtractRows, "row")},
		},
		Facts: []page.Fact{
			{Name: "Fuel", Value: engine.Shown(c.Fuel)},
			{Name: "Expected", Value: r.expected()},
			{Name: "Switches", Value: switchesWords(c.Switches)},
			{Name: "Corrections", Value: r.correctionsWords()},
			{Name: "Content digest", Value: c.ContentDigest, Code: true},
		},
		Footer: r.footer(),
	}
}

// verdict is the whole reconciliation in one line.
func (r *reconciliationReport) verdict() string {
	if r.record.Differences == 0 {
		return "No difference"
	}
	return counted(r.record.Differences, "difference")
}

// differences counts the meter points and the extract rows that are some.
func (r *reconciliationReport) differences() (points, rows int64) {
	return differencesOf(ReconciliationShare{r.record.Classes, r.record.Rows})
}

func differencesOf(s ReconciliationShare) (points, rows int64) {
	for class := range engine.Class(engine.LineClasses) {
		switch {
		case !engine.IsLineDifference(class):
		case class < engine.Classes:
			points += s.Classes[engine.LineClass(class)]
		default:
			rows += s.Rows[engine.LineClass(class)]
		}
	}
	return points, rows
}

// cautions are what a reader must know before the rest is believed.
func (r *reconciliationReport) cautions() []string {
	cautions := slices.Clone(r.run.Cautions)
	if r.record.Expected == ExpectedRecorded {
		cautions = append(cautions, "no device was looked at: what is expected is what meter_points records, right or wrong")
	}
	if n := r.record.Classes[engine.NotCovered.String()]; n > 0 {
		cautions = append(cautions, "not covered: "+counted(n, "meter point")+"; no extract says what the RDP holds of them, or they have none")
	}
	if n := r.record.Rows[engine.RowUnreadable.String()]; n > 0 {
		cautions = append(cautions, "unreadable: "+counted(n, "extract row")+", which may be what is missing elsewhere")
	}
	return cautions
}

func (r *reconciliationReport) expected() string {
	if r.record.Expected == ExpectedRecorded {
		return "as recorded"
	}
	return "as computed from devices"
}

func (r *reconciliationReport) correctionsWords() string {
	if r.record.Corrections == nil {
		return "not asked for"
	}
	return page.Grouped(r.record.Corrections.Reportable.Emitted) + " emitted"
}

func (r *reconciliationReport) footer() string {
	text := engine.OneLine(fmt.Sprintf("Made by flagfill %s (%s) from reconciliation.json, run.json and differences.parquet of this reconciliation alone. "+
		"flagfill verify proves all of them from their bytes. ", r.run.Version, r.run.Commit))
	if r.reveal {
		return text + "Values of extracts stand here as they are, MPxNs among them: this page is personal data."
	}
	return text + "Numbers that may be MPxNs are masked."
}

// terms show what was compared, and how.
func (r *reconciliationReport) terms() page.Section {
	c := r.record
	days := func(n *int, none string) string {
		if n == nil {
			return none
		}
		return counted(int64(*n), "day")
	}
	holder := "the distributor's RDP, or the one of gas"
	if c.RDP != "" {
		holder = engine.Shown(c.RDP)
	}
	return page.Section{ID: "terms", Heading: "What was expected, and how",
		Lead: "Of every meter point the RDP that is responsible for it counts. The rule is always the whole one, and there is no baseline: what an RDP holds is what it knows.",
		Parts: []page.Part{
			{Facts: []page.Fact{
				{Name: "As of", Value: c.AsOf.UTC().Format(time.RFC3339)},
				{Name: "Expected", Value: r.expected()},
				{Name: "Holder of rows that name none", Value: holder},
				{Name: "A change is in flight for", Value: days(c.InFlightDays, "no time")},
				{Name: "Dates may be apart by", Value: days(c.DateToleranceDays, "any time: not compared")},
			}},
			{Heading: "Policies", Facts: policiesOf(c.Rules)},
			{Tables: []*page.Table{r.pointsRead(), devicesTable(c.Devices)}},
		}}
}

func (r *reconciliationReport) pointsRead() *page.Table {
	p := r.record.MeterPoints
	return totalsTable("Control totals of meter_points", [][]page.Cell{
		totalRow("rows", p.Rows, "of meter_points"),
		totalRow("not used", p.NotUsed, "an exception, or repeated"),
		totalRow("other fuel", p.OtherFuel, "not of this reconciliation"),
		totalRow("assessed", p.Assessed, "rows less the two above"),
	})
}

// exceptions shows what of the snapshot could not be used.
func (r *reconciliationReport) exceptions() page.Section {
	s := page.Section{ID: "exceptions", Heading: "What could not be used",
		Lead: "Of devices and meter_points. Every one is listed in exceptions.parquet, with file, row and column, and so is every unreadable row of an extract."}
	t := &page.Table{Caption: "Exceptions by code", Columns: []page.Column{{Heading: "code"}, {Heading: "effect", Spare: true}, {Heading: "count", Kind: page.Numbers}}}
	for code := range engine.Code(engine.Codes) {
		if n := r.record.Exceptions[code.String()]; n > 0 {
			t.Rows = append(t.Rows, []page.Cell{page.Text(code.String()), page.Text(exceptionEffects[code]), page.Number(n)})
		}
	}
	s.Parts = []page.Part{{Tables: []*page.Table{t}}}
	if len(t.Rows) == 0 {
		s.Parts = []page.Part{{Text: "Every row and value of the snapshot could be used."}}
	}
	return s
}

func (r *reconciliationReport) inputs() page.Section {
	return page.Section{ID: "inputs", Heading: "What was read", Lead: inputsLead, Parts: inputParts(r.run.Inputs, runName)}
}

// files shows what was written, with the digests that prove it.
func (r *reconciliationReport) files() page.Section {
	c := r.record
	facts := []page.Fact{
		{Name: "Content digest", Value: c.ContentDigest, Code: true},
		{Name: "SHA-256 of " + differencesName, Value: c.DifferencesFile.SHA256, Code: true},
		{Name: "Lines of " + differencesName, Value: page.Grouped(c.DifferencesFile.Rows)},
		{Name: "Size of " + differencesName, Value: engine.SizeWords(c.DifferencesFile.Bytes)},
	}
	if c.Corrections != nil {
		facts = append(facts, page.Fact{Name: "Content digest of the corrections", Value: c.Corrections.ContentDigest, Code: true})
	}
	return page.Section{ID: "files", Heading: "What was written",
		Lead:  "SHA256SUMS lists every file, this page and the corrections too. The content digest depends on rows, configuration, as-of and flags alone.",
		Parts: []page.Part{{Facts: facts}}}
}
