package engine

import (
	"fmt"
	"slices"
	"strings"

	"flagfill/engine/meterpoint"
)

// checkLimits refuses a run whose data cannot be right, with the figures that
// are over a limit. The RDPs of a fuel that is over it are named with the fuel.
func (r *run) checkLimits(result *Result) error {
	var over []string
	for _, m := range result.Margins {
		switch {
		case !m.Exceeded() || m.withinExceeded(result.Margins):
		case m.Limit == maxExceptions:
			table := tableNamed(m.Where)
			over = append(over, m.excess()+": "+result.Exceptions.words(table)+r.examples(table))
		default:
			over = append(over, m.excess()+m.rdpsToo(result.Margins))
		}
	}
	if len(over) == 0 {
		return nil
	}
	return &Refusal{Kind: RefusedLimit,
		Problem: "over a limit, nothing was published:\n  " + strings.Join(over, "\n  "),
		Next: "A devices extract that is cut short or lacks a file looks exactly like this: compare its files and rows with what was sent.\n" +
			"List the rows with --exceptions FILE. If the figures are right, repeat the run with a higher limit; the manifest will say so."}
}

func tableNamed(name string) Table {
	if name == Devices.String() {
		return Devices
	}
	return MeterPoints
}

// Limit as it is written on the command line.
func (l Limit) String() string {
	if l.Count >= 0 {
		return Grouped(l.Count)
	}
	return fmt.Sprintf("%.4g %%", l.Share*100)
}

// peril is what the demotion limits look at, for a fuel or a large RDP.
type peril struct {
	where                      string
	base, demoted, noMeterLeft int64
}

// largeRDP is how many points recorded A or I an RDP has before it is looked
// at by itself.
const largeRDP = 10_000

// perils sums the points in danger per fuel, and per RDP that is large enough.
func (r *run) perils(facts Facts) []peril {
	var perils []peril
	for _, fuel := range meterpoint.Fuels {
		whole, byRDP := peril{where: fuel.String()}, map[string]*peril{}
		for _, c := range facts {
			if c.Fuel != fuel || c.Point.OwnRow || c.Point.Recorded != meterpoint.Active && c.Point.Recorded != meterpoint.Installed {
				continue
			}
			if byRDP[c.RDP] == nil {
				byRDP[c.RDP] = &peril{where: fuel.String() + ", " + c.RDP}
			}
			o := r.cfg.Question.Outcome(c.Point)
			whole.add(c, o)
			byRDP[c.RDP].add(c, o)
		}
		perils = append(perils, whole)
		var large []peril
		for rdp, p := range byRDP {
			if rdp != "" && p.base >= largeRDP {
				large = append(large, *p)
			}
		}
		slices.SortFunc(large, func(a, b peril) int { return strings.Compare(a.where, b.where) })
		perils = append(perils, large...)
	}
	return perils
}

func (p *peril) add(c Cell, o meterpoint.Outcome) {
	p.base += c.Count
	if o.Fate == meterpoint.Changed && meterpoint.Demotes(c.Point.Recorded, o.Status) {
		p.demoted += c.Count
	}
	if c.Point.DependsOnNoMeterLeft() {
		p.noMeterLeft += c.Count
	}
}

// words lists the codes of a table with their counts, warnings aside.
func (c *ExceptionCounts) words(table Table) string {
	var words []string
	for code := range Code(Codes) {
		if n := c.All[table][code] - c.Warnings[table][code]; n > 0 {
			words = append(words, fmt.Sprintf("%s %s", code, Grouped(n)))
		}
	}
	return strings.Join(words, ", ")
}

// maxListed is how many exceptions a run lists at most, whatever the limits.
const maxListed = 10_000_000

// kept bounds the keys kept for listing by the limit past which nothing is
// listed.
func (r *run) kept() kept {
	k := kept{points: r.mostListed(), orphans: r.mostListed()}
	for _, f := range pointFlags {
		if !f.warning || r.cfg.ListWarnings {
			k.flags |= f.flag
		}
	}
	return k
}

// mostListed is how many exceptions of a table a worker keeps: one more than
// the limit allows, since with that nothing is listed.
func (r *run) mostListed() int {
	if r.cfg.ListRefused || r.cfg.ListWarnings {
		return maxListed + 1
	}
	limit := r.cfg.Limits.MaxExceptions
	return min(max(limit.most(3*r.devices.mostRows()), limit.most(r.points.mostRows())), maxListed) + 1
}

// most is the largest count that is within the limit and can be listed.
func (l Limit) most(base int64) int {
	if allowed := l.allowed(base); allowed >= 0 {
		return int(min(allowed, maxListed))
	}
	return maxListed
}

// checkListed refuses to list more exceptions than memory is set aside for.
func (r *run) checkListed() error {
	listed := r.result.Exceptions.Serious(Devices) + r.result.Exceptions.Serious(MeterPoints)
	if r.cfg.ListWarnings {
		for code := range Code(Codes) {
			_, warnings := r.result.Exceptions.Total(code)
			listed += warnings
		}
	}
	if listed <= maxListed {
		return nil
	}
	return &Refusal{Kind: RefusedLimit,
		Problem: fmt.Sprintf("%s exceptions cannot be listed: %s are the most; nothing was published", Grouped(listed), Grouped(maxListed)),
		Next:    "Leave --warnings out, or look at the extract first: so many exceptions mean a wrong column or a wrong file."}
}
