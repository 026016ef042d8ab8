package engine

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"flagfill/engine/meterpoint"
)

// fill draws the answer up from what the workers counted.
func (in *Inspection) fill(cfg *Config, t *table, total *inspector) {
	in.settle(t)
	for _, f := range enumerations {
		if bindsField(t, f) {
			in.Words = append(in.Words, vocabulary(cfg, f, &total.words[f]))
		}
	}
	for _, f := range append(slices.Clone(threeMPxNFields), fieldMPxN) {
		if bindsField(t, f) {
			in.Identifiers = append(in.Identifiers, total.classes[f].identifiers(f.String(), &total.shapes[f]))
		}
	}
	counts, margin := (*ExceptionCounts)(nil), (*Margin)(nil)
	if t.name == Extract {
		counts = in.countUnreadable(cfg, total)
	} else {
		counts, margin = in.countExceptions(cfg, t, total)
	}
	in.judgeLimit(t, counts, margin)
	for _, v := range in.Words {
		in.WorthKnowing = append(in.WorthKnowing, v.findings(t.name)...)
	}
	in.judgeIdentifiers(cfg)
	if n := uncheckedFiles(t.plan.Files); n > 0 {
		in.WorthKnowing = append(in.WorthKnowing, Finding{fmt.Sprintf("the pages of %d of %d files have no checksums: a bit that flipped in them goes unseen", n, len(t.plan.Files)),
			"Ask for the list that sha256sum writes, and give it to a run with --expect-inputs."})
	}
	if in.Rows == 0 {
		in.WorthKnowing = append(in.WorthKnowing, Finding{"the table has no rows", "Check that the extract was written whole."})
	}
}

func bindsField(t *table, f field) bool {
	return slices.ContainsFunc(t.bindings, func(b binding) bool { return b.has(f) })
}

// settle gives every file the rows that were read, where none was read those
// that it says it has.
func (in *Inspection) settle(t *table) {
	for i, s := range t.plan.Splits {
		if len(t.bound(i).columns) == 0 {
			t.readRows[i] = s.Rows
		}
	}
	_ = t.settle(nil) // its only error is another count than one expected
	for i := range in.Files {
		if len(t.bindings[i].columns) > 0 {
			in.Files[i].Rows = t.plan.Files[i].Rows
		}
		if in.Files[i].Rows < 0 || in.Rows < 0 {
			in.Rows = -1
			continue
		}
		in.Rows += in.Files[i].Rows
	}
}

var problemCodes = map[meterpoint.RDPProblem]Code{meterpoint.NoRDP: NoRDP, meterpoint.BadRDP: BadRDP, meterpoint.RDPMismatch: RDPMismatch}

// countExceptions counts what rows show by themselves, as a run would count
// it. The margin is nil where a column that this takes is missing.
func (in *Inspection) countExceptions(cfg *Config, t *table, total *inspector) (*ExceptionCounts, *Margin) {
	var l ledger
	var read ReadTotals
	g := &gatherer{associations: total.associations, pointClasses: total.pointClasses}
	if t.name == Devices {
		l.addDevices(g, total.shared.associations)
		read.addDevices(g, total.shared.associations)
		if !bindsField(t, fieldDeviceType) || !bindsField(t, fieldDeviceStatus) {
			return &l.counts, nil
		}
		m := newMargin(maxExceptions, t.name.String(), cfg.Limits.MaxExceptions, l.counts.Serious(Devices), read.Devices.Associations, "associations")
		return &l.counts, &m
	}
	l.addPoints(g, cfg)
	for code, n := range total.pointCodes {
		l.count(MeterPoints, Code(code), Code(code) == UnknownReportedStatus, n)
	}
	in.countDeliveries(&l, total)
	if !bindsField(t, fieldMPxN) {
		return &l.counts, nil
	}
	m := newMargin(maxExceptions, t.name.String(), cfg.Limits.MaxExceptions, l.counts.Serious(MeterPoints), max(in.Rows, 0), "meter_points rows")
	return &l.counts, &m
}

func (in *Inspection) countDeliveries(l *ledger, total *inspector) {
	d := newDeliveries(total.shared.rdpCodes.registrar)
	err := d.resolve(total.shared.rdpCodes)
	refusal := (*Refusal)(nil)
	if errors.As(err, &refusal) || total.shared.tooManyRDPs.Load() {
		if refusal == nil {
			refusal = tooManyRDPs(MeterPoints, maxRDPs+1)
		}
		in.WouldRefuse = append(in.WouldRefuse, Finding{refusal.Problem, refusal.Next})
		return
	}
	for distributor := range total.deliveries {
		for code, n := range total.deliveries[distributor] {
			if problem := d.table[distributor][code].problem; n > 0 && problem != meterpoint.RDPKnown {
				l.count(MeterPoints, problemCodes[problem], false, n)
			}
		}
	}
}

