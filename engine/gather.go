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

	words       []uint64
	rows        []int32 // beside words
	days        []int32
	payloads    []uint32
	deviceWords *kernel.Buckets
	pointWords  *kernel.Buckets

	// Every association is counted here by kind and class, every row by kind or
	// by class: control totals and row exceptions follow from the counts.
	associations [512]int64
	kinds        [64]int64
	pointClasses [8]int64
}

func newGatherer(r *run) *gatherer {
	return &gatherer{
		run:         r,
		devices:     newDeviceScanner(&r.cfg, r.devices, r.associations, r.checks),
		points:      newPointScanner(r.points, r.rdpCodes, r.checks),
		noted:       newNoted(r),
		deviceWords: kernel.NewBuckets(&kernel.Slab{}, r.ranges.Count()),
		pointWords:  kernel.NewBuckets(&kernel.Slab{WithDays: true}, r.ranges.Count()),
	}
}

// gather reads every split of both tables once, in parallel. Points come
// first, so that wrong columns there show early.
func (r *run) gather(ctx context.Context) error {
	r.gatherers = make([]*gatherer, r.cfg.Workers)
	points, devices := len(r.points.plan.Splits), len(r.devices.plan.Splits)
	var next atomic.Int64
	err := each(ctx, r.cfg.Workers, func(ctx context.Context, worker int) error {
		g := newGatherer(r)
		r.gatherers[worker] = g
		for ctx.Err() == nil {
			i := int(next.Add(1) - 1)
			var err error
			switch {
			case i < points:
				err = g.points.scan(i, func() error { return g.gatherPoints(ctx) })
			case i < points+devices:
				err = g.devices.scan(i-points, func() error { return g.gatherDevices(ctx) })
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
	for _, g := range r.gatherers {
		r.read.addDevices(g, r.associations)
		r.read.addPoints(g, &r.cfg)
		r.ledger.addDevices(g, r.associations)
		r.ledger.addPoints(g, &r.cfg)
	}
	for _, t := range []*table{r.devices, r.points} {
		t.settle()
		if err := t.expect(r.cfg.Limits.ExpectRows); err != nil {
			return err
		}
	}
	r.read.Devices.Rows, r.read.MeterPoints.Rows = r.devices.rows(), r.points.rows()
	return nil
}

func (g *gatherer) gatherDevices(ctx context.Context) error {
	s := g.devices
	if err := s.readKinds(); err != nil {
		return err
	}
	have := g.run.devices.bound(s.at).mpxns
	words, rows := resize(&g.words, len(have)*s.rows+1), resize(&g.rows, len(have)*s.rows+1)
	n := 0
	for slot := range have {
		found, err := s.readAssociations(slot, have)
		if err != nil {
			return err
		}
		var noted bool
		n, noted = kernel.Combine(words, rows, n, found.kinds, found.classes, found.numbers, found.rows,
			&g.run.associations.payloads, uint32(slot)<<slotShift, &g.associations)
		if noted {
			g.noted.associations(s, have[slot])
		}
	}
	kernel.CountKinds(&g.kinds, s.kinds)
	g.deviceWords.Scatter(g.run.ranges, words[:n], nil, rows, s.trailRow())
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
	words, rows, days := resize(&g.words, s.rows+1), resize(&g.rows, s.rows+1), resize(&g.days, s.rows+1)
	n := kernel.KeepPoints(words, days, rows, numbers, payloads, s.days, classes, &g.run.keepPoints, &g.pointClasses)
	g.noted.points(s, classes)
	g.pointWords.Scatter(g.run.ranges, words[:n], days[:n], rows, s.trailRow())
	g.run.progress.add(s.rows)
	return ctx.Err()
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
