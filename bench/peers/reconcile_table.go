package main

import (
	"fmt"
	"strconv"

	"flagfill/bench/measure"
)

// What a reconciliation is to reach.
const (
	joinGoal   = 10.0 // times as fast as the full outer join
	spreadGoal = 1.5  // the slowest share of differences to the fastest
)

// reconcileTable holds a line for each share of differences, and the goals.
func reconcileTable(sheet measure.Sheet) (string, error) {
	var rows [][]string
	least, most, leastRatio := 0.0, 0.0, 0.0
	for _, share := range sharesOfDifferences {
		ofShare := sheet.Where("share", strconv.Itoa(share))
		wall := map[string]float64{}
		for _, program := range []string{flagfillRun, duckdbJoin} {
			turns := ofShare.Where("program", program)
			row := []string{fmt.Sprintf("%d %%", share), reconcilers[program]}
			for _, column := range []string{"wall_seconds", "inside_seconds", "cpu_seconds", "peak_mib"} {
				median, err := turns.Median(column)
				if err != nil {
					return "", err
				}
				if column == "wall_seconds" {
					wall[program] = median
				}
				row = append(row, reconcileColumns[column](median))
			}
			rows = append(rows, append(row, measure.Times(wall[program]/wall[flagfillRun])))
		}
		ours, ratio := wall[flagfillRun], wall[duckdbJoin]/wall[flagfillRun]
		if share == sharesOfDifferences[0] {
			least, most, leastRatio = ours, ours, ratio
		}
		least, most, leastRatio = min(least, ours), max(most, ours), min(leastRatio, ratio)
	}
	goals := [][]string{
		{fmt.Sprintf("the full outer join takes %g times as long, whatever the share", joinGoal), measure.Times(leastRatio) + " at least", measure.Reached(leastRatio >= joinGoal)},
		{fmt.Sprintf("the slowest share takes at most %g times as long as the fastest", spreadGoal), measure.Times(most / least), measure.Reached(most <= spreadGoal*least)},
	}
	return measure.Markdown([]string{"differences", "medians", "wall", "by its own clock", "user + system", "peak RSS", "wall to flagfill's"}, rows) +
		"\n" + measure.Markdown([]string{"goal", "figure", "reached"}, goals) + source(sheet, reconcileSheet), nil
}

var reconcilers = map[string]string{flagfillRun: "`flagfill reconcile`", duckdbJoin: "DuckDB, full outer join"}

// reconcileColumns say how figures are shown.
var reconcileColumns = map[string]func(float64) string{"wall_seconds": measure.Seconds, "inside_seconds": measure.Seconds,
	"cpu_seconds": measure.Seconds, "peak_mib": measure.MiB}