// judgeLimit lists the exceptions and says whether they alone refuse a run.
func (in *Inspection) judgeLimit(t *table, counts *ExceptionCounts, margin *Margin) {
	for code := range Code(Codes) {
		warnings := counts.Warnings[t.name][code]
		if n := counts.All[t.name][code] - warnings; n > 0 {
			in.Exceptions = append(in.Exceptions, InspectedCode{code.String(), n, false})
		}
		if warnings > 0 {
			in.Exceptions = append(in.Exceptions, InspectedCode{code.String(), warnings, true})
		}
	}
	in.Limit = margin
	if margin != nil && margin.Exceeded() {
		in.WouldRefuse = append(in.WouldRefuse, Finding{
			fmt.Sprintf("%s of %s %s (%s) are exceptions, at most %s are allowed: %s", Grouped(margin.Count), Grouped(margin.Base),
				margin.Of, margin.share(), margin.InForce, counts.words(t.name)),
			"Mend what is named below. If the figures are right, raise --max-exceptions for the run."})
	}
}

// badIdentifierShare is the part of a column from which on the column itself
// is in doubt.
const badIdentifierShare = 0.1

func (in *Inspection) judgeIdentifiers(cfg *Config) {
	for _, c := range in.Identifiers {
		filled := c.MPAN + c.MPRN + c.MPANWrongDigit + c.MPRNWrongDigits + c.NoMPxN
		say := func(n int64, what, next string) {
			if n > 0 {
				in.WorthKnowing = append(in.WorthKnowing, Finding{
					fmt.Sprintf("%s: %s of %s values (%s) %s", c.Column, Grouped(n), Grouped(filled), Margin{Count: n, Base: filled}.share(), what), next})
			}
		}
		next := "Look at them: run lists file and row with --exceptions FILE."
		if in.Table == Extract.String() {
			next = "Look at them: reconcile lists file and row with --exceptions FILE."
		}
		if float64(c.NoMPxN+c.MPANWrongDigit) > badIdentifierShare*float64(filled) {
			next = fmt.Sprintf("So many mean another column: check which one holds the MPxN, and name it: [columns.%s] %s = \"…\"", in.Table, c.Column)
		}
		shapes, nextOfShapes := c.describeShapes(next)
		say(c.NoMPxN, fmt.Sprintf("are no MPxN, neither 13 digits nor %d to %d: %s", cfg.Digits.MPRNMin, cfg.Digits.MPRNMax, shapes), nextOfShapes)
		say(c.MPANWrongDigit, "are MPANs with a wrong check digit: "+cfg.MPANCheck.effect(), next)
		say(c.MPRNWrongDigits, "are MPRNs with wrong check digits: "+cfg.MPRNCheck.effect(), "The checks are set in [validation].")
		if in.Table != Devices.String() {
			say(c.Empty, "are empty, and every row of "+in.Table+" needs its MPxN", next)
		}
	}
}

// shapesShown is how many shapes of what is no MPxN a finding names.
const shapesShown = 3

// rounded is the shape of a number that a spreadsheet has shortened.
var rounded = regexp.MustCompile(`^#([.,]#+)?A\+?##$`)

// describeShapes says what the values that are no MPxN look like, and what to
// do where that is known.
func (c *IdentifierCounts) describeShapes(next string) (shapes, advice string) {
	var words []string
	for _, s := range c.Shapes[:min(shapesShown, len(c.Shapes))] {
		words = append(words, fmt.Sprintf("%s on %s", s.Shape, Grouped(s.Rows)))
	}
	if len(c.Shapes) > 0 && rounded.MatchString(c.Shapes[0].Shape) {
		next = "A spreadsheet has rounded them, and the digits are lost: export again, with the column as text."
	}
	return "they look like " + strings.Join(words, ", ") + " (# is a digit, A a letter)", next
}

func (m CheckMode) effect() string {
	return [...]string{"not used (reject)", "used, with a warning (warn)", "used (off)"}[m]
}

// vocabulary puts the words of a column in order and says what each is to us.
// Words that differ only in digits that are not shown become one.
func vocabulary(cfg *Config, f field, counts *wordCounts) Vocabulary {
	v := Vocabulary{Column: f.String(), Others: counts.others}
	shown := map[WordCount]int64{}
	for word, n := range counts.counts {
		meaning, known := meaningOf(cfg, f, word)
		shown[WordCount{Word: Shown(word), Meaning: meaning, Known: known}] += n
	}
	for w, n := range shown {
		w.Rows = n
		v.Words = append(v.Words, w)
	}
	slices.SortFunc(v.Words, func(a, b WordCount) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Word, b.Word), cmp.Compare(a.Meaning, b.Meaning))
	})
	return v
}

