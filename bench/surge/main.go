// Surge measures flagfill run at the sizes it is made for: the surge of a
// go-live, how time grows with size, the shapes that data may have, and memory.
//
//	go run ./bench/surge [flags] profiles|scaling|shapes|memory|tables
//
// Snapshots are generated where they are not there yet, and stay. Every
// measurement writes its figures as text; tables makes bench/README.md and the
// chart from that text.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// bench is what all measurements share.
type bench struct {
	flagfill  string
	snapshots string // folder of snapshots, kept from one measurement to the next
	results   string // folder of raw figures
	readme    string
	turns     int
	share     float64 // of a profile's meter points
	names     string  // of the profiles, separated by spaces
	sizes     string  // in meter points, separated by spaces
	points    int64   // of the snapshots of all shapes
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == generateCommand {
		exit(generate(os.Args[2]))
	}
	var b bench
	flag.StringVar(&b.flagfill, "flagfill", "bin/flagfill", "the program to measure")
	flag.StringVar(&b.snapshots, "snapshots", "bench/snapshots", "folder of snapshots; generated where missing")
	flag.StringVar(&b.results, "results", "bench/results", "folder for the figures")
	flag.StringVar(&b.readme, "readme", "bench/README.md", "tables: the document that shows the figures")
	flag.IntVar(&b.turns, "turns", 5, "runs of each, after one that is not counted")
	flag.Float64Var(&b.share, "share", 1, "profiles, memory: share of the meter points")
	flag.StringVar(&b.names, "profiles", "fia gb republish daily", "profiles: which; there is stress too")
	flag.StringVar(&b.sizes, "sizes", "1000000 2000000 5000000 10000000 20000000 57000000", "scaling: numbers of meter points")
	flag.Int64Var(&b.points, "points", 10_000_000, "shapes: meter points")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := b.measure(ctx, flag.Args())
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "surge:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (b *bench) measure(ctx context.Context, what []string) error {
	if b.turns < 1 || b.share <= 0 || b.share > 1 || b.points < 1 {
		return errors.New("cannot measure: at least one turn and one meter point, and a share above 0 and at most 1")
	}
	measurements := map[string]func(context.Context) error{
		"profiles": b.profiles, "scaling": b.scaling, "shapes": b.shapes, "memory": b.memory, "tables": b.tables,
	}
	measurement, ok := measurements[strings.Join(what, " ")]
	if !ok {
		return fmt.Errorf("cannot measure %q: name profiles, scaling, shapes, memory or tables", what)
	}
	if err := measurement(ctx); err != nil {
		return err
	}
	return b.show(strings.Join(what, " "))
}
