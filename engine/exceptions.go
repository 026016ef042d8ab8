package engine

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// locator finds the rows behind the keys that a range's decisions flagged, by
// going through the range's chunks once more.
type locator struct {
	run   *run
	words []uint64 // of the chunk at hand
	rows  []int64  // the same; none before one was asked for
	found []finding
}

// orphans finds the rows of device words that bear a flagged key. keys are
// sorted.
func (l *locator) orphans(keys []uint64, chunks [][]*kernel.Chunk) {
	flags := filterOf(keys, 0)
	for worker, ofWorker := range chunks {
		s := l.run.gatherers[worker].devices
		for _, c := range ofWorker {
			l.rows, l.words = l.rows[:0], c.Words(l.words[:0])
			for i, w := range l.words {
				if w&bearing == 0 || !flags.maybe(kernel.Key(w)) {
					continue
				}
				if _, flagged := slices.BinarySearch(keys, kernel.Key(w)); !flagged {
					continue
				}
				at := s.trail.place(l.row(c, i))
				column := l.run.devices.bound(at.split).mpxns[w>>slotShift&3]
				l.found = append(l.found, finding{Devices, at, column, OrphanMPxN, meterpoint.MPxN(kernel.Key(w)).String()})
			}
		}
	}
}

// row is the row that the chunk's i-th word came from. Most chunks hold no word
// that is flagged.
func (l *locator) row(c *kernel.Chunk, i int) int64 {
	if len(l.rows) == 0 {
		l.rows = c.Rows(l.rows)
	}
	return l.rows[i]
}

// filter tells most keys that are not flagged apart by one bit.
type filter [64]uint64

func filterOf(words []uint64, shift int) (f filter) {
	for _, w := range words {
		f[w>>shift/64%64] |= 1 << (w >> shift % 64)
	}
	return f
}

func (f *filter) maybe(key uint64) bool { return f[key/64%64]>>(key%64)&1 != 0 }

// flaggedRow is one row of a flagged point.
type flaggedRow struct {
	word   uint64
	place  place
	worker int
	number int64 // on the worker's trail
}

// points finds the rows of flagged points and says of each what its exceptions
// say. flagged are words of key and flags, sorted.
func (l *locator) points(flagged []uint64, chunks [][]*kernel.Chunk) {
	rows, flags := make([][]flaggedRow, len(flagged)), filterOf(flagged, kernel.PayloadBits)
	for worker, ofWorker := range chunks {
		trail := &l.run.gatherers[worker].points.trail
		for _, c := range ofWorker {
			l.rows, l.words = l.rows[:0], c.Words(l.words[:0])
			for i, w := range l.words {
				if !flags.maybe(kernel.Key(w)) {
					continue
				}
				at := sort.Search(len(flagged), func(j int) bool { return kernel.Key(flagged[j]) >= kernel.Key(w) })
				if at < len(flagged) && kernel.Key(flagged[at]) == kernel.Key(w) {
					number := l.row(c, i)
					rows[at] = append(rows[at], flaggedRow{w, trail.place(number), worker, number})
				}
			}
		}
	}
	for i, ofPoint := range rows {
		slices.SortFunc(ofPoint, func(a, b flaggedRow) int { return comparePlaces(a.place, b.place) })
		l.point(kernel.Payload(flagged[i]), ofPoint)
	}
}

// point lists a flagged point's exceptions: a conflict for each row, a
// duplicate for each row but the first, everything else for the first.
func (l *locator) point(flags uint32, rows []flaggedRow) {
	for _, f := range pointFlags {
		if flags&f.flag == 0 {
			continue
		}
		named := rows[:1]
		switch f.flag {
		case flagConflict:
			named = rows
		case flagDuplicate:
			named = rows[1:]
		}
		for _, row := range named {
			l.found = append(l.found, l.describe(f.code, row))
		}
	}
}

// describe names the column to look at and what stands there.
func (l *locator) describe(code Code, row flaggedRow) finding {
	values := l.run.gatherers[row.worker].noted.texts
	at := concerned(code, fieldMPxN)
	if code == BadValue {
		at = fieldEverInstalled
		if _, there := values[valueAt{row.number, at}]; !there {
			at = fieldChangedOn
		}
	}
	value, known := values[valueAt{row.number, at}]
	rdp := uint8(row.word >> kernel.RDPShift)
	if at == fieldRDPID && !known && rdp != rdpBad { // it names an RDP, though not this point's
		value, known = l.run.rdpCodes.names[rdp], true
	}
	if !known && !l.run.points.bound(row.place.split).has(at) || at == fieldMPxN {
		at, value = fieldMPxN, meterpoint.MPxN(kernel.Key(row.word)).String()
	}
	return finding{MeterPoints, row.place, at, code, value}
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.split, b.split), cmp.Compare(a.row, b.row))
}

// listedAtOnce is how many exceptions the sink is given at a time.
const listedAtOnce = 1 << 14

// findings are all that is kept, devices first, in (file, row, column) order.
func (r *run) findings() []finding {
	var all []finding
	for _, g := range r.gatherers {
		all = append(all, g.noted.found...)
	}
	all = append(all, r.located...)
	slices.SortFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.table, b.table), comparePlaces(a.place, b.place),
			cmp.Compare(a.field, b.field), cmp.Compare(a.code, b.code))
	})
	return all
}

// spell says where a finding stands.
func (r *run) spell(f finding) Exception {
	t := r.tables()[f.table]
	file, row := t.locate(f.place)
	return Exception{f.table, t.plan.Files[file].Path, row, t.bindings[file].name(f.field), f.code, f.value}
}

// examples names the places of a few exceptions of a table, without values.
func (r *run) examples(table Table) string {
	const most = 3
	var places []string
	for _, f := range r.findings() {
		if e := r.spell(f); e.Table == table && len(places) < most {
			places = append(places, fmt.Sprintf("%s at %s, row %d, column %s", e.Code, ShownPath(e.File), e.Row, Shown(e.Column)))
		}
	}
	if len(places) == 0 {
		return ""
	}
	return "\n    for example " + strings.Join(places, "; ") + " (rows count from 0)"
}

// listExceptions hands every exception to the sink.
func (r *run) listExceptions(sink Sink) error {
	for batch := range slices.Chunk(r.findings(), listedAtOnce) {
		exceptions := make([]Exception, len(batch))
		for i, f := range batch {
			exceptions[i] = r.spell(f)
		}
		if err := sink.WriteExceptions(exceptions); err != nil {
			return err
		}
	}
	return nil
}
