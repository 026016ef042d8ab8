package synth

import "flagfill/engine/meterpoint"

// appendRows makes the rows at some places of a table.
func (e *estate) appendRows(to []row, t table, places []place) []row {
	for _, p := range places {
		tr := &e.templates[p.story].rows[t][p.row]
		to = append(to, tr.cells)
		r := &to[len(to)-1]
		if t == devicesTable {
			e.fillDevice(r, tr, p)
		} else {
			e.fillPoint(r, tr, p)
		}
	}
	return to
}

func (e *estate) fillDevice(r *row, tr *templateRow, p place) {
	r[deviceIDColumn] = deviceID(e.numbering.key, uint64(p.number))
	if tr.refs[0] != none {
		m, rank := e.mpxn(p, tr.refs[0])
		r[importColumn] = quirky(m, tr.quirk, badMPxNs[1:], rank)
	}
	if tr.refs[1] != none {
		m, _ := e.mpxn(p, tr.refs[1])
		r[secondaryColumn] = cell(m)
	}
	if tr.refs[2] != none {
		m, _ := e.mpxn(p, tr.refs[2])
		r[exportColumn] = cell(m)
	}
}

func (e *estate) fillPoint(r *row, tr *templateRow, p place) {
	m, rank := e.mpxn(p, tr.home)
	chance := mix(e.numbering.key ^ uint64(m))
	r[mpxnColumn] = quirky(m, tr.quirk, badMPxNs[:], rank)
	r[rdpColumn] = cell(rdp(m, tr.quirk, chance))
	switch {
	case r[reportedColumn] != 0: // so there is a recorded status, and it was told
		r[changedOnColumn] = cell(changeDate(chance))
	case r[everColumn] == 0 && chance>>8%4 > 0:
		r[everColumn] = neverInstalled
	}
}

var neverInstalled = cell(wordOf("false"))

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

// quirky is the cell of an MPxN in a row with a quirk.
func quirky(m meterpoint.MPxN, q quirk, bad []string, rank int64) cell {
	switch q {
	case badMPxN:
		return cell(wordOf(bad[mix(uint64(rank))%uint64(len(bad))]))
	case badCheckDigit:
		return cell(spoilt(m))
	}
	return cell(m)
}

var registrar = meterpoint.NewRegistrar()

// rdpWords are the RDPs by distributor; gas has none and stands at 0.
var rdpWords = func() (rdps [len(registrar.Distributors)]word) {
	for i, rdp := range registrar.Distributors {
		rdps[i] = wordOf(rdp)
	}
	rdps[0] = wordOf(registrar.Gas[0])
	return rdps
}()

// What stands in rdp_id and is no RDP.
const badGasRDP = "TRANSCO"

func badDistributorRDP(own string) string { return own[:max(len(own)-1, 0)] }

// rdp is the rdp_id of a meter point; one in twenty has none and is left to its
// distributor.
func rdp(m meterpoint.MPxN, q quirk, chance uint64) word {
	own := rdpWords[m.Distributor()]
	big := [...]int{distributorSizes[0].distributor, distributorSizes[1].distributor}
	switch {
	case q == badRDP && m.Fuel() == meterpoint.Gas:
		return wordOf(badGasRDP)
	case q == badRDP:
		return wordOf(badDistributorRDP(words[own]))
	case q == otherRDP && m.Distributor() == big[0]:
		return rdpWords[big[1]]
	case q == otherRDP:
		return rdpWords[big[0]]
	case chance%20 == 0:
		return 0
	}
	return own
}
