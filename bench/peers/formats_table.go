package main

import (
	"fmt"

	"flagfill/bench/measure"
)

// formatsTable holds a line for each format, and one for each that Go's Arrow
// library reads.
func formatsTable(sheet measure.Sheet) (string, error) {
	results, err := summarise(sheet)
	if err != nil {
		return "", err
	}
	byFormat := map[string]result{}
	for _, r := range results {
		byFormat[r.format] = r
	}
	var runs, readers [][]string
	for _, f := range formats {
		r, ok := byFormat[f.name]
		if !ok {
			return "", fmt.Errorf("there are no figures of %s", f.title)
		}
		inputMegabytes, err := sheet.Where("format", f.name).Median("input_mb")
		if err != nil {
			return "", err
		}
		line := []string{f.title, megabytes(1e6 * inputMegabytes), "–", "–", "–", "–", "–", "–", "–", "–"}
		for _, s := range r.programs {
			cells := []string{measure.Seconds(s.leastSeconds), measure.Seconds(s.wallSeconds), measure.Seconds(s.cpuSeconds)}
			switch s.program {
			case flagfillRun:
				copy(line[2:], cells)
			case duckdbAll:
				copy(line[5:], append(cells, measure.Times(s.timesOurs), measure.Times(s.timesOursInside)))
			case arrowReader:
				readers = append(readers, append([]string{f.title}, append(cells, measure.Times(1/s.timesOurs))...))
			}
		}
		runs = append(runs, line)
	}
	return fmt.Sprintf("%d turns\n\n", results[0].programs[0].turns) +
		measure.Markdown([]string{"", "both files", "`flagfill run`: wall min", "median", "user + system",
			"DuckDB: wall min", "median", "user + system", "wall to flagfill's", "without start-up"}, runs) +
		"\n" + measure.Markdown([]string{"Go's Arrow library, reading alone", "wall min", "median", "user + system", "`flagfill run` to it"}, readers) +
		source(sheet, formatsSheet), nil
}
