package writers

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"flagfill/engine"
	"flagfill/writers/page"
)

// filesShown is how many files a table of the report lists at most.
const filesShown = 100

// timings shows where the time of the run went.
func (r *report) timings() page.Section {
	return timingsOf(&r.run, "Until the publication was sealed. Making it durable, reading it back and the rename follow.")
}

func timingsOf(run *runRecord, lead string) page.Section {
	s := page.Section{ID: "timings", Heading: "Where the time went", Lead: lead}
	stages := &page.Table{Caption: "Stages, one after another", Columns: timeColumns("stage")}
	appendTimes(stages, run.Stages)
	s.Parts = []page.Part{{Tables: []*page.Table{stages}}}
	for _, crew := range run.Work {
		t := &page.Table{Caption: fmt.Sprintf("%d × %s", crew.Goroutines, crew.Crew), Columns: timeColumns("step")}
		appendTimes(t, crew.Steps)
		s.Parts = append(s.Parts, page.Part{More: &page.More{Summary: "Steps of " + crew.Crew, Parts: []page.Part{{Tables: []*page.Table{t}}}}})
	}
	s.Parts = append(s.Parts, page.Part{Facts: []page.Fact{
		{Name: "Started", Value: run.Started.UTC().Format(time.RFC3339)},
		{Name: "Took", Value: secondsText(run.Seconds) + " s"},
		{Name: "Rows a second", Value: page.Grouped(int64(math.Round(run.RowsPerSecond)))},
		{Name: "Workers", Value: strconv.Itoa(run.Workers)},
		{Name: "Memory budget", Value: engine.SizeWords(run.MemoryBytes)},
		{Name: "Host", Value: run.Host},
		{Name: "Program", Value: engine.OneLine(fmt.Sprintf("flagfill %s (%s), %s", run.Version, run.Commit, run.Go))},
		{Name: "Configuration", Value: orNone(engine.ShownPath(run.Config), run.Config)},
	}})
	return s
}

func orNone(shown, given string) string {
	if given == "" {
		return "defaults"
	}
	return shown
}

func timeColumns(what string) []page.Column {
	return []page.Column{{Heading: what}, {Heading: "seconds, to scale", Kind: page.Bars}, {Heading: "seconds", Kind: page.Numbers}, {Heading: "share", Kind: page.Numbers}}
}

func appendTimes(t *page.Table, stages []runStage) {
	most, sum := int64(1), int64(0)
	for _, s := range stages {
		most, sum = max(most, milliseconds(s.Seconds)), sum+milliseconds(s.Seconds)
	}
	for _, s := range stages {
		n := milliseconds(s.Seconds)
		t.Rows = append(t.Rows, []page.Cell{page.Text(s.Name), page.BarOf(n, most), page.Text(secondsText(s.Seconds)), page.Text(page.Share(n, sum))})
	}
}

func milliseconds(seconds float64) int64 { return int64(math.Round(seconds * 1000)) }

func secondsText(seconds float64) string { return strconv.FormatFloat(seconds, 'f', 3, 64) }

const inputsLead = "A fingerprint tells files apart; only a SHA-256 proves every byte."

// inputs shows what was read.
func (r *report) inputs() page.Section {
	return page.Section{ID: "inputs", Heading: "What was read", Lead: inputsLead,
		Parts: slices.Insert(inputParts(r.manifest.Inputs, manifestName), 1, page.Part{Facts: r.snapshotFacts()})}
}

