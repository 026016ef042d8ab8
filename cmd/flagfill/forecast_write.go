package main

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"flagfill/engine"
	"flagfill/forecast"
	"flagfill/writers"
)

// forecastView is a forecast as it is shown.
type forecastView struct {
	dir        string
	manifest   *writers.Manifest
	runSeconds float64
	deadline   time.Time
	forecast   *forecast.Forecast // nil where there is nothing to send
}

func (v *forecastView) write(w io.Writer) {
	if v.forecast == nil {
		fmt.Fprintf(w, "%s holds no flow file: there is nothing to send.\n", engine.ShownPath(v.dir))
		return
	}
	v.writeBottleneck(w)
	v.writeReceivers(w)
	v.writeCautions(w)
	v.writeDeadline(w)
	v.writeDailyRuns(w)
	v.writeBacklog(w)
	v.writeOthers(w)
	fmt.Fprintln(w, "Times are UTC, to the whole minute that is not earlier; files are sent in their order, wholly within a window, and\nacknowledgements come at any hour.")
}

// writeBottleneck says first what decides when all is done.
func (v *forecastView) writeBottleneck(w io.Writer) {
	columns := v.forecast.Columns
	first := columns[0].Receivers[0]
	same, slower := true, true
	for i := range columns {
		r := columns[i].Receivers[0]
		same = same && r.Receiver == first.Receiver
		slower = slower && float64(r.Elapsed()) > v.runSeconds
	}
	run := forecast.Duration(int64(math.Ceil(v.runSeconds)))
	switch {
	case !slower:
		fmt.Fprintf(w, "The bottleneck is this program: its run took %s, and the receivers need no longer.\n", run)
	case same:
		fmt.Fprintf(w, "The bottleneck is %s, not this program.\n", first.Receiver)
	default:
		fmt.Fprintln(w, "Which receiver is the bottleneck depends on the capacities; this program is not.")
	}
	for i := range columns {
		fmt.Fprintf(w, "  %s: %s\n", engine.Shown(columns[i].Label), columns[i].Sentence())
	}
	if slower {
		fmt.Fprintf(w, "The run itself took %s.\n", run)
	}
	fmt.Fprintln(w)
}

func (v *forecastView) writeReceivers(w io.Writer) {
	alone := len(v.forecast.Columns) == 1
	header, numbers := []any{"RDP", "fuel", "records"}, []int{3}
	for _, c := range v.forecast.Columns {
		header = append(header, "files, "+engine.Shown(c.Label))
		numbers = append(numbers, len(header))
		if alone {
			header = append(header, "first start")
		}
		header = append(header, "finish", "needs")
		numbers = append(numbers, len(header))
	}
	t := newTable(w, header...)
	alignNumbers(t, numbers...)
	for _, first := range v.forecast.Columns[0].Receivers {
		row := table.Row{first.RDP, first.Fuel.String(), count(first.Records)}
		for i := range v.forecast.Columns {
			r := v.forecast.Columns[i].Of(first.Receiver)
			row = append(row, count(r.Files))
			if alone {
				row = append(row, forecast.Clock(r.FirstStart))
			}
			row = append(row, forecast.Clock(r.Finish), forecast.Duration(r.Elapsed()))
		}
		t.AppendRow(row)
	}
	t.Render()
	fmt.Fprintln(w)
}

func (v *forecastView) writeCautions(w io.Writer) {
	written := false
	for i := range v.forecast.Columns {
		c := &v.forecast.Columns[i]
		for _, r := range c.Receivers {
			if r.Recut {
				fmt.Fprintf(w, "%s: %s takes %s records in a file, and larger ones are published: run with max_records = %d, as is assumed here.\n",
					engine.Shown(c.Label), r.Receiver, count(r.RecordsPerFile), r.RecordsPerFile)
				written = true
			}
		}
		for _, r := range c.Unused {
			fmt.Fprintf(w, "%s: %s is named in the capacity file, and is sent nothing.\n", engine.Shown(c.Label), r)
			written = true
		}
	}
	if written {
		fmt.Fprintln(w)
	}
}

