package synth

import "flagfill/engine/meterpoint"

// fill adds the row at a place to the batch.
func (e *estate) fill(b *batch, p place) {
	if b.table == devicesTable {
		e.fillDevice(b, p)
	} else {
		e.fillPoint(b, p)
	}
	b.rows++
}

func (e *estate) fillDevice(b *batch, p place) {
	d := &e.stories[p.story].devices[p.row]
	i := b.rows
	b.texts[deviceIDColumn][i].setDeviceID(e.numbering.key, uint64(e.rowNumber(devicesTable, p)))
	b.texts[deviceTypeColumn][i].set(d.kind)
	b.texts[deviceStatusColumn][i].set(d.status)
	imports, secondary, export := &b.texts[importColumn][i], &b.texts[secondaryColumn][i], &b.texts[exportColumn][i]
	imports.size, secondary.size, export.size = 0, 0, 0
	if d.imports != none {
		m, rank := e.mpxn(p, d.imports)
		imports.setQuirky(m, d.quirk, badMPxNs[1:], rank)
	}
	if d.secondary != none {
		m, _ := e.mpxn(p, d.secondary)
		secondary.setMPxN(m)
	}
	if d.export != none {
		m, _ := e.mpxn(p, d.export)
		export.setMPxN(m)
	}
}

// fillPoint makes all but the recorded status the same in every row of an MPxN.
func (e *estate) fillPoint(b *batch, p place) {
	rows := e.stories[p.story].points
	pt := &rows[p.row]
	i := b.rows
	m, rank := e.mpxn(p, pt.of)
	chance := mix(e.numbering.key ^ uint64(m))
	b.texts[mpxnColumn][i].setQuirky(m, pt.quirk, badMPxNs[:], rank)
	b.texts[serviceStatusColumn][i].set(string(pt.recorded))
	b.texts[rdpColumn][i].set(rdp(m, pt.quirk, chance))

	reported, ever, changedOn := "", "", int32(0)
	switch {
	case rows[0].recorded != "":
		reported, ever = "A", "true" // only A has ever been told
		changedOn = changeDate(chance)
	case chance>>8%4 > 0:
		ever = "false"
	}
	switch pt.quirk {
	case everInstalled:
		ever = "true"
	case badEver:
		ever = "perhaps"
	case badReported:
		reported = "W"
	}
	b.texts[everColumn][i].set(ever)
	b.texts[reportedColumn][i].set(reported)
	b.days[i] = changedOn
}

// Recorded statuses changed between the first smart meters, 2013-11-01, and
// 2026-09-29.
const (
	firstChange = 16010
	changeDays  = 20726 - firstChange
)

// changeDate is when a recorded status changed, in days since 1970-01-01.
func changeDate(chance uint64) int32 { return firstChange + int32(chance>>20%changeDays) }

// badMPxNs are no MPxNs: none at all (which in devices would be no
// association), too short, too long, between the two, no number.
var badMPxNs = [...]string{"", "12345", "123456789012345", "12345678901", "10O0067189971", "n/a"}

func (t *text) setQuirky(m meterpoint.MPxN, q quirk, bad []string, rank int64) {
	switch q {
	case badMPxN:
		t.set(bad[mix(uint64(rank))%uint64(len(bad))])
	case badCheckDigit:
		t.setMPxN(spoilt(m))
	default:
		t.setMPxN(m)
	}
}

var registrar = meterpoint.NewRegistrar()

// rdp is the rdp_id of a meter point; one in twenty has none and is left to its
// distributor.
func rdp(m meterpoint.MPxN, q quirk, chance uint64) string {
	own, _ := registrar.Resolve(m, "")
	big := [...]int{distributorSizes[0].distributor, distributorSizes[1].distributor}
	switch {
	case q == badRDP && m.Fuel() == meterpoint.Gas:
		return "TRANSCO"
	case q == badRDP:
		return own[:3]
	case q == otherRDP && m.Distributor() == big[0]:
		return registrar.Distributors[big[1]]
	case q == otherRDP:
		return registrar.Distributors[big[0]]
	case chance%20 == 0:
		return ""
	}
	return own
}
