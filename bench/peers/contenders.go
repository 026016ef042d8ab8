package main

import (
	"path/filepath"
	"strconv"
)

// The programs that do the job, as sheets name them.
const (
	flagfillRun = "flagfill"
	duckdbAll   = "duckdb-all"
	duckdbCount = "duckdb-count"
	duckdbNone  = "duckdb-none"
	goMaps      = "go-maps"
	sortJoinAwk = "sort-join-awk"
)

// contender is a program that does the job, each time into an output folder
// that is not there yet.
type contender struct {
	name    string
	command []string
	out     string // removed before a run
	flows   string // file, or folder of files, with the flow records; empty where it prints how many rows it read
	lists   string // file of exceptions; empty where it makes none
}

// comparison is a snapshot and who does the job on it, flagfill first.
type comparison struct {
	snapshot
	contenders []contender
}

// comparisons on both formats of both kinds. gomap is the built program.
func (b *bench) comparisons(scratch, gomap string) []comparison {
	var all []comparison
	for _, format := range []string{"parquet", "csv"} {
		s := snapshot{format, faulty}
		all = append(all, comparison{s, []contender{b.ours(s, scratch), b.duckdb(s, scratch, "all"), b.duckdb(s, scratch, "count")}})
		s = snapshot{format, sound}
		c := comparison{s, []contender{b.ours(s, scratch), b.duckdb(s, scratch, "none"), b.maps(s, scratch, gomap)}}
		if format == "csv" {
			c.contenders = append(c.contenders, b.pipeline(s, scratch))
		}
		all = append(all, c)
	}
	return all
}

func (b *bench) ours(s snapshot, scratch string) contender {
	out := filepath.Join(scratch, flagfillRun)
	return contender{name: flagfillRun, out: out, flows: filepath.Join(out, "flows"), lists: filepath.Join(out, "exceptions.parquet"),
		command: b.runCommand(filepath.Join(b.folder(s), s.file("devices")), filepath.Join(b.folder(s), s.file("meter_points")), out)}
}

func (b *bench) runCommand(devices, points, out string) []string {
	return []string{b.flagfill, "run", "--devices", devices, "--meter-points", points, "--out", out,
		"--as-of", asOf, "--workers", strconv.Itoa(b.threads), "--progress", "none"}
}

func (b *bench) duckdb(s snapshot, scratch, checks string) contender {
	out := filepath.Join(scratch, "duckdb")
	c := contender{name: "duckdb-" + checks, out: out, flows: filepath.Join(out, "flows.txt"),
		command: []string{"node", filepath.Join(b.peers, "duckdb.mjs"), "--data", b.folder(s), "--format", s.ending(), "--out", out,
			"--as-of", asOf, "--threads", strconv.Itoa(b.threads), "--checks", checks}}
	if checks == "all" {
		c.lists = filepath.Join(out, "exceptions.parquet")
	}
	return c
}

func (b *bench) maps(s snapshot, scratch, gomap string) contender {
	out := filepath.Join(scratch, goMaps)
	return contender{name: goMaps, out: out, flows: filepath.Join(out, "flows.txt"),
		command: []string{gomap, "--data", b.folder(s), "--format", s.ending(), "--out", out, "--day", effectiveOn}}
}

func (b *bench) pipeline(s snapshot, scratch string) contender {
	out := filepath.Join(scratch, sortJoinAwk)
	return contender{name: sortJoinAwk, out: out, flows: filepath.Join(out, "flows"),
		command: []string{"bash", filepath.Join(b.peers, "sort-join-awk.sh"), b.folder(s), out, effectiveOn, strconv.Itoa(b.threads)}}
}
