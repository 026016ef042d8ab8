package main

import (
	"bytes"
	"context"
	"crypto/rand"
	textEncoding "encoding"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"aead.dev/minisign"

	"flagfill/writers"
)

// A fenced block of a document: its language, the file that it is, its lines.
type block struct {
	language, file string
	lines          []string
}

func blocksOf(t *testing.T, path string) (blocks []block) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && !inside:
			language, file, _ := strings.Cut(fence, " ")
			blocks = append(blocks, block{language: language, file: file})
		case !isFence && inside:
			b := &blocks[len(blocks)-1]
			b.lines = append(b.lines, line)
		}
		inside = inside != isFence
	}
	return blocks
}

var exitCode = regexp.MustCompile(`# exit code (\d+)$`)

// The picture of the runbook shows each of its steps, when and which.
func TestRunbookPicture(t *testing.T) {
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	picture, err := os.ReadFile("../../docs/pictures/runbook.svg")
	if err != nil {
		t.Fatal(err)
	}
	for heading := range strings.Lines(string(text)) {
		heading, is := strings.CutPrefix(strings.TrimSpace(heading), "## ")
		if !is || heading == "Before you begin" {
			continue
		}
		when, step, dated := strings.Cut(heading, ": ")
		if !dated {
			when, step = "T", strings.ToLower(heading)
		}
		if !strings.Contains(string(picture), ">"+step+"<") || !strings.Contains(string(picture), ">"+when+"<") {
			t.Errorf("docs/pictures/runbook.svg has no step %q at %q", step, when)
		}
	}
}

// Every block of docs/runbook.md is run or written, in order, in one empty
// folder: who follows it gets to its end. What other programs do there is done by
// their own format's library here, and by themselves in make test-real.
func TestRunbook(t *testing.T) {
	blocks := blocksOf(t, "../../docs/runbook.md")
	t.Chdir(t.TempDir())
	commands := 0
	for _, b := range blocks {
		switch {
		case b.file != "":
			if err := os.WriteFile(b.file, []byte(strings.Join(b.lines, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		case b.language == "sh":
			for _, line := range b.lines {
				follow(t, line)
				commands++
			}
		default:
			t.Errorf("a block is neither a command nor a file: %q", b.lines)
		}
	}
	if commands < 15 {
		t.Errorf("only %d commands", commands)
	}
	for _, made := range []string{"publication/SHA256SUMS.minisig", "handed-over/manifest.json", "forecast.svg",
		"reconciliation/SHA256SUMS.minisig", "corrections-handed-over/manifest.json", "corrected/differences.parquet"} {
		if !exists(made) {
			t.Errorf("%s is not there at the end", made)
		}
	}
	checkCorrections(t)
}

// checkCorrections holds what the runbook says of its corrections against what
// came of it: they take the next numbers, and put right what they can.
func checkCorrections(t *testing.T) {
	t.Helper()
	var published writers.Manifest
	read := func(path string, into any) {
		text, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	read("publication/manifest.json", &published)
	numbers, err := os.ReadFile("corrections.toml")
	next := published.Content.Next
	for _, line := range []string{fmt.Sprintf("first_file_id = %d\n", next.FileID), fmt.Sprintf("first_generation = %d\n", next.Generation)} {
		if !strings.Contains(string(numbers), line) {
			t.Errorf("corrections.toml does not say %q: %v", line, err)
		}
	}
	var before, after writers.ReconciliationRecord
	read("reconciliation/reconciliation.json", &before)
	read("corrected/reconciliation.json", &after)
	for _, class := range []string{"missing", "stale", "legacy"} {
		if before.Classes[class] == 0 || after.Classes[class] != 0 {
			t.Errorf("%s: %d before the corrections, %d after", class, before.Classes[class], after.Classes[class])
		}
	}
}

// follow does what a line of the runbook says.
func follow(t *testing.T, line string) {
	t.Helper()
	want := exitDone
	if m := exitCode.FindStringSubmatch(line); m != nil {
		want, _ = strconv.Atoi(m[1])
		line = strings.TrimSpace(strings.TrimSuffix(line, m[0]))
	}
	words := strings.Fields(line)
	switch {
	case words[0] == "bin/flagfill":
		into := ""
		if at := slices.Index(words, ">"); at >= 0 {
			into, words = words[at+1], words[:at]
		}
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), words[1:], &stdout, &stderr); code != want {
			t.Fatalf("%s\nexit code %d, want %d\n%s%s", line, code, want, stdout.String(), stderr.String())
		}
		if into != "" {
			if err := os.WriteFile(into, stdout.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	case words[0] == "cp":
		if err := os.CopyFS(words[3], os.DirFS(words[2])); err != nil {
			t.Fatal(err)
		}
	case line == "minisign -G -W -s flagfill.key -p flagfill.pub":
		makeKey(t, "flagfill.key", "flagfill.pub")
	case strings.Contains(line, "sha256sum") || strings.HasPrefix(line, "minisign -V"):
		if !exists("handed-over/SHA256SUMS") || !exists("flagfill.pub") {
			t.Fatalf("%s: it is not there", line)
		}
	default:
		t.Fatalf("nobody runs %q", line)
	}
}

// makeKey writes a key pair as minisign -G -W does.
func makeKey(t *testing.T, secret, public string) {
	t.Helper()
	publicKey, privateKey, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for path, key := range map[string]textEncoding.TextMarshaler{secret: privateKey, public: publicKey} {
		text, err := key.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
