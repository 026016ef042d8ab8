package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// assessor is one worker's part of deciding ranges.
type assessor struct {
	run      *run
	ledger   *ledger
	cells    *histogram
	verdicts *verdicts
	watch    *Stopwatch
	points   kernel.Sorter
	meeting  meeting

	deviceWords []uint64
	pointWords  []uint64
	days        []int32

	deviceChunks, pointChunks [][]*kernel.Chunk // of the range at hand, by gatherer
	usedDevices, usedPoints   []*kernel.Chunk   // of the ranges before
	locator                   locator
	held                      *heldRange // nil but in a reconciliation
}

func newAssessor(r *run) *assessor {
	a := &assessor{run: r, ledger: &ledger{keep: r.kept()}, cells: newHistogram(),
		watch: NewStopwatch(r.cfg.Clock, steps), verdicts: &verdicts{question: r.cfg.Question}, locator: locator{run: r}}
	if r.comparison != nil {
		a.held = &heldRange{run: r, tally: newTally(), usual: &usualCases{}}
	}
	return a
}

// assess decides a pass's ranges in parallel and hands the changes to the sink
// in MPxN order. Then the memory of the words serves the next pass, and behind the
// last one nobody.
func (r *run) assess(ctx context.Context, span span, sink Sink) error {
	if err := r.deliveries.resolve(r.rdpCodes); err != nil {
		return err
	}
	if r.comparison != nil {
		if err := r.comparison.resolve(r); err != nil {
			return err
		}
	}
	r.morePasses = span.to < r.ranges.Count()
	var spare spareLists
	err := inOrder(ctx, r.cfg.Workers, span.to-span.from,
		func(worker, i int) (*assessed, error) {
			found := spare.take()
			found.changes.reset(r.deliveries.rdps)
			found.differences.reset(r.deliveries.rdps)
			return found, r.assessors[worker].assessRange(span.from+i, found)
		},
		func(found *assessed) error {
			defer spare.put(found)
			r.written.count(found.changes)
			if r.comparison != nil {
				if err := r.comparison.write(r, &found.differences); err != nil {
					return err
				}
			}
			if found.changes.Len() == 0 || r.comparison != nil && !r.comparison.terms.Corrections {
				return nil
			}
			return sink.Write(found.changes)
		})
	if err != nil {
		return err
	}
	if !r.morePasses {
		return each(ctx, len(r.gatherers), func(_ context.Context, worker int) error {
			r.gatherers[worker].release()
			return nil
		})
	}
	for i, a := range r.assessors {
		a.giveBack(r.gatherers[i])
	}
	return nil
}

// assessed is what one range has to list.
type assessed struct {
	changes     *Changes
	differences Differences
}

// spareLists keeps lists that have been written, for ranges to come: the one
// that came last first, since most of it is still in a cache. A collection would
// empty a sync.Pool.
type spareLists struct {
	sync.Mutex
	lists []*assessed
}

func (s *spareLists) take() *assessed {
	s.Lock()
	defer s.Unlock()
	last := len(s.lists) - 1
	if last < 0 {
		return &assessed{changes: new(Changes)}
	}
	list := s.lists[last]
	s.lists = s.lists[:last]
	return list
}

func (s *spareLists) put(list *assessed) {
	s.Lock()
	defer s.Unlock()
	s.lists = append(s.lists, list)
}

// assessRange takes the words of one range from all gatherers, joins them and
// decides each point. to receives what is to be listed, in key order.
func (a *assessor) assessRange(i int, to *assessed) error {
	a.watch.Start()
	a.take(i)
	var before *rangeCopy
	if a.run.isChecked(i) {
		a.watch.Lap(stepFold)
		before = copyRange(a.deviceWords, a.pointWords, a.days)
		a.watch.Lap(stepCheck)
	}
	points, days := a.points.Sort(a.pointWords, a.days)
	points = a.meeting.gather(points, a.deviceWords)
	d := decider{run: a.run, cells: a.cells, verdicts: a.verdicts, ledger: a.ledger, changes: to.changes, meeting: &a.meeting}
	if before != nil { // counted apart, to be compared with the twin
		d.cells, d.ledger = newHistogram(), &ledger{keep: a.ledger.keep}
	}
	if a.held != nil {
		d.compare = a.held.take(i, to, before, &a.meeting.index, len(points))
	}
	a.watch.Lap(stepFold)
	d.decide(points, days)
	a.watch.Lap(stepDecide)
	a.locate(d.ledger)
	a.watch.Lap(stepLocate)
	a.pointWords, a.days = points, days // the sorter may have exchanged them
	if before == nil {
		return nil
	}
	err := before.check(a.run, d)
	a.watch.Lap(stepCheck)
	if err != nil {
		return fmt.Errorf("self-check of range %d failed: %w; nothing was published; please report this", i, err)
	}
	a.cells.merge(d.cells)
	a.ledger.merge(d.ledger)
	if a.held != nil {
		a.held.tally.merge(d.compare.tally)
	}
	return nil
}

