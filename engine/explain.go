package engine

import (
	"context"
	"fmt"
	"slices"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// Explanations answer what was asked, in the order in which it was asked.
type Explanations struct {
	All    []Explanation
	Search []KeySearch // by table
	Inputs []Input
}

// Explain says of each MPxN asked for which rows hold it and what a run under
// cfg makes of it: with the code of a run, on just these rows. Extract may be
// nil; else what a reconciliation under these terms makes of it too, with the code
// of one. Text that is no MPxN is part of the answer. Limits are not looked at:
// they concern the whole of a run. Input that cannot be read is a *Refusal of
// kind RefusedInput.
func Explain(ctx context.Context, cfg Config, in Inputs, extract Source, terms Terms, asked []string) (*Explanations, error) {
	e := &explaining{}
	var err error
	if e.run, err = plan(ctx, cfg, in, &Progress{}); err != nil {
		return nil, err
	}
	e.run.devices.bindDeviceIDs(cfg.Columns[Devices])
	if extract != nil {
		if e.run.held, err = planTable(ctx, Extract, extract, cfg.Columns[Extract]); err != nil {
			return nil, err
		}
		if e.run.comparison, err = newComparison(e.run, terms, nil); err != nil {
			return nil, err
		}
	}
	for _, text := range asked {
		if m, ok := meterpoint.ParseMPxN([]byte(text)); ok {
			e.numbers = append(e.numbers, uint64(m))
		}
	}
	e.sought = kernel.NewSought(e.numbers)
	if err := e.search(ctx); err != nil {
		return nil, err
	}
	if err := e.run.deliveries.resolve(e.run.rdpCodes); err != nil {
		return nil, err
	}
	if e.isCompared() {
		e.cover()
	}
	e.collect()
	out := &Explanations{Search: e.searched(), Inputs: e.inputs()}
	for _, text := range asked {
		out.All = append(out.All, e.explain(text))
	}
	return out, nil
}

func (e *explaining) tables() []*table {
	if e.isCompared() {
		return e.run.tables()
	}
	return []*table{e.run.devices, e.run.points}
}

func (e *explaining) inputs() (inputs []Input) {
	for _, t := range e.tables() {
		inputs = append(inputs, Input{t.name, t.plan.Files})
	}
	return inputs
}

func (e *explaining) searched() (all []KeySearch) {
	for _, t := range e.tables() {
		s := KeySearch{Table: t.name.String(), Files: len(t.plan.Files), Splits: len(t.plan.Splits)}
		for _, f := range e.workers {
			s.SplitsRead += f.read[t.name].SplitsRead
			s.RowsRead += f.read[t.name].RowsRead
		}
		all = append(all, s)
	}
	return all
}

// explain answers one question from the rows that were found.
func (e *explaining) explain(text string) Explanation {
	x := Explanation{Asked: text, Standing: StandingNoMPxN, MeterPoints: []PointRow{}, Devices: []DeviceRow{}}
	m, ok := meterpoint.ParseMPxN([]byte(text))
	if !ok {
		return x
	}
	x.MPxN = m.String()
	cfg := &e.run.cfg
	if cfg.Digits.Valid(m) {
		x.Fuel, x.CheckDigits = m.Fuel().String(), checkDigitsOf(m, cfg)
	}
	points, devices := slices.Clone(e.points[uint64(m)]), slices.Clone(e.devices[uint64(m)]) // asked twice, answered twice
	var kept []pointFound
	for i := range points {
		p := &points[i]
		p.noteRow(cfg, e.run.points.bound(p.place.split))
		if p.kept {
			kept = append(kept, *p)
		}
	}
	if len(kept) > 0 { // then all are: they share their number
		points = kept
		x.Standing = StandingAssessed
		x.Decision = e.decide(m, points, devices)
	} else {
		x.Standing = e.standing(m, devices)
	}
	for _, p := range points {
		x.MeterPoints = append(x.MeterPoints, p.row)
	}
	for _, d := range devices {
		x.Devices = append(x.Devices, d.row)
	}
	if e.isCompared() {
		x.Held = e.heldOf(m, kept, devices)
	}
	return x
}

// standing of a number without a meter point.
func (e *explaining) standing(m meterpoint.MPxN, devices []deviceFound) string {
	var class [1]uint8
	e.run.checks.Classify(class[:], []uint64{uint64(m)})
	switch row := classifyPoint(&e.run.cfg, class[0]); {
	case row.otherFuel:
		return StandingOtherFuel
	case row.notUsed && row.code == BadCheckDigit:
		return StandingCheckDigit
	case row.notUsed:
		return StandingNoMPxN
	}
	standing := StandingUnknown
	for i := range devices {
		d := &devices[i]
		if d.word&bearing == 0 {
			continue
		}
		standing, d.row.Effect = StandingOrphan, EffectOrphaned
		d.row.Exceptions = append(d.row.Exceptions, CodedValue{OrphanMPxN.String(), d.row.Column, m.String(), false})
	}
	return standing
}

func checkDigitsOf(m meterpoint.MPxN, cfg *Config) *CheckDigits {
	c := &CheckDigits{OK: m.CheckOK()}
	if m.Fuel() == meterpoint.Electricity {
		c.Found, c.Expected, c.Mode = (m % 10).String(), m.CheckDigit().String(), cfg.MPANCheck.String()
		return c
	}
	c.Found, c.Expected, c.Mode = fmt.Sprintf("%02d", m%100), fmt.Sprintf("%02d", m.CheckDigits()), cfg.MPRNCheck.String()
	return c
}

// wordsOf are the rows of one number as a range of a run has them.
func wordsOf(points []pointFound, devices []deviceFound) (pointWords []uint64, days []int32, deviceWords []uint64) {
	for _, p := range points {
		pointWords, days = append(pointWords, p.word), append(days, p.day)
	}
	for _, d := range devices {
		if d.word != 0 {
			deviceWords = append(deviceWords, d.word)
		}
	}
	return pointWords, days, deviceWords
}

// decide has a run's own decider decide the point.
func (e *explaining) decide(m meterpoint.MPxN, points []pointFound, devices []deviceFound) *Ruling {
	changes, cells := &Changes{}, newHistogram()
	changes.reset(e.run.deliveries.rdps)
	found := &ledger{keep: kept{flags: ^uint32(0), points: 1}}
	if e.verdicts == nil {
		e.verdicts = &verdicts{question: e.run.cfg.Question}
	}
	decider{run: e.run, cells: cells, verdicts: e.verdicts, ledger: found, changes: changes}.meet(wordsOf(points, devices))
	flags := uint32(0)
	if len(found.points) > 0 {
		flags = kernel.Payload(found.points[0])
	}
	e.notePoint(flags, points)
	cell := cells.facts(e.run.deliveries.rdps)[0]
	ruling := e.run.cfg.ruling(cell)
	ruling.findRDP(&e.run.cfg, m, points[0], flags)
	ruling.Disposition, ruling.EffectiveOn = DispositionUnchanged, nil
	if changes.Len() > 0 {
		ruling.Disposition = changes.Disposition[0].String()
		ruling.date(changes.EffectiveOn[0], flags)
	}
	ruling.Reason = ruling.reason()
	return ruling
}
