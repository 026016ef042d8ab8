package engine

import (
	"context"
	"slices"

	"flagfill/engine/meterpoint"
)

// HeldState is what the responsible RDP holds for a meter point, and what that
// is to a reconciliation.
type HeldState struct {
	Expected    string    `json:"expected"` // Null, A, I, N; "" where the point is not assessed
	Class       string    `json:"class"`    // of the point; "" where it is not assessed
	Difference  bool      `json:"difference"`
	Responsible string    `json:"responsible"` // RDP; "" where none is known
	Rows        []HeldRow `json:"rows"`
}

// HeldRow is a row of the extract with the number, whoever holds it.
type HeldRow struct {
	SourceRow
	Flag  string  `json:"dcc_service_flag"` // as the file spells it
	On    *string `json:"dcc_service_flag_efd"`
	RDP   string  `json:"rdp_id"` // of the row, else the one named, else the distributor's
	Class string  `json:"class"`  // unreadable, unknown_point, misrouted, repeat, used
}

// The classes of a point, in the order in which they are tried, then those of
// a row.
const (
	heldNotCovered = "not_covered"
	heldOnHold     = "held"
	heldDuplicate  = "duplicate"
	heldMatch      = "match"
	heldWithheld   = "withheld"
	heldMissing    = "missing"
	heldUnexpected = "unexpected"
	heldLegacy     = "legacy"
	heldStale      = "stale"

	rowUnreadable = "unreadable"
	rowUnknown    = "unknown_point"
	rowMisrouted  = "misrouted"
	rowRepeat     = "repeat"
	rowUsed       = "used"
)

// heldTable is the extract and whose it is.
type heldTable struct {
	table *table
	rdp   string // named by the caller; "" where rows or distributors tell
}

func planHeld(ctx context.Context, cfg *Config, source Source, rdp string) (*heldTable, error) {
	t, err := planTable(ctx, Extract, source, cfg.Columns[Extract])
	return &heldTable{t, rdp}, err
}

// heldScanner reads an extract. It reads all of it: which RDPs have any row is
// part of the answer.
type heldScanner struct {
	scanner
	of        *heldTable
	registrar *meterpoint.Registrar
	digits    meterpoint.Digits
	rdps      *codeDecoder
	codes     []uint8
	named     [256]bool // by code of the RDP: some row names it
	unnamed   [100]bool // by distributor, 0 for gas: some row names none
	found     []heldFound
}

type heldFound struct {
	place  place
	number uint64
	flag   meterpoint.ServiceStatus
	row    HeldRow
}

func newHeldScanner(of *heldTable, r *run) *heldScanner {
	return &heldScanner{scanner: scanner{table: of.table}, of: of, registrar: &r.cfg.Registrar, digits: r.cfg.Digits,
		rdps: newCodeDecoder(r.rdpCodes.parse)}
}

func (f *finder) lookAtHeld(at int) error {
	s := f.held
	bound := s.table.bound(at)
	err := s.scan(at, func() error {
		if err := s.cover(); err != nil {
			return err
		}
		for _, row := range f.matches(&s.scanner, bound.fields) {
			s.keep(int(row))
		}
		return nil
	})
	f.read[Extract].SplitsRead++
	f.read[Extract].RowsRead += s.table.readRows[at]
	return err
}

// holder is the RDP that holds a row: its own, else the one named for the
// extract, else the distributor's.
func (s *heldScanner) holder(m meterpoint.MPxN, rdpID string) string {
	if rdpID != "" {
		return rdpID
	}
	if s.of.rdp != "" {
		return s.of.rdp
	}
	rdp, _ := s.registrar.Resolve(m, "")
	return rdp
}

// cover notes who holds any row of the batch.
func (s *heldScanner) cover() error {
	codes := resize(&s.codes, s.rows)
	clear(codes)
	if s.present[fieldRDPID] {
		if err := s.rdps.decode(codes, &s.columns[fieldRDPID]); err != nil {
			return s.refuse(fieldRDPID, err)
		}
	}
	hasUnnamed := false
	for _, code := range codes {
		s.named[code] = true
		hasUnnamed = hasUnnamed || code == rdpAbsent
	}
	if !hasUnnamed || s.of.rdp != "" {
		return nil
	}
	numbers := resize(&s.numbers, s.rows)
	if err := s.decode[0].decode(numbers, &s.columns[fieldMPxN], nil); err != nil {
		return s.refuse(fieldMPxN, err)
	}
	for i, n := range numbers {
		if m := meterpoint.MPxN(n); codes[i] == rdpAbsent && s.digits.Valid(m) {
			s.unnamed[m.Distributor()] = true
		}
	}
	return nil
}

