package engine

import (
	"math/rand/v2"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine/meterpoint"
)

var (
	deviceColumns = []string{"device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan"}
	pointColumns  = []string{"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed", "reported_status"}
)

// randomSnapshot makes a few rows in which every kind of trouble is frequent.
// With numeric, identifiers hold numbers only.
func randomSnapshot(random *rand.Rand, numeric bool) (devices, points *memoryTable) {
	return randomRows(random, 1+random.IntN(60), random.IntN(150), random.IntN(100), numeric)
}

// randomRows makes at least as many rows as told that share as many meter
// point numbers, so that few numbers make many duplicates and conflicts. Most
// numbers of a large snapshot have one meter_points row.
func randomRows(random *rand.Rand, numbers, deviceRows, pointRows int, numeric bool) (devices, points *memoryTable) {
	r := randomTexts{Rand: random, numeric: numeric}
	for range numbers {
		r.numbers = append(r.numbers, r.mpxn())
	}
	devices = &memoryTable{columns: deviceColumns}
	for range deviceRows {
		devices.rows = append(devices.rows, r.device())
	}
	points = &memoryTable{columns: pointColumns}
	for i := range pointRows {
		row := r.point()
		if numbers > 60 && i < numbers && random.IntN(8) > 0 {
			row[0] = r.numbers[i]
		}
		points.rows = append(points.rows, row)
		if random.IntN(10) == 0 {
			points.rows = append(points.rows, slices.Clone(row))
		}
	}
	return devices, points
}

// randomTexts makes values as extracts hold them.
type randomTexts struct {
	*rand.Rand
	numbers []string
	numeric bool
}

func (r *randomTexts) pick(choices ...string) string { return choices[r.IntN(len(choices))] }

// mpxn is from a narrow range or from a wide one, now and then with wrong
// check digits or of a distributor that nobody knows.
func (r *randomTexts) mpxn() string {
	wide := r.IntN(2) == 0
	var m meterpoint.MPxN
	switch electricity := r.IntN(2) == 0; {
	case electricity && wide:
		m = meterpoint.MPxN(1e12 + r.Uint64N(15)*1e11 + r.Uint64N(1e10)*10)
		m += m.CheckDigit()
	case electricity:
		m = meterpoint.MPxN(1e12 + r.Uint64N(15)*1e11 + r.Uint64N(50)*10)
		m += m.CheckDigit()
	case wide:
		m = meterpoint.MPxN(1e4+r.Uint64N(9e7)) * 100
		m += m.CheckDigits()
	default:
		m = meterpoint.MPxN(1e4+r.Uint64N(100)+1e7*r.Uint64N(3)) * 100
		m += m.CheckDigits()
	}
	if r.IntN(20) == 0 {
		m++
	}
	if r.IntN(40) == 0 {
		m = 98e11 + m%1e11
	}
	return m.String()
}

func (r *randomTexts) number() string {
	n := r.numbers[r.IntN(len(r.numbers))]
	if r.numeric {
		return n
	}
	switch r.IntN(30) {
	case 0:
		return r.pick("", " ", "12345", "12345678901", "x", "1030006718997x", "00000000000000001", "-5", "１２３")
	case 1:
		return "000" + n
	case 2:
		return "  " + n + " "
	}
	return n
}

func (r *randomTexts) device() []string {
	status := r.pick("Commissioned", "COMMISSIONED", "Installed Not Commissioned", "INSTALLED_NOT_COMMISSIONED", "Pending",
		"Whitelisted", "Suspended", "Recovery", "Recovered", "Decommissioned", "withdrawn", " Commissioned ", "", "Active")
	row := []string{r.pick("ESME", "ESME", "GSME", "gsme", "CHF", "PPMID", "IHD or CAD", "", "Meter"), status, r.number(), "", ""}
	if r.IntN(3) == 0 {
		row[3] = r.number()
	}
	if r.IntN(3) == 0 {
		row[4] = row[2+r.IntN(2)]
	}
	return row
}

func (r *randomTexts) point() []string {
	row := []string{r.number(), r.pick("A", "I", "N", "", "Null", "n", "S", "W", "?"), "", "",
		r.pick("", "true", "F", "no", "maybe"), r.pick("", "A", "I", "N", "W")}
	if r.IntN(4) == 0 {
		row[2] = r.pick("EELC", "XOSERVE", "LOND", "eelc", "TOOLONG", "GAS2")
	}
	if r.IntN(2) == 0 {
		row[3] = r.pick("2024-02-29", "2023-02-29", "2020-01-01", "soon", " 2025-12-31 ")
	}
	return row
}

// shape varies everything about a table that must not matter: row order,
// files, splits, batches, column types, and whether rows are counted before.
func (m *memoryTable) shape(random *rand.Rand, numeric bool) *memoryTable {
	splitRows, batchRows := 1+random.IntN(50), 1+random.IntN(20)
	if len(m.rows) > 1000 {
		splitRows, batchRows = len(m.rows)/(1+random.IntN(40)), 100+random.IntN(4000)
	}
	shaped := &memoryTable{columns: m.columns, rows: slices.Clone(m.rows), types: map[string]arrow.DataType{},
		splitRows: splitRows, batchRows: batchRows, files: 1 + random.IntN(3), uncounted: random.IntN(4) == 0}
	if random.IntN(2) == 0 {
		random.Shuffle(len(shaped.rows), func(i, j int) { shaped.rows[i], shaped.rows[j] = shaped.rows[j], shaped.rows[i] })
	} else {
		sortByIdentifiers(shaped)
	}
	shaped.stated = random.IntN(2) == 0
	for _, name := range m.columns {
		switch random.IntN(3) {
		case 0:
			shaped.types[name] = textDictionary
		case 1:
			shaped.types[name] = arrow.BinaryTypes.LargeString
		}
		isMPxN := slices.Contains([]string{"mpxn", "import_mpxn", "secondary_import_mpan", "export_mpan"}, name)
		if isMPxN && numeric {
			shaped.types[name] = arrow.PrimitiveTypes.Int64
		}
	}
	return shaped
}
