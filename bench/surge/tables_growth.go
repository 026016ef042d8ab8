package main

import (
	"fmt"
	"math"
	"strconv"

	"flagfill/bench/measure"
)

// growthLine is how the time of a run grows with some workers: points and
// figures by size, ascending as measured. All times are medians.
type growthLine struct {
	workers                string
	points, rows           []float64
	wallSeconds, peakMiB   []float64
	gatherAndAssessSeconds []float64
	slope, r2              float64 // NaN for one size
}

func growthLines(s measure.Sheet) ([]growthLine, error) {
	var lines []growthLine
	for _, workers := range s.Values("workers") {
		line := growthLine{workers: workers}
		for _, points := range s.Values("points") {
			at := taken{Sheet: s.Where("workers", workers).Where("points", points)}
			line.points = append(line.points, at.median("points"))
			line.rows = append(line.rows, at.rows())
			line.wallSeconds = append(line.wallSeconds, at.median("wall_seconds"))
			line.peakMiB = append(line.peakMiB, at.high("peak_mib"))
			line.gatherAndAssessSeconds = append(line.gatherAndAssessSeconds, at.median("gather_seconds")+at.median("assess_seconds"))
			if at.err != nil {
				return nil, at.err
			}
		}
		line.slope, line.r2 = fitPowerLaw(line.points, line.wallSeconds)
		lines = append(lines, line)
	}
	if len(lines) != 2 {
		return nil, fmt.Errorf("there are figures of %d numbers of workers, and two are compared", len(lines))
	}
	return lines, nil
}

func scalingTable(s measure.Sheet) (string, error) {
	lines, err := growthLines(s)
	if err != nil {
		return "", err
	}
	one, two := lines[0], lines[1]
	head := []string{"meter points", "rows", "wall, 1 worker", "2 workers", "speed-up", "gather + assess, 1 worker", "2 workers", "speed-up", "rows a second, 2 workers", "peak RSS, 2 workers"}
	var rows [][]string
	for i, points := range one.points {
		rows = append(rows, []string{thousands(points), millions(one.rows[i]),
			measure.Seconds(one.wallSeconds[i]), measure.Seconds(two.wallSeconds[i]), measure.Times(one.wallSeconds[i] / two.wallSeconds[i]),
			measure.Seconds(one.gatherAndAssessSeconds[i]), measure.Seconds(two.gatherAndAssessSeconds[i]), measure.Times(one.gatherAndAssessSeconds[i] / two.gatherAndAssessSeconds[i]),
			millions(two.rows[i] / two.wallSeconds[i]), measure.MiB(two.peakMiB[i])})
	}
	text := "![Wall clock by meter points, one worker and two](results/" + scalingChart + ")\n\n" + measure.Markdown(head, rows)
	for _, line := range lines {
		if !math.IsNaN(line.slope) {
			text += fmt.Sprintf("\nWith %s: wall grows as meter points to the power of %.3f, R² %.4f.\n", workersWords(line.workers), line.slope, line.r2)
		}
	}
	return text + source(s, scalingSheet), nil
}

func memoryTable(s measure.Sheet) (string, error) {
	head := []string{"rows", "`--memory`", "peak RSS, highest", "wall min", "wall median", "of the default", "user + system"}
	var rows [][]string
	for _, order := range s.Values("order") {
		ordered := s.Where("order", order)
		usual := taken{Sheet: ordered.Where("budget", "none")}
		for _, given := range ordered.Values("budget") {
			of := taken{Sheet: ordered.Where("budget", given)}
			shown := given
			if given == "none" {
				shown = "default"
			}
			rows = append(rows, []string{millions(of.rows()) + ", " + order, shown, measure.MiB(of.high("peak_mib")), measure.Seconds(of.low("wall_seconds")), measure.Seconds(of.median("wall_seconds")),
				measure.Times(of.median("wall_seconds") / usual.median("wall_seconds")), measure.Seconds(of.median("cpu_seconds"))})
			if of.err != nil {
				return "", of.err
			}
		}
		if usual.err != nil {
			return "", usual.err
		}
	}
	return measure.Markdown(head, rows) + source(s, memorySheet), nil
}

func workersWords(workers string) string {
	if n, err := strconv.Atoi(workers); err == nil && n == 1 {
		return "1 worker"
	}
	return workers + " workers"
}