// inputParts are the tables that were read, all of them first. listedIn names
// the file that lists every file.
func inputParts(inputs []InputTable, listedIn string) []page.Part {
	t := &page.Table{Caption: "Tables", Columns: []page.Column{{Heading: "table"}, {Heading: "files", Kind: page.Numbers},
		{Heading: "rows", Kind: page.Numbers}, {Heading: "size", Kind: page.Numbers}}}
	parts := []page.Part{{Tables: []*page.Table{t}}}
	for _, in := range inputs {
		t.Rows = append(t.Rows, []page.Cell{page.Text(engine.Shown(in.Table)), page.Number(int64(len(in.Files))), page.Number(in.Rows), page.Text(engine.SizeWords(in.Bytes))})
		files := &page.Table{Caption: "Files of " + engine.Shown(in.Table), Quiet: true, Columns: []page.Column{{Heading: "file", Kind: page.Codes}, {Heading: "format", Spare: true},
			{Heading: "rows", Kind: page.Numbers}, {Heading: "size", Kind: page.Numbers}, {Heading: "fingerprint, or SHA-256", Kind: page.Codes, Spare: true}}}
		for _, f := range in.Files[:min(len(in.Files), filesShown)] {
			files.Rows = append(files.Rows, []page.Cell{page.Text(engine.ShownPath(f.Path)), page.Text(engine.Shown(f.Format)), page.Number(f.Rows),
				page.Text(engine.SizeWords(f.Bytes)), page.Text(cmp.Or(f.SHA256, f.Fingerprint))})
		}
		parts = append(parts,
			page.Part{Facts: []page.Fact{{Name: "Fingerprint of " + engine.Shown(in.Table), Value: in.Fingerprint, Code: true}}},
			page.Part{More: &page.More{Summary: "Files of " + engine.Shown(in.Table), Parts: []page.Part{{Tables: []*page.Table{files}, Text: beyond(len(in.Files), listedIn)}}}})
	}
	return parts
}

// snapshotFacts say when the tables were taken, as far as anybody knows.
func (r *report) snapshotFacts() []page.Fact {
	instant := func(at *time.Time) string {
		if at == nil {
			return "not said"
		}
		return at.UTC().Format(time.RFC3339)
	}
	s, newest := r.manifest.Snapshot, "none"
	if s.NewestChangeOn != nil {
		newest = *s.NewestChangeOn
	}
	return []page.Fact{
		{Name: "devices taken at", Value: instant(s.DevicesAt)},
		{Name: "meter_points taken at", Value: instant(s.MeterPointsAt)},
		{Name: "Newest change in them", Value: newest},
		{Name: "Changes after as-of", Value: page.Grouped(s.ChangesAfterAsOf)},
	}
}

// files shows what was written, with the digests that prove it.
func (r *report) files() page.Section {
	c := r.content
	shards := &page.Table{Caption: "Flow files", Quiet: true, Columns: []page.Column{{Heading: "file", Kind: page.Codes}, {Heading: "records", Kind: page.Numbers},
		{Heading: "size", Kind: page.Numbers}, {Heading: "SHA-256", Kind: page.Codes, Spare: true}}}
	for _, s := range c.Shards[:min(len(c.Shards), filesShown)] {
		shards.Rows = append(shards.Rows, []page.Cell{page.Text(engine.ShownPath(s.Path)), page.Number(s.Records), page.Text(engine.SizeWords(s.Bytes)), page.Text(s.SHA256)})
	}
	s := page.Section{ID: "files", Heading: "What was written",
		Lead: "SHA256SUMS lists every file, this page too. The content digest depends on rows, configuration and as-of alone.",
		Parts: []page.Part{{Facts: []page.Fact{
			{Name: "Content digest", Value: r.manifest.ContentDigest, Code: true},
			{Name: "SHA-256 of " + changesName, Value: c.Changes.SHA256, Code: true},
			{Name: "Rows of " + changesName, Value: page.Grouped(c.Changes.Rows)},
			{Name: "Rows of " + exceptionsName, Value: page.Grouped(r.manifest.Exceptions.Rows)},
			{Name: "Flow files", Value: page.Grouped(int64(len(c.Shards)))},
		}}}}
	if len(c.Shards) > 0 {
		s.Parts = append(s.Parts, page.Part{More: &page.More{Summary: "Flow files", Parts: []page.Part{{Tables: []*page.Table{shards}, Text: beyond(len(c.Shards), manifestName)}}}})
	}
	return s
}

// beyond says that a table does not list every file.
func beyond(files int, listedIn string) string {
	if files <= filesShown {
		return ""
	}
	return fmt.Sprintf("The first %d of %s; %s lists them all.", filesShown, page.Grouped(int64(files)), listedIn)
}
