package main

import (
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"flagfill/engine"
	"flagfill/writers"
)

// What makes the shares of a run's time add up to the whole.
const (
	otherTime = "other" // between the stages
	idleTime  = "idle"  // a goroutine waits, or its work has not begun or has ended
)

// shareOut completes the timings of a run that took the whole, opening its
// inputs included: stages then add up to the whole, and the steps of each crew to
// the whole for each of its goroutines.
func shareOut(t writers.Timings, opening, whole time.Duration) writers.Timings {
	stages := append([]engine.Stage{{Name: "open", Duration: opening}}, t.Stages...)
	shared := writers.Timings{Stages: withRest(stages, otherTime, whole)}
	for _, crew := range t.Crews {
		crew.Steps = withRest(crew.Steps, idleTime, time.Duration(crew.Goroutines)*whole)
		shared.Crews = append(shared.Crews, crew)
	}
	return shared
}

func withRest(parts []engine.Stage, rest string, whole time.Duration) []engine.Stage {
	for _, p := range parts {
		whole -= p.Duration
	}
	return append(parts[:len(parts):len(parts)], engine.Stage{Name: rest, Duration: whole})
}

// writeStages shows two tables whose columns add up as they are printed.
func writeStages(w io.Writer, t writers.Timings) {
	stages := newTable(w, "stage", "seconds", "share")
	alignNumbers(stages, 2, 3)
	var wall column
	for _, s := range t.Stages {
		wall.add(s.Duration)
	}
	for i, s := range t.Stages {
		stages.AppendRow(table.Row{s.Name, wall.seconds(i), wall.share(i)})
	}
	stages.AppendSeparator()
	stages.AppendRow(table.Row{"wall clock", seconds(wall.sum()), percent(wholeShare)})
	stages.Render()
	fmt.Fprintln(w)

	steps := newTable(w, "goroutines", "step", "seconds", "share")
	alignNumbers(steps, 3, 4)
	var work column
	goroutines := 0
	for _, crew := range t.Crews {
		goroutines += crew.Goroutines
		for _, s := range crew.Steps {
			work.add(s.Duration)
		}
	}
	at := 0
	for _, crew := range t.Crews {
		name := fmt.Sprintf("%d × %s", crew.Goroutines, crew.Name)
		for _, s := range crew.Steps {
			steps.AppendRow(table.Row{name, s.Name, work.seconds(at), work.share(at)})
			name, at = "", at+1
		}
	}
	steps.AppendSeparator()
	steps.AppendRow(table.Row{fmt.Sprintf("%d × wall clock", goroutines), "", seconds(work.sum()), percent(wholeShare)})
	steps.Render()
	fmt.Fprintln(w)
}

// column holds running sums of durations. A part is shown as the difference of
// two rounded sums, so that the parts as shown add up to the sum as shown.
type column []time.Duration

const wholeShare = 1000 // in tenths of a per cent

func (c *column) add(d time.Duration) { *c = append(*c, c.sum()+d) }

func (c column) sum() time.Duration { return c.upTo(len(c)) }

func (c column) upTo(n int) time.Duration {
	if n == 0 {
		return 0
	}
	return c[n-1]
}

func (c column) seconds(i int) string {
	return seconds(c.upTo(i+1).Round(time.Millisecond) - c.upTo(i).Round(time.Millisecond))
}

func (c column) share(i int) string {
	tenths := func(d time.Duration) int64 { return int64(wholeShare*d.Seconds()/max(c.sum().Seconds(), 1e-9) + 0.5) }
	return percent(tenths(c.upTo(i+1)) - tenths(c.upTo(i)))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func percent(tenths int64) string { return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10) }

// stagesDocument is what run --stages --json adds.
type stagesDocument struct {
	Wall []timeShare `json:"wall"`
	Work []crewShare `json:"work"`
}

type timeShare struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

type crewShare struct {
	Name       string      `json:"name"`
	Goroutines int         `json:"goroutines"`
	Steps      []timeShare `json:"steps"`
}

func newStagesDocument(t writers.Timings) *stagesDocument {
	shares := func(parts []engine.Stage) (shares []timeShare) {
		for _, p := range parts {
			shares = append(shares, timeShare{p.Name, p.Duration.Seconds()})
		}
		return shares
	}
	d := &stagesDocument{Wall: shares(t.Stages)}
	for _, crew := range t.Crews {
		d.Work = append(d.Work, crewShare{crew.Name, crew.Goroutines, shares(crew.Steps)})
	}
	return d
}