// covers tells whether the RDP holds any row.
func (s *heldScanner) covers(rdp string, codes *rdpCodes) bool {
	for code, name := range codes.names {
		if name == rdp && s.named[code] {
			return true
		}
	}
	for distributor, isSeen := range s.unnamed {
		if holder, _ := s.registrar.Resolve(meterpoint.MPxN(distributor)*1e11, ""); isSeen && holder == rdp {
			return true
		}
	}
	return rdp == s.of.rdp
}

func (s *heldScanner) trimmedText(f field, row int) string {
	if !s.present[f] {
		return ""
	}
	return string(s.columns[f].trimmed(row))
}

func (s *heldScanner) keep(row int) {
	m, _ := meterpoint.ParseMPxN(s.columns[fieldMPxN].trimmed(row))
	h := heldFound{place: place{s.at, s.first + int64(row)}, number: uint64(m),
		flag: meterpoint.ParseServiceStatus([]byte(s.trimmedText(fieldFlag, row)))}
	h.row = HeldRow{Flag: s.columns[fieldFlag].value(row), On: s.text(fieldFlagOn, row), RDP: s.holder(m, s.trimmedText(fieldRDPID, row))}
	s.found = append(s.found, h)
}

// heldOf classifies what is held for a number.
func (e *explaining) heldOf(m meterpoint.MPxN, r *Ruling) *HeldState {
	var rows []heldFound
	isCovered := false
	for _, f := range e.workers {
		for _, h := range f.held.found {
			if h.number == uint64(m) {
				h.row.SourceRow = e.extract.table.sourceRow(h.place)
				rows = append(rows, h)
			}
		}
		isCovered = isCovered || r != nil && r.RDP != "" && f.held.covers(r.RDP, e.run.rdpCodes)
	}
	slices.SortFunc(rows, func(a, b heldFound) int { return comparePlaces(a.place, b.place) })
	state := &HeldState{Rows: []HeldRow{}}
	if r != nil {
		state.Expected, state.Responsible = r.New, r.RDP
	}
	own := classifyHeldRows(rows, r, &e.run.cfg, m)
	if r != nil {
		state.Class = classifyHeld(r, m.Fuel(), isCovered, own, e.run.cfg.Switches)
		state.Difference = !slices.Contains([]string{heldNotCovered, heldMatch, heldWithheld}, state.Class)
	}
	for _, h := range rows {
		state.Rows = append(state.Rows, h.row)
	}
	return state
}

// classifyHeldRows gives each row its class, and the flags that the
// responsible RDP holds.
func classifyHeldRows(rows []heldFound, r *Ruling, cfg *Config, m meterpoint.MPxN) (flags []meterpoint.ServiceStatus) {
	for i := range rows {
		h := &rows[i]
		repeats := func(earlier heldFound) bool {
			return earlier.row.RDP == h.row.RDP && earlier.flag == h.flag && sameText(earlier.row.On, h.row.On)
		}
		switch {
		case h.flag == meterpoint.Unknown || !cfg.Digits.Valid(m):
			h.row.Class = rowUnreadable
		case r == nil:
			h.row.Class = rowUnknown
		case h.flag != meterpoint.Null && h.row.RDP != r.RDP:
			h.row.Class = rowMisrouted
		case slices.ContainsFunc(rows[:i], repeats):
			h.row.Class = rowRepeat
		default:
			h.row.Class = rowUsed
		}
		if h.row.Class == rowUsed && h.flag != meterpoint.Null { // empty is nothing held
			flags = append(flags, h.flag)
		}
	}
	return flags
}

func sameText(a, b *string) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// classifyHeld is the class of a point by what the responsible RDP holds, first
// match wins. Dates are not compared, and nothing counts as in flight.
func classifyHeld(r *Ruling, fuel meterpoint.Fuel, covered bool, held []meterpoint.ServiceStatus, switches Switches) string {
	flag, expected := meterpoint.Null, meterpoint.ParseServiceStatus([]byte(r.New))
	if len(held) > 0 {
		flag = held[0]
	}
	switch {
	case !covered:
		return heldNotCovered
	case r.Fate == fateNames[meterpoint.Held]:
		return heldOnHold
	case slices.ContainsFunc(held, func(other meterpoint.ServiceStatus) bool { return other != flag }):
		return heldDuplicate
	case flag == expected:
		return heldMatch
	case expected.Reported() && (r.Silent || !switches.Reports(fuel, expected)):
		return heldWithheld
	case flag == meterpoint.Null:
		return heldMissing
	case expected == meterpoint.Null:
		return heldUnexpected
	case flag == meterpoint.LegacyS || flag == meterpoint.LegacyW:
		return heldLegacy
	}
	return heldStale
}
