package writers

import (
	"slices"
	"time"

	"flagfill/engine"
)

// checkEvidence proves what the manifest says of inputs and exceptions against
// the totals.
func (m *Manifest) checkEvidence(problems *checklist) {
	m.checkExceptions(problems)
	m.checkSnapshot(problems)
	stated := map[string]int64{}
	if len(m.Inputs) != 2 || m.Inputs[0].Table != engine.Devices.String() || m.Inputs[1].Table != engine.MeterPoints.String() {
		problems.add("its inputs are not devices and meter_points")
	}
	for _, t := range m.Inputs {
		name := "input " + engine.Shown(t.Table)
		rows, bytes := int64(0), int64(0)
		for _, f := range t.Files {
			rows, bytes = rows+f.Rows, bytes+f.Bytes
			if f.SHA256 != "" && !isDigest(f.SHA256) {
				problems.add("%s: %s has a SHA-256 that is none", name, engine.ShownPath(f.Path))
			}
		}
		problems.equal(name+", rows of its files", t.Rows, rows)
		problems.equal(name+", bytes of its files", t.Bytes, bytes)
		if t.Fingerprint != fingerprintOf(t.Files) {
			problems.add("%s: its fingerprint is not that of its files", name)
		}
		stated[t.Table] += t.Rows
	}
	totals := m.Content.Totals
	problems.equal("devices rows", totals.Devices.Rows, stated[engine.Devices.String()])
	problems.equal("meter_points rows", totals.MeterPoints.Rows, stated[engine.MeterPoints.String()])
	d := totals.Devices
	if least := min(d.Rows, d.Meters, d.Associations, d.OtherFuel, d.NotUsed); least < 0 || d.Meters > d.Rows || d.NotUsed+d.OtherFuel > d.Associations {
		problems.add("devices: its totals contradict each other")
	}
	p := totals.MeterPoints
	if least := min(p.Rows, p.NotUsed, p.OtherFuel); least < 0 {
		problems.add("meter_points: its totals contradict each other")
	}
}

// checkSnapshot holds what the manifest says of the snapshot's time against
// what any run could know.
func (m *Manifest) checkSnapshot(problems *checklist) {
	s := &m.Snapshot
	for _, at := range []*time.Time{s.DevicesAt, s.MeterPointsAt} {
		if at != nil && (at.Location() != time.UTC || at.Nanosecond() != 0) {
			problems.add("snapshot: an instant is not in UTC and whole seconds")
		}
	}
	if s.NewestChangeOn != nil {
		day, err := time.Parse(time.DateOnly, *s.NewestChangeOn)
		asOf, londonErr := engine.LondonDay(m.Content.AsOf)
		if err != nil || londonErr != nil || day.Unix()/86400 > int64(asOf) {
			problems.add("snapshot: its newest change is no date, or after as_of")
		}
	}
	if s.ChangesAfterAsOf < 0 || s.ChangesAfterAsOf > m.Content.Totals.MeterPoints.Rows || s.MaxSkewHours < 0 {
		problems.add("snapshot: its numbers contradict the totals")
	}
}

// checkExceptions proves the counts of exceptions as far as no row is needed.
func (m *Manifest) checkExceptions(problems *checklist) {
	totals, listed := m.Content.Totals, int64(0)
	for name, n := range totals.Exceptions {
		warnings := totals.Warnings[name]
		least, most, known := m.Content.warningsAmong(name, n)
		if !known || n < 1 || warnings < least || warnings > most {
			problems.add("exceptions: %d of %s, %d of them warnings, cannot be", n, engine.Shown(name), warnings)
		}
		if listed += n; !m.Exceptions.WarningsListed {
			listed -= warnings
		}
	}
	for name, n := range totals.Warnings {
		if n < 1 || totals.Exceptions[name] < n {
			problems.add("exceptions: %d warnings among %d of %s", n, totals.Exceptions[name], engine.Shown(name))
		}
	}
	problems.equal("rows of exceptions.parquet", m.Exceptions.Rows, listed)
}

// warningsAmong bounds how many of n exceptions of a code only warn.
func (c *Content) warningsAmong(name string, n int64) (least, most int64, known bool) {
	code := engine.Code(0)
	for code < engine.Codes && code.String() != name {
		code++
	}
	modes := []string{c.Validation.MPANCheckDigit, c.Validation.MPRNCheckDigits}
	switch {
	case code == engine.Codes:
		return 0, 0, false
	case code == engine.UnknownReportedStatus || code == engine.MissingEffectiveDate:
		return n, n, true
	case code != engine.BadCheckDigit:
		return 0, 0, true
	}
	if slices.Contains(modes, engine.Warn.String()) {
		most = n
	}
	if !slices.Contains(modes, engine.Reject.String()) {
		least = n
	}
	return least, most, true
}

// checkNames finds a manifest that lacks a file which every publication has.
func (v *verifier) checkNames(stated map[string]FileListing) {
	for _, name := range []string{runName, changesName, exceptionsName, reportName} {
		if _, listed := stated[name]; !listed {
			v.find(name, "is not listed in manifest.json, and every publication has it")
		}
	}
}
