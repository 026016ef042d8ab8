package synth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"flagfill/engine/meterpoint"
)

// ExtractsFolder, in the folder of a snapshot, holds what RDPs hold: a file
// each. TruthTable, beside it, says what is wrong with them.
const (
	ExtractsFolder = "extracts"
	TruthTable     = "truth"
)

// holder is an RDP and the ranks of the meter points it answers for.
type holder struct {
	rdp   string // empty for the meter points that no RDP answers for
	fuel  meterpoint.Fuel
	span  span // the last, where there are several
	from  int64
	count int64
	order permutation
}

// holders gives every RDP that has meter points, in MPxN order, and last those
// that none has.
func (e *estate) holders() []holder {
	var all []holder
	add := func(rdp string, fuel meterpoint.Fuel, s span, from, to int64) {
		if to > from {
			order := newPermutation(to-from, mix(e.numbering.key+uint64(len(all))))
			all = append(all, holder{rdp, fuel, s, from, to - from, order})
		}
	}
	n := &e.numbering
	gas := n.spans[meterpoint.Gas][len(n.spans[meterpoint.Gas])-1]
	for i, s := range n.spans[meterpoint.Electricity] {
		to := n.spanOf[meterpoint.Electricity].starts[i+1]
		add(registrar.Distributors[distributorSizes[i].distributor], meterpoint.Electricity, s, s.from, to)
	}
	xoserve, _ := registrar.Resolve(n.within(meterpoint.Gas, gas, 0), "")
	add(xoserve, meterpoint.Gas, gas, 0, e.slots(meterpoint.Gas))
	add("", meterpoint.Electricity, span{}, n.mpans, e.slots(meterpoint.Electricity))
	return all
}