// take copies the range's words out of their chunks, which are kept until the
// next range.
func (a *assessor) take(i int) {
	a.letGo()
	for _, g := range a.run.gatherers {
		a.deviceChunks = append(a.deviceChunks, g.deviceWords.buckets.Take(i))
		a.pointChunks = append(a.pointChunks, g.pointWords.buckets.Take(i))
	}
	devices, points := kernel.WordsIn(a.deviceChunks), kernel.WordsIn(a.pointChunks)
	a.deviceWords = slices.Grow(a.deviceWords[:0], devices)
	a.pointWords, a.days = slices.Grow(a.pointWords[:0], points), slices.Grow(a.days[:0], points)
	for _, chunks := range a.deviceChunks {
		for _, c := range chunks {
			a.deviceWords = c.Words(a.deviceWords)
		}
	}
	for _, chunks := range a.pointChunks {
		for _, c := range chunks {
			a.pointWords, a.days = c.Dated(a.pointWords, a.days)
		}
	}
}

// letGo is done with the chunks of the range at hand.
func (a *assessor) letGo() {
	if a.run.morePasses {
		a.usedDevices = append(a.usedDevices, slices.Concat(a.deviceChunks...)...)
		a.usedPoints = append(a.usedPoints, slices.Concat(a.pointChunks...)...)
	}
	a.deviceChunks, a.pointChunks = a.deviceChunks[:0], a.pointChunks[:0]
}

// giveBack lets a gatherer fill the chunks again.
func (a *assessor) giveBack(g *gatherer) {
	a.letGo()
	g.deviceSlab.Reuse(a.usedDevices)
	g.pointSlab.Reuse(a.usedPoints)
	if a.held != nil {
		a.held.giveBack(g.heldSlab)
	}
	a.usedDevices, a.usedPoints = a.usedDevices[:0], a.usedPoints[:0]
}

// locate finds the rows of the keys that the range's decisions left in the
// ledger, and empties it of them.
func (a *assessor) locate(l *ledger) {
	if len(l.orphan) > 0 {
		a.locator.orphans(l.orphan, a.deviceChunks)
	}
	if len(l.points) > 0 {
		a.locator.points(l.points, a.pointChunks)
	}
	l.keep.orphans -= len(l.orphan)
	l.keep.points -= len(l.points)
	l.orphan, l.points = l.orphan[:0], l.points[:0]
}

// decider decides the points of one range.
type decider struct {
	run      *run
	cells    *histogram
	verdicts *verdicts
	ledger   *ledger
	changes  *Changes
	meeting  *meeting
	compare  *comparer // nil but in a reconciliation
}

// decide decides points, which are in key order and have met their devices.
func (d decider) decide(points []uint64, days []int32) {
	d.ledger.used += d.meeting.kept
	d.strays(d.meeting.strays)
	sets := d.meeting.sets[:len(points)]
	days = days[:len(points)]
	for at := 0; at < len(points); {
		key, payload, set := kernel.Key(points[at]), kernel.Payload(points[at]), sets[at]&setMask
		to := at + 1
		for to < len(points) && kernel.Key(points[to]) == key {
			to++
		}
		single := to == at+1 && days[at] != badDay && d.compare == nil
		switch { // most are like one before, that had nothing to list, and are only counted
		case single && d.meeting.quiet.count(saidOf(key, payload, set)):
		case d.compare != nil && d.compare.isUsual(at, key, set, points[at:to], days[at]):
		default:
			cell, quiet := d.point(key, set, points[at:to], days[at:to])
			if single && quiet {
				d.meeting.quiet.know(saidOf(key, payload, set), cell)
			}
		}
		at = to
	}
	d.meeting.quiet.settle(d.cells)
	if d.compare != nil {
		d.compare.rest(d.cells)
	}
}

// strays looks at the associations, in key order, of keys that have no point:
// usable ones are orphans.
func (d decider) strays(words []uint64) {
	for len(words) > 0 {
		key, same := kernel.Key(words[0]), 1
		for same < len(words) && kernel.Key(words[same]) == key {
			same++
		}
		n := int64(0)
		for _, w := range words[:same] {
			if w&bearing != 0 {
				n++
			}
		}
		words = words[same:]
		if n == 0 {
			continue
		}
		d.ledger.count(Devices, OrphanMPxN, false, n)
		d.ledger.used -= n
		d.ledger.orphaned(key)
	}
}

