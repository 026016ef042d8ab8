package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var renewExplanations = flag.Bool("renew-explanations", false, "write want.txt of testdata/explanations anew, to be read before it is kept")

const storyTime = "2026-11-21T02:00:00Z"

// Each folder of testdata/explanations is a question: story.md says what it
// shows, devices.csv, meter_points.csv and perhaps extract.csv are what it is
// asked of, ask holds the arguments, and want.txt is the whole answer.
func TestExplanations(t *testing.T) {
	folder, err := filepath.Abs(filepath.Join("..", "..", "testdata", "explanations"))
	if err != nil {
		t.Fatal(err)
	}
	stories, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		t.Run(s.Name(), func(t *testing.T) {
			story := filepath.Join(folder, s.Name())
			t.Chdir(t.TempDir())
			if err := os.CopyFS(".", os.DirFS(story)); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"explain", "--devices", "devices.csv", "--meter-points", "meter_points.csv", "--as-of", storyTime},
				linesOf(t, "ask")...)
			if exists("config.toml") {
				args = append(args, "--config", "config.toml")
			}
			if strings.Contains(strings.Join(args, " "), "publication") {
				mustRun(t, "run", "--devices", "devices.csv", "--meter-points", "meter_points.csv", "--out", "publication",
					"--as-of", storyTime, "--progress", "none")
			}
			got := withoutTrailingSpaces(mustRun(t, args...))
			if *renewExplanations {
				if err := os.WriteFile(filepath.Join(story, "want.txt"), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile("want.txt")
			if err != nil && !*renewExplanations {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" && !*renewExplanations {
				t.Errorf("the answer (- wanted, + given):\n%s", diff)
			}
		})
	}
}

// mustRun runs the program to its end and gives what it prints.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), args, &stdout, &stderr); code != exitDone {
		t.Fatalf("%s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout.String(), stderr.String())
	}
	return stdout.String()
}

func withoutTrailingSpaces(text string) string {
	return regexp.MustCompile(`(?m) +$`).ReplaceAllString(text, "")
}

// Every meter point that a publication lists is explained as it says, and its
// line stands at the byte that is named; a further one is unchanged.
func TestExplanationsFitThePublication(t *testing.T) {
	t.Chdir(t.TempDir())
	mustRun(t, "generate", "--out", "snapshot", "--meter-points", "16000", "--seed", "11", "--errors", "0.02")
	inputs := []string{"--devices", "snapshot/devices.parquet", "--meter-points", "snapshot/meter_points.parquet"}
	mustRun(t, append([]string{"run", "--out", "publication", "--as-of", storyTime, "--progress", "none",
		"--max-exceptions", "100%", "--baseline", "go-live"}, inputs...)...)
	rows := readParquet(t, filepath.Join("publication", "changes.parquet"))
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	var asked []string
	for _, row := range rows[1:] {
		asked = append(asked, column(row, "mpxn"))
	}
	var document explanationDocument
	text := mustRun(t, append(append([]string{"explain", "--publication", "publication", "--json"}, inputs...), append(asked, "2000041172109")...)...)
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 400 || len(document.Explanations) != len(rows) || !document.Publication.SameSettings || !document.Publication.SameInputs {
		t.Fatalf("%d rows, %d explanations of %+v", len(rows)-1, len(document.Explanations), document.Publication)
	}
	lines := 0
	for i, row := range rows[1:] {
		x := document.Explanations[i]
		d, p := x.Decision, x.Published
		orNull := func(status string) string { return cmp.Or(status, "Null") }
		if !slices.Contains([]string{"A", "I", "N"}, d.New) { // changes.parquet has no other
			d.New = "Null"
		}
		if d == nil || p == nil || p.Row == nil || len(p.Problems) > 0 || p.Row.Row != int64(i) || d.RDP != column(row, "rdp_id") || d.Rule != column(row, "rule") ||
			d.New != orNull(column(row, "new_status")) || d.Disposition != column(row, "disposition") || p.Row.Shard != column(row, "shard") {
			t.Fatalf("row %d of changes.parquet is %v, and explained is\n%+v\n%+v", i, row, d, p)
		}
		if p.Line == nil {
			continue
		}
		lines++
		flow, err := os.ReadFile(filepath.Join("publication", p.Line.Path))
		want := strings.Join(p.Line.Lines, "\n") + "\n"
		if err != nil || !strings.HasPrefix(string(flow[p.Line.ByteOffset:]), want) || !strings.Contains(want, x.MPxN) ||
			strings.Count(string(flow[:p.Line.ByteOffset]), "\n")+1 != p.Line.Line {
			t.Fatalf("%s does not stand in line %d, at byte %d of %s: %v", want, p.Line.Line, p.Line.ByteOffset, p.Line.Path, err)
		}
	}
	if last := document.Explanations[len(rows)-1]; lines < 100 || last.Published.Row != nil {
		t.Errorf("%d lines were looked up, and one that is not listed gives %+v", lines, last.Published)
	}
}

// The commands that docs/explain.md shows give what it shows, in the folder of
// the story that it names.
func TestExplainDocument(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "explain.md"))
	if err != nil {
		t.Fatal(err)
	}
	story, err := filepath.Abs(filepath.Join("..", "..", "testdata", "explanations", "told"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(text), "```\n$ flagfill run ")
	publish, block, isCommand := strings.Cut(block, "\n$ flagfill ")
	ask, block, isAsked := strings.Cut(block, "\n")
	want, _, ended := strings.Cut(block, "```")
	if !found || !isCommand || !isAsked || !ended {
		t.Fatal("docs/explain.md shows no example")
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS(".", os.DirFS(story)); err != nil {
		t.Fatal(err)
	}
	mustRun(t, append([]string{"run", "--progress", "none"}, strings.Fields(publish)...)...)
	got := withoutTrailingSpaces(mustRun(t, strings.Fields(ask)...))
	if diff := gocmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("docs/explain.md (- shown, + given):\n%s", diff)
	}
}
