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
// shares no code with the engine and knows only the defaults: installed status
// on, every policy at its default.
type oracle struct {
	baseline, scope, fuel string
	changes               []changeRow
	codes                 map[string]int // exceptions with warnings, "table code"
	rules                 map[string]int
	assessed, notUsed     int
	otherFuel             int
}

type oraclePoint struct {
	statuses  []string
	unusable  bool
	rows      [][]string
	recorded  string
	reported  string
	ever, rdp string
	day       string
}

func fold(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(s))
}

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
		for i, prime := range []int{3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43} {
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

func (o *oracle) run(devices, points *memoryTable) {
	o.codes, o.rules = map[string]int{}, map[string]int{}
	byMPxN := map[string]*oraclePoint{}
	for _, row := range points.rows {
		o.readPoint(byMPxN, row)
	}
	for _, row := range devices.rows {
		o.readDevice(byMPxN, row)
	}
	var numbers []string
	for n := range byMPxN {
		numbers = append(numbers, n)
	}
	sort.Slice(numbers, func(i, j int) bool {
		a, _ := strconv.Atoi(numbers[i])
		b, _ := strconv.Atoi(numbers[j])
		return a < b
	})
	for _, n := range numbers {
		o.assess(n, byMPxN[n])
	}
}

func (o *oracle) readPoint(byMPxN map[string]*oraclePoint, row []string) {
	number, fuel, ok := oracleMPxN(row[0])
	switch {
	case number == "":
		o.codes["meter_points BAD_MPXN"]++
		o.notUsed++
		return
	case o.skips(fuel):
		o.otherFuel++
		return
	case !ok && fuel == "electricity":
		o.codes["meter_points BAD_CHECK_DIGIT"]++
		o.notUsed++
		return
	case !ok:
		o.codes["meter_points BAD_CHECK_DIGIT"]++
	}
	if byMPxN[number] == nil {
		byMPxN[number] = &oraclePoint{}
	}
	byMPxN[number].rows = append(byMPxN[number].rows, []string{oracleStatus(row[1]), strings.Trim(row[2], " "),
		oracleDay(row[3]), oracleBool(row[4]), oracleStatus(row[5])})
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
	if _, err := time.Parse("2006-01-02", s); err != nil {
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

func (o *oracle) readDevice(byMPxN map[string]*oraclePoint, row []string) {
	deviceType, status := fold(row[0]), fold(row[1])
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
		o.associate(byMPxN[number], number, fuel, ok, deviceType, status)
	}
}

func (o *oracle) associate(p *oraclePoint, number, fuel string, ok bool, deviceType, status string) {
	unusable := func(code string) {
		o.codes["devices "+code]++
		if p != nil {
			p.unusable = true
		}
	}
	if number == "" {
		o.codes["devices BAD_MPXN"]++
		return
	}
	if o.skips(fuel) {
		return
	}
	if !ok {
		o.codes["devices BAD_CHECK_DIGIT"]++
		if fuel == "electricity" {
			return
		}
	}
	switch {
	case deviceType != "esme" && deviceType != "gsme":
		unusable("UNKNOWN_DEVICE_TYPE")
	case !slices.Contains(oracleStatuses, status):
		unusable("UNKNOWN_DEVICE_STATUS")
	case status == "pending" || status == "whitelisted":
		if p != nil {
			p.statuses = append(p.statuses, status)
		}
	case (deviceType == "esme") != (fuel == "electricity"):
		unusable("FUEL_MISMATCH")
	case p == nil:
		o.codes["devices ORPHAN_MPXN"]++
	default:
		p.statuses = append(p.statuses, status)
	}
}

func (o *oracle) assess(number string, p *oraclePoint) {
	o.assessed++
	conflict := false
	for _, row := range p.rows {
		conflict = conflict || !slices.Equal(row, p.rows[0])
	}
	o.notUsed += len(p.rows) - 1
	rdp, problem := "", ""
	bad := false
	if conflict {
		o.codes["meter_points CONFLICTING_METER_POINT"] += len(p.rows)
		p.recorded, p.reported = "Null", "Null"
		rdp, _ = oracleRDP(number, "")
	} else {
		if len(p.rows) > 1 {
			o.codes["meter_points DUPLICATE_METER_POINT"] += len(p.rows) - 1
		}
		row := p.rows[0]
		p.recorded, p.rdp, p.day, p.ever, p.reported = row[0], row[1], row[2], row[3], row[4]
		rdp, problem = oracleRDP(number, p.rdp)
		if problem != "" {
			o.codes["meter_points "+problem]++
		}
		if !slices.Contains([]string{"Null", "A", "I", "N"}, p.recorded) {
			o.codes["meter_points UNKNOWN_SERVICE_STATUS"]++
			bad = true
		}
		if !slices.Contains([]string{"Null", "A", "I", "N"}, p.reported) {
			o.codes["meter_points UNKNOWN_REPORTED_STATUS"]++
		}
		if p.day == "bad" || p.ever == "bad" {
			o.codes["meter_points BAD_VALUE"]++
			bad = true
		}
	}
	status, rule := oracleRule(p, conflict || bad)
	o.rules[rule]++
	o.list(number, rdp, p, status, rule)
}

func oracleRDP(number, rdp string) (string, string) {
	if len(number) < 13 {
		switch rdp {
		case "", "XOSERVE":
			return "XOSERVE", ""
		}
		return "", "BAD_RDP"
	}
	distributor := ""
	if d, _ := strconv.Atoi(number[:2]); d-10 < len(oracleDistributors) {
		distributor = oracleDistributors[d-10]
	}
	switch {
	case rdp == "" && distributor == "":
		return "", "NO_RDP"
	case rdp == "":
		return distributor, ""
	case len(rdp) != 4 || strings.Trim(rdp, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "":
		return "", "BAD_RDP"
	case rdp != distributor:
		return "", "RDP_MISMATCH"
	}
	return rdp, ""
}

// oracleRule gives the status, "hold" for a hold, and the rule's name.
func oracleRule(p *oraclePoint, ownRow bool) (string, string) {
	any := func(statuses ...string) bool {
		for _, s := range p.statuses {
			if slices.Contains(statuses, s) {
				return true
			}
		}
		return false
	}
	inc := any("installednotcommissioned")
	other := any("suspended", "recovery", "recovered")
	gone := any("decommissioned", "withdrawn")
	known := func(s string) bool { return s == "A" || s == "I" || s == "N" }
	past := known(p.recorded) || known(p.reported) || p.ever == "true" || other || gone
	switch {
	case ownRow:
		return "hold", "own-row"
	case any("commissioned"):
		return "A", "commissioned"
	case p.unusable:
		return "hold", "unreadable"
	case inc && !other:
		return "I", "installed"
	case inc:
		return "hold", "mixed"
	case past:
		return "N", "not-active"
	}
	return "Null", "never"
}

const oracleAsOf = "2026-11-21"

func (o *oracle) list(number, rdp string, p *oraclePoint, status, rule string) {
	row := changeRow{MPxN: number, RDP: rdp, Old: p.recorded, New: status, Rule: rule, EffectiveOn: NoDay}
	day := func(s string) int32 {
		t, _ := time.Parse("2006-01-02", s)
		return int32(t.Unix() / 86400)
	}
	changed := status != "hold" && status != p.recorded
	switch {
	case status == "hold":
		row.New, row.Disposition = p.recorded, "held"
	case changed && o.scope == "backfill" && !(status == "I" && (p.recorded == "Null" || p.recorded == "N")):
		row.Disposition = "left"
	default:
		news := status != p.recorded
		switch o.baseline {
		case "go-live":
			news = status != "A" || p.recorded != "A"
		case "reported":
			news = status != p.reported
		}
		if status == "Null" {
			news = false
		}
		if !changed && !news {
			return
		}
		row.EffectiveOn = day(oracleAsOf)
		if !changed && p.day != "" {
			row.EffectiveOn = day(p.day)
		} else if !changed {
			o.codes["meter_points MISSING_EFFECTIVE_DATE"]++
		}
		switch {
		case !news:
			row.Disposition = "recorded"
		case rdp == "":
			row.Disposition = "undeliverable"
		default:
			row.Disposition = "emitted"
		}
	}
	o.changes = append(o.changes, row)
}
