package engine

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// oracle computes a run in the plainest way there is: maps of strings, one row
// at a time, the rule as a chain of questions about lists of statuses. It
// shares no code with the engine.
type oracle struct {
	oracleSettings
	points map[string]*oraclePoint // by canonical MPxN

	changes         []changeRow
	codes, warnings map[string]int // exceptions, "table code"; warnings are among both
	devices         DeviceTotals
	meterPoints     MeterPointTotals
	reportable      Reportable
	rules           map[string]int // "fuel rule"
	transitions     map[string]int // "fuel from to"
	ambiguities     map[string]int // "policy", "policy choice changed", "policy choice reportable"
}

// oracleSettings are the configuration, by name.
type oracleSettings struct {
	baseline, scope, fuel                         string
	installedStatus, reportElectricity, reportGas bool
	mpanCheck, mprnCheck                          string // reject, warn, off
	gasRDPs                                       []string
	trustColumn                                   bool
	asOf                                          string // the London date
	oraclePolicies
}

type oraclePoint struct {
	statuses        []string // of its usable meters
	named           bool     // by a device row of any class
	unusable        bool
	pendingMismatch bool // named by a Pending device of the wrong fuel
	rows            []oracleRow
	fuel            string
	rdp             string // to be told; "" is none
	ownRow          bool
	oracleRow       // the first, unless they conflict
}

// oracleRow is a meter_points row: "bad" where a value does not parse.
type oracleRow struct{ recorded, rdpID, day, ever, reported string }

var oracleFolds = strings.NewReplacer(" ", "", "-", "", "_", "")

func fold(s string) string { return strings.ToLower(oracleFolds.Replace(s)) }

// oracleMPxN gives the canonical number, its fuel, and whether its check
// digits are right; "" where text is no MPxN.
func oracleMPxN(text string) (number, fuel string, ok bool) {
	text = strings.Trim(text, " ")
	if text == "" || len(text) > 16 || strings.Trim(text, "0123456789") != "" {
		return "", "", false
	}
	number = strings.TrimLeft(text, "0")
	digit := func(i int) int { return int(number[i] - '0') }
	switch n := len(number); {
	case n == 13:
		sum := 0
		for i, prime := range [...]int{3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43} {
			sum += digit(i) * prime
		}
		return number, "electricity", sum%11%10 == digit(12)
	case n >= 6 && n <= 10:
		sum := 0
		for i := range n - 2 {
			sum += digit(i) * (n - 2 - i)
		}
		return number, "gas", strconv.Itoa(100 + sum%11)[1:] == number[n-2:]
	}
	return "", "", false
}

var (
	oracleStatuses = []string{"pending", "whitelisted", "installednotcommissioned", "commissioned", "suspended",
		"recovery", "recovered", "decommissioned", "withdrawn"}
	oracleOtherTypes   = []string{"chf", "gpf", "ppmid", "ihd", "cad", "hcalcs", "ihdorcad"}
	oracleDistributors = strings.Fields("EELC EMEB LOND MANW MIDE NEEB NORW HYDE SPOW SEEB SOUT SWAE SWEB YELG " +
		"IPNL LENG GUCL ETCL EDFI HARL PENL UKPD UDNL GGEN MPDL FEAL VATT FORB INDI")
)

func (o *oracle) skips(fuel string) bool { return o.fuel != "both" && o.fuel != fuel }

// checks says what is to be done about wrong check digits.
func (o *oracle) checks(fuel string) string {
	if fuel == "gas" {
		return o.mprnCheck
	}
	return o.mpanCheck
}

func (o *oracle) count(code string, n int) {
	if n > 0 {
		o.codes[code] += n
	}
}

func (o *oracle) warn(code string) {
	o.codes[code]++
	o.warnings[code]++
}

func (o *oracle) run(devices, points *memoryTable) {
	o.codes, o.warnings, o.points = map[string]int{}, map[string]int{}, map[string]*oraclePoint{}
	o.rules, o.transitions, o.ambiguities = map[string]int{}, map[string]int{}, map[string]int{}
	for _, row := range points.rows {
		o.readPoint(row)
	}
	for _, row := range devices.rows {
		o.readDevice(row)
	}
	var numbers []string
	for n := range o.points {
		numbers = append(numbers, n)
	}
	sort.Slice(numbers, func(i, j int) bool {
		a, b := numbers[i], numbers[j]
		return len(a) < len(b) || len(a) == len(b) && a < b
	})
	for _, n := range numbers {
		o.assess(n, o.points[n])
	}
}

func (o *oracle) readPoint(row []string) {
	o.meterPoints.Rows++
	number, fuel, ok := oracleMPxN(row[0])
	switch {
	case number == "":
		o.count("meter_points BAD_MPXN", 1)
		o.meterPoints.NotUsed++
		return
	case o.skips(fuel):
		o.meterPoints.OtherFuel++
		return
	case !ok && o.checks(fuel) == "reject":
		o.count("meter_points BAD_CHECK_DIGIT", 1)
		o.meterPoints.NotUsed++
		return
	case !ok && o.checks(fuel) == "warn":
		o.warn("meter_points BAD_CHECK_DIGIT")
	}
	if o.points[number] == nil {
		o.points[number] = &oraclePoint{fuel: fuel}
	}
	o.points[number].rows = append(o.points[number].rows, oracleRow{oracleStatus(row[1]), o.readRDP(row[2]),
		oracleDay(row[3]), oracleBool(row[4]), oracleStatus(row[5])})
}