// point decides one meter point from its rows and the set of its meters. It
// gives the cell that the point is counted in, and whether nothing else was to
// be done with it.
func (d decider) point(key uint64, set uint32, rows []uint64, days []int32) (cell uint32, quiet bool) {
	m := meterpoint.MPxN(key)
	flags, payload, day := uint32(0), kernel.Payload(rows[0]), days[0]
	if len(rows) > 1 {
		flags = flagDuplicate
		if slices.ContainsFunc(rows[1:], func(w uint64) bool { return w != rows[0] }) ||
			slices.ContainsFunc(days[1:], func(other int32) bool { return other != day }) {
			flags, payload, day = flagConflict, 0, NoDay
		}
	}
	recorded, reported, ever := unpackPoint(payload)
	route := d.run.deliveries.of(m, uint8(payload>>kernel.RDPShift))
	s := set<<8 | uint32(recorded)<<5 | uint32(reported)<<2
	if ever == everTrue {
		s |= 2
	}
	if flags == flagConflict {
		s |= 1
	} else {
		flags |= d.examine(recorded, reported, ever, day, route)
		if flags&flagBadValue != 0 {
			s |= 1
		}
	}
	v := d.verdicts.of(s)
	if d.compare != nil {
		s = d.compare.point(expected{m, route.rdp, v, day}, s)
		v = d.verdicts.of(s)
	}
	cell = cellKey(route.rdp, m.Fuel(), s)
	d.cells.add(cell, 1)
	quiet = v.fate == meterpoint.Unchanged && !v.reportable && flags == 0
	if v.fate != meterpoint.Unchanged || v.reportable {
		flags |= d.list(m, route, recorded, v, day)
	}
	if d.compare != nil && flags == 0 {
		d.compare.learn(cell, v, d.cells)
	}
	if flags != 0 {
		d.ledger.flag(key, flags, int64(len(rows)))
	}
	return cell, quiet
}

func unpackPoint(payload uint32) (recorded, reported meterpoint.ServiceStatus, ever uint8) {
	return meterpoint.ServiceStatus(payload >> 17 & 7), meterpoint.ServiceStatus(payload >> kernel.ReportedShift & 7),
		uint8(payload >> kernel.EverShift & 3)
}

// examine finds the exceptions that a point's own row shows.
func (d decider) examine(recorded, reported meterpoint.ServiceStatus, ever uint8, day int32, route delivery) uint32 {
	flags := problemFlags[route.problem]
	if !recorded.InForce() {
		flags |= flagUnknownService
	}
	if !reported.InForce() {
		flags |= flagUnknownReported
	}
	if ever == everBad || day == badDay {
		flags |= flagBadValue
	}
	return flags
}

// list appends a row of changes. It returns flagMissingDate where as-of's date
// stands in for a date that nobody knows.
func (d decider) list(m meterpoint.MPxN, route delivery, recorded meterpoint.ServiceStatus, v *verdict, day int32) uint32 {
	disposition, effective, flags := RecordedOnly, d.run.asOfDay, uint32(0)
	switch {
	case v.fate == meterpoint.Held:
		disposition, effective = Held, NoDay
	case v.fate == meterpoint.Left:
		disposition, effective = Left, NoDay
	case v.reportable:
		disposition = dispose(m.Fuel(), route.rdp != 0, v.status, d.run.cfg.Switches)
	}
	if v.fate == meterpoint.Unchanged {
		if effective = day; day == NoDay {
			effective, flags = d.run.asOfDay, flagMissingDate
		}
	}
	d.changes.add(change{m, route.rdp, recorded, v.status, v.rule, disposition, effective})
	return flags
}

// written counts what was listed, to be held against the cells.
type written struct {
	byDisposition [6]int64
	changed       int64
}

func (w *written) count(c *Changes) {
	for i, disposition := range c.Disposition {
		w.add(disposition, c.Old[i], c.New[i], 1)
	}
}

func (w *written) add(disposition Disposition, from, to meterpoint.ServiceStatus, points int64) {
	w.byDisposition[disposition] += points
	if disposition != Left && disposition != Held && from != to {
		w.changed += points
	}
}

func (w *written) merge(other *written) {
	for disposition, n := range other.byDisposition {
		w.byDisposition[disposition] += n
	}
	w.changed += other.changed
}
