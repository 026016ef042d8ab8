package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// labelledLines are lines of a label and what it says, aligned and wrapped.
type labelledLines struct{ to io.Writer }

const (
	labelWidth = 14
	lineWidth  = 110
)

func (l labelledLines) say(label, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	indent := len(text) - len(strings.TrimLeft(text, " "))
	for _, line := range wrapped(text, lineWidth-labelWidth, indent) {
		fmt.Fprintf(l.to, "%-*s%s\n", labelWidth, label, line)
		label = ""
	}
}

// quote shows text of a file as it is, on one line.
func (l labelledLines) quote(text string) {
	fmt.Fprintf(l.to, "%*s%s\n", labelWidth+4, "", engine.OneLine(text))
}

// wrapped cuts text at spaces into lines of so many characters at most, all
// with the same indent. A longer word has a line of its own.
func wrapped(text string, width, indent int) (lines []string) {
	line := ""
	for _, word := range strings.Split(strings.TrimLeft(text, " "), " ") {
		switch {
		case line == "":
			line = strings.Repeat(" ", indent) + word
		case len([]rune(line))+1+len([]rune(word)) > width:
			lines = append(lines, line)
			line = strings.Repeat(" ", indent) + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

func sourceWords(r engine.SourceRow) string {
	return fmt.Sprintf("%s, row %d", engine.ShownPath(r.File), r.Row)
}

// shownColumns are the values of a row but for those columns that no file has,
// which given tells by the first row that has one.
func shownColumns[T any](rows []T, columns func(T) []*string) (given []bool, shown func(T) []any) {
	for _, row := range rows {
		for i, text := range columns(row) {
			if len(given) <= i {
				given = append(given, false)
			}
			given[i] = given[i] || text != nil
		}
	}
	return given, func(row T) (cells []any) {
		for i, text := range columns(row) {
			switch {
			case given[i] && text == nil:
				cells = append(cells, "–")
			case given[i]:
				cells = append(cells, shownText(*text))
			}
		}
		return cells
	}
}

// headings are those of the columns given.
func headings(first string, given []bool, names ...string) []any {
	all := []any{first}
	for i, name := range names {
		if given[i] {
			all = append(all, name)
		}
	}
	return all
}

func shownText(text string) string {
	if text == "" {
		return "(empty)"
	}
	return engine.OneLine(text)
}

// moveWords says what becomes of the status.
func (x *explanationInView) moveWords() string {
	r := x.Decision
	switch r.Fate {
	case "held":
		if x.hasOwn(engine.ConflictingMeterPoint) {
			return "Held with no recorded status to rely on"
		}
		return "Held at " + r.Old
	case "left":
		return "Left at " + r.Old + ", though the rule gives " + r.New
	case "changed":
		return r.Old + " → " + r.New
	}
	return "Stays " + r.New
}

// told says whether an RDP is told, and why not.
func (d *explanationDocument) told(r *engine.Ruling) string {
	not := "and nobody is told: "
	switch r.Reason {
	case engine.ReasonNews:
		return "and " + r.RDP + " is told."
	case engine.ReasonNull:
		return not + "Null is never told."
	case engine.ReasonHeld:
		return not + "in doubt nothing is said."
	case engine.ReasonLeft:
		return not + "--scope backfill moves only Null or N to I. The recorded status is known to be wrong."
	case engine.ReasonSwitchOff:
		return not + "the switch " + switchOf(r) + " is off, and lets only A through."
	case engine.ReasonNoRDP:
		return not + "no RDP is known."
	case engine.ReasonSilent:
		return not + "a recorded I stands unreported while the switch installed_status is off."
	}
	return not + "its RDP is taken to know it already."
}

// switchOf is the reporting switch of the point's fuel: an MPAN has a
// distributor.
func switchOf(r *engine.Ruling) string {
	if r.Distributor == "" {
		return "report_gas"
	}
	return "report_electricity"
}

func usedWords(used bool, exceptions []engine.CodedValue) string {
	word := "yes"
	if !used {
		word = "no"
	}
	for _, e := range exceptions {
		word += ", " + codeWords(e)
	}
	return word
}

func codeWords(e engine.CodedValue) string {
	if e.Warning {
		return e.Code + " (warning)"
	}
	return e.Code
}

// effectWords says what a device row counts as, or why it counts for nothing.
func effectWords(r engine.DeviceRow) string {
	words := map[string]string{
		engine.EffectCounts:    r.Class,
		engine.EffectIgnored:   "ignored: as if not there",
		engine.EffectNoMeter:   "nothing: no meter, so not looked at",
		engine.EffectNotUsed:   "not used",
		engine.EffectOrphaned:  "not used",
		engine.EffectOtherFuel: "nothing: of the other fuel",
	}[r.Effect]
	for _, e := range r.Exceptions {
		words += ", " + codeWords(e)
	}
	return words
}

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

// otherWords says what another choice would make of the point.
func otherWords(o engine.OtherRuling) string {
	switch o.Fate {
	case "held":
		return "hold it at " + o.New
	case "left":
		return "leave it, though the rule then gave " + o.New
	case "unchanged":
		return "keep " + o.New + ", " + o.Disposition
	}
	return "give " + o.New + ", " + o.Disposition
}

// hasOwn tells whether the point's own rows have an exception.
func (x *explanationInView) hasOwn(code engine.Code) bool {
	return slices.ContainsFunc(x.MeterPoints[0].Exceptions, func(e engine.CodedValue) bool { return e.Code == code.String() })
}

// recordedWords says what the point's own rows say.
func (x *explanationInView) recordedWords() string {
	r := x.Decision
	if x.hasOwn(engine.ConflictingMeterPoint) {
		return "nothing that can be relied on: the rows of meter_points conflict"
	}
	words := r.Recorded
	if x.hasOwn(engine.UnknownServiceStatus) {
		words += ", which is no status in force"
	}
	if r.Reported != meterpoint.Null.String() {
		words += ", last reported " + r.Reported
	}
	if r.EverInstalled {
		words += ", installed at some time"
	}
	if x.hasOwn(engine.BadValue) {
		words += "; a value of its row does not parse"
	}
	return words
}

func rdpWords(r *engine.Ruling) string {
	distributor := "the distributor " + r.Distributor
	switch r.RDPBy {
	case engine.RDPByColumn:
		return r.RDP + ", by the column rdp_id"
	case engine.RDPByDistributor:
		return r.RDP + ", by " + distributor + " of the MPAN"
	case engine.RDPByOnlyGas:
		return r.RDP + ", the only gas RDP"
	case engine.RDPBad:
		return "none: rdp_id names no RDP (BAD_RDP)"
	case engine.RDPMismatched:
		if r.DistributorRDP == "" {
			return "none: " + distributor + " is not known, so no rdp_id is its own (RDP_MISMATCH)"
		}
		return fmt.Sprintf("none: rdp_id is not %s, as %s says (RDP_MISMATCH)", r.DistributorRDP, distributor)
	case engine.RDPNone:
		if r.Distributor != "" {
			return "none: no rdp_id, and the distributor " + r.Distributor + " is not known (NO_RDP)"
		}
	}
	return "none: no rdp_id, and there are several gas RDPs (NO_RDP)"
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// newsWords says what the RDP is taken to know, and what follows.
func (d *explanationDocument) newsWords(r *engine.Ruling) string {
	base := fmt.Sprintf("baseline %s: the RDP is taken to know %s", d.Baseline, d.knownWords(r))
	switch {
	case r.Reportable:
		return fmt.Sprintf("%s, so %s is news", base, r.New)
	case r.Fate == "held" && r.HeldBack:
		return fmt.Sprintf("%s; %s would be news, and is held back", base, r.Old)
	case r.Fate == "held" || r.Fate == "left":
		return "nothing is told of a point that is " + r.Fate
	case r.Reason == engine.ReasonNull:
		return "Null is never told"
	case r.Reason == engine.ReasonSilent:
		return "a recorded I is not told while installed_status is off"
	}
	return fmt.Sprintf("%s, so %s is no news", base, r.New)
}

// knownWords says what the baseline takes the RDP to know of the point.
func (d *explanationDocument) knownWords(r *engine.Ruling) string {
	null := meterpoint.Null.String()
	switch {
	case d.Baseline == meterpoint.BaselineGoLive.String() && r.Recorded == meterpoint.Active.String():
		return "the A, which alone was ever told"
	case d.Baseline == meterpoint.BaselineGoLive.String():
		return "nothing, since only an A was ever told"
	case d.Baseline == meterpoint.BaselineReported.String() && r.Reported == null, d.Baseline == meterpoint.BaselineRecorded.String() && r.Recorded == null:
		return "nothing: the " + d.Baseline + " status is Null"
	case d.Baseline == meterpoint.BaselineReported.String():
		return "the reported " + r.Reported
	}
	return "the recorded " + r.Recorded
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
		lines.say("", "  %s: %s, %s", sourceWords(r.SourceRow), words, r.Class)
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
