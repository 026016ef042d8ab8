package main

import (
	"fmt"
	"io"
	"strings"

	"flagfill/engine"
)

// writeRuling says by which rule, on what it hangs, who is told and when.
func (d *explanationDocument) writeRuling(lines labelledLines, x *explanationInView) {
	r := x.Decision
	set := "{" + strings.Join(r.Statuses, ", ") + "}"
	if r.Unusable {
		set += ", and a device row that could not be used"
	}
	lines.say("status set", "%s", set)
	lines.say("recorded", "%s", x.recordedWords())
	lines.say("rule", "%s: %s", r.Rule, r.Meaning)
	lines.say("", "%s", r.Source)
	lines.say("status", "%s → %s, %s", r.Old, r.New, r.Fate)
	lines.say("RDP", "%s", rdpWords(r))
	lines.say("news", "%s", d.newsWords(r))
	if r.EffectiveOn != nil {
		lines.say("takes effect", "%s, %s", *r.EffectiveOn, map[string]string{
			"as_of": "the London date of as-of, since this run changes the status", "service_status_changed_on": "its service_status_changed_on",
			"as_of_for_none": "the London date of as-of, since no change date is known"}[r.EffectiveBy])
	}
	lines.say("disposition", "%s", r.Disposition)
	if len(r.OpenQuestions) == 0 {
		lines.say("open", "nothing: no other choice of a policy would change anything here")
	}
	for _, q := range r.OpenQuestions {
		lines.say("open", "%s, closed by %s: %s", q.Name, q.Policy, q.Gap)
		for _, other := range q.Alternatives {
			lines.say("", "  %s would %s", other.Policy, otherWords(other))
		}
	}
}

// writePublished shows the row and the line of a publication.
func (d *explanationDocument) writePublished(lines labelledLines, x *explanationInView) {
	p := x.Published
	if p == nil {
		return
	}
	switch {
	case p.Row == nil:
		lines.say("published", "changes.parquet has no row of it: unchanged, or not assessed")
	case p.Line == nil:
		lines.say("published", "changes.parquet, row %d: %s; it stands in no flow file", p.Row.Row, p.Row.Disposition)
	default:
		lines.say("published", "changes.parquet, row %d: %s", p.Row.Row, p.Row.Disposition)
		lines.say("", "%s, line %d, at byte %d", engine.ShownPath(p.Line.Path), p.Line.Line, p.Line.ByteOffset)
		for _, text := range p.Line.Lines {
			lines.quote(text)
		}
	}
	for _, problem := range p.Problems {
		lines.say("DIFFERS", "%s", problem)
	}
}

// writeHeld shows what the RDP holds.
func (x *explanationInView) writeHeld(lines labelledLines) {
	h := x.Held
	if h == nil {
		return
	}
	switch {
	case h.Class == "":
		lines.say("held", "not compared: there is no meter point")
	case h.Expected == "":
		lines.say("held", "%s: a difference, and what is expected of %s is on hold", h.Class, orDash(h.Responsible))
	case h.Difference:
		lines.say("held", "%s: a difference, %s expected of %s", h.Class, h.Expected, orDash(h.Responsible))
	default:
		lines.say("held", "%s: no difference, %s expected of %s", h.Class, h.Expected, orDash(h.Responsible))
	}
	for _, r := range h.Rows {
		words := fmt.Sprintf("%s holds %s", orDash(r.RDP), shownText(r.Flag))
		if r.On != nil && *r.On != "" {
			words += " from " + engine.OneLine(*r.On)
		}
		words += ", " + r.Class
		if r.Difference {
			words += ": a difference"
		}
		lines.say("", "  %s: %s", sourceWords(r.SourceRow), words)
	}
	if len(h.Rows) == 0 {
		lines.say("", "  no row of the extract names it")
	}
}

// writeSearch says how much was read to be sure.
func (d *explanationDocument) writeSearch(w io.Writer) {
	var read []string
	excluded := false
	for _, s := range d.Search {
		read = append(read, counted(s.RowsRead, "row")+" of "+s.Table)
		excluded = excluded || s.SplitsRead < s.Splits
	}
	fmt.Fprintf(w, "\nRead: %s.", strings.Join(read, ", "))
	if excluded {
		fmt.Fprint(w, " The files' own statistics exclude every other row.")
	}
	fmt.Fprintln(w)
}
