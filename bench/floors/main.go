// Floors measures what a run costs above the least that reading its input can
// cost.
//
//	go run ./bench/floors -data DIR [flags] measure
//	go run ./bench/floors [flags] tables
//
// The page floor is a process that reads and releases, with parquet-go, every
// page that a run needs. The scan floor is what flagfill's own workers take to
// decode, parse and check, counted by flagfill run --stages; what they make of it
// is used afterwards, so that scan and run are of one and the same process. Page
// floor and run take turns. measure writes figures as text; tables makes the
// tables of bench/README.md from that text.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

type bench struct {
	flagfill string
	data     string // folder of the snapshot
	results  string // folder of the figures
	readme   string
	turns    int
}

const sheetName = "floors.txt"

func main() {
	if len(os.Args) == 4 && os.Args[1] == pagesCommand {
		exit(printPages(os.Args[2], os.Args[3]))
	}
	var b bench
	flag.StringVar(&b.flagfill, "flagfill", "bin/flagfill", "the program to measure")
	flag.StringVar(&b.data, "data", "", "measure: folder with devices.parquet and meter_points.parquet")
	flag.StringVar(&b.results, "results", "bench/results", "folder for the figures")
	flag.StringVar(&b.readme, "readme", "bench/README.md", "tables: the document that shows the figures")
	flag.IntVar(&b.turns, "turns", 5, "measure: runs of each, after one that is not counted")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	switch what := strings.Join(flag.Args(), " "); {
	case what == "measure" && b.data != "" && b.turns > 0:
		err = b.measure(ctx)
	case what == "tables":
		err = b.tables()
	default:
		err = errors.New("name measure, with -data and at least one turn, or tables")
	}
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "floors:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (b *bench) sheet() string { return filepath.Join(b.results, sheetName) }
