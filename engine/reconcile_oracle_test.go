package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// heldOracle reconciles in the plainest way there is: maps of strings, one row
// at a time. It shares no code with the engine, and with the oracle of a run only
// what a meter point should have.
type heldOracle struct {
	*oracle
	rdp                 string // of Terms
	inFlight, tolerance int
	asRecorded          bool

	rows    map[string][]oracleHeld // by canonical MPxN
	named   map[string]bool         // RDPs that hold anything
	classes map[string]int          // "class", "fuel class", "rdp class"
	rowsBy  map[string]int          // row classes, likewise
	stale   map[string]int          // "from to"
	lines   []string
	told    []string // "mpxn status disposition" of what the corrections say
}

type oracleHeld struct {
	holder, flag, day string
	sent              int
}

func (o *heldOracle) reconcile(devices, points *memoryTable, extracts []*memoryTable) {
	o.rows, o.named = map[string][]oracleHeld{}, map[string]bool{}
	o.classes, o.rowsBy, o.stale = map[string]int{}, map[string]int{}, map[string]int{}
	if o.rdp != "" {
		o.named[o.rdp] = true
	}
	o.run(devices, points)
	for _, table := range extracts {
		for _, row := range table.rows {
			o.readHeld(table, row)
		}
	}
	for number, p := range o.points {
		o.point(number, p)
	}
	for number, rows := range o.rows {
		if o.points[number] == nil {
			o.classRows(number, "", rows)
		}
	}
	slices.Sort(o.lines)
	slices.Sort(o.told)
}

func (o *heldOracle) readHeld(table *memoryTable, row []string) {
	cell := func(name string) string {
		if at := slices.Index(table.columns, name); at >= 0 {
			return row[at]
		}
		return ""
	}
	flag, day := cell("dcc_service_flag"), oracleDay(cell("dcc_service_flag_efd"))
	if table.publication > 0 {
		flag, day = cell("new_status"), oracleDay(cell("effective_on"))
	}
	number, fuel, ok := oracleMPxN(cell("mpxn"))
	holder, rdpID := "", o.readRDP(cell("rdp_id"))
	switch {
	case rdpID != "" && rdpID != "bad":
		holder = rdpID
	case rdpID == "bad":
	case o.rdp != "":
		holder = o.rdp
	case number != "":
		holder, _ = o.route(number, "")
	}
	status := oracleStatus(flag)
	apart := ""
	switch {
	case table.publication > 0 && cell("disposition") != "emitted":
		apart = "not_emitted"
	case number == "":
		apart = "unreadable"
	case o.skips(fuel):
		apart = "other_fuel"
	case !ok && o.checks(fuel) == "reject", status == "unknown":
		apart = "unreadable"
	}
	if fuel == "" {
		fuel = None
	}
	if apart == "" || apart != "not_emitted" && rdpID != "" {
		o.named[holder] = true
	}
	if apart == "" {
		o.rows[number] = append(o.rows[number], oracleHeld{holder, status, day, table.publication})
		return
	}
	o.countRow(apart, fuel, holder)
	if apart == "unreadable" {
		text := strings.Trim(cell("mpxn"), " ")
		o.lines = append(o.lines, oracleLine(text, strings.Replace(fuel, None, "", 1), "", "", strings.Trim(flag, " "), "", day, "unreadable", holder))
	}
}

func oracleLine(mpxn, fuel, rdp, expected, held, expectedOn, heldOn, class, heldBy string) string {
	if heldOn == "bad" {
		heldOn = ""
	}
	return strings.Join([]string{mpxn, fuel, rdp, expected, held, expectedOn, heldOn, class, heldBy}, "|")
}

func orNone(name string) string {
	if name == "" {
		return None
	}
	return name
}

func (o *heldOracle) countRow(class, fuel, holder string) {
	for _, of := range []string{"", fuel + " ", orNone(holder) + " "} {
		o.rowsBy[of+class]++
	}
}

// classRows classes the rows of one number, whose point is of the RDP; ""
// stands for no such point. It gives the flags that the RDP holds and the
// latest day.
func (o *heldOracle) classRows(number, rdp string, rows []oracleHeld) (flags []string, latest string) {
	_, fuel, _ := oracleMPxN(number)
	seen := map[oracleHeld]bool{}
	for _, row := range rows {
		class := "used"
		later := slices.ContainsFunc(rows, func(r oracleHeld) bool { return r.holder == row.holder && r.sent > row.sent })
		switch {
		case later:
			class = "superseded"
		case o.points[number] == nil:
			class = "unknown_point"
		case row.flag != "Null" && (row.holder != rdp || rdp == ""):
			class = "misrouted"
		case seen[row]:
			class = "repeat"
		}
		o.countRow(class, fuel, row.holder)
		if class == "unknown_point" || class == "misrouted" {
			held := row.flag
			if held == "Null" {
				held = ""
			}
			o.lines = append(o.lines, oracleLine(number, fuel, rdp, "", held, "", row.day, class, row.holder))
		}
		if !later && class != "misrouted" {
			seen[row] = true
		}
		if class == "used" && row.flag != "Null" {
			if !slices.Contains(flags, row.flag) {
				flags = append(flags, row.flag)
			}
			if latest == "" || latest == "bad" && row.day != "" || row.day != "bad" && row.day > latest {
				latest = row.day
			}
		}
	}
	return flags, latest
}

// flagOrder is how several flags stand in a line.
const flagOrder = "AINSW"

