package engine

import (
	"slices"
	"strings"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// describeDevice says what a row is and what it does, orphans aside: those show
// only when both tables are known.
func (f *finder) describeDevice(row int, kind uint8, column field, a *association) DeviceRow {
	s, cfg := &f.devices.scanner, &f.of.run.cfg
	bound := s.table.bound(s.at)
	d := DeviceRow{DeviceID: s.text(fieldDeviceID, row), Type: s.columns[fieldDeviceType].value(row),
		Status: s.columns[fieldDeviceStatus].value(row), Column: bound.name(column), Exceptions: []CodedValue{}}
	deviceType, status := meterpoint.DeviceType(kind/statusesOfType), kind%statusesOfType
	if status != unknownStatus {
		d.ReadAs = meterpoint.DeviceStatus(status).String()
	}
	switch {
	case deviceType == meterpoint.OtherDevice:
		d.Effect = EffectNoMeter
		return d
	case a.otherFuel:
		d.Effect = EffectOtherFuel
		return d
	case a.notUsed:
		d.Effect = EffectNotUsed
		d.Exceptions = append(d.Exceptions, s.coded(a.code, concerned(a.code, column), row, false))
	default:
		d.Class, d.Effect = cfg.Rules.Class(meterpoint.DeviceStatus(status)), EffectCounts
		if cfg.ignores(meterpoint.DeviceStatus(status)) {
			d.Effect = EffectIgnored
		}
	}
	if a.warned {
		d.Exceptions = append(d.Exceptions, s.coded(BadCheckDigit, column, row, true))
	}
	return d
}

func (s *scanner) coded(code Code, f field, row int, warning bool) CodedValue {
	return CodedValue{code.String(), s.table.bound(s.at).name(f), s.columns[f].value(row), warning}
}

func (f *finder) describePoint(row int) PointRow {
	s := &f.points.scanner
	return PointRow{MPxN: s.columns[fieldMPxN].value(row), ServiceStatus: s.text(fieldServiceStatus, row), RDPID: s.text(fieldRDPID, row),
		ChangedOn: s.text(fieldChangedOn, row), EverInstalled: s.text(fieldEverInstalled, row),
		ReportedStatus: s.text(fieldReportedStatus, row), Exceptions: []CodedValue{}}
}

// text is a value as the file spells it; nil where the file lacks the column.
func (s *scanner) text(f field, row int) *string {
	if !s.present[f] {
		return nil
	}
	value := s.columns[f].value(row)
	return &value
}

// collect brings together what the workers found, by number, in (file, row)
// order and with files spelled out.
func (e *explaining) collect() {
	e.points, e.devices, e.held = map[uint64][]pointFound{}, map[uint64][]deviceFound{}, map[uint64][]heldFound{}
	for _, f := range e.workers {
		for _, p := range f.foundPoints {
			p.row.SourceRow = e.run.points.sourceRow(p.place)
			e.points[p.number] = append(e.points[p.number], p)
		}
		for _, d := range f.foundDevices {
			d.row.SourceRow = e.run.devices.sourceRow(d.place)
			e.devices[d.number] = append(e.devices[d.number], d)
		}
		for _, h := range f.foundHeld {
			h.row.SourceRow = e.run.held.sourceRow(h.place)
			e.held[h.number] = append(e.held[h.number], h)
		}
	}
	for _, rows := range e.points {
		slices.SortFunc(rows, func(a, b pointFound) int { return comparePlaces(a.place, b.place) })
	}
	for _, rows := range e.devices {
		slices.SortStableFunc(rows, func(a, b deviceFound) int { return comparePlaces(a.place, b.place) })
	}
	for _, rows := range e.held {
		slices.SortFunc(rows, func(a, b heldFound) int { return comparePlaces(a.place, b.place) })
	}
}

// sourceRow is where a row stands, also in a file of which only reading told
// how many rows it has: all its splits were read then.
func (t *table) sourceRow(at place) SourceRow {
	s := t.plan.Splits[at.split]
	first := s.FirstRow
	if t.plan.Files[s.File].Rows < 0 {
		first = 0
		for earlier := range at.split {
			if t.plan.Splits[earlier].File == s.File {
				first += t.readRows[earlier]
			}
		}
	}
	return SourceRow{t.plan.Files[s.File].Path, first + at.row}
}

// noteRow says what a row of meter_points is by itself: used, or dropped.
func (p *pointFound) noteRow(cfg *Config, bound *binding) {
	row := classifyPoint(cfg, p.class)
	p.row.Used = row.kept
	if row.notUsed || row.warned {
		code := row.code
		if row.warned {
			code = BadCheckDigit
		}
		p.row.Exceptions = append(p.row.Exceptions, CodedValue{code.String(), bound.name(fieldMPxN), p.row.MPxN, row.warned})
	}
}

// notePoint spreads the exceptions of a point over its rows, as a run lists
// them: a conflict for each row, a duplicate for each but the first, everything
// else for the first.
func (e *explaining) notePoint(flags uint32, points []pointFound) {
	for _, f := range pointFlags {
		if flags&f.flag == 0 {
			continue
		}
		named := points[:1]
		switch f.flag {
		case flagConflict:
			named = points
		case flagDuplicate:
			named = points[1:]
		}
		for i := range named {
			p := &named[i]
			at := concerned(f.code, fieldMPxN)
			if f.code == BadValue {
				at = p.bad
			}
			bound := e.run.points.bound(p.place.split)
			value := meterpoint.MPxN(kernel.Key(p.word)).String()
			if at != fieldMPxN && bound.has(at) {
				value = p.row.value(at)
			} else {
				at = fieldMPxN
			}
			p.row.Exceptions = append(p.row.Exceptions, CodedValue{f.code.String(), bound.name(at), value, f.warning})
			p.row.Used = p.row.Used && f.flag != flagConflict && f.flag != flagDuplicate
		}
	}
}

// value of one of the optional columns; "" where the file lacks it.
func (p *PointRow) value(f field) string {
	text := map[field]*string{fieldServiceStatus: p.ServiceStatus, fieldRDPID: p.RDPID, fieldChangedOn: p.ChangedOn,
		fieldEverInstalled: p.EverInstalled, fieldReportedStatus: p.ReportedStatus}[f]
	if text == nil {
		return ""
	}
	return *text
}

// bindDeviceIDs binds the column device_id where a file has it as text. No run
// reads it, so nothing is wrong where it is missing.
func (t *table) bindDeviceIDs(mapping map[string]string) {
	for i, file := range t.plan.Files {
		b := &t.bindings[i]
		at := slices.IndexFunc(file.Columns, func(c Column) bool {
			return c.Type != nil && strings.EqualFold(c.Name, columnName(mapping, fieldDeviceID))
		})
		if at < 0 {
			continue
		}
		if isText, _ := fieldDeviceID.accepts(file.Columns[at].Type.ID()); isText {
			b.columns, b.fields, b.names = append(b.columns, at), append(b.fields, fieldDeviceID), append(b.names, file.Columns[at].Name)
		}
	}
}
