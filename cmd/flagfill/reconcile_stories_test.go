package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// reconcileStories holds a folder for each story of a reconciliation: story.md
// says what it shows, devices.csv (where there are any), meter_points.csv and
// extract.csv are what is compared, config.toml and flags how, and want/ what
// must come of it. What is wanted was worked out by hand. Columns named remark
// are for the reader alone.
var reconcileStories = filepath.Join("..", "..", "testdata", "reconcile")

func TestReconcileStories(t *testing.T) {
	stories, err := os.ReadDir(reconcileStories)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, s := range stories {
		t.Run(s.Name(), func(t *testing.T) {
			var digests []string
			for _, e := range encodings {
				t.Run(e.name, func(t *testing.T) {
					digests = append(digests, reconcileStory(t, filepath.Join(reconcileStories, s.Name()), e, shown))
				})
			}
			if len(slices.Compact(digests)) > 1 {
				t.Errorf("the content digest depends on how the tables are stored: %s", digests)
			}
		})
	}
	if len(shown) != 11+5 { // other_fuel, not_emitted and superseded stand in scripts
		t.Errorf("the stories show only %v", shown)
	}
}

// reconcileStory runs one story, compares what comes of it, and gives the
// content digest. The classes that occur are shown.
func reconcileStory(t *testing.T, story string, e encoding, shown map[string]bool) string {
	folder := t.TempDir()
	out := filepath.Join(folder, "out")
	args := []string{"reconcile", "--as-of", "2026-11-21T02:00:00Z", "--progress", "none", "--out", out}
	for flag, table := range map[string]string{"--devices": "devices", "--meter-points": "meter_points", "--extract": "extract"} {
		path := filepath.Join(story, table+".csv")
		if !exists(path) {
			continue
		}
		rows := readCSV(t, path)
		switch {
		case e.quoted:
			path = filepath.Join(folder, table+".csv")
			writeQuotedCSV(t, path, rows)
		case !e.csv:
			path = filepath.Join(folder, table+".parquet")
			writeParquet(t, path, rows, e)
		}
		args = append(args, flag, path)
	}
	if config := filepath.Join(story, "config.toml"); exists(config) {
		args = append(args, "--config", config)
	}
	args = append(args, linesOf(t, filepath.Join(story, "flags"))...)
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, &stdout, &stderr)
	want, wanted := filepath.Join(story, "want"), strconv.Itoa(exitDifferences)
	if lines := linesOf(t, filepath.Join(want, "exit")); lines != nil {
		wanted = lines[0]
	}
	if strconv.Itoa(code) != wanted {
		t.Fatalf("exit code %d, want %s\n%s", code, wanted, stderr.String())
	}
	comparePublishedTable(t, want, out, "differences", false)
	compareCorrections(t, want, out)
	if code := run(context.Background(), []string{"verify", out}, &stdout, &stderr); code != 0 {
		t.Errorf("verify ends in exit code %d\n%s", code, stdout.String())
	}
	return compareReconciliation(t, want, out, shown)
}

// compareReconciliation compares every count that want/counts.json names.
func compareReconciliation(t *testing.T, want, out string, shown map[string]bool) string {
	var record, wanted map[string]any
	readJSON(t, filepath.Join(out, "reconciliation.json"), &record)
	readJSON(t, filepath.Join(want, "counts.json"), &wanted)
	for name, count := range wanted {
		found := record[name]
		if counts, ok := count.(map[string]any); ok {
			all := found.(map[string]any)
			for class, n := range all {
				if n.(float64) > 0 {
					shown[name+" "+class] = true
				}
				if _, named := counts[class]; !named && n.(float64) == 0 {
					delete(all, class)
				}
			}
		}
		if diff := gocmp.Diff(count, found); diff != "" {
			t.Errorf("%s (- wanted, + counted):\n%s", name, diff)
		}
	}
	return record["content_digest"].(string)
}

// compareCorrections compares the columns of changes.parquet that
// want/corrections.csv has.
func compareCorrections(t *testing.T, want, out string) {
	path := filepath.Join(want, "corrections.csv")
	if !exists(path) {
		if exists(filepath.Join(out, "corrections")) {
			t.Error("corrections were published, and nobody asked for them")
		}
		return
	}
	wanted, published := readCSV(t, path), readParquet(t, filepath.Join(out, "corrections", "changes.parquet"))
	var found [][]string
	for _, row := range published {
		var cells []string
		for _, name := range wanted[0] {
			cells = append(cells, row[slices.Index(published[0], name)])
		}
		found = append(found, cells)
	}
	if diff := gocmp.Diff(asLines(wanted), asLines(found)); diff != "" {
		t.Errorf("corrections (- wanted, + published):\n%s", diff)
	}
}