func (o *heldOracle) point(number string, p *oraclePoint) {
	flags, latest := o.classRows(number, p.rdp, o.rows[number])
	slices.SortFunc(flags, func(a, b string) int { return strings.Index(flagOrder, a) - strings.Index(flagOrder, b) })
	expected, silent := o.expects(p)
	changed := expected != p.recorded
	class := o.classOf(p, flags, latest, expected, silent)
	for _, of := range []string{"", p.fuel + " ", orNone(p.rdp) + " "} {
		o.classes[of+class]++
	}
	if class == "stale" {
		o.stale[flags[0]+" "+expected]++
	}
	canTell := known(expected) && !silent && p.rdp != ""
	if slices.Contains([]string{"missing", "stale", "legacy", "duplicate", "withheld"}, class) && canTell {
		disposition := "emitted"
		if expected != "A" && (p.fuel == "gas" && !o.reportGas || p.fuel == "electricity" && !o.reportElectricity) {
			disposition = "withheld"
		}
		o.told = append(o.told, strings.Join([]string{number, expected, disposition}, " "))
	}
	if slices.Contains([]string{"not_covered", "match", "in_flight", "withheld"}, class) {
		return
	}
	expectedOn, heldBy := "", ""
	if known(expected) {
		if expectedOn = p.day; changed {
			expectedOn = o.asOf
		}
	} else {
		expected = ""
	}
	if len(flags) > 0 {
		heldBy = p.rdp
	}
	o.lines = append(o.lines, oracleLine(number, p.fuel, p.rdp, expected, strings.Join(flags, ","), expectedOn, latest, class, heldBy))
}

// expects is the status that the RDP should hold, "hold" in doubt.
func (o *heldOracle) expects(p *oraclePoint) (status string, silent bool) {
	if o.asRecorded {
		if p.ownRow {
			return "hold", false
		}
		return p.recorded, false
	}
	out := o.outcome(p, p.meters(), &o.oraclePolicies)
	return out.status, out.rule == "installed-switched-off" && out.status == "I"
}

func (o *heldOracle) classOf(p *oraclePoint, flags []string, latest, expected string, silent bool) string {
	holds := "Null"
	if len(flags) > 0 {
		holds = flags[0]
	}
	canSend := expected == "A" || expected == "Null" || !silent && (p.fuel == "gas" && o.reportGas || p.fuel == "electricity" && o.reportElectricity)
	apart := func(a, b string) int {
		days := int(daysSince1970(a)) - int(daysSince1970(b))
		return max(days, -days)
	}
	switch {
	case p.rdp == "" || !o.named[p.rdp]:
		return "not_covered"
	case expected == "hold":
		return "held"
	case len(flags) > 1:
		return "duplicate"
	case holds == expected:
		compared := o.tolerance >= 0 && expected != "Null" && expected == p.recorded && p.day != "" && latest != ""
		if compared && (latest == "bad" || apart(p.day, latest) > o.tolerance) {
			return "date"
		}
		return "match"
	case o.inFlight >= 0 && p.day != "" && p.day != "bad" && apart(p.day, o.asOf) <= o.inFlight:
		return "in_flight"
	case !canSend:
		return "withheld"
	case holds == "Null":
		return "missing"
	case expected == "Null":
		return "unexpected"
	case holds == "S" || holds == "W":
		return "legacy"
	}
	return "stale"
}

// randomExtracts are an extract and publications that hold much of what the
// points of a snapshot record, and every kind of trouble.
func randomExtracts(random *rand.Rand, points *memoryTable, numeric bool) []*memoryTable {
	r := randomTexts{Rand: random, numeric: numeric}
	for _, row := range points.rows {
		r.numbers = append(r.numbers, row[0])
	}
	for range 5 {
		r.numbers = append(r.numbers, r.mpxn())
	}
	extract := &memoryTable{columns: []string{"mpxn", "dcc_service_flag", "dcc_service_flag_efd", "rdp_id"}}
	named := random.IntN(2) == 0 // all rows name an RDP, or few do
	for _, point := range points.rows {
		for range 1 + max(random.IntN(8)-6, 0) - random.IntN(4)/3 {
			row := []string{point[0], point[1], point[3], ""}
			r.spoil(row)
			if named || random.IntN(10) == 0 {
				row[3] = r.holderOf(row[0])
			}
			extract.rows = append(extract.rows, row)
		}
	}
	tables, told := []*memoryTable{extract}, map[string]int{} // by number, the last publication
	for number := range random.IntN(3) {
		sent := &memoryTable{columns: []string{"mpxn", "rdp_id", "new_status", "effective_on", "disposition"}, publication: number + 1}
		for range random.IntN(1 + len(r.numbers)/4) {
			n, _, _ := oracleMPxN(r.numbers[random.IntN(len(r.numbers))])
			if n == "" || told[n] == number+1 {
				continue
			}
			told[n] = number + 1
			sent.rows = append(sent.rows, []string{n, r.holderOf(n), r.pick("A", "I", "N"), "2026-11-2" + fmt.Sprint(random.IntN(2)),
				r.pick("emitted", "emitted", "emitted", "withheld", "recorded")})
		}
		tables = append(tables, sent)
	}
	return tables
}

// holderOf is mostly the RDP of the number's distributor.
func (r *randomTexts) holderOf(number string) string {
	if r.IntN(12) == 0 {
		return r.pick("EELC", "LOND", "XOSERVE", "", "eelc", "ABCD")
	}
	if n, fuel, _ := oracleMPxN(number); fuel == "electricity" && n[0] == '1' {
		return oracleDistributors[n[1]-'0']
	}
	return "XOSERVE"
}

// spoil makes a difference of some rows of an extract.
func (r *randomTexts) spoil(row []string) {
	switch r.IntN(12) {
	case 0:
		row[1] = r.pick("A", "I", "N", "S", "W", "", "Null", "a", "Q", "legacy")
	case 1:
		row[2] = r.pick("", "2024-02-29", "2023-02-29", "2020-01-01", "soon")
	case 2:
		row[0] = r.number()
	}
}