func (v *forecastView) writeDeadline(w io.Writer) {
	if v.deadline.IsZero() {
		fmt.Fprint(w, "No deadline is given: with --deadline the latest safe start is shown.\n\n")
		return
	}
	fmt.Fprintf(w, "To be done by %s UTC\n", forecast.Clock(v.deadline.Unix()))
	for i := range v.forecast.Columns {
		c := &v.forecast.Columns[i]
		label := engine.Shown(c.Label)
		if latest := c.LatestStart(); latest == 0 {
			fmt.Fprintf(w, "  %s: no start within a year before it is early enough\n", label)
		} else {
			fmt.Fprintf(w, "  %s: the latest safe start for all is %s\n", label, forecast.Clock(latest))
		}
		for _, r := range c.Receivers {
			switch {
			case r.LatestStart == 0:
				fmt.Fprintf(w, "    %s never makes it\n", r.Receiver)
			case r.FirstStart > r.LatestStart:
				fmt.Fprintf(w, "    %s starts at %s, %s too late: by %s at the latest\n", r.Receiver, forecast.Clock(r.FirstStart),
					forecast.Duration(r.FirstStart-r.LatestStart), forecast.Clock(r.LatestStart))
			}
		}
	}
	fmt.Fprintln(w)
}

func (v *forecastView) writeDailyRuns(w io.Writer) {
	t := newTable(w, "the next daily run meets files", "capacity", "at", "files before it", "daily runs met")
	alignNumbers(t, 4, 5)
	for _, first := range v.forecast.Columns[0].Receivers {
		for i := range v.forecast.Columns {
			if r := v.forecast.Columns[i].Of(first.Receiver); r.DailyRun.Waiting > 0 {
				t.AppendRow(table.Row{r.Receiver.String(), engine.Shown(v.forecast.Columns[i].Label), forecast.Clock(r.DailyRun.At), count(r.DailyRun.Waiting), count(r.DailyRun.Met)})
			}
		}
	}
	if t.Length() == 0 {
		fmt.Fprint(w, "The next daily run meets no file that still waits.\n\n")
		return
	}
	t.Render()
	fmt.Fprintln(w)
}

func (v *forecastView) writeBacklog(w io.Writer) {
	header, numbers := []any{"not acknowledged yet"}, []int{}
	for _, c := range v.forecast.Columns {
		header = append(header, "records, "+engine.Shown(c.Label), "files")
		numbers = append(numbers, len(header)-1, len(header))
	}
	t := newTable(w, header...)
	alignNumbers(t, numbers...)
	for _, at := range v.forecast.Instants {
		row := table.Row{forecast.Clock(at)}
		for n := range v.forecast.Columns {
			records, files := v.forecast.Columns[n].Backlog(at)
			row = append(row, count(records), count(files))
		}
		t.AppendRow(row)
	}
	t.Render()
	fmt.Fprintln(w)
}

// writeOthers shows what other cuts and waves would change.
func (v *forecastView) writeOthers(w io.Writer) {
	header, numbers := []any{"what else"}, []int{}
	for _, c := range v.forecast.Columns {
		header = append(header, "files, "+engine.Shown(c.Label), "finish", "most waiting at one RDP")
		numbers = append(numbers, len(header)-2, len(header))
	}
	t := newTable(w, header...)
	alignNumbers(t, numbers...)
	for i, other := range v.forecast.Columns[0].Others {
		row := table.Row{otherCutWords(other)}
		for n := range v.forecast.Columns {
			o := v.forecast.Columns[n].Others[i]
			row = append(row, count(o.Files), forecast.Clock(o.Finish), count(o.Most))
		}
		t.AppendRow(row)
	}
	t.Render()
	fmt.Fprintln(w)
}

func otherCutWords(o forecast.Other) string {
	switch {
	case o.AnyFlight:
		return "any number of files in flight"
	case o.MaxRecords > 0:
		return "max_records = " + count(o.MaxRecords)
	case o.Waves > 1:
		return count(o.Waves) + " waves, a day apart"
	}
	return "as published"
}
