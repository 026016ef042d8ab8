package main

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"flagfill/bench/synth"
	"flagfill/engine/meterpoint"
)

var (
	deviceColumns = []string{"device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan"}
	pointColumns  = []string{"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed", "reported_status"}
)

// tables are both input tables as text, in the order of the columns above;
// "" is null.
type tables struct{ devices, points [][]string }

func (s tables) and(other tables) tables {
	return tables{slices.Concat(s.devices, other.devices), slices.Concat(s.points, other.points)}
}

// generatedTables are what the product's own generator makes: homes with
// their histories, and planted faults.
func generatedTables(t *testing.T, meterPoints int64, seed uint64) tables {
	t.Helper()
	cfg := synth.Config{Dir: t.TempDir(), MeterPoints: meterPoints, Seed: seed, ErrorRate: 0.05, Shuffled: true, Format: synth.CSV}
	if _, err := synth.Generate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	read := func(table string) [][]string {
		file, err := os.Open(cfg.Path(table))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	s := tables{read("devices"), read("meter_points")}
	for i, row := range s.devices {
		s.devices[i] = row[1:] // without its id, which nothing reads
	}
	return s
}

// hostile makes small snapshots in which every kind of trouble is frequent.
// Those of different pools name no meter point in common.
type hostile struct {
	*rand.Rand
	pool, pools uint64
	numbers     []string
}

func newHostile(random *rand.Rand, pool, pools uint64) *hostile {
	h := &hostile{Rand: random, pool: pool, pools: pools}
	for range 1 + random.IntN(100) {
		h.numbers = append(h.numbers, h.newNumber().String())
	}
	return h
}

func hostileTables(random *rand.Rand) tables { return newHostile(random, 0, 1).tables() }

// tables name most numbers in one row of meter points, some in several that
// differ, some in equal ones, some in none.
func (h *hostile) tables() (s tables) {
	for range h.IntN(2*len(h.numbers) + 20) {
		s.devices = append(s.devices, h.device())
	}
	for _, number := range h.numbers {
		row := h.point()
		if h.IntN(8) > 0 {
			row[0] = number
		}
		s.points = append(s.points, row)
		if h.IntN(12) == 0 {
			s.points = append(s.points, slices.Clone(row))
		}
	}
	return s
}

func (h *hostile) pick(choices ...string) string { return choices[h.IntN(len(choices))] }

// newNumber is an MPAN or an MPRN; one in twenty has a wrong check digit.
func (h *hostile) newNumber() meterpoint.MPxN {
	serial := h.Uint64N(40)*h.pools + h.pool
	wrong := uint64(0)
	if h.IntN(20) == 0 {
		wrong = 1
	}
	if h.IntN(2) == 0 {
		bodies := []uint64{1000, 10_000, 100_000, 1_000_000, 10_000_000} // 6 to 10 digits with the check digits
		m := meterpoint.MPxN((bodies[h.IntN(len(bodies))] + serial) * 100)
		return m + (m.CheckDigits()+meterpoint.MPxN(wrong))%11
	}
	distributor := 10 + h.Uint64N(4)
	if h.IntN(20) == 0 {
		distributor = 98 // nobody's
	}
	m := meterpoint.MPxN((distributor*10_000_000_000 + serial) * 10)
	return m + (m.CheckDigit()+meterpoint.MPxN(wrong))%10
}

// number names one of the snapshot's meter points, now and then as nobody
// should.
func (h *hostile) number() string {
	n := h.numbers[h.IntN(len(h.numbers))]
	switch h.IntN(40) {
	case 0:
		return h.pick("", " ", "12345", "12345678901", "x", "1030006718997x", "00000000000000001", "-5", "１２３", "=1+1", "a,\"b\"\nc")
	case 1:
		return "000" + n
	case 2:
		return "  " + n + " "
	}
	return n
}

func (h *hostile) device() []string {
	kind := h.pick("ESME", "ESME", "GSME", "gsme", "CHF", "IHD or CAD", "IHD_OR_CAD", "", "Meter", "ES\nME")
	if h.IntN(3) > 0 {
		kind = h.pick("ESME", "GSME")
	}
	row := []string{kind,
		h.pick("Commissioned", "COMMISSIONED", "Installed Not Commissioned", "INSTALLED_NOT_COMMISSIONED", "InstalledNotCommissioned", "Pending",
			"Pending", "Whitelisted", "Suspended", "Recovery", "Recovered", "Decommissioned", "withdrawn", " Commissioned ", "", "Active"),
		h.number(), "", ""}
	if kind == "GSME" && h.IntN(4) > 0 || kind == "ESME" { // mostly of the right fuel
		for tries := 0; tries < 6 && (len(strings.TrimLeft(row[2], "0 ")) > 10) != (kind == "ESME"); tries++ {
			row[2] = h.number()
		}
	}
	if h.IntN(4) == 0 {
		row[3] = h.number()
	}
	if h.IntN(4) == 0 {
		row[4] = row[2+h.IntN(2)]
	}
	return row
}

func (h *hostile) point() []string {
	row := []string{h.number(), h.pick("A", "I", "N", "", "Null", "n", "A", "I", "N", "", "S", "W", "?"), "", "",
		h.pick("", "", "true", "F", "no", "1"), h.pick("", "A", "I", "N", "W", "null")}
	switch h.IntN(16) {
	case 0:
		row[4] = "maybe"
	case 1, 2:
		row[2] = h.pick("EELC", "EMEB", "XOSERVE", "LOND", "eelc", "TOOLONG", "../x", " EELC ")
	}
	switch h.IntN(8) {
	case 0:
		row[3] = h.pick("2023-02-29", "soon", "2020-1-1")
	case 1, 2, 3:
		row[3] = h.pick("2024-02-29", "2020-01-01", " 2025-12-31 ", "20261121", "2026-11-20T23:59:59Z")
	}
	return row
}
