package main

import (
	"errors"
	"fmt"

	"flagfill/bench/measure"
)

// result is what all turns of one comparison gave, program by program.
type result struct {
	snapshot
	programs []summary
}

// summary of a program's turns: medians, but for the least.
type summary struct {
	program                            string
	leastSeconds, wallSeconds          float64
	insideSeconds, cpuSeconds, peakMiB float64 // 0 where it cannot be told
	timesOurs, timesOursInside         float64 // by medians of wall
	turns                              int
}

func summarise(sheet measure.Sheet) ([]result, error) {
	var all []result
	for _, kind := range sheet.Values("snapshot") {
		for _, format := range sheet.Values("format") {
			rows := sheet.Where("format", format).Where("snapshot", kind)
			r := result{snapshot: snapshot{format, kind}}
			for _, program := range rows.Values("program") {
				s, err := summariseTurns(program, rows.Where("program", program))
				if err != nil {
					return nil, err
				}
				r.programs = append(r.programs, s)
			}
			if len(r.programs) == 0 || len(rows.Where("program", flagfillRun).Rows) == 0 {
				return nil, fmt.Errorf("there are no figures of %s on %s", flagfillRun, r.snapshot)
			}
			r.compare()
			all = append(all, r)
		}
	}
	return all, nil
}

func summariseTurns(program string, turns measure.Sheet) (summary, error) {
	s := summary{program: program, turns: len(turns.Rows)}
	var errs []error
	for column, into := range map[string]*float64{"inside_seconds": &s.insideSeconds, "cpu_seconds": &s.cpuSeconds, "peak_mib": &s.peakMiB} {
		median, err := turns.Median(column)
		*into, errs = median, append(errs, err)
	}
	walls, err := turns.Figures("wall_seconds")
	if err := errors.Join(append(errs, err)...); err != nil {
		return s, err
	}
	s.leastSeconds, s.wallSeconds, _ = measure.Spread(walls)
	return s, nil
}

// compare sets every program against flagfill.
func (r *result) compare() {
	var ours summary
	for _, s := range r.programs {
		if s.program == flagfillRun {
			ours = s
		}
	}
	for i := range r.programs {
		s := &r.programs[i]
		s.timesOurs, s.timesOursInside = s.wallSeconds/ours.wallSeconds, s.insideSeconds/ours.wallSeconds
	}
}
