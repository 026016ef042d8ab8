package engine

import (
	"context"
	"sync/atomic"

	"flagfill/engine/kernel"
)

// gatherer is one worker's part of reading both tables into words.
type gatherer struct {
	run     *run
	devices *deviceScanner
	points  *pointScanner
	noted   *noted
	watch   *Stopwatch

	payloads    []uint32
	deviceWords pending
	pointWords  pending
	deviceSlab  *kernel.Slab
	pointSlab   *kernel.Slab
	heldSlab    *kernel.Slab
	held        *heldGatherer // nil but in a reconciliation
	pass        int
	changes     changeDates

	// Every association is counted here by kind and class, every row by kind or
	// by class: control totals and row exceptions follow from the counts.
	associations [512]int64
	kinds        [64]int64
	pointClasses [8]int64
	again        struct { // counts of rows that an earlier pass counted: nobody's
		associations [512]int64
		pointClasses [8]int64
	}
}

func newGatherer(r *run) *gatherer {
	deviceSlab, pointSlab := &kernel.Slab{}, &kernel.Slab{WithDays: true}
	g := &gatherer{
		watch:       NewStopwatch(r.cfg.Clock, steps),
		run:         r,
		deviceSlab:  deviceSlab,
		pointSlab:   pointSlab,
		heldSlab:    &kernel.Slab{WithDays: true},
		devices:     newDeviceScanner(&r.cfg, r.devices, r.associations, r.checks),
		points:      newPointScanner(r.points, r.rdpCodes, r.checks),
		noted:       newNoted(r),
		changes:     changeDates{newest: NoDay},
		deviceWords: newPending(r.ranges, deviceSlab),
		pointWords:  newPending(r.ranges, pointSlab),
	}
	g.devices.watch, g.points.watch = g.watch, g.watch
	if r.comparison != nil {
		g.held = newHeldGatherer(g)
	}
	return g
}

