package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
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
			if strings.Contains(strings.Join(args, " "), "--publication") {
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
