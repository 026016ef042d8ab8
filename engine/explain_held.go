package engine

import (
	"slices"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// HeldState is what the responsible RDP holds for a meter point, and what that
// is to a reconciliation: the class of the point and those of the rows.
type HeldState struct {
	Expected    string    `json:"expected"` // Null, A, I, N; "" where that is on hold, or the point is not assessed
	Class       string    `json:"class"`    // of the point; "" where it is not assessed
	Difference  bool      `json:"difference"`
	Responsible string    `json:"responsible"` // RDP; "" where none is known
	Rows        []HeldRow `json:"rows"`        // in (file, row) order
}

// HeldRow is a row of the extract with the number, whoever holds it.
type HeldRow struct {
	SourceRow
	Flag       string  `json:"dcc_service_flag"` // as the file spells it
	On         *string `json:"dcc_service_flag_efd"`
	RDP        string  `json:"rdp_id"` // of the row, else the one named, else the distributor's; "" where nobody known holds it
	Class      string  `json:"class"`  // of the row
	Difference bool    `json:"difference"`
}

// heldFound is a row with a number that is asked for.
type heldFound struct {
	place  place
	number uint64
	row    HeldRow
	apart  apartKey // of class RowUsed where the row is compared
	word   uint64
	day    int32
}

// isCompared tells whether there is an extract.
func (e *explaining) isCompared() bool { return e.run.comparison != nil }

// lookAtHeld reads all of a split: which RDPs hold any row is part of the
// answer.
func (f *finder) lookAtHeld(at int) error {
	err := f.held.scan(at, f.findHeld)
	f.read[Extract].SplitsRead++
	f.read[Extract].RowsRead += f.of.run.held.readRows[at]
	return err
}

// findHeld keeps what the rows say, in the words of a reconciliation.
func (f *finder) findHeld() error {
	h := f.held
	numbers, classes, err := h.readHeld()
	if err != nil {
		return err
	}
	for _, row := range f.matches(&h.scanner, h.table.bound(h.at).fields) {
		i := int(row)
		var payload [1]uint32
		kernel.PackHeld(payload[:], h.flagCodes[i:i+1], h.rdpCodes[i:i+1], h.publication())
		class, _, _ := h.apartOf(i, classes[i])
		f.foundHeld = append(f.foundHeld, heldFound{place: place{h.at, h.first + int64(row)}, number: numbers[i],
			row:   HeldRow{Flag: h.columns[fieldFlag].value(i), On: h.text(fieldFlagOn, i)},
			apart: h.keyOf(i, class, numbers[i], classes[i]), word: kernel.Word(numbers[i], payload[0]), day: h.days[i]})
	}
	h.setApart(numbers, classes, true)
	return nil
}

// cover learns whose rows were read.
func (e *explaining) cover() {
	var readers []*heldReader
	for _, f := range e.workers {
		readers = append(readers, f.held)
	}
	e.run.comparison.cover(e.run.rdpCodes, readers)
}

// heldOf has a reconciliation's own comparer class what is held for a number.
// points are the rows that a run keeps of it.
func (e *explaining) heldOf(m meterpoint.MPxN, points []pointFound, devices []deviceFound) *HeldState {
	c, rdps := e.run.comparison, e.run.deliveries.rdps
	found := slices.Clone(e.held[uint64(m)]) // asked twice, answered twice
	seen := e.compare(found, points, devices)
	state := &HeldState{Rows: []HeldRow{}}
	if len(points) > 0 {
		state.Class, state.Difference = seen.class.String(), seen.class.IsDifference()
		state.Responsible = rdps[seen.rdp]
		if seen.class != ExpectedOnHold {
			state.Expected = seen.expected.String()
		}
	}
	for i := range found {
		h := &found[i]
		holder, class := uint8(0), h.apart.class
		if class == RowUsed {
			holder, class = seen.take(c.heldRow(m, kernel.Payload(h.word), h.day))
		} else {
			holder = c.holderApart(h.apart)
		}
		h.row.RDP, h.row.Class, h.row.Difference = rdps[holder], class.String(), class.IsDifference()
		state.Rows = append(state.Rows, h.row)
	}
	return state
}

// compare decides and compares a range that holds nothing but one number.
func (e *explaining) compare(found []heldFound, points []pointFound, devices []deviceFound) *heldClass {
	if e.comparing == nil {
		e.comparing = &heldRange{run: e.run, tally: newTally()}
		e.expected = &verdicts{question: asCompared(e.run.cfg.Question)}
	}
	var meeting meeting
	held := e.comparing
	words, days, associated := wordsOf(points, devices)
	words = meeting.gather(words, associated)
	held.beside.Reset(len(words))
	for _, h := range found {
		if h.apart.class == RowUsed {
			held.beside.Put(&meeting.index, []uint64{h.word}, []int32{h.day})
		}
	}
	held.sortStrays()
	seen, changes, differences := &heldClass{}, &Changes{}, &Differences{}
	changes.reset(e.run.deliveries.rdps)
	differences.reset(e.run.deliveries.rdps)
	decider{run: e.run, cells: newHistogram(), verdicts: e.expected, ledger: &ledger{}, changes: changes, meeting: &meeting,
		compare: &comparer{heldRange: held, comparison: e.run.comparison, tally: held.tally, to: differences, changes: changes, seen: seen},
	}.decide(words, days)
	return seen
}

// take gives the holder and the class of one of the rows that equal this one:
// the first that is asked for is used, and the others repeat it.
func (seen *heldClass) take(row heldRow) (holder uint8, class RowClass) {
	at := slices.IndexFunc(seen.rows, func(other heldRow) bool {
		row.class = other.class
		return row == other
	})
	row = seen.rows[at]
	seen.rows = slices.Delete(seen.rows, at, at+1)
	return row.holder, row.class
}
