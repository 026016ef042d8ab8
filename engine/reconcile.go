package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// Terms are what a reconciliation depends on besides rows and Config.
type Terms struct {
	RDP               string // the holder of extract rows that name none; "": the distributor's
	InFlightDays      int    // how long a change may be under way; −1: not at all
	DateToleranceDays int    // how far dates may be apart; −1: they are not compared
	MaxDifferences    Limit  // as a share, of the meter_points rows
	Corrections       bool   // the sink takes the changes that put the differences right
}

// Reconciliation is what a reconciliation found.
type Reconciliation struct {
	Result  *Result // of the points, as a run would have it that sends the corrections
	Terms   Terms
	Total   Counts
	ByFuel  []NamedCounts
	ByRDP   []NamedCounts
	Stale   []StaleCount
	Rows    int64 // of the extracts
	Input   Input // the extracts
	Partial bool  // a limit ended it: what was counted so far
}

// NamedCounts are the counts of one fuel or RDP; None for what has none.
type NamedCounts struct {
	Name string
	Counts
}

// None names what belongs to no fuel or RDP. No RDP is called so: their names
// have no small letters.
const None = "none"

// StaleCount counts stale meter points by the flag held and the one expected.
type StaleCount struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int64  `json:"count"`
}

// Reconcile compares what RDPs hold with what they should: the statuses that a
// run computes, or with cfg.AsRecorded the recorded ones. Whatever cfg says, the
// scope is full, and what an RDP holds is its baseline. The sink takes the
// differences in MPxN order and, with terms.Corrections, the changes that a run
// would publish to put them right. When it returns without error, every identity holds and no limit
// is exceeded. Over Terms.MaxDifferences it ends early with what it has counted
// so far, Partial, and a *Refusal of kind RefusedLimit.
func Reconcile(ctx context.Context, cfg Config, in Inputs, extract Source, terms Terms, sink ReconciliationSink, progress *Progress) (*Reconciliation, error) {
	cfg.Question = asCompared(cfg.Question)
	r, err := plan(ctx, cfg, in, progress)
	if err != nil {
		return nil, err
	}
	if r.held, err = planTable(ctx, Extract, extract, cfg.Columns[Extract]); err != nil {
		return nil, err
	}
	if r.comparison, err = newComparison(r, terms, sink); err != nil {
		return nil, err
	}
	err = r.do(ctx, sink)
	if err == nil {
		r.result.Stages, r.result.Work = r.stages, r.work()
		return r.comparison.conclude(r)
	}
	if errors.Is(err, errTooDifferent) {
		return r.comparison.partial(r), r.comparison.refusal(r)
	}
	return nil, err
}

// comparison is the part of a run that looks at what RDPs hold.
type comparison struct {
	terms      Terms
	sink       ReconciliationSink
	asOfDay    int32
	switches   Switches
	deliveries *deliveries
	rdpCode    uint8 // of Terms.RDP; rdpAbsent without

	holders [256]uint8 // by code of the RDP: its index among the run's
	covered [256]bool  // by index
	early   int64      // differences that reading alone has shown
	listed  int64      // lines written
}

// errTooDifferent ends a reconciliation early.
var errTooDifferent = errors.New("more differences than allowed")

func newComparison(r *run, terms Terms, sink ReconciliationSink) (*comparison, error) {
	for _, file := range r.held.plan.Files {
		if file.Publication > kernel.MaxPublications {
			return nil, &Refusal{Kind: RefusedUsage,
				Problem: fmt.Sprintf("more than %d publications are given", kernel.MaxPublications),
				Next:    "Reconcile against an extract, and give only the publications since."}
		}
	}
	c := &comparison{terms: terms, sink: sink, asOfDay: r.asOfDay, switches: r.cfg.Switches, deliveries: r.deliveries}
	if terms.RDP == "" {
		return c, nil
	}
	code, err := r.rdpCodes.parse([]byte(terms.RDP))
	if err != nil || code == rdpBad {
		return nil, &Refusal{Kind: RefusedUsage,
			Problem: fmt.Sprintf("--rdp %s names no RDP", Shown(terms.RDP)),
			Next:    "Electricity: four of A–Z and 0–9. Gas: one of " + strings.Join(r.cfg.Registrar.Gas, ", ") + ", as [rdp] gas says."}
	}
	c.rdpCode = code
	return c, nil
}

// asCompared is the question whose answer an RDP should hold.
func asCompared(q meterpoint.Question) meterpoint.Question {
	q.Scope, q.Baseline = meterpoint.Full, meterpoint.BaselineReported
	return q
}

