package main

import (
	"slices"
	"strings"

	"flagfill/bench/measure"
)

// surge is what was measured of a profile.
type surge struct {
	name            string
	runs, receivers measure.Sheet
}

func surgeTable(surges []surge) (string, error) {
	head := []string{"profile", "meter points", "devices", "changed", "wall min", "wall median", "rows a second", "user + system", "peak RSS", "flow records", "files", "flows", "whole", "verify"}
	var rows [][]string
	var sources strings.Builder
	for _, s := range surges {
		runs := taken{Sheet: s.runs}
		rows = append(rows, []string{"`" + s.name + "`", millions(runs.median("point_rows")), millions(runs.median("device_rows")), thousands(runs.median("changed")),
			measure.Seconds(runs.low("wall_seconds")), measure.Seconds(runs.median("wall_seconds")), millions(runs.rows() / runs.median("wall_seconds")),
			measure.Seconds(runs.median("cpu_seconds")), measure.MiB(runs.high("peak_mib")), thousands(runs.median("flow_records")), thousands(runs.median("flow_files")),
			size(runs.median("flow_bytes")), size(runs.median("all_bytes")), measure.Seconds(runs.median("verify_seconds"))})
		if runs.err != nil {
			return "", runs.err
		}
		sources.WriteString(source(s.runs, surgeSheet+s.name))
	}
	return measure.Markdown(head, rows) + sources.String(), nil
}

// receiversTable has a row for each RDP and a column for each profile, as most
// is sent to few.
func receiversTable(surges []surge) (string, error) {
	head := []string{"RDP"}
	cells := map[string][]string{}
	for i, s := range surges {
		head = append(head, "`"+s.name+"`")
		for _, rdp := range s.receivers.Values("rdp") {
			of := taken{Sheet: s.receivers.Where("rdp", rdp)}
			if cells[rdp] == nil {
				cells[rdp] = slices.Repeat([]string{"–"}, len(surges))
			}
			cells[rdp][i] = thousands(of.median("files")) + " / " + size(of.median("bytes"))
			if of.err != nil {
				return "", of.err
			}
		}
	}
	var names []string
	for rdp := range cells {
		names = append(names, rdp)
	}
	slices.Sort(names)
	var rows [][]string
	for _, rdp := range names {
		rows = append(rows, append([]string{rdp}, cells[rdp]...))
	}
	return measure.Markdown(head, rows), nil
}

func shapesTable(s measure.Sheet) (string, error) {
	head := []string{"shape", "changed", "wall min", "wall median", "of the usual", "user + system", "peak RSS"}
	usual := taken{Sheet: s.Where("shape", "usual")}
	var rows [][]string
	for _, shape := range s.Values("shape") {
		of := taken{Sheet: s.Where("shape", shape)}
		rows = append(rows, []string{said(shape), thousands(of.median("changed")), measure.Seconds(of.low("wall_seconds")), measure.Seconds(of.median("wall_seconds")),
			measure.Times(of.median("wall_seconds") / usual.median("wall_seconds")), measure.Seconds(of.median("cpu_seconds")), measure.MiB(of.high("peak_mib"))})
		if of.err != nil {
			return "", of.err
		}
	}
	if usual.err != nil {
		return "", usual.err
	}
	return measure.Markdown(head, rows) + source(s, shapesSheet), nil
}
