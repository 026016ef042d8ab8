package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers"
)

// reconcileDocument is what reconcile --json prints.
type reconcileDocument struct {
	Schema         string                        `json:"schema"`
	Out            string                        `json:"out"`
	DryRun         bool                          `json:"dry_run"`
	Partial        bool                          `json:"partial"` // counts so far, of which no folder was made
	Seconds        float64                       `json:"seconds"`
	Cautions       []string                      `json:"cautions"` // what an operator should look at
	Stages         *stagesDocument               `json:"stages,omitempty"`
	InputsHashed   *hashedDocument               `json:"inputs_hashed,omitempty"`
	Reconciliation *writers.ReconciliationRecord `json:"reconciliation"`
}

// reconciled is what came of a reconciliation, and what it took.
type reconciled struct {
	found            *engine.Reconciliation
	record           *writers.ReconciliationRecord
	hashed           *hashedInputs
	timings          writers.Timings
	opening, elapsed time.Duration // of the inputs; of all
}

// summarise prints the result of a reconciliation.
func (f *reconcileFlags) summarise(w io.Writer, done *reconciled) error {
	r, elapsed := done.record, done.elapsed
	stages := shareOut(done.timings, done.opening, elapsed)
	if f.json {
		d := reconcileDocument{"flagfill.reconcile/1", f.out, f.dryRun, r.Partial, elapsed.Seconds(),
			append([]string{}, done.found.Result.Cautions...), nil, done.hashed.document(), r}
		if f.stages && !r.Partial {
			d.Stages = newStagesDocument(stages)
		}
		return writeJSON(w, d)
	}
	out := engine.ShownPath(f.out)
	switch {
	case r.Partial:
		fmt.Fprintf(w, "PARTIAL: stopped over the limit; nothing was written, and the rest was not looked at.\n\n")
	case f.dryRun:
		fmt.Fprintf(w, "Dry run: %s was not written. This is what it would hold.\n\n", out)
	default:
		fmt.Fprintf(w, "Reconciled in %s, verified.\n\n", out)
	}
	fmt.Fprintf(w, "as of %s, fuel %s, expected as %s\n", r.AsOf.Format(time.RFC3339), r.Fuel, r.Expected)
	if !r.Partial {
		fmt.Fprintf(w, "content digest %s\n", r.ContentDigest)
	}
	fmt.Fprintln(w)
	writeClasses(w, r)
	writeStale(w, r)
	writeHolders(w, r)
	writeCorrections(w, r)
	writeCautions(w, done.found.Result.Cautions)
	if f.stages && !r.Partial {
		writeStages(w, stages)
	}
	done.hashed.write(w)
	if !r.Partial {
		fmt.Fprintf(w, "%s differences, %s meter points and %s extract rows in %.2f s\n",
			count(r.Differences), count(r.MeterPoints.Assessed), count(r.ExtractRows), elapsed.Seconds())
	}
	if !r.Partial && !f.dryRun {
		fmt.Fprintf(w, "Next: flagfill verify %s\n", out)
	}
	return nil
}

// writeClasses shows meter points and rows by class, and by fuel; rows without
// an MPxN that can be read are of neither.
func writeClasses(w io.Writer, r *writers.ReconciliationRecord) {
	gas, electricity, neither := r.ByFuel[meterpoint.Gas.String()], r.ByFuel[meterpoint.Electricity.String()], r.ByFuel["none"]
	points := newTable(w, "meter points", "difference", "gas", "electricity", "all")
	alignNumbers(points, 3, 4, 5)
	rows := newTable(w, "extract rows", "difference", "gas", "electricity", "neither", "all")
	alignNumbers(rows, 3, 4, 5, 6)
	for class := range engine.Class(engine.LineClasses) {
		name := engine.LineClass(class)
		mark := map[bool]string{true: "yes", false: "no"}[engine.IsLineDifference(class)]
		if class < engine.Classes {
			points.AppendRow(table.Row{name, mark, count(gas.Classes[name]), count(electricity.Classes[name]), count(r.Classes[name])})
		} else if n, listed := r.Rows[name]; listed {
			rows.AppendRow(table.Row{name, mark, count(gas.Rows[name]), count(electricity.Rows[name]), count(neither.Rows[name]), count(n)})
		}
	}
	points.AppendFooter(table.Row{"all", "", count(total(gas.Classes)), count(total(electricity.Classes)), count(total(r.Classes))})
	rows.AppendFooter(table.Row{"all", "", count(total(gas.Rows)), count(total(electricity.Rows)), count(total(neither.Rows)), count(total(r.Rows))})
	points.Render()
	fmt.Fprintln(w)
	rows.Render()
	fmt.Fprintln(w)
}

func total(classes map[string]int64) (n int64) {
	for _, points := range classes {
		n += points
	}
	return n
}

func writeStale(w io.Writer, r *writers.ReconciliationRecord) {
	if len(r.Stale) == 0 {
		return
	}
	t := newTable(w, "stale: held", "expected", "meter points")
	alignNumbers(t, 3)
	for _, s := range r.Stale {
		t.AppendRow(table.Row{s.From, s.To, count(s.Count)})
	}
	t.Render()
	fmt.Fprintln(w)
}

// writeHolders shows what each RDP has of each kind of difference.
func writeHolders(w io.Writer, r *writers.ReconciliationRecord) {
	t := newTable(w, "RDP", "meter points", "match", "differences", "extract rows", "row differences")
	alignNumbers(t, 2, 3, 4, 5, 6)
	for _, name := range slices.Sorted(maps.Keys(r.ByRDP)) {
		share := r.ByRDP[name]
		var points, differing, rows, rowsDiffering int64
		for class := range engine.Class(engine.LineClasses) {
			n, differs := share.Classes[engine.LineClass(class)], engine.IsLineDifference(class)
			if class >= engine.Classes {
				n = share.Rows[engine.LineClass(class)]
				rows += n
				if differs {
					rowsDiffering += n
				}
				continue
			}
			points += n
			if differs {
				differing += n
			}
		}
		t.AppendRow(table.Row{name, count(points), count(share.Classes[engine.Match.String()]), count(differing), count(rows), count(rowsDiffering)})
	}
	t.Render()
	fmt.Fprintln(w)
}

func writeCorrections(w io.Writer, r *writers.ReconciliationRecord) {
	if r.Corrections == nil {
		return
	}
	c := r.Corrections
	fmt.Fprintf(w, "%s is a publication: %s corrections emitted, %s withheld by a switch; held, unexpected and misrouted flags are only listed.\n\n",
		c.Path, count(c.Reportable.Emitted), count(c.Reportable.Withheld))
}
