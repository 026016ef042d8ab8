package engine

import (
	"fmt"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// inspectExtract counts what a reconciliation could not read.
func (w *inspector) inspectExtract() error {
	s := w.extract
	w.countWords(&s.scanner)
	if !s.present[fieldMPxN] {
		return nil
	}
	_, classes, err := s.readHeld()
	if err != nil {
		return err
	}
	for i, class := range classes {
		w.countClass(&s.scanner, fieldMPxN, i, class)
		w.pointClasses[class%kernel.Classes]++
		if classifyPoint(w.shared.cfg, class).kept && s.flagCodes[i] == uint8(meterpoint.Unknown) {
			w.pointCodes[UnknownServiceStatus]++
		}
		if s.days[i] == badDay {
			w.pointCodes[BadValue]++
		}
	}
	return nil
}

// countUnreadable counts the exceptions of an extract, which concern none of a
// run's limits.
func (in *Inspection) countUnreadable(cfg *Config, total *inspector) *ExceptionCounts {
	var l ledger
	for class, n := range total.pointClasses {
		if row := classifyPoint(cfg, uint8(class)); row.notUsed {
			l.count(Extract, row.code, false, n)
		}
	}
	l.count(Extract, UnknownServiceStatus, false, total.pointCodes[UnknownServiceStatus])
	if n := l.counts.Serious(Extract); n > maxUnreadable {
		in.WouldRefuse = append(in.WouldRefuse, Finding{
			fmt.Sprintf("%s rows have no usable MPxN or flag, and %s are the most that a reconciliation lists", Grouped(n), Grouped(maxUnreadable)),
			"So many mean a wrong file or a wrong column: name the right one in [columns.extract] of the configuration."})
	}
	if total.shared.tooManyRDPs.Load() {
		refusal := tooManyRDPs(Extract, maxRDPs+1)
		in.WouldRefuse = append(in.WouldRefuse, Finding{refusal.Problem, refusal.Next})
	}
	if n := total.pointCodes[BadValue]; n > 0 {
		in.WorthKnowing = append(in.WorthKnowing, Finding{
			fmt.Sprintf("%s: rows with a value that is no date: %s; it is never right where --date-tolerance-days compares dates", fieldFlagOn, Grouped(n)),
			"A date is written 2026-11-21. Check that the column is the one meant."})
	}
	return &l.counts
}
