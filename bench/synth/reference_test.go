package synth

import (
	"cmp"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine/meterpoint"
)

// reference counts a snapshot row by row with maps, as a run would under the
// default rules. It knows nothing of stories.
type reference struct {
	Report
	recorded [2]int64 // points recorded A or I, by fuel
	lost     [2]int64 // of these, those without a device row
	sets     map[meterpoint.MPxN]meterpoint.StatusSet
	planted  map[Planted]int64
	points   map[meterpoint.MPxN]referencePoint
}

// referencePoint is a meter point as a reconciliation needs it.
type referencePoint struct {
	meterpoint.Point
	rdp       string // empty where none answers
	changedOn int32
}

func countRows(t *testing.T, devicesPath, pointsPath string) *reference {
	t.Helper()
	devices, err := parquet.ReadFile[deviceColumns](devicesPath)
	if err != nil {
		t.Fatal(err)
	}
	points, err := parquet.ReadFile[pointColumns](pointsPath)
	if err != nil {
		t.Fatal(err)
	}
	r := &reference{sets: map[meterpoint.MPxN]meterpoint.StatusSet{}, planted: map[Planted]int64{}, points: map[meterpoint.MPxN]referencePoint{}}
	r.Devices, r.MeterPoints = int64(len(devices)), int64(len(points))
	byMPxN := map[meterpoint.MPxN][]pointColumns{}
	for _, p := range points {
		if m, ok := r.usable(inMeterPoints, textOf(p.MPxN)); ok {
			byMPxN[m] = append(byMPxN[m], p)
		}
	}
	for _, d := range devices {
		r.countDevice(d, byMPxN)
	}
	for m, rows := range byMPxN {
		r.countPoint(m, rows)
	}
	for p, n := range r.planted {
		p.Count = n
		r.Planted = append(r.Planted, p)
	}
	slices.SortFunc(r.Planted, func(a, b Planted) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Code, b.Code), boolCompare(a.Warning, b.Warning))
	})
	slices.SortFunc(r.Transitions, func(a, b Transition) int {
		return cmp.Or(cmp.Compare(a.Fuel, b.Fuel), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return r
}

func (r *reference) add(table, code string, warning bool, n int64) {
	r.planted[Planted{Table: table, Code: code, Warning: warning}] += n
}

func (r *reference) usable(table, text string) (meterpoint.MPxN, bool) {
	m, ok := meterpoint.ParseMPxN([]byte(text))
	if !ok || !meterpoint.DefaultDigits.Valid(m) {
		r.add(table, "BAD_MPXN", false, 1)
		return 0, false
	}
	if !m.CheckOK() {
		warning := m.Fuel() == meterpoint.Gas
		r.add(table, "BAD_CHECK_DIGIT", warning, 1)
		return m, warning
	}
	return m, true
}

func (r *reference) countDevice(d deviceColumns, points map[meterpoint.MPxN][]pointColumns) {
	kind := meterpoint.ParseDeviceType([]byte(d.DeviceType))
	if kind == meterpoint.OtherDevice {
		return
	}
	if kind != meterpoint.UnknownDeviceType {
		r.Meters++
	}
	status, known := meterpoint.ParseDeviceStatus([]byte(d.DeviceStatus))
	for _, text := range []*string{d.ImportMPxN, d.SecondaryImportMPAN, d.ExportMPAN} {
		if text == nil {
			continue
		}
		r.Associations++
		m, ok := r.usable(inDevices, *text)
		if !ok {
			continue
		}
		switch {
		case kind == meterpoint.UnknownDeviceType:
			r.add(inDevices, "UNKNOWN_DEVICE_TYPE", false, 1)
			r.sets[m] |= meterpoint.Unusable
		case !known:
			r.add(inDevices, "UNKNOWN_DEVICE_STATUS", false, 1)
			r.sets[m] |= meterpoint.Unusable
		case status == meterpoint.Whitelisted || status == meterpoint.Pending:
			r.sets[m] |= meterpoint.Of(status)
		case (kind == meterpoint.ESME) != (m.Fuel() == meterpoint.Electricity):
			r.add(inDevices, "FUEL_MISMATCH", false, 1)
			r.sets[m] |= meterpoint.Unusable
		case points[m] == nil:
			r.add(inDevices, "ORPHAN_MPXN", false, 1)
		default:
			r.sets[m] |= meterpoint.Of(status)
		}
	}
}

func (r *reference) countPoint(m meterpoint.MPxN, rows []pointColumns) {
	row := rows[0]
	n := int64(len(rows))
	same := !slices.ContainsFunc(rows, func(other pointColumns) bool { return !equalRows(row, other) })
	recorded := meterpoint.ParseServiceStatus([]byte(textOf(row.ServiceStatus)))
	reported := meterpoint.ParseServiceStatus([]byte(textOf(row.ReportedStatus)))
	ever := textOf(row.EverInstalled)
	ownRow := !same
	switch {
	case !same:
		r.add(inMeterPoints, "CONFLICTING_METER_POINT", false, n)
	default:
		if n > 1 {
			r.add(inMeterPoints, "DUPLICATE_METER_POINT", false, n-1)
		}
		if !recorded.InForce() {
			r.add(inMeterPoints, "UNKNOWN_SERVICE_STATUS", false, 1)
		}
		if !reported.InForce() {
			r.add(inMeterPoints, "UNKNOWN_REPORTED_STATUS", true, 1)
		}
		if ever != "" && ever != "true" && ever != "false" {
			r.add(inMeterPoints, "BAD_VALUE", false, 1)
			ownRow = true
		}
		_, problem := registrar.Resolve(m, textOf(row.RDPID))
		if problem != meterpoint.RDPKnown {
			r.add(inMeterPoints, [...]string{"", "NO_RDP", "BAD_RDP", "RDP_MISMATCH"}[problem], false, 1)
		}
	}
	p := meterpoint.Point{Set: r.sets[m], Recorded: recorded, Reported: reported, Ever: ever == "true", OwnRow: ownRow}
	rp := referencePoint{Point: p}
	if rdp, problem := registrar.Resolve(m, textOf(row.RDPID)); problem == meterpoint.RDPKnown {
		rp.rdp = rdp
	}
	if row.ChangedOn != nil {
		rp.changedOn = *row.ChangedOn
	}
	r.points[m] = rp
	r.decide(m, p)
}

func (r *reference) decide(m meterpoint.MPxN, p meterpoint.Point) {
	if p.Recorded == meterpoint.Active || p.Recorded == meterpoint.Installed {
		r.recorded[m.Fuel()]++
		if p.DependsOnNoMeterLeft() {
			r.lost[m.Fuel()]++
		}
	}
	decision := meterpoint.Decide(p, meterpoint.DefaultRules())
	switch {
	case decision.Hold:
		r.Held++
	case decision.Status != p.Recorded:
		for i, t := range r.Transitions {
			if t.Fuel == m.Fuel() && t.From == p.Recorded && t.To == decision.Status {
				r.Transitions[i].Count++
				return
			}
		}
		r.Transitions = append(r.Transitions, Transition{m.Fuel(), p.Recorded, decision.Status, 1})
	}
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func equalRows(a, b pointColumns) bool {
	day := func(p pointColumns) int32 {
		if p.ChangedOn == nil {
			return 0
		}
		return *p.ChangedOn
	}
	return textOf(a.ServiceStatus) == textOf(b.ServiceStatus) && textOf(a.RDPID) == textOf(b.RDPID) && day(a) == day(b) &&
		textOf(a.EverInstalled) == textOf(b.EverInstalled) && textOf(a.ReportedStatus) == textOf(b.ReportedStatus)
}
