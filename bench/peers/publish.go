package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"flagfill/bench/measure"
)

const publishSheet = "publish"

// What is run to measure publishing. The runs read the same rows and decide the
// same, and differ in what they write.
const (
	allSent   = "all-sent"   // every meter point changes and is sent
	noneSent  = "none-sent"  // every one changes, and hardly any is news
	unchanged = "unchanged"  // hardly any changes
	catSHA256 = "cat-sha256" // the flow files of all-sent again
	verified  = "verify"     // all of what all-sent published, as are
	sha256Sum = "sha256sum"
	openSSL   = "openssl"
)

// hashedBy are tools that hash every file of a publication, its folder being $1.
var hashedBy = map[string]string{
	sha256Sum: `cd "$1" && sha256sum --check --quiet --strict SHA256SUMS`,
	openSSL:   `cd "$1" && cut -d " " -f 3- SHA256SUMS | xargs openssl dgst -sha256 -r | diff - <(sed "s/  / */" SHA256SUMS)`,
}

// swapped makes what RDPs were told the recorded status.
const swapped = "[columns.meter_points]\nservice_status = \"reported_status\"\nreported_status = \"service_status\"\n"

// publish measures what flow files and changes.parquet add to a run, and cat
// through sha256sum on the same flow files; and what it takes to prove what was
// published, and to hash it alone.
func (b *bench) publish(ctx context.Context) (err error) {
	if err := install(ctx, b.peers); err != nil {
		return err
	}
	source := snapshot{"parquet", sound}
	if err := b.generate(ctx, source); err != nil {
		return err
	}
	points, err := b.unsent(ctx, filepath.Join(b.folder(source), "meter_points.parquet"))
	if err != nil {
		return err
	}
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	config := filepath.Join(scratch, "swapped.toml")
	if err := os.WriteFile(config, []byte(swapped), 0o600); err != nil {
		return fmt.Errorf("cannot write a configuration: %w", err)
	}
	runs := b.publishRuns(filepath.Join(b.folder(source), "devices.parquet"), points, config, scratch)
	notes, err := b.notes(ctx, fmt.Sprintf("make bench-publish PUBLISH_POINTS=%d TURNS=%d", b.points, b.turns), source)
	if err != nil {
		return err
	}
	say("once without counting")
	for _, r := range runs {
		if _, _, err := r.run(ctx); err != nil {
			return err
		}
	}
	sheet, err := measure.CreateSheetFile(filepath.Join(b.results, publishSheet+".txt"), os.Stdout, notes,
		"program", "turn", "wall_seconds", "cpu_seconds", "peak_mib", "changes_rows", "flow_records", "flow_bytes")
	if err != nil {
		return err
	}
	defer func() { err = sheet.Finish(err) }()
	for turn := range b.turns {
		if err := publishTurn(ctx, runs, turn, sheet); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) publishRuns(devices, points, config, scratch string) []contender {
	run := func(name string, options ...string) contender {
		out := filepath.Join(scratch, name)
		return contender{name: name, out: out, flows: filepath.Join(out, "flows"), command: append(b.runCommand(devices, points, out), options...)}
	}
	all := run(allSent, "--baseline", "recorded")
	copied := filepath.Join(scratch, catSHA256)
	runs := []contender{all, run(noneSent, "--baseline", "reported"), run(unchanged, "--config", config),
		{name: catSHA256, out: copied, command: []string{"bash", filepath.Join(b.peers, "cat-sha256.sh"), all.flows, copied}},
		{name: verified, command: []string{b.flagfill, "verify", all.out}}}
	for _, tool := range []string{sha256Sum, openSSL} {
		runs = append(runs, contender{name: tool, command: []string{"bash", "-o", "pipefail", "-c", hashedBy[tool], tool, all.out}})
	}
	return runs
}

// publishTurn runs each once. Every second turn they run in the opposite order,
// each time on flow files that are in the page cache.
func publishTurn(ctx context.Context, runs []contender, turn int, sheet *measure.SheetFile) error {
	for i := range runs {
		r := runs[i]
		if turn%2 == 1 {
			r = runs[len(runs)-1-i]
		}
		cost, _, err := r.run(ctx)
		if err != nil {
			return err
		}
		var written published
		if r.flows != "" {
			if written, err = readManifest(r.out); err != nil {
				return err
			}
		}
		if err := sheet.Write(r.name, turn+1, cost.Wall.Seconds(), cost.CPU.Seconds(), mebibytes(cost.PeakBytes),
			written.Content.Changes.Rows, written.Content.Totals.Reportable.Emitted, written.flowBytes()); err != nil {
			return err
		}
		if err := measure.Rest(ctx, cost); err != nil {
			return err
		}
	}
	return nil
}

// published is what of manifest.json is wanted here.
type published struct {
	Content struct {
		Totals  struct{ Reportable struct{ Emitted int64 } }
		Changes struct{ Rows int64 }
		Shards  []struct{ Bytes int64 }
	}
	Inputs []struct {
		Table string
		Rows  int64
	}
}

func (p *published) flowBytes() (sum int64) {
	for _, s := range p.Content.Shards {
		sum += s.Bytes
	}
	return sum
}

func readManifest(folder string) (p published, err error) {
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, fmt.Errorf("cannot read what the run published: %w", err)
	}
	return p, nil
}

// unsent gives meter points of which all are news or none, by the baseline.
func (b *bench) unsent(ctx context.Context, from string) (string, error) {
	folder := filepath.Join(b.snapshots, fmt.Sprintf("peers-%d-unsent", b.points))
	path := filepath.Join(folder, "meter_points.parquet")
	return path, measure.MakeFolder(folder, func(partial string) error {
		if err := os.Mkdir(partial, 0o750); err != nil {
			return err
		}
		_, _, err := measure.Run(ctx, "node", filepath.Join(b.peers, "unsent.mjs"), from, filepath.Join(partial, "meter_points.parquet"))
		return err
	})
}