// readRDP makes one value of all texts that can name no RDP.
func (o *oracle) readRDP(s string) string {
	s = strings.Trim(s, " ")
	mpid := len(s) == 4 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
	if s == "" || mpid || slices.Contains(o.gasRDPs, s) {
		return s
	}
	return "bad"
}

func oracleStatus(s string) string {
	switch fold(s) {
	case "", "null":
		return "Null"
	case "a", "i", "n", "s", "w":
		return strings.ToUpper(fold(s))
	}
	return "unknown"
}

func oracleDay(s string) string {
	s = strings.Trim(s, " ")
	if s == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "bad"
	}
	return s
}

func oracleBool(s string) string {
	switch fold(s) {
	case "":
		return ""
	case "true", "t", "1", "yes":
		return "true"
	case "false", "f", "0", "no":
		return "false"
	}
	return "bad"
}

func (o *oracle) readDevice(row []string) {
	o.devices.Rows++
	deviceType, status := fold(row[0]), fold(row[1])
	if deviceType == "esme" || deviceType == "gsme" {
		o.devices.Meters++
	}
	if slices.Contains(oracleOtherTypes, deviceType) {
		return
	}
	var seen []string
	for _, text := range row[2:] {
		number, fuel, ok := oracleMPxN(text)
		identity := number
		if number == "" {
			identity = strings.Trim(text, " ")
		}
		if identity == "" || slices.Contains(seen, identity) {
			continue
		}
		seen = append(seen, identity)
		o.devices.Associations++
		if number != "" && o.skips(fuel) {
			o.devices.OtherFuel++
		} else if code := o.associate(o.points[number], number, fuel, ok, deviceType, status); code != "" {
			o.count("devices "+code, 1)
			o.devices.NotUsed++
		}
	}
}

// associate tells the point p, nil where there is none, of a device. It gives
// the exception's code where the association is not used.
func (o *oracle) associate(p *oraclePoint, number, fuel string, ok bool, deviceType, status string) string {
	if number == "" {
		return "BAD_MPXN"
	}
	if !ok && o.checks(fuel) == "reject" {
		return "BAD_CHECK_DIGIT"
	}
	if !ok && o.checks(fuel) == "warn" {
		o.warn("devices BAD_CHECK_DIGIT")
	}
	missing := p == nil
	if missing {
		p = &oraclePoint{} // to be forgotten
	}
	p.named = true
	wrongFuel := (deviceType == "esme") != (fuel == "electricity")
	switch {
	case deviceType != "esme" && deviceType != "gsme":
		p.unusable = true
		return "UNKNOWN_DEVICE_TYPE"
	case !slices.Contains(oracleStatuses, status):
		p.unusable = true
		return "UNKNOWN_DEVICE_STATUS"
	case status == "whitelisted":
		return ""
	case status == "pending":
		p.pendingMismatch = p.pendingMismatch || wrongFuel
		if !wrongFuel {
			p.statuses = append(p.statuses, status)
		}
		if o.pending == "ignored" {
			return ""
		}
	case wrongFuel:
		p.unusable = true
	default:
		p.statuses = append(p.statuses, status)
	}
	switch {
	case wrongFuel:
		return "FUEL_MISMATCH"
	case missing:
		return "ORPHAN_MPXN"
	}
	return ""
}

// examine looks at a point's own rows.
func (o *oracle) examine(number string, p *oraclePoint) {
	p.oracleRow = p.rows[0]
	o.meterPoints.NotUsed += int64(len(p.rows) - 1)
	conflict := false
	for _, row := range p.rows {
		conflict = conflict || row != p.oracleRow
	}
	if conflict {
		o.count("meter_points CONFLICTING_METER_POINT", len(p.rows))
		p.oracleRow, p.ownRow = oracleRow{recorded: "Null", reported: "Null"}, true
		p.rdp, _ = o.route(number, "")
		return
	}
	o.count("meter_points DUPLICATE_METER_POINT", len(p.rows)-1)
	problem := ""
	if p.rdp, problem = o.route(number, p.rdpID); problem != "" {
		o.count("meter_points "+problem, 1)
	}
	inForce := []string{"Null", "A", "I", "N"}
	if !slices.Contains(inForce, p.recorded) {
		o.count("meter_points UNKNOWN_SERVICE_STATUS", 1)
		p.ownRow = true
	}
	if !slices.Contains(inForce, p.reported) {
		o.warn("meter_points UNKNOWN_REPORTED_STATUS")
	}
	if p.day == "bad" || p.ever == "bad" {
		o.count("meter_points BAD_VALUE", 1)
		p.ownRow = true
	}
}

// route finds the RDP that is told of a point, or why there is none.
func (o *oracle) route(number, rdpID string) (rdp, problem string) {
	if len(number) < 13 {
		switch {
		case rdpID == "" && len(o.gasRDPs) > 1:
			return "", "NO_RDP"
		case rdpID == "":
			return o.gasRDPs[0], ""
		case slices.Contains(o.gasRDPs, rdpID):
			return rdpID, ""
		}
		return "", "BAD_RDP"
	}
	distributor := ""
	if d, _ := strconv.Atoi(number[:2]); d-10 < len(oracleDistributors) {
		distributor = oracleDistributors[d-10]
	}
	switch {
	case rdpID == "" && distributor == "":
		return "", "NO_RDP"
	case rdpID == "":
		return distributor, ""
	case len(rdpID) != 4:
		return "", "BAD_RDP"
	case rdpID != distributor && !o.trustColumn:
		return "", "RDP_MISMATCH"
	}
	return rdpID, ""
}
