package engine

import (
	"cmp"
	"fmt"
	"slices"

	"flagfill/engine/meterpoint"
)

// partial adds up what has been counted so far.
func (c *comparison) partial(r *run) *Reconciliation {
	all := newTally()
	for _, a := range r.assessors {
		all.merge(a.held.tally)
	}
	c.addApart(r, all)
	found := &Reconciliation{Terms: c.terms, Rows: r.held.rows(), Partial: true, Result: r.result,
		Input: Input{Extract, r.held.plan.Files}}
	if r.result == nil {
		found.Result = &Result{Config: r.cfg}
	}
	byFuel, byRDP := make([]NamedCounts, fuelSlots), make([]NamedCounts, len(c.deliveries.rdps))
	for fuel := range byFuel {
		byFuel[fuel].Name = None
		if fuel < noFuel {
			byFuel[fuel].Name = meterpoint.Fuel(fuel).String()
		}
	}
	for rdp, name := range c.deliveries.rdps {
		byRDP[rdp].Name = cmp.Or(name, None)
		for fuel := range byFuel {
			n := &all.counts[rdp][fuel]
			found.Total.add(n)
			byRDP[rdp].add(n)
			byFuel[fuel].add(n)
		}
	}
	found.ByFuel, found.ByRDP = counted(byFuel), counted(byRDP)
	for from := range all.stale {
		for to, n := range all.stale[from] {
			if n > 0 {
				found.Stale = append(found.Stale, StaleCount{meterpoint.ServiceStatus(from).String(), meterpoint.ServiceStatus(to).String(), n})
			}
		}
	}
	return found
}

// counted are those that count anything, by name.
func counted(all []NamedCounts) []NamedCounts {
	all = slices.DeleteFunc(all, func(n NamedCounts) bool { return n.Counts == Counts{} })
	slices.SortFunc(all, func(a, b NamedCounts) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// addApart adds the rows that did not get as far as a meter point.
func (c *comparison) addApart(r *run, all *tally) {
	for _, g := range r.gatherers {
		for key, n := range g.held.apart {
			all.counts[c.holderApart(key)][key.fuel].Rows[key.class] += n
		}
	}
}

func (c *comparison) holderApart(key apartKey) uint8 {
	if key.fuel == noFuel && key.rdp == rdpAbsent && c.rdpCode == rdpAbsent {
		return 0
	}
	return c.holder(meterpoint.MPxN(key.distributor)*1e11, key.rdp)
}

// conclude adds everything up and asserts that it agrees.
func (c *comparison) conclude(r *run) (*Reconciliation, error) {
	found := c.partial(r)
	found.Partial = false
	sendable, listed := int64(0), int64(0)
	for _, a := range r.assessors {
		sendable += a.held.tally.sendable
		listed += a.held.tally.listed
	}
	stale := int64(0)
	for _, s := range found.Stale {
		stale += s.Count
	}
	points, rows := found.Total.sums()
	differing, differingRows := found.Total.Differences()
	for _, identity := range []struct {
		name        string
		left, right int64
	}{
		{"point classes = assessed meter points", points, r.result.Read.MeterPoints.Assessed},
		{"row classes = extract rows", rows, found.Rows},
		{"stale by flag = stale", stale, found.Total.Classes[Stale]},
		{"lines = differences", listed + found.Total.Rows[RowUnreadable], differing + differingRows},
		{"lines written = lines", c.listed, listed},
		{"reportable corrections = differences that can be sent", r.result.Summary.Reportable.Total, sendable},
	} {
		if identity.left != identity.right {
			return nil, fmt.Errorf("the totals of the reconciliation do not add up: %s, but %d ≠ %d; nothing was written; please report this",
				identity.name, identity.left, identity.right)
		}
	}
	return found, nil
}

// listUnreadable hands on the rows whose MPxN or flag is none, in the order of
// their values, and as exceptions in the order of their places.
func (c *comparison) listUnreadable(r *run) error {
	var all []*unreadableRow
	for _, g := range r.gatherers {
		for i := range g.held.unreadable {
			u := &g.held.unreadable[i]
			u.HeldBy = c.deliveries.rdps[c.holderApart(u.key)]
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b *unreadableRow) int { return comparePlaces(a.place, b.place) })
	exceptions := make([]Exception, len(all))
	for i, u := range all {
		value := u.MPxN
		if u.field == fieldFlag {
			value = u.Flag
		}
		exceptions[i] = r.spell(finding{Extract, u.place, u.field, u.code, value})
	}
	slices.SortFunc(all, func(a, b *unreadableRow) int {
		return cmp.Or(cmp.Compare(a.MPxN, b.MPxN), cmp.Compare(a.Flag, b.Flag), cmp.Compare(a.HeldBy, b.HeldBy), cmp.Compare(a.HeldOn, b.HeldOn))
	})
	rows := make([]UnreadableRow, len(all))
	for i, u := range all {
		rows[i] = u.UnreadableRow
	}
	if err := c.sink.WriteUnreadable(rows); err != nil {
		return err
	}
	for batch := range slices.Chunk(exceptions, listedAtOnce) {
		if err := c.sink.WriteExceptions(batch); err != nil {
			return err
		}
	}
	return nil
}
