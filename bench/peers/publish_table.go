package main

import (
	"errors"
	"fmt"

	"flagfill/bench/measure"
)

// What publishing is to reach.
const (
	flowsGoal   = 2.0 // times cat through sha256sum
	changesGoal = 3e6 // rows of changes.parquet a second
	verifyGoal  = 1.0 // times sha256sum
)

// publishTable holds the medians, and what follows from their differences.
func publishTable(sheet measure.Sheet) (string, error) {
	wall := map[string]float64{}
	var rows [][]string
	for _, program := range []string{allSent, noneSent, unchanged, catSHA256, verified, sha256Sum, openSSL} {
		turns := sheet.Where("program", program)
		row := []string{publishWords[program]}
		for _, column := range []string{"changes_rows", "flow_records", "flow_bytes", "wall_seconds", "cpu_seconds", "peak_mib"} {
			median, err := turns.Median(column)
			if err != nil {
				return "", err
			}
			if column == "wall_seconds" {
				wall[program] = median
			}
			row = append(row, publishColumns[column](median))
		}
		rows = append(rows, row)
	}
	goals, err := publishGoals(sheet, wall)
	if err != nil {
		return "", err
	}
	return measure.Markdown([]string{"medians", "rows of changes.parquet", "flow records", "flow bytes", "wall", "user + system", "peak RSS"}, rows) +
		"\n" + goals + source(sheet, publishSheet), nil
}

// publishColumns say how figures are shown.
var publishColumns = map[string]func(float64) string{
	"changes_rows": thousands, "flow_records": thousands, "flow_bytes": megabytes,
	"wall_seconds": measure.Seconds, "cpu_seconds": measure.Seconds, "peak_mib": measure.MiB,
}

var publishWords = map[string]string{
	allSent:   "everything changes and is sent",
	noneSent:  "everything changes, next to nothing is sent",
	unchanged: "next to nothing changes",
	catSHA256: "`cat` of the first's flow files through `sha256sum` into a file, with fsync",
	verified:  "`flagfill verify` of what the first published",
	sha256Sum: "`sha256sum --check` of the same files",
	openSSL:   "`openssl dgst -sha256` of the same files",
}

func publishGoals(sheet measure.Sheet, wall map[string]float64) (string, error) {
	rowsAll, err := sheet.Where("program", noneSent).Median("changes_rows")
	rowsFew, fewErr := sheet.Where("program", unchanged).Median("changes_rows")
	if err := errors.Join(err, fewErr); err != nil {
		return "", err
	}
	flows, changes := wall[allSent]-wall[noneSent], wall[noneSent]-wall[unchanged]
	ratio, rate := flows/wall[catSHA256], (rowsAll-rowsFew)/changes
	proof := wall[verified] / wall[sha256Sum]
	return measure.Markdown([]string{"goal", "figure", "reached"}, [][]string{
		{fmt.Sprintf("flow files written, hashed and verified in at most %g times `cat` through `sha256sum`: first line less second", flowsGoal),
			fmt.Sprintf("%s, %s", measure.Seconds(flows), measure.Times(ratio)), measure.Reached(ratio <= flowsGoal)},
		{fmt.Sprintf("%g M rows of changes.parquet a second: second line less third", changesGoal/1e6),
			fmt.Sprintf("%s, %.1f M rows/s", measure.Seconds(changes), rate/1e6), measure.Reached(changes > 0 && rate >= changesGoal)},
		{fmt.Sprintf("`flagfill verify` takes at most %g times `sha256sum --check`", verifyGoal), measure.Times(proof), measure.Reached(proof <= verifyGoal)},
	}), nil
}
