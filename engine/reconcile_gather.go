package engine

import (
	"context"
	"fmt"

	"flagfill/engine/kernel"
)

// heldGatherer is one worker's part of reading what RDPs hold into words.
type heldGatherer struct {
	*heldReader
	gatherer *gatherer
	words    pending
	again    [8]int64 // counts of rows that an earlier pass counted: nobody's
}

func newHeldGatherer(g *gatherer) *heldGatherer {
	h := &heldGatherer{heldReader: newHeldReader(g.run), gatherer: g, words: newPending(g.run.ranges, g.heldSlab)}
	h.watch, h.unreadableKept = g.watch, maxUnreadable+1
	return h
}

func (h *heldGatherer) gather(ctx context.Context) error {
	g := h.gatherer
	numbers, classes, err := h.readHeld()
	if err != nil {
		return err
	}
	h.setApart(numbers, classes, h.firstReading())
	payloads := resize(&g.payloads, h.rows)
	kernel.PackHeld(payloads, h.flagCodes, h.rdpCodes, h.publication())
	words, rows, days, from := g.room(&h.scanner, &h.words, h.rows+1)
	n := kernel.KeepPoints(words, days, rows, from, numbers, payloads, h.days, classes, &g.run.keepPoints, &h.again)
	if n, err = g.keep(&h.scanner, g.run.passes.all[g.pass].devices, words[:n], days, rows); err != nil {
		return err
	}
	h.words.add(n)
	g.watch.Lap(stepParse)
	g.run.progress.add(h.rows)
	return ctx.Err()
}

// maxUnreadable is how many unreadable rows are listed: more mean a wrong file.
const maxUnreadable = 1_000_000

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
