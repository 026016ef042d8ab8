package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Margin is how near a table, a fuel or a large RDP came to one of the limits.
type Margin struct {
	Limit   string `json:"name"`  // max_exceptions, max_demotions, max_no_meter_left
	Where   string `json:"where"` // "devices"; "electricity"; "electricity, EELC"
	Count   int64  `json:"count"`
	Base    int64  `json:"base"`
	Of      string `json:"of"`      // what the base counts: "associations"
	InForce string `json:"limit"`   // "0.1 %"
	Allowed int64  `json:"allowed"` // the largest count within the limit; −1 where there is none
}

// The limits, as the manifest names them.
const (
	maxExceptions  = "max_exceptions"
	maxDemotions   = "max_demotions"
	maxNoMeterLeft = "max_no_meter_left"
)

const ofActiveAndInstalled = "meter points recorded A or I"

func newMargin(name, where string, limit Limit, count, base int64, of string) Margin {
	return Margin{Limit: name, Where: where, Count: count, Base: base, Of: of, InForce: limit.String(), Allowed: limit.allowed(base)}
}

// Exceeded tells whether the count is over the limit.
func (m Margin) Exceeded() bool { return m.Allowed >= 0 && m.Count > m.Allowed }

// excess says what is over the limit, by how much, and which flag sets it.
func (m Margin) excess() string {
	what := map[string]string{maxExceptions: "are exceptions", maxDemotions: "would lose their status",
		maxNoMeterLeft: "have no device at all"}[m.Limit]
	return fmt.Sprintf("%s: %s of %s %s %s, at most %s are allowed (--%s)", m.Where, Grouped(m.Count), Grouped(m.Base),
		m.Of, what, m.InForce, strings.ReplaceAll(m.Limit, "_", "-"))
}

// withinExceeded tells whether the margin is an RDP's, and its fuel is over the
// same limit.
func (m Margin) withinExceeded(all []Margin) bool {
	fuel, _, isRDP := strings.Cut(m.Where, ", ")
	return isRDP && slices.ContainsFunc(all, func(o Margin) bool {
		return o.Limit == m.Limit && o.Where == fuel && o.Exceeded()
	})
}

// rdpsToo names the RDPs of a fuel that are over the limit by themselves.
func (m Margin) rdpsToo(all []Margin) string {
	var rdps []string
	for _, o := range all {
		if fuel, rdp, isRDP := strings.Cut(o.Where, ", "); isRDP && fuel == m.Where && o.Limit == m.Limit && o.Exceeded() {
			rdps = append(rdps, rdp)
		}
	}
	if len(rdps) == 0 {
		return ""
	}
	return "; over it by themselves too: " + strings.Join(rdps, ", ")
}

// Used is the part of what is allowed that is used up: 1 at the limit.
func (m Margin) Used() float64 {
	if m.Allowed < 0 || m.Count == 0 {
		return 0
	}
	return float64(m.Count) / max(float64(m.Allowed), 0.5)
}

// Tightest sorts margins by how much of them is used up, most first.
func Tightest(margins []Margin) []Margin {
	sorted := slices.Clone(margins)
	slices.SortStableFunc(sorted, func(a, b Margin) int { return cmp.Compare(b.Used(), a.Used()) })
	return sorted
}

// allowed is the largest count within the limit, −1 where any is: a share of
// 100 % is no limit, since one row may have several exceptions.
func (l Limit) allowed(base int64) int64 {
	switch {
	case l.Count >= 0:
		return l.Count
	case l.Share >= 1:
		return -1
	}
	return int64(l.Share * float64(base))
}

// margins holds the figures of a run against its limits: exceptions per table,
// demotions and points without a meter per fuel and large RDP.
func (r *run) margins(result *Result) []Margin {
	limits := &r.cfg.Limits
	margins := []Margin{
		newMargin(maxExceptions, Devices.String(), limits.MaxExceptions, result.Exceptions.Serious(Devices),
			result.Read.Devices.Associations, "associations"),
		newMargin(maxExceptions, MeterPoints.String(), limits.MaxExceptions, result.Exceptions.Serious(MeterPoints),
			result.Read.MeterPoints.Rows, "meter_points rows"),
	}
	if r.cfg.AsRecorded {
		return margins // nothing changes, and devices were not looked at
	}
	for _, p := range r.perils(result.Facts) {
		margins = append(margins,
			newMargin(maxDemotions, p.where, limits.MaxDemotions, p.demoted, p.base, ofActiveAndInstalled),
			newMargin(maxNoMeterLeft, p.where, limits.MaxNoMeterLeft, p.noMeterLeft, p.base, ofActiveAndInstalled))
	}
	return margins
}
