package writers

import (
	"encoding/json"
	"fmt"
	"slices"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers/page"
)

// reportForm names the form of report.html. verify demands that a report of
// this form is, byte by byte, what this program makes of the publication; one
// of another form was made by another program. Raise it with every release
// that changes the page.
const reportForm = "flagfill.report/1"

// report is report.html in the making: a function of the manifest (without its
// list of files, among which the report stands), of run.json and of samples
// from exceptions.parquet.
type report struct {
	manifest *Manifest
	content  *Content
	run      runRecord
	samples  samples
	reveal   bool // shows values of exceptions as they are

	question meterpoint.Question
	switches engine.Switches
}

// reportSections are the sections of the report, in order.
var reportSections = []func(*report) page.Section{
	(*report).movements,
	(*report).transitions,
	(*report).receivers,
	(*report).exceptions,
	(*report).openQuestions,
	(*report).otherChoices,
	(*report).settings,
	(*report).timings,
	(*report).inputs,
	(*report).files,
}

// newReport reads run.json as it was written: what JSON cannot hold is no part
// of a report.
func newReport(manifest *Manifest, run []byte, s samples) (*report, error) {
	r := &report{manifest: manifest, samples: s}
	if err := json.Unmarshal(run, &r.run); err != nil {
		return nil, fmt.Errorf("cannot report: %s cannot be read: %s", runName, engine.WithoutNumbers(err.Error()))
	}
	return r, nil
}

// html gives the bytes of the report.
func (r *report) html() ([]byte, error) {
	r.content = &r.manifest.Content
	var err error
	if r.question, r.switches, err = r.content.question(); err != nil {
		return nil, fmt.Errorf("cannot report: %w", err)
	}
	p := r.head()
	for _, section := range reportSections {
		p.Sections = append(p.Sections, section(r))
	}
	return p.HTML()
}

// head says first what came of the run, and what to look at before anything is
// sent.
func (r *report) head() *page.Page {
	t, asOf := &r.content.Totals, r.content.AsOf.UTC().Format("2 January 2006, 15:04:05 UTC")
	lead := fmt.Sprintf("Of %s assessed, %s. Every total balances, and every file was read back and verified before it was published.",
		counted(t.MeterPoints.Assessed, "meter point"), changing(t.MeterPoints.Changed))
	return &page.Page{
		Form:     reportForm,
		Title:    "Publication as of " + asOf,
		Kicker:   "DCC Service Status · publication as of " + asOf,
		Heading:  r.verdict(),
		Lead:     lead,
		Cautions: r.manifest.Cautions,
		Calm:     "No cautions.",
		Figures: []page.Figure{
			{Name: "assessed", Count: t.MeterPoints.Assessed, Note: "of " + counted(t.MeterPoints.Rows, "row")},
			{Name: "changed", Count: t.MeterPoints.Changed, Note: page.Share(t.MeterPoints.Changed, t.MeterPoints.Assessed) + " of them"},
			{Name: "emitted", Count: t.Reportable.Emitted, Note: "in " + counted(int64(len(r.content.Shards)), "flow file")},
			{Name: "held", Count: t.MeterPoints.Held, Note: "in doubt, nothing is said"},
		},
		Facts: []page.Fact{
			{Name: "Fuel", Value: r.content.Fuel},
			{Name: "Scope", Value: r.content.Scope},
			{Name: "Baseline", Value: r.content.Baseline},
			{Name: "Switches", Value: switchesWords(r.content.Switches)},
			{Name: "Content digest", Value: r.manifest.ContentDigest, Code: true},
		},
		Footer: r.footer(),
	}
}

// verdict is the whole run in one line.
func (r *report) verdict() string {
	told := r.content.Totals.Reportable
	var rdps []string
	for _, s := range r.content.Shards {
		rdps = append(rdps, s.Fuel+s.RDP)
	}
	slices.Sort(rdps)
	switch {
	case told.Total == 0:
		return "No meter point is news to anyone"
	case told.Emitted == 0:
		return counted(told.Total, "meter point") + " to tell, and none that may be sent"
	}
	return counted(told.Emitted, "meter point") + " for " + counted(int64(len(slices.Compact(rdps))), "RDP")
}

func (r *report) footer() string {
	text := fmt.Sprintf("Made by flagfill %s (%s) from manifest.json, run.json and exceptions.parquet of this publication alone. "+
		"flagfill verify proves all of them from their bytes. ", r.run.Version, r.run.Commit)
	if r.reveal {
		return text + "Values of exceptions stand here as they are, MPxNs among them: this page is personal data."
	}
	return text + "Numbers that may be MPxNs are masked."
}

func changing(n int64) string {
	if n == 1 {
		return "1 changes its status"
	}
	return page.Grouped(n) + " change their status"
}

// counted is a number of things, in words.
func counted(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return page.Grouped(n) + " " + thing + "s"
}

func switchesWords(s SwitchSettings) string {
	return fmt.Sprintf("installed status %s, electricity %s, gas %s", onOff(s.InstalledStatus), onOff(s.ReportElectricity), onOff(s.ReportGas))
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