const unknownMeaning = "unknown"

// meaningOf says what a run takes a word for.
func meaningOf(cfg *Config, f field, word string) (meaning string, known bool) {
	text := []byte(word)
	switch f {
	case fieldDeviceType:
		t, own := cfg.DeviceTypes[meterpoint.Fold(text)]
		if !own {
			t = meterpoint.ParseDeviceType(text)
		}
		return [...]string{unknownMeaning, "no meter", "ESME", "GSME"}[t], t != meterpoint.UnknownDeviceType
	case fieldDeviceStatus:
		status, ok := cfg.DeviceStatuses[meterpoint.Fold(text)]
		if !ok {
			status, ok = meterpoint.ParseDeviceStatus(text)
		}
		if !ok {
			return unknownMeaning, false
		}
		return status.String(), true
	case fieldServiceStatus, fieldReportedStatus:
		status := meterpoint.ParseServiceStatus(text)
		if status == meterpoint.LegacyS || status == meterpoint.LegacyW {
			return status.String() + ", legacy", false
		}
		return status.String(), status.InForce()
	case fieldFlag:
		status := meterpoint.ParseServiceStatus(text)
		if status == meterpoint.LegacyS || status == meterpoint.LegacyW {
			return status.String() + ", legacy", true
		}
		return status.String(), status != meterpoint.Unknown
	case fieldEverInstalled:
		code, _ := parseEver(text)
		return [...]string{"not said", "true", "false", unknownMeaning}[code], code != everBad
	}
	switch {
	case word == "":
		return "not said", true
	case meterpoint.IsMPID(word), slices.Contains(cfg.Registrar.Gas, word):
		return Shown(word), true
	}
	return unknownMeaning, false
}

// findingsShown is how many words of a column are explained one by one.
const findingsShown = 10

// findings says of each unknown word what a run makes of it, and the line that
// would change that.
func (v *Vocabulary) findings(of Table) []Finding {
	var all []Finding
	further, rows := 0, int64(0)
	for _, w := range v.Words {
		switch {
		case w.Known:
		case len(all) == findingsShown:
			further, rows = further+1, rows+w.Rows
		default:
			all = append(all, v.explain(of, w))
		}
	}
	if further > 0 {
		all = append(all, Finding{fmt.Sprintf("%s: %d further unknown words on %s rows", v.Column, further, Grouped(rows)),
			"So many mean another column: check that it is the one meant."})
	}
	if v.Others > 0 {
		all = append(all, Finding{fmt.Sprintf("%s: more than %s different words; %s rows with those that came later are not looked at one by one",
			v.Column, Grouped(wordsKept), Grouped(v.Others)), "An enumeration has a few: check that the column is the one meant."})
	}
	return all
}

func (v *Vocabulary) explain(of Table, w WordCount) Finding {
	names, effect := []string(nil), ""
	next := "Check the column, and ask where the word comes from."
	switch v.Column {
	case fieldDeviceType.String():
		names, effect = meterpoint.DeviceTypeNames, "is no device type that is known: what its rows name is held"
	case fieldDeviceStatus.String():
		for s := range meterpoint.DeviceStatus(meterpoint.DeviceStatuses) {
			names = append(names, s.String())
		}
		effect = "is no device status that is known: what meters with it name is held"
	case fieldServiceStatus.String():
		effect = "is not A, I, N or Null: its points are held"
	case fieldReportedStatus.String():
		effect = "is not A, I, N or Null: a warning; under --baseline reported any status is news"
	case fieldEverInstalled.String():
		effect = "is neither true nor false: its points are held"
	case fieldFlag.String():
		effect = "is no flag: its rows are unreadable"
	case fieldRDPID.String():
		effect = "names no RDP: its points are undeliverable"
		if of == Extract {
			effect = "names no RDP: nobody known holds its rows"
		}
		next = "An electricity RDP is an MPID, four of A–Z and 0–9; gas RDPs stand in [rdp] gas."
	}
	if names != nil && w.Word != "" && isShownWhole(w.Word) {
		meant, near := Nearest(w.Word, names)
		if !near {
			meant = "…"
		}
		next = fmt.Sprintf("Say what it means in the configuration: [values.%s] %q = %q", v.Column, w.Word, meant)
	}
	rows := "rows"
	if w.Rows == 1 {
		rows = "row"
	}
	return Finding{fmt.Sprintf("%s: %q on %s %s %s", v.Column, w.Word, Grouped(w.Rows), rows, effect), next}
}