// writeExtracts writes a file for each RDP and the truth, and counts the
// latter's classes.
func (e *estate) writeExtracts(ctx context.Context, workers int) (counts ExtractCounts, err error) {
	folder := filepath.Join(e.cfg.Dir, ExtractsFolder)
	if err := os.Mkdir(folder, 0o750); err != nil {
		return counts, fmt.Errorf("cannot make the folder of the extracts: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	counts = newExtractCounts()
	err = writeFile(e.cfg.Path(TruthTable), func(out io.Writer) error {
		truth, err := newEncoder(out, e.cfg, truthTable)
		if err != nil {
			return err
		}
		makers := make([]*extractMaker, workers)
		for i := range makers {
			makers[i] = &extractMaker{estate: e, truths: batch{out: truth.group()}, counts: newExtractCounts()}
		}
		all := e.holders()
		for i := range all {
			if err := e.writeExtract(ctx, all, i, makers); err != nil {
				return err
			}
		}
		for _, m := range makers {
			counts.add(m.counts)
		}
		return truth.close()
	})
	return counts, err
}

func (e *estate) writeExtract(ctx context.Context, all []holder, i int, makers []*extractMaker) error {
	h := &all[i]
	groups := (h.count + e.groupRows - 1) / e.groupRows
	if h.rdp == "" {
		for _, m := range makers {
			m.holder, m.other, m.rows = h, nil, batch{}
		}
		return inTurn(ctx, groups, makers)
	}
	path := filepath.Join(e.cfg.Dir, ExtractsFolder, e.cfg.Format.file(h.rdp))
	return writeFile(path, func(out io.Writer) error {
		enc, err := newEncoder(out, e.cfg, extractTable)
		if err != nil {
			return err
		}
		for _, m := range makers {
			m.holder, m.other, m.rows = h, nextHolder(all, i), batch{out: enc.group()}
		}
		return errors.Join(inTurn(ctx, groups, makers), enc.close())
	})
}

// nextHolder is the RDP whose rows go astray to the given one; nil where there
// is no other.
func nextHolder(all []holder, i int) *holder {
	other := &all[(i+1)%len(all)]
	if other.rdp == "" {
		other = &all[0]
	}
	if other == &all[i] {
		return nil
	}
	return other
}

// extractMaker makes the rows of an extract, group by group, and those of the
// truth that go with them.
type extractMaker struct {
	estate        *estate
	holder, other *holder
	rows, truths  batch // rows goes nowhere where no RDP answers
	counts        ExtractCounts
}

func (m *extractMaker) make(ctx context.Context, group int64) error {
	e := m.estate
	from := group * e.groupRows
	for at := from; at < min(from+e.groupRows, m.holder.count); at++ {
		within := at
		if e.cfg.Shuffled {
			within = m.holder.order.at(at)
		}
		m.point(within)
		if err := errors.Join(m.rows.err, m.truths.err); err != nil {
			return err
		}
		if at%batchRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if m.rows.out == nil {
		return m.truths.finish()
	}
	return errors.Join(m.rows.finish(), m.truths.finish())
}

func (m *extractMaker) commit() error {
	if m.rows.out == nil {
		return m.truths.out.commit()
	}
	return errors.Join(m.rows.out.commit(), m.truths.out.commit())
}

// point adds the rows of the holder's meter point of a rank.
func (m *extractMaker) point(within int64) {
	a, exists := m.estate.assess(m.holder.fuel, m.holder.from+within)
	if !exists {
		return
	}
	d := a.plant(m.estate.numbering.key)
	class, withDevices := a.classes(d)
	m.counts.classes(class, withDevices)
	if class != match || withDevices != match {
		m.addTruth(cell(a.mpxn), class, withDevices, "")
	}
	if m.rows.out == nil || !a.covered {
		return
	}
	flag, day := string(a.recorded), a.changedOn
	if a.ownRow {
		flag, day = "A", changeDate(a.chance)
	}
	switch d {
	case flagDiffers:
		if a.recorded == "" {
			flag, day = "A", changeDate(a.chance)
		} else if flag, day = "", 0; a.chance&1 == 0 {
			return // half of what is missing has no row, the others an empty one
		}
	case flagLegacy:
		flag = [2]string{"S", "W"}[a.chance&1]
	case flagStale, flagInFlight:
		flag = otherFlag(a.recorded)
		day -= 100
	case dateDiffers:
		day -= 30 + int32(a.chance%400)
	case flagsConflict:
		m.add(cell(a.mpxn), "A", reconcileOn-300)
		flag, day = "N", reconcileOn-200
	}
	m.add(cell(a.mpxn), flag, day)
	m.astray(d, &a, flag, day, within)
}

// astray adds a row that should not be there.
func (m *extractMaker) astray(d difference, a *assessed, flag string, day int32, within int64) {
	h, e := m.holder, m.estate
	switch d {
	case rowRepeated:
		m.add(cell(a.mpxn), flag, day)
		m.addRowTruth(cell(a.mpxn), repeated)
	case rowUnreadable:
		if mpxn := cell(a.mpxn); a.chance&1 == 0 {
			m.add(mpxn, "Q", reconcileOn-10)
			m.addRowTruth(mpxn, unreadable)
			return
		}
		bad := quirky(a.mpxn, badMPxN, badMPxNs[1:], within)
		m.add(bad, "A", reconcileOn-10)
		m.addRowTruth(bad, unreadable)
	case rowUnknown:
		unknown := cell(e.numbering.within(h.fuel, h.span, h.from+h.count-h.span.from+within))
		m.add(unknown, "A", reconcileOn-10)
		m.addRowTruth(unknown, unknownPoint)
	case rowMisrouted:
		if m.other == nil {
			return
		}
		lost, exists := e.assess(m.other.fuel, m.other.from+within%m.other.count)
		if exists && lost.covered {
			m.add(cell(lost.mpxn), "A", reconcileOn-10)
			m.addRowTruth(cell(lost.mpxn), misrouted)
		}
	}
}

func otherFlag(r recorded) string {
	if r == "A" {
		return "N"
	}
	return "A"
}

// add adds a row to the extract; an empty flag has no date.
func (m *extractMaker) add(mpxn cell, flag string, day int32) {
	if flag == "" {
		day = 0
	}
	m.rows.add(row{mpxn, cell(wordOf(flag)), cell(day), cell(wordOf(m.holder.rdp))})
	m.counts.Rows++
}

func (m *extractMaker) addRowTruth(mpxn cell, rowClass string) {
	m.counts.RowClasses[rowClass]++
	m.addTruth(mpxn, "", "", rowClass)
}

func (m *extractMaker) addTruth(mpxn cell, class, withDevices, rowClass string) {
	m.truths.add(row{mpxn, cell(wordOf(m.holder.rdp)), cell(wordOf(class)), cell(wordOf(withDevices)), cell(wordOf(rowClass))})
}