// resolve learns from what has been read who holds anything. No worker reads or
// decides at the same time.
func (c *comparison) resolve(r *run) error {
	c.early = 0
	readers := make([]*heldReader, len(r.gatherers))
	for i, g := range r.gatherers {
		readers[i] = g.held.heldReader
		for key, n := range readers[i].apart {
			if key.class.IsDifference() {
				c.early += n
			}
		}
	}
	c.cover(r.rdpCodes, readers)
	if err := r.refuseUnreadable(); err != nil {
		return err
	}
	return c.checkLimit(r)
}

// cover learns whose rows were read.
func (c *comparison) cover(codes *rdpCodes, readers []*heldReader) {
	for code, name := range codes.names {
		c.holders[code] = uint8(slices.Index(c.deliveries.rdps, name))
	}
	c.covered[c.holders[c.rdpCode]] = true
	for _, h := range readers {
		for code, named := range h.named {
			if named && uint8(code) != rdpAbsent {
				c.covered[c.holders[code]] = true
			}
		}
		for distributor, unnamed := range h.unnamed {
			if unnamed {
				c.covered[c.holder(meterpoint.MPxN(distributor)*1e11, rdpAbsent)] = true
			}
		}
		for key := range h.apart {
			if key.class != RowNotEmitted && key.rdp != rdpAbsent {
				c.covered[c.holders[key.rdp]] = true
			}
		}
	}
	c.covered[0] = false
}

// holder is the RDP that holds a row: the one it names, else that of Terms.RDP,
// else its distributor's; 0 where that is nobody known.
func (c *comparison) holder(m meterpoint.MPxN, code uint8) uint8 {
	if code == rdpAbsent {
		if code = c.rdpCode; code == rdpAbsent {
			return c.deliveries.of(m, rdpAbsent).rdp
		}
	}
	return c.holders[code]
}

// classOf is the class of a meter point whose RDP holds these flags.
func (c *comparison) classOf(e expected, held Flags, heldOn int32) Class {
	status := e.verdict.status
	switch {
	case !c.covered[e.rdp]:
		return NotCovered
	case e.verdict.fate == meterpoint.Held:
		return ExpectedOnHold
	case held.several():
		return Duplicate
	case held == flagsOf(status) && c.datesDiffer(e, heldOn):
		return DateDiffers
	case held == flagsOf(status):
		return Match
	case c.terms.InFlightDays >= 0 && daysApart(e.day, c.asOfDay) <= int64(c.terms.InFlightDays):
		return InFlight
	case status.Reported() && (e.verdict.silent || !c.switches.Reports(e.mpxn.Fuel(), status)):
		return NotSendable
	case held == 0:
		return Missing
	case status == meterpoint.Null:
		return Unexpected
	case held&(flagsOf(meterpoint.LegacyS)|flagsOf(meterpoint.LegacyW)) != 0:
		return Legacy
	}
	return Stale
}

// datesDiffer compares the dates of a flag that is as expected, where both are
// known. Since when a status has been that nobody has recorded yet is not.
func (c *comparison) datesDiffer(e expected, heldOn int32) bool {
	if c.terms.DateToleranceDays < 0 || e.verdict.status == meterpoint.Null || e.verdict.fate == meterpoint.Changed ||
		e.day == NoDay || heldOn == NoDay {
		return false
	}
	return daysApart(e.day, heldOn) > int64(c.terms.DateToleranceDays)
}

// daysApart is far for days that are none.
func daysApart(a, b int32) int64 {
	apart := int64(a) - int64(b)
	return max(apart, -apart)
}

// write hands a range's differences on, unless there are too many by now.
func (c *comparison) write(r *run, d *Differences) error {
	c.listed += int64(d.Len())
	if err := c.checkLimit(r); err != nil || d.Len() == 0 {
		return err
	}
	return c.sink.WriteDifferences(d)
}

func (c *comparison) checkLimit(r *run) error {
	if allowed := c.terms.MaxDifferences.allowed(r.points.rows()); allowed >= 0 && c.early+c.listed > allowed {
		return errTooDifferent
	}
	return nil
}

func (c *comparison) refusal(r *run) error {
	return &Refusal{Kind: RefusedLimit,
		Problem: fmt.Sprintf("over a limit, nothing was written: %s differences so far, where at most %s are allowed (--max-differences, of %s meter_points rows)",
			Grouped(c.early+c.listed), c.terms.MaxDifferences, Grouped(r.points.rows())),
		Next: "The counts so far are partial: the rest was not looked at. See whether the right extract was given, or allow more."}
}
