// Package layout_test keeps the house in order: who may import whom, how long
// a file and a function may be, where goroutines start.
package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the whole import law. Anything of this module that is not
// listed is forbidden; standard library means no third-party module either.
var mayImport = map[string]struct {
	ours         []string
	standardOnly bool
}{
	"engine/meterpoint":   {standardOnly: true},
	"engine/kernel":       {ours: []string{"engine/meterpoint"}, standardOnly: true},
	"engine":              {ours: []string{"engine/kernel", "engine/meterpoint"}},
	"loaders":             {ours: []string{"engine", "engine/kernel", "engine/meterpoint"}},
	"writers":             {ours: []string{"engine", "engine/meterpoint", "writers/page"}},
	"writers/page":        {ours: []string{"engine"}},
	"config":              {ours: []string{"engine", "engine/meterpoint"}},
	"forecast":            {ours: []string{"config", "engine", "engine/meterpoint"}},
	"gate":                {ours: []string{"config", "writers", "engine", "engine/meterpoint"}},
	"bench/synth":         {ours: []string{"engine/meterpoint"}},
	"bench/measure":       {standardOnly: true},
	"bench/floors":        {ours: []string{"bench/measure"}},
	"bench/explain":       {ours: []string{"bench/measure", "engine", "engine/meterpoint", "loaders"}},
	"bench/surge":         {ours: []string{"bench/measure", "bench/synth"}},
	"bench/peers":         {ours: []string{"bench/measure"}},
	"bench/peers/gomap":   {},
	"bench/peers/goarrow": {},
	"assurance":           {ours: []string{"assurance/property"}},
	"assurance/mutants":   {standardOnly: true},
	"assurance/property":  {standardOnly: true},
	"assurance/sbom":      {standardOnly: true},
	"cmd/flagfill":        {ours: []string{"config", "forecast", "gate", "loaders", "writers", "bench/synth", "engine", "engine/meterpoint"}},
	".":                   {},
}

// Where third-party modules with wide surfaces may be used.
var confined = map[string][]string{
	"github.com/apache/arrow/go/v17": {"engine", "loaders", "bench/synth", "bench/peers/goarrow"},
	"github.com/parquet-go/":         {"loaders", "writers", "bench/synth", "bench/floors", "bench/peers/gomap"},
}

// Files that start goroutines, each with a comment on who stops them.
var startsGoroutines = []string{"engine/workers.go", "loaders/workers.go", "writers/workers.go", "cmd/flagfill/main.go", "cmd/flagfill/progress.go", "bench/synth/turns.go", "bench/floors/pages.go", "bench/explain/keys.go", "bench/peers/goarrow/files.go"}

const (
	longestFile     = 400
	longestFunction = 70
)

type source struct {
	path, folder string
	text         string
	file         *ast.File
	set          *token.FileSet
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) line(n ast.Node) int { return s.set.Position(n.Pos()).Line }

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "node_modules" || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		all = append(all, source{filepath.ToSlash(path), filepath.ToSlash(filepath.Dir(path)), string(text), file, set})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 40 {
		t.Fatalf("found only %d files", len(all))
	}
	return all
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		law, known := mayImport[s.folder]
		if !known {
			t.Errorf("%s: %s is no room of this house", s.path, s.folder)
			continue
		}
		if s.isTest() && (s.folder == "cmd/flagfill" || s.folder == "assurance") {
			continue // these tests try the whole program
		}
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			ours, isOurs := strings.CutPrefix(path, "flagfill/")
			switch {
			case isOurs && s.isTest() && ours == "assurance/property": // any test may write down what it tried
			case isOurs && ours != s.folder && !slices.Contains(law.ours, ours):
				t.Errorf("%s imports %s", s.path, path)
			case !isOurs && law.standardOnly && !s.isTest() && strings.Contains(path, "."):
				t.Errorf("%s imports %s: standard library only", s.path, path)
			}
			for prefix, rooms := range confined {
				if strings.HasPrefix(path, prefix) && !slices.Contains(rooms, s.folder) {
					t.Errorf("%s imports %s, which stays in %v", s.path, path, rooms)
				}
			}
		}
	}
}

func TestSizes(t *testing.T) {
	for _, s := range sources(t) {
		if lines := strings.Count(s.text, "\n"); lines > longestFile {
			t.Errorf("%s has %d lines", s.path, lines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || s.isTest() {
				continue
			}
			if lines := s.set.Position(f.End()).Line - s.line(f); lines > longestFunction {
				t.Errorf("%s:%d: %s has %d lines", s.path, s.line(f), f.Name.Name, lines)
			}
		}
	}
}

func TestGoroutinesStartInOnePlace(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || slices.Contains(startsGoroutines, s.path) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s:%d starts a goroutine", s.path, s.line(g))
			}
			if c, ok := n.(*ast.SelectorExpr); ok && c.Sel.Name == "WithContext" {
				if x, ok := c.X.(*ast.Ident); ok && x.Name == "errgroup" {
					t.Errorf("%s:%d starts goroutines", s.path, s.line(c))
				}
			}
			return true
		})
	}
}

// No clock, no randomness, no environment inside the engine, the loaders, the
// writers, forecasts and the gate: they come in through the configuration.
func TestNoClockInside(t *testing.T) {
	forbidden := map[string][]string{
		"time": {"Now", "Since", "Until"},
		"os":   {"Getenv", "LookupEnv", "Environ", "Hostname", "Getpid", "TempDir", "CreateTemp", "MkdirTemp"},
		"rand": nil, // every use
	}
	for _, s := range sources(t) {
		inside := slices.Contains([]string{"engine", "engine/kernel", "engine/meterpoint", "loaders", "writers", "writers/page", "forecast", "gate"}, s.folder)
		if s.isTest() || !inside {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			c, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := c.X.(*ast.Ident)
			if !ok {
				return true
			}
			if names, listed := forbidden[x.Name]; listed && (names == nil || slices.Contains(names, c.Sel.Name)) {
				t.Errorf("%s:%d uses %s.%s", s.path, s.line(c), x.Name, c.Sel.Name)
			}
			return true
		})
	}
}

func TestNames(t *testing.T) {
	for _, s := range sources(t) {
		for _, word := range []string{"utils", "common", "helper", "manager", "internal", "pkg"} {
			if slices.Contains(strings.FieldsFunc(s.path, func(r rune) bool { return strings.ContainsRune("/_.", r) }), word) {
				t.Errorf("%s: nothing here is called %s", s.path, word)
			}
		}
	}
}
