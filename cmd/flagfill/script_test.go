package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"flagfill": main})
}

// TestScripts runs testdata/script: the command line as users and their
// scripts know it. The commands below are those the scripts know beside
// testscript's own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[testKey] = env.T()
			env.Values[digestKey] = new(string)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"parquet": toParquet,
			"deal":    deal,
			"damage":  damage,
			"cut":     cut,
			"pack":    pack,
			"bomb":    bomb,
			"holds":   holds,
			"digest":  digest,
			"json":    oneDocument,
			"modes":   modes,
			"stages":  stagesAddUp,
		},
	})
}

// Keys of what a script carries along.
const (
	testKey   = "test"
	digestKey = "digest"
)

// identifier finds what may be an MPxN in a text. Hashes, file names and
// numbers with a comma at each thousand are none.
var identifier = regexp.MustCompile(`(^|[^0-9A-Za-z_.])([0-9]{10}|[0-9]{13})($|[^0-9A-Za-z_])`)

// exits CODE [-writes PATH] PROGRAM ARGUMENT… runs a program that must end
// with the exit code. A program that fails must leave every file and folder as
// it was, but for PATH, which it must write. None may print an MPxN; config reads
// none, and prints large numbers; the answers of explain are about them.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE [-writes PATH] PROGRAM ARGUMENT…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	args = args[1:]
	writes := ""
	if args[0] == "-writes" {
		writes, args = args[1], args[2:]
	}
	before := contents(ts)
	code := 0
	if err := ts.Exec(args[0], args[1:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		code = failed.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
	said := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	if slices.Contains(args, "explain") {
		said = ts.ReadFile("stderr")
	}
	if found := identifier.FindString(said); found != "" && !slices.Contains(args, "config") {
		ts.Fatalf("prints what may be an MPxN: %s", found)
	}
	if code == exitDone {
		return
	}
	after := contents(ts)
	if writes != "" {
		if before[writes] == after[writes] {
			ts.Fatalf("%s was not written", writes)
		}
		delete(before, writes)
		delete(after, writes)
	}
	if diff := gocmp.Diff(before, after); diff != "" {
		ts.Fatalf("a program that failed wrote something (- before, + after):\n%s", diff)
	}
}

// contents gives kind, mode and content of every file of a script, hidden ones
// too.
func contents(ts *testscript.TestScript) map[string]string {
	all := map[string]string{}
	root := ts.Getenv("WORK")
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if name == ".tmp" { // for the programs' temporary files
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		all[name] = info.Mode().String()
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(text)
			all[name] += " " + hex.EncodeToString(sum[:8])
		}
		return nil
	}))
	return all
}

// parquet [-integers] NAME.csv… stores each table as NAME.parquet.
func toParquet(ts *testscript.TestScript, neg bool, args []string) {
	e := encodings[0]
	if len(args) > 0 && args[0] == "-integers" {
		e, args = encodings[1], args[1:]
	}
	if neg || len(args) == 0 {
		ts.Fatalf("usage: parquet [-integers] NAME.csv…")
	}
	t := ts.Value(testKey).(testscript.T)
	for _, name := range args {
		path := ts.MkAbs(name)
		writeParquet(t, path[:len(path)-len(filepath.Ext(path))]+".parquet", readCSV(t, path), e)
	}
}

// deal FILE.parquet N FOLDER deals the rows of a table to N files, as one
// deals cards: another order, another split, another way to store them.
func deal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: deal FILE.parquet N FOLDER")
	}
	t := ts.Value(testKey).(testscript.T)
	table := readParquet(t, ts.MkAbs(args[0]))
	hands, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.Mkdir(ts.MkAbs(args[2]), 0o750))
	for hand := range hands {
		rows := [][]string{table[0]}
		for i := 1 + hand; i < len(table); i += hands {
			rows = append(rows, table[i])
		}
		writeParquet(t, ts.MkAbs(filepath.Join(args[2], fmt.Sprintf("part-%d.parquet", hand))), rows, encodings[0])
	}
}

// damage FILE OFFSET BYTES turns bytes into others. A negative offset counts
// from the end, and "middle" is the middle.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: damage FILE OFFSET BYTES")
	}
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	at := len(text) / 2
	if args[1] != "middle" {
		at, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	if at < 0 {
		at += len(text)
	}
	count, err := strconv.Atoi(args[2])
	ts.Check(err)
	for i := range count {
		text[at+i] ^= 0x55
	}
	ts.Check(os.WriteFile(path, text, 0o640))
}

// cut FILE NEW shortens a file to the first half of it.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE NEW")
	}
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text[:len(text)/2], 0o640))
}

// holds FILE.parquet TEXT… asserts that each text is a cell of the table.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: holds FILE.parquet TEXT…")
	}
	table := readParquet(ts.Value(testKey).(testscript.T), ts.MkAbs(args[0]))
	for _, text := range args[1:] {
		found := slices.ContainsFunc(table[1:], func(row []string) bool { return slices.Contains(row, text) })
		if found == neg {
			ts.Fatalf("%s holds %s: %v", args[0], text, found)
		}
	}
}

var contentDigest = regexp.MustCompile(`content(?:_| )digest(?:": "| )([0-9a-f]{64})`)

// digest compares the content digest on stdout with the one that the script
// compared first: it must be the same, or with ! another.
func digest(ts *testscript.TestScript, neg bool, _ []string) {
	found := contentDigest.FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("stdout holds no content digest")
	}
	first := ts.Value(digestKey).(*string)
	switch {
	case *first == "":
		*first = found[1]
	case neg == (*first == found[1]):
		ts.Fatalf("content digest %s, and the first was %s", found[1], *first)
	}
}

// json tells whether stdout is one JSON document and nothing else.
func oneDocument(ts *testscript.TestScript, neg bool, _ []string) {
	text := []byte(ts.ReadFile("stdout"))
	if valid := json.Valid(text) && bytes.HasPrefix(text, []byte("{")); valid == neg {
		ts.Fatalf("stdout is one JSON document: %v", valid)
	}
}

// modes FOLDER asserts the modes of a publication: folders 0750, files 0640.
func modes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: modes FOLDER")
	}
	var wrong []string
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o640)
		if d.IsDir() {
			want = fs.ModeDir | 0o750
		}
		if info.Mode() != want {
			wrong = append(wrong, fmt.Sprintf("%s %v", path, info.Mode()))
		}
		return nil
	}))
	if len(wrong) > 0 {
		slices.Sort(wrong)
		ts.Fatalf("wrong modes: %q", wrong)
	}
}
