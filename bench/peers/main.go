// Peers measures flagfill run against the same job in DuckDB.
//
//	go run ./bench/peers --data DIR --flagfill bin/flagfill [--checks all|count|none] [--pairs 5]
//
// Both must first give the same flow records; then they take turns. Node and
// npm are needed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
)

type options struct {
	data, flagfill, peers, checks string
	pairs, threads                int
}

const asOf = "2026-11-21T02:00:00Z"

func main() {
	var o options
	flag.StringVar(&o.data, "data", "", "folder with devices.parquet and meter_points.parquet")
	flag.StringVar(&o.flagfill, "flagfill", "bin/flagfill", "the program to measure")
	flag.StringVar(&o.peers, "peers", "bench/peers", "folder of duckdb.mjs")
	flag.StringVar(&o.checks, "checks", "all", "what DuckDB does: all; count, which lists no exceptions; none, which checks nothing")
	flag.IntVar(&o.pairs, "pairs", 5, "runs of each")
	flag.IntVar(&o.threads, "threads", 2, "threads of each")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := measure(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, o options) error {
	if o.data == "" || o.pairs < 1 {
		return errors.New("--data is needed, and at least one pair")
	}
	if err := install(ctx, o.peers); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "flagfill-peers-")
	if err != nil {
		return fmt.Errorf("cannot make a folder for the outputs: %w", err)
	}
	defer os.RemoveAll(scratch)
	ours := contender{name: "flagfill", out: filepath.Join(scratch, "flagfill")}
	ours.command = []string{o.flagfill, "run", "--devices", filepath.Join(o.data, "devices.parquet"),
		"--meter-points", filepath.Join(o.data, "meter_points.parquet"), "--out", ours.out,
		"--as-of", asOf, "--workers", strconv.Itoa(o.threads), "--progress", "none"}
	theirs := contender{name: "DuckDB", out: filepath.Join(scratch, "duckdb")}
	theirs.command = []string{"node", filepath.Join(o.peers, "duckdb.mjs"), "--data", o.data, "--out", theirs.out,
		"--as-of", asOf, "--threads", strconv.Itoa(o.threads), "--checks", o.checks}

	if err := printHeader(ctx, o); err != nil {
		return err
	}
	for _, c := range []*contender{&ours, &theirs} {
		if _, err := c.run(ctx); err != nil {
			return err
		}
	}
	if err := proveEqual(ours.out, theirs.out, o.checks); err != nil {
		return err
	}
	for pair := range o.pairs {
		turn := []*contender{&ours, &theirs}
		if pair%2 == 1 {
			turn[0], turn[1] = turn[1], turn[0]
		}
		for _, c := range turn {
			cost, err := c.run(ctx)
			if err != nil {
				return err
			}
			c.costs = append(c.costs, cost)
		}
	}
	return printCosts(os.Stdout, &ours, &theirs)
}

// install fetches the pinned DuckDB where it is not there yet.
func install(ctx context.Context, peers string) error {
	if _, err := os.Stat(filepath.Join(peers, "node_modules", "@duckdb", "node-api")); err == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir, cmd.Stdout, cmd.Stderr = peers, os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cannot install DuckDB into %s: %w", peers, err)
	}
	return nil
}
