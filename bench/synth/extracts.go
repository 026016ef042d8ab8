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
	gas := n.mprns[len(n.mprns)-1]
	for i, s := range n.distributors {
		to := n.mpans
		if i+1 < len(n.distributors) {
			to = n.distributors[i+1].from
		}
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
			makers[i] = &extractMaker{estate: e, rows: batch{table: extractTable},
				truths: batch{table: truthTable}, truth: truth.group(), counts: newExtractCounts()}
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
			m.holder, m.other, m.out = h, nil, nil
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
			m.holder, m.other, m.out = h, nextHolder(all, i), enc.group()
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
	rows, truths  batch
	out, truth    groupEncoder // out is nil where no RDP answers
	counts        ExtractCounts
	err           error // of an encoder; the group is then not finished
}

func (m *extractMaker) make(ctx context.Context, group int64) error {
	e := m.estate
	from := group * e.groupRows
	for at := from; at < min(from+e.groupRows, m.holder.count) && m.err == nil; at++ {
		within := at
		if e.cfg.Shuffled {
			within = m.holder.order.at(at)
		}
		m.point(within)
		if at%batchRows == 0 && m.err == nil {
			m.err = ctx.Err()
		}
	}
	if m.out != nil {
		m.err = errors.Join(m.err, m.out.write(&m.rows), m.out.finish())
	}
	return errors.Join(m.err, m.truth.write(&m.truths), m.truth.finish())
}

func (m *extractMaker) commit() error {
	if m.out == nil {
		return m.truth.commit()
	}
	return errors.Join(m.out.commit(), m.truth.commit())
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
		m.addTruth(textOfMPxN(a.mpxn), class, withDevices, "")
	}
	if m.out == nil || !a.covered {
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
		m.add(textOfMPxN(a.mpxn), "A", reconcileOn-300)
		flag, day = "N", reconcileOn-200
	}
	m.add(textOfMPxN(a.mpxn), flag, day)
	m.astray(d, &a, flag, day, within)
}

// astray adds a row that should not be there.
func (m *extractMaker) astray(d difference, a *assessed, flag string, day int32, within int64) {
	h, e := m.holder, m.estate
	switch d {
	case rowRepeated:
		m.add(textOfMPxN(a.mpxn), flag, day)
		m.addRowTruth(textOfMPxN(a.mpxn), repeated)
	case rowUnreadable:
		if mpxn := textOfMPxN(a.mpxn); a.chance&1 == 0 {
			m.add(mpxn, "Q", reconcileOn-10)
			m.addRowTruth(mpxn, unreadable)
			return
		}
		var bad text
		bad.setQuirky(a.mpxn, badMPxN, badMPxNs[1:], within)
		m.add(bad, "A", reconcileOn-10)
		m.addRowTruth(bad, unreadable)
	case rowUnknown:
		unknown := textOfMPxN(e.numbering.within(h.fuel, h.span, h.from+h.count-h.span.from+within))
		m.add(unknown, "A", reconcileOn-10)
		m.addRowTruth(unknown, unknownPoint)
	case rowMisrouted:
		if m.other == nil {
			return
		}
		lost, exists := e.assess(m.other.fuel, m.other.from+within%m.other.count)
		if exists && lost.covered {
			m.add(textOfMPxN(lost.mpxn), "A", reconcileOn-10)
			m.addRowTruth(textOfMPxN(lost.mpxn), misrouted)
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
func (m *extractMaker) add(mpxn text, flag string, day int32) {
	b := &m.rows
	b.texts[extractMPxNColumn][b.rows] = mpxn
	b.texts[flagColumn][b.rows].set(flag)
	b.texts[holderColumn][b.rows].set(m.holder.rdp)
	if b.days[b.rows] = day; flag == "" {
		b.days[b.rows] = 0
	}
	m.counts.Rows++
	if b.rows++; b.rows == batchRows && m.err == nil {
		m.err = m.out.write(b)
	}
}

func (m *extractMaker) addRowTruth(mpxn text, rowClass string) {
	m.counts.RowClasses[rowClass]++
	m.addTruth(mpxn, "", "", rowClass)
}

func (m *extractMaker) addTruth(mpxn text, class, withDevices, rowClass string) {
	b := &m.truths
	b.texts[truthMPxNColumn][b.rows] = mpxn
	b.texts[truthRDPColumn][b.rows].set(m.holder.rdp)
	b.texts[classColumn][b.rows].set(class)
	b.texts[classWithDevicesColumn][b.rows].set(withDevices)
	b.texts[rowClassColumn][b.rows].set(rowClass)
	if b.rows++; b.rows == batchRows && m.err == nil {
		m.err = m.truth.write(b)
	}
}
