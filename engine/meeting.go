package engine

import (
	"slices"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// meeting is where the points of a range meet their devices. Its memory serves
// range after range; one worker uses it.
type meeting struct {
	index  kernel.Index
	sets   []uint32 // beside points: what the devices of each say
	strays []uint64 // device words that meet no point, sorted
	kept   int64    // device words whose association is not dropped
	quiet  quietCells
}

// gather finds what devices, in any order, say of points, which are in key
// order, and gives the points where they stand now.
func (m *meeting) gather(points, devices []uint64) []uint64 {
	points = m.index.Build(points)
	clear(resize(&m.sets, len(points)))
	var gone int64
	m.strays, gone = m.index.Gather(m.sets, devices, m.strays[:0], dropped)
	m.kept = int64(len(devices)) - gone
	slices.Sort(m.strays)
	return points
}

// meet has a range's points meet their devices and decides them, without
// memory to reuse.
func (d decider) meet(points []uint64, days []int32, devices []uint64) {
	d.meeting = &meeting{}
	d.decide(d.meeting.gather(points, devices), days)
}

// quietCells counts points with which nothing is to be done but to count them,
// nearly all of a run. What decides a point, short of its number and day, is
// looked up as one key: an open-addressing table leads to the cell.
type quietCells struct {
	slots  []quietSlot
	cells  []uint32 // keys of the histogram
	counts []int64  // beside cells, since the last settling
}

type quietSlot struct {
	said uint64 // 0 is free
	cell uint32 // place in cells
}

const quietStart = 1 << 12

// saidOf joins what the histogram's cell of a point follows from: its
// distributor, its row and its set. It is never 0.
func saidOf(key uint64, payload, set uint32) uint64 {
	distributor := uint64(meterpoint.MPxN(key).Distributor())
	return 1<<63 | distributor<<(kernel.PayloadBits+meterpoint.StatusSetBits) | uint64(payload)<<meterpoint.StatusSetBits | uint64(set)
}

// slot is where something said stands, or would.
func (q *quietCells) slot(said uint64) *quietSlot {
	mask := uint64(len(q.slots) - 1)
	for at := said * 0x9E3779B97F4A7C15 >> 40; ; at++ {
		if s := &q.slots[at&mask]; s.said == said || s.said == 0 {
			return s
		}
	}
}

// count counts a point where what is said of it is known to be quiet.
func (q *quietCells) count(said uint64) bool {
	if len(q.slots) == 0 {
		return false
	}
	s := q.slot(said)
	if s.said == 0 {
		return false
	}
	q.counts[s.cell]++
	return true
}

// know has later points of whom the same is said counted in a cell.
func (q *quietCells) know(said uint64, cell uint32) {
	if 2*len(q.cells) >= len(q.slots) {
		old := q.slots
		q.slots = make([]quietSlot, max(2*len(old), quietStart))
		for _, s := range old {
			if s.said != 0 {
				*q.slot(s.said) = s
			}
		}
	}
	*q.slot(said) = quietSlot{said, uint32(len(q.cells))}
	q.cells, q.counts = append(q.cells, cell), append(q.counts, 0)
}

// settle adds the counts to the histogram.
func (q *quietCells) settle(h *histogram) {
	for i, n := range q.counts {
		if n > 0 {
			h.add(q.cells[i], n)
			q.counts[i] = 0
		}
	}
}
