package engine

import (
	"context"
	"fmt"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// heldGatherer is one worker's part of reading what RDPs hold.
type heldGatherer struct {
	*extractScanner
	gatherer   *gatherer
	words      *kernel.Buckets
	apart      map[apartKey]int64 // rows that do not get as far as a meter point
	unreadable []unreadableRow
	named      [256]bool // codes of RDPs that rows name
	unnamed    [100]bool // distributors of rows that name none, 0 for gas
	again      [8]int64  // counts of rows that an earlier pass counted: nobody's
}

// apartKey is what rows are counted by before their holder is known.
type apartKey struct {
	class            RowClass
	fuel             uint8
	rdp, distributor uint8 // code of the RDP; of the MPxN where it is rdpAbsent
}

// unreadableRow is kept until its holder is known.
type unreadableRow struct {
	UnreadableRow
	place place
	field field
	code  Code
	key   apartKey
}

// maxUnreadable is how many unreadable rows are listed: more mean a wrong file.
const maxUnreadable = 1_000_000

func newHeldGatherer(g *gatherer) *heldGatherer {
	h := &heldGatherer{extractScanner: newExtractScanner(g.run.held, g.run.rdpCodes, g.run.checks), gatherer: g,
		words: kernel.NewBuckets(g.heldSlab, g.run.ranges.Count()), apart: map[apartKey]int64{}}
	h.watch = g.watch
	return h
}

func (h *heldGatherer) gather(ctx context.Context) error {
	numbers, classes, err := h.readHeld()
	if err != nil {
		return err
	}
	g := h.gatherer
	first := h.firstReading()
	h.setApart(numbers, classes, first)
	payloads := resize(&g.payloads, h.rows)
	kernel.PackHeld(payloads, h.flagCodes, h.rdpCodes, h.publication())
	words, rows, days := resize(&g.words, h.rows+1), resize(&g.rows, h.rows+1), resize(&g.days, h.rows+1)
	n := kernel.KeepPoints(words, days, rows, numbers, payloads, h.days, classes, &g.run.keepPoints, &h.again)
	if first {
		h.noteHolders(words[:n])
	}
	if n, err = g.keep(&h.scanner, g.run.passes.all[g.pass].devices, words[:n], days, rows); err != nil {
		return err
	}
	g.watch.Lap(stepParse)
	h.words.Scatter(g.run.ranges, words[:n], days[:n], rows, h.trailRow())
	g.watch.Lap(stepScatter)
	g.run.progress.add(h.rows)
	return ctx.Err()
}

// setApart makes no MPxN of rows that are not compared, and counts them.
func (h *heldGatherer) setApart(numbers []uint64, classes []uint8, count bool) {
	isSent := h.publication() == 0
	for i, class := range classes {
		if class <= kernel.MPRN && h.flagCodes[i] < uint8(meterpoint.Unknown) && (isSent || h.sentCodes[i] != 0) && h.gatherer.run.keepPoints[class] {
			continue
		}
		row := classifyPoint(&h.gatherer.run.cfg, class)
		var rowClass RowClass
		code, f := row.code, fieldMPxN
		switch {
		case !isSent && h.sentCodes[i] == 0:
			rowClass = RowNotEmitted
		case row.notUsed:
			rowClass = RowUnreadable
		case row.otherFuel:
			rowClass = RowOtherFuel
		case h.flagCodes[i] == uint8(meterpoint.Unknown):
			rowClass, code, f = RowUnreadable, UnknownServiceStatus, fieldFlag
		default:
			continue
		}
		classes[i] = kernel.NoMPxN
		if count {
			h.countApart(rowClass, i, numbers[i], class, code, f)
		}
	}
}

func (h *heldGatherer) countApart(rowClass RowClass, i int, number uint64, class uint8, code Code, f field) {
	key := apartKey{class: rowClass, fuel: noFuel, rdp: h.rdpCodes[i]}
	if class < kernel.NoMPxN {
		key.fuel = uint8(fuelOf(class))
		key.distributor = uint8(meterpoint.MPxN(number).Distributor())
	}
	h.apart[key]++
	if rowClass != RowUnreadable || len(h.unreadable) > maxUnreadable {
		return
	}
	u := unreadableRow{key: key, code: code, field: f, place: place{h.at, h.first + int64(i)},
		UnreadableRow: UnreadableRow{MPxN: h.columns[fieldMPxN].value(i), Flag: h.columns[fieldFlag].value(i), HeldOn: shownDay(h.days[i])}}
	if key.fuel != noFuel {
		u.Fuel = meterpoint.Fuel(key.fuel).String()
	}
	h.unreadable = append(h.unreadable, u)
}

// noteHolders remembers whose rows there are.
func (h *heldGatherer) noteHolders(words []uint64) {
	for _, w := range words {
		_, rdp, _ := kernel.UnpackHeld(kernel.Payload(w))
		h.named[rdp] = true
		if rdp == rdpAbsent {
			h.unnamed[meterpoint.MPxN(kernel.Key(w)).Distributor()%100] = true
		}
	}
}

// refuseUnreadable refuses an extract of which too much cannot be read.
func (r *run) refuseUnreadable() error {
	n := 0
	for _, g := range r.gatherers {
		n += len(g.held.unreadable)
	}
	if n <= maxUnreadable {
		return nil
	}
	return &Refusal{Kind: RefusedLimit,
		Problem: fmt.Sprintf("more than %s extract rows have no usable MPxN or flag; nothing was written", Grouped(maxUnreadable)),
		Next:    "So many mean a wrong file or a wrong column: name the right one in [columns.extract] of the configuration."}
}
