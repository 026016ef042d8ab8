package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"
)

// contender is a program that does the job, each time into an output folder
// that is not there yet.
type contender struct {
	name    string
	command []string
	out     string
	costs   []cost
}

// cost of one run of the whole process.
type cost struct {
	wall, cpu time.Duration
	inside    time.Duration // by the program's own clock, without its start-up; 0 where it says nothing
	rssBytes  int64
}

func (c *contender) run(ctx context.Context) (cost, error) {
	if err := os.RemoveAll(c.out); err != nil {
		return cost{}, fmt.Errorf("cannot clear the output of %s: %w", c.name, err)
	}
	cmd := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("cannot run %s: %w\n%s", c.name, err, stderr.String())
	}
	result := cost{wall: time.Since(began), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		result.rssBytes = usage.Maxrss * 1024 // Linux counts in KiB
	}
	var said struct {
		Seconds float64 `json:"seconds"`
	}
	if json.Unmarshal(stdout.Bytes(), &said) == nil {
		result.inside = time.Duration(said.Seconds * float64(time.Second))
	}
	return result, nil
}

func printCosts(w io.Writer, ours, theirs *contender) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\twall min\tmedian\tinside min\tmedian\tuser+system min\tmedian\tpeak RSS min\tmedian\t")
	for _, c := range []*contender{ours, theirs} {
		fmt.Fprintf(table, "%s\t", c.name)
		for _, of := range []func(cost) float64{wallSeconds, insideSeconds, cpuSeconds} {
			if low, median := spread(c.costs, of); median > 0 {
				fmt.Fprintf(table, "%.2f s\t%.2f s\t", low, median)
			} else {
				fmt.Fprint(table, "–\t–\t")
			}
		}
		low, median := spread(c.costs, rssMiB)
		fmt.Fprintf(table, "%.0f MiB\t%.0f MiB\t\n", low, median)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, us := spread(ours.costs, wallSeconds)
	_, them := spread(theirs.costs, wallSeconds)
	_, themInside := spread(theirs.costs, insideSeconds)
	_, err := fmt.Fprintf(w, "\nratio of median walls, %d pairs: %.2f (%.2f without the start-up of %s)\n", len(ours.costs), them/us, themInside/us, theirs.name)
	return err
}

func wallSeconds(c cost) float64   { return c.wall.Seconds() }
func insideSeconds(c cost) float64 { return c.inside.Seconds() }
func cpuSeconds(c cost) float64    { return c.cpu.Seconds() }
func rssMiB(c cost) float64        { return float64(c.rssBytes) / (1 << 20) }

// spread is the least and the median of a figure.
func spread(costs []cost, of func(cost) float64) (low, median float64) {
	figures := make([]float64, len(costs))
	for i, c := range costs {
		figures[i] = of(c)
	}
	slices.Sort(figures)
	middle := len(figures) / 2
	median = figures[middle]
	if len(figures)%2 == 0 {
		median = (figures[middle-1] + figures[middle]) / 2
	}
	return figures[0], median
}
