package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// description is what duckdb.mjs --describe says of a snapshot.
type description struct {
	DuckDB      string  `json:"duckdb"`
	Node        string  `json:"node"`
	ExportShare float64 `json:"export_mpan_share"`
	Tables      map[string]struct {
		Rows      int64             `json:"rows"`
		RowGroups int64             `json:"row_groups"`
		Codec     string            `json:"codec"`
		Bytes     int64             `json:"bytes"`
		Notes     map[string]string `json:"notes"`
	} `json:"tables"`
}

// printHeader says what the figures must be read with.
func printHeader(ctx context.Context, o options) error {
	text, err := exec.CommandContext(ctx, "node", filepath.Join(o.peers, "duckdb.mjs"), "--data", o.data, "--describe").Output()
	if err != nil {
		return fmt.Errorf("cannot describe the snapshot in %s: %w", o.data, err)
	}
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("cannot read the description of the snapshot: %w", err)
	}
	version, err := exec.CommandContext(ctx, o.flagfill, "version").Output()
	if err != nil {
		return fmt.Errorf("cannot ask %s for its version: %w", o.flagfill, err)
	}
	fmt.Printf("machine   %s, %d CPUs, load %s\n", fileField("/proc/cpuinfo", "model name"), runtime.NumCPU(), loadAverage())
	fmt.Printf("flagfill  %s\n", versionLine(string(version)))
	fmt.Printf("DuckDB    %s on Node %s, checks: %s; %d threads each\n", d.DuckDB, d.Node, o.checks, o.threads)
	for _, name := range []string{"devices", "meter_points"} {
		t := d.Tables[name]
		fmt.Printf("%-13s %d rows in %d row groups, %s, %.1f MB", name, t.Rows, t.RowGroups, t.Codec, float64(t.Bytes)/1e6)
		for _, note := range []string{"seed", "shuffled", "error_rate", "page_bytes"} {
			if value, ok := t.Notes["flagfill.synth."+note]; ok {
				fmt.Printf(", %s %s", note, value)
			}
		}
		fmt.Println()
	}
	fmt.Printf("%.2f %% of the device rows have an export MPAN\n\n", 100*d.ExportShare)
	return nil
}

// versionLine leaves out the modules but for the one that reads the input.
func versionLine(version string) string {
	var kept []string
	for line := range strings.Lines(version) {
		words := strings.Fields(line)
		if len(words) > 0 && (words[0] != "module" || strings.Contains(line, "/parquet-go v")) {
			kept = append(kept, strings.Join(words, " "))
		}
	}
	return strings.Join(kept, ", ")
}

// fileField is the value of the first "name : value" line of a file.
func fileField(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}
