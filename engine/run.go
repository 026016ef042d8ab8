// Package engine turns device rows and meter point rows into changed meter
// points: it gathers, joins, decides, and proves that the counts agree.
package engine

import (
	"context"
	"slices"
	"sync/atomic"

	"flagfill/engine/kernel"
)

// Inputs are the tables of a snapshot.
type Inputs struct{ Devices, MeterPoints Source }

// Run reads a snapshot and hands every meter point that changed, is
// reportable, held or left to the sink, in MPxN order, then the exceptions.
// When it returns without error, all identities hold and no limit is
// exceeded: what the sink was given may be published. Errors that the user can
// mend are *Refusal.
func Run(ctx context.Context, cfg Config, in Inputs, sink Sink, progress *Progress) (*Result, error) {
	r, err := plan(ctx, cfg, in, progress)
	if err != nil {
		return nil, err
	}
	if err := r.do(ctx, sink); err != nil {
		return r.result, err
	}
	r.result.Stages, r.result.Work = r.stages, r.work()
	return r.result, nil
}

// do goes through the stages. Reading and deciding take turns, pass by pass.
func (r *run) do(ctx context.Context, sink Sink) error {
	if err := r.stage("sample keys", func() error { return r.chooseRanges(ctx) }); err != nil {
		return err
	}
	r.employ()
	for i := range r.passes.all {
		if err := r.stage("read both tables", func() error { return r.gather(ctx, i) }); err != nil {
			return err
		}
		if err := r.stage("decide and write", func() error { return r.assess(ctx, r.passes.all[i].points, sink) }); err != nil {
			return err
		}
	}
	if err := r.stage("add up", r.conclude); err != nil {
		return err
	}
	if err := r.stage("check limits", r.judge); err != nil {
		return err
	}
	return r.stage("list exceptions", func() error { return r.list(sink) })
}

// tables are all that the run reads.
func (r *run) tables() []*table { return []*table{r.devices, r.points, r.held} }

// stage does work and adds what it took to the stage of that name.
func (r *run) stage(name string, work func() error) error {
	r.progress.enter(name)
	started := r.cfg.now()
	err := work()
	took := r.cfg.now().Sub(started)
	if i := slices.IndexFunc(r.stages, func(s Stage) bool { return s.Name == name }); i >= 0 {
		r.stages[i].Duration += took
	} else {
		r.stages = append(r.stages, Stage{name, took})
	}
	return err
}

// run is the state of one run.
type run struct {
	cfg             Config
	devices, points *table
	held            *table      // absent but in a reconciliation
	comparison      *comparison // nil but in a reconciliation
	progress        *Progress

	checks       *kernel.Classifier
	associations *associations
	keepPoints   [8]bool
	rdpCodes     *rdpCodes
	deliveries   *deliveries
	ranges       *kernel.Ranges
	share        shares
	passes       *passes
	morePasses   bool // are to come, which fill the chunks of words again
	asOfDay      int32

	gatherers []*gatherer
	assessors []*assessor
	read      ReadTotals
	ledger    ledger
	cells     *histogram
	written   written
	located   []finding
	result    *Result
	refusal   error // a limit's, held back while exceptions are listed
	stages    []Stage
}

// plan looks at every footer, binds columns and prepares the tables that the
// hot loops look things up in.
func plan(ctx context.Context, cfg Config, in Inputs, progress *Progress) (*run, error) {
	r := &run{cfg: cfg, progress: progress, cells: newHistogram(), held: absentTable(Extract),
		checks: kernel.NewClassifier(cfg.Digits), keepPoints: keptPoints(&cfg)}
	started := cfg.now()
	var err error
	if cfg.AsRecorded {
		r.devices = absentTable(Devices)
	} else if r.devices, err = planTable(ctx, Devices, in.Devices, cfg.Columns[Devices]); err != nil {
		return nil, err
	}
	if r.points, err = planTable(ctx, MeterPoints, in.MeterPoints, cfg.Columns[MeterPoints]); err != nil {
		return nil, err
	}
	for _, t := range []*table{r.devices, r.points} {
		if t.plan.Rows() < 0 {
			continue // looked at once it was read
		}
		if err := t.expect(cfg.Limits.ExpectRows); err != nil {
			return nil, err
		}
	}
	r.associations = newAssociations(&r.cfg)
	r.rdpCodes = newRDPCodes(&r.cfg.Registrar)
	r.deliveries = newDeliveries(&r.cfg.Registrar)
	if r.asOfDay, err = LondonDay(cfg.AsOf); err != nil {
		return nil, err
	}
	r.stages = []Stage{{"plan", cfg.now().Sub(started)}}
	return r, nil
}

// employ makes the workers' parts, which live as long as the run.
func (r *run) employ() {
	r.progress.total.Store(r.rowsToRead())
	for range r.cfg.Workers {
		r.gatherers = append(r.gatherers, newGatherer(r))
		r.assessors = append(r.assessors, newAssessor(r))
	}
}

// conclude adds the workers' parts up and draws up the result.
func (r *run) conclude() error {
	for i, a := range r.assessors {
		r.addRead(r.gatherers[i])
		r.cells.merge(a.cells)
		r.ledger.merge(a.ledger)
		r.located = append(r.located, a.locator.found...)
	}
	r.read.Devices.Rows, r.read.MeterPoints.Rows = r.devices.rows(), r.points.rows()
	r.read.Devices.NotUsed += r.ledger.counts.All[Devices][OrphanMPxN]
	facts := r.cells.facts(r.deliveries.rdps)
	r.result = &Result{
		Config: r.cfg, RDPs: slices.Sorted(slices.Values(r.deliveries.rdps[1:])), Read: r.read, Facts: facts,
		Summary:    facts.Summarise(r.cfg.Question, r.cfg.Switches),
		Exceptions: r.ledger.counts,
		Inputs:     []Input{{Devices, r.devices.plan.Files}, {MeterPoints, r.points.plan.Files}},
	}
	r.result.Margins = r.margins(r.result)
	r.result.Coherence = r.coherence()
	var err error
	if r.result.Cautions, err = r.cautions(); err != nil {
		return err
	}
	return r.balance()
}

// judge holds a limit's refusal back while there are exceptions to list.
func (r *run) judge() error {
	if err := r.checkListed(); err != nil {
		return err
	}
	r.refusal = r.checkLimits(r.result)
	if r.cfg.ListRefused {
		return nil
	}
	return r.refusal
}

func (r *run) list(sink Sink) error {
	if err := r.listExceptions(sink); err != nil {
		return err
	}
	if r.comparison != nil {
		if err := r.comparison.listUnreadable(r); err != nil {
			return err
		}
	}
	return r.refusal
}

// Progress can be read while a run is under way.
type Progress struct {
	stage       atomic.Value
	rows, total atomic.Int64
}

// Stage is what the run does at the moment.
func (p *Progress) Stage() string {
	name, _ := p.stage.Load().(string)
	return name
}

// Rows read so far, and how many there are in both tables together.
func (p *Progress) Rows() (done, total int64) { return p.rows.Load(), p.total.Load() }

func (p *Progress) add(rows int)      { p.rows.Add(int64(rows)) }
func (p *Progress) enter(name string) { p.stage.Store(name) }
