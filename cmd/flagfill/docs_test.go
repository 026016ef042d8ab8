package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The commands that README.md shows are run, in order, in one empty folder.
func TestReadmeCommands(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nmake demo\n", "\nmake test\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("README.md does not show %q at the start of a line", want)
		}
	}
	t.Chdir(t.TempDir())
	ran := 0
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "bin/flagfill ")
		if !ok {
			continue
		}
		words := strings.Fields(command)
		into := ""
		if at := slices.Index(words, ">"); at >= 0 {
			into, words = words[at+1], words[:at]
		}
		var stdout, stderr bytes.Buffer
		want := exitDone
		if words[0] == "reconcile" { // of extracts with planted differences
			want = exitDifferences
		}
		if code := run(context.Background(), words, &stdout, &stderr); code != want {
			t.Fatalf("%s: exit code %d\n%s", strings.TrimSpace(line), code, stderr.String())
		}
		if into != "" {
			if err := os.WriteFile(into, stdout.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ran++
	}
	if ran < 5 {
		t.Errorf("README.md shows only %d commands", ran)
	}
}

// Every make target that a document names is there, and every link leads
// somewhere.
func TestDocumentsPointSomewhere(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)")
	links := regexp.MustCompile(`\]\(([^)#]+?)(?:#[^)]*)?\)`)
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "demo") {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range targets.FindAllStringSubmatch(string(text), -1) {
			if !bytes.Contains(makefile, []byte("\n"+m[1]+":")) {
				t.Errorf("%s names make %s", path, m[1])
			}
		}
		for _, m := range links.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