// gather reads, in parallel, the splits that a pass needs. Points come first,
// so that wrong columns there show early.
func (r *run) gather(ctx context.Context, pass int) error {
	points, devices, held := r.passes.list(MeterPoints, pass), r.passes.list(Devices, pass), r.passes.list(Extract, pass)
	var next atomic.Int64
	err := each(ctx, r.cfg.Workers, func(ctx context.Context, worker int) error {
		g := r.gatherers[worker]
		g.pass = pass
		for ctx.Err() == nil {
			i := int(next.Add(1) - 1)
			var err error
			switch {
			case i < len(points):
				err = g.gatherSplit(&g.points.scanner, points[i], &g.pointWords, func() error { return g.gatherPoints(ctx) })
			case i < len(points)+len(devices):
				err = g.gatherSplit(&g.devices.scanner, devices[i-len(points)], &g.deviceWords, func() error { return g.gatherDevices(ctx) })
			case i < len(points)+len(devices)+len(held):
				err = g.gatherSplit(&g.held.scanner, held[i-len(points)-len(devices)], &g.held.words, func() error { return g.held.gather(ctx) })
			default:
				return nil
			}
			if err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	r.announce(r.taken())
	for _, t := range r.tables() {
		if err := t.settle(r.cfg.Limits.ExpectRows); err != nil {
			return err
		}
	}
	return nil
}

// gatherSplit reads a split by use, which leaves its words pending.
func (g *gatherer) gatherSplit(s *scanner, at int, words *pending, use func() error) error {
	if err := s.scan(at, use); err != nil {
		return err
	}
	g.scatter(words)
	return nil
}

func (g *gatherer) scatter(words *pending) {
	g.watch.Lap(stepParse)
	words.scatter()
	g.watch.Lap(stepScatter)
}

// room is where so many words at most of the batch at hand go, behind those that
// are pending.
func (g *gatherer) room(s *scanner, to *pending, most int) (words []uint64, rows, days []int32, from int32) {
	first := s.trailRow()
	if !to.fits(first, s.rows) {
		g.scatter(to)
	}
	return to.room(first, most)
}

// addRead adds what a worker counted while reading.
func (r *run) addRead(g *gatherer) {
	r.read.addDevices(g, r.associations)
	r.read.addPoints(g, &r.cfg)
	r.ledger.addDevices(g, r.associations)
	r.ledger.addPoints(g, &r.cfg)
}

func (g *gatherer) gatherDevices(ctx context.Context) error {
	s := g.devices
	if err := s.readKinds(); err != nil {
		return err
	}
	first := s.firstReading()
	counts := &g.associations
	if first {
		kernel.CountKinds(&g.kinds, s.kinds)
	} else {
		counts = &g.again.associations
	}
	have := g.run.devices.bound(s.at).mpxns
	words, rows, _, from := g.room(&s.scanner, &g.deviceWords, len(have)*s.rows+1)
	n := 0
	for slot := range have {
		found, err := s.readAssociations(slot, have)
		if err != nil {
			return err
		}
		var noted bool
		n, noted = kernel.Combine(words, rows, n, from, found.kinds, found.classes, found.numbers, found.rows,
			&g.run.associations.payloads, uint32(slot)<<slotShift, counts)
		if noted && first {
			g.noted.associations(s, have[slot])
		}
	}
	n, err := g.keep(&s.scanner, g.run.passes.all[g.pass].devices, words[:n], nil, rows)
	if err != nil {
		return err
	}
	g.deviceWords.add(n)
	g.watch.Lap(stepParse)
	g.run.progress.add(s.rows)
	return ctx.Err()
}

func (g *gatherer) gatherPoints(ctx context.Context) error {
	s := g.points
	numbers, classes, err := s.readPoints()
	if err != nil {
		return err
	}
	payloads := resize(&g.payloads, s.rows)
	kernel.PackPoints(payloads, s.recordedCodes, s.reportedCodes, s.everCodes, s.rdpCodes)
	words, rows, days, from := g.room(&s.scanner, &g.pointWords, s.rows+1)
	counts := &g.pointClasses
	if !s.firstReading() {
		counts = &g.again.pointClasses
	}
	n := kernel.KeepPoints(words, days, rows, from, numbers, payloads, s.days, classes, &g.run.keepPoints, counts)
	if s.firstReading() {
		g.noted.points(s, classes)
		if s.present[fieldChangedOn] {
			g.changes.note(s.days, g.run.asOfDay)
		}
	}
	span := g.run.passes.all[g.pass].points
	g.noted.values(s, numbers, classes, g.run.ranges, span)
	if n, err = g.keep(&s.scanner, span, words[:n], days, rows); err != nil {
		return err
	}
	g.pointWords.add(n)
	g.watch.Lap(stepParse)
	g.run.progress.add(s.rows)
	return ctx.Err()
}

// keep drops the words that this pass is not for, and holds the others against
// what the file states of itself.
func (g *gatherer) keep(s *scanner, span span, words []uint64, days, rows []int32) (int, error) {
	ranges := g.run.ranges
	if span.from == 0 && span.to == ranges.Count() {
		return len(words), nil
	}
	if s.firstReading() {
		if err := g.run.passes.agree(g.run, s, words); err != nil {
			return 0, err
		}
	}
	if span.empty() {
		return 0, nil
	}
	first, last := ranges.Span(span.from, span.to)
	return kernel.Within(words, days, rows, first, last), nil
}

// pointRow is what a class makes of a meter_points row.
type pointRow struct {
	kept, otherFuel, notUsed, warned bool
	code                             Code
}

func classifyPoint(cfg *Config, class uint8) pointRow {
	switch {
	case class == kernel.NoMPxN || class == kernel.NoValue:
		return pointRow{notUsed: true, code: BadMPxN}
	case !cfg.Fuel.Includes(fuelOf(class)):
		return pointRow{otherFuel: true}
	case wrongDigit(class) && cfg.checkMode(class) == Reject:
		return pointRow{notUsed: true, code: BadCheckDigit}
	}
	return pointRow{kept: true, warned: wrongDigit(class) && cfg.checkMode(class) == Warn}
}

func keptPoints(cfg *Config) (keep [8]bool) {
	for class := range uint8(kernel.Classes) {
		keep[class] = classifyPoint(cfg, class).kept
	}
	return keep
}

func (t *ReadTotals) addDevices(g *gatherer, table *associations) {
	for at, n := range g.associations {
		a := table.all[at]
		if a.counts {
			t.Devices.Associations += n
		}
		if a.otherFuel {
			t.Devices.OtherFuel += n
		}
		if a.notUsed {
			t.Devices.NotUsed += n
		}
	}
	for kind, n := range g.kinds {
		if isMeterKind(kind) {
			t.Devices.Meters += n
		}
	}
}

func (t *ReadTotals) addPoints(g *gatherer, cfg *Config) {
	for class := range uint8(kernel.Classes) {
		row, n := classifyPoint(cfg, class), g.pointClasses[class]
		if row.otherFuel {
			t.MeterPoints.OtherFuel += n
		}
		if row.notUsed {
			t.MeterPoints.NotUsed += n
		}
	}
}

// release gives the memory of its words back to the system: when the process
// ends, one processor would do it for all.
func (g *gatherer) release() {
	for _, slab := range []*kernel.Slab{g.deviceSlab, g.pointSlab, g.heldSlab} {
		slab.Release()
	}
}
