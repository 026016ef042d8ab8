// Peers measures flagfill against other ways to do the same: SQL on DuckDB, Go
// with maps, sort and join; on files of every format; its reconciliation against a full outer join; and its
// publishing against cat through sha256sum.
//
//	go run ./bench/peers [flags] job|formats|reconcile|publish|tables
//
// Snapshots are generated where they are not there yet, and stay. Figures are
// written as text; tables makes sections of bench/README.md and the chart from
// that text. Node and npm are needed.
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
	peers     string // folder of this program's sources
	snapshots string // folder of snapshots, kept from one measurement to the next
	results   string // folder of raw figures
	readme    string
	points    int64 // meter points of a snapshot
	turns     int
	threads   int
}

const (
	asOf        = "2026-11-21T02:00:00Z"
	effectiveOn = "20261121" // of what changes at asOf
)

func main() {
	var b bench
	flag.StringVar(&b.flagfill, "flagfill", "bin/flagfill", "the program to measure")
	flag.StringVar(&b.peers, "peers", "bench/peers", "folder of the peers")
	flag.StringVar(&b.snapshots, "snapshots", "bench/snapshots", "folder of snapshots; generated where missing")
	flag.StringVar(&b.results, "results", "bench/results", "folder for the figures")
	flag.StringVar(&b.readme, "readme", "bench/README.md", "tables: the document that shows the figures")
	flag.Int64Var(&b.points, "points", 10_000_000, "job, formats, reconcile, publish: meter points")
	flag.IntVar(&b.turns, "turns", 5, "runs of each, after one that is not counted")
	flag.IntVar(&b.threads, "threads", 2, "threads of flagfill, DuckDB and sort")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := b.measure(ctx, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func (b *bench) measure(ctx context.Context, what []string) error {
	if b.turns < 1 || b.threads < 1 || b.points < 1 {
		return errors.New("cannot measure: at least one turn, one thread and one meter point")
	}
	measurements := map[string]func(context.Context) error{"job": b.job, "formats": b.formats, "reconcile": b.reconcile, "publish": b.publish, "tables": b.tables}
	measurement, ok := measurements[strings.Join(what, " ")]
	if !ok {
		return fmt.Errorf("cannot measure %q: name job, formats, reconcile, publish or tables", what)
	}
	if err := measurement(ctx); err != nil {
		return err
	}
	return b.show(strings.Join(what, " "))
}

// say tells what is being done.
func say(format string, words ...any) { fmt.Fprintf(os.Stderr, "peers: "+format+"\n", words...) }
