package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"flagfill/assurance/mutants"
	"flagfill/assurance/property"
)

// faults are versions of modules that must not be linked: those before least.
var faults = []struct{ module, least, fault string }{
	{"github.com/klauspost/compress", "v1.18.7", "a damaged body makes it read out of bounds"},
	{"github.com/parquet-go/parquet-go", "v0.31.0", "rows are lost silently where a column runs out of dictionary"},
	{"google.golang.org/protobuf", "v1.33.0", "CVE-2024-24786: a JSON text without end"},
	{"golang.org/x/text", "v0.3.8", "CVE-2022-32149: a language tag without end"},
	{"golang.org/x/sys", "v0.1.0", "CVE-2022-29526: Faccessat tells wrong"},
	{"golang.org/x/crypto", "v0.45.0", "CVE-2025-58181: memory without bound"},
	{"golang.org/x/net", "v0.38.0", "CVE-2025-22872: tags out of place"},
	{"gopkg.in/yaml.v3", "v3.0.1", "CVE-2022-28948: panics on a damaged text"},
}

// unwanted are packages that must not be linked, whatever their version.
var unwanted = []string{"google.golang.org/grpc", "github.com/apache/arrow/go/v17/parquet", "github.com/apache/arrow/go/v17/arrow/flight", "C", "runtime/cgo", "plugin"}

func linked(t *testing.T) *debug.BuildInfo {
	t.Helper()
	info, err := buildinfo.ReadFile(program(t))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestLinkedModulesHaveNoKnownFault(t *testing.T) {
	info := linked(t)
	for _, f := range faults {
		for _, m := range info.Deps {
			if m.Path == f.module && older(t, m.Version, f.least) {
				t.Errorf("%s %s is linked, and versions before %s have a fault: %s", m.Path, m.Version, f.least, f.fault)
			}
		}
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			t.Errorf("%s is replaced by %s", m.Path, m.Replace.Path)
		}
		if m.Path == "github.com/parquet-go/parquet-go" && m.Version != "v0.32.0" {
			t.Errorf("parquet-go is %s: the loader stands on the page types of v0.32.0", m.Version)
		}
	}
	list := exec.Command("go", "list", "-deps", "flagfill/cmd/flagfill")
	list.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is built
	packages, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(string(packages)) {
		for _, not := range unwanted {
			if name = strings.TrimSpace(name); name == not || strings.HasPrefix(name, not+"/") {
				t.Errorf("%s is linked", name)
			}
		}
	}
}

// older compares versions by their numbers. A pseudo-version is as old as the
// release in front of it.
func older(t *testing.T, version, than string) bool {
	t.Helper()
	numbers := func(v string) []int {
		v, _, _ = strings.Cut(strings.TrimPrefix(v, "v"), "-")
		var n []int
		for part := range strings.SplitSeq(strings.TrimSuffix(v, "+incompatible"), ".") {
			i, err := strconv.Atoi(part)
			if err != nil {
				t.Fatalf("version %s: %v", version, err)
			}
			n = append(n, i)
		}
		return n
	}
	return slices.Compare(numbers(version), numbers(than)) < 0
}

func TestOlder(t *testing.T) {
	for _, c := range []struct {
		version, than string
		want          bool
	}{
		{"v1.18.6", "v1.18.7", true}, {"v1.18.7", "v1.18.7", false}, {"v1.20.3", "v1.18.7", false}, {"v1.9.0", "v1.18.7", true},
		{"v0.32.0", "v0.31.0", false}, {"v0.0.0-20240222234643-814bf88cf225", "v0.1.0", true}, {"v24.3.25+incompatible", "v24.3.25", false},
	} {
		if got := older(t, c.version, c.than); got != c.want {
			t.Errorf("%s older than %s: %v", c.version, c.than, got)
		}
	}
}

// The program needs no C library and no loader, and names no folder of the
// machine that built it.
func TestProgramStandsAlone(t *testing.T) {
	settings := map[string]string{}
	for _, s := range linked(t).Settings {
		settings[s.Key] = s.Value
	}
	if settings["CGO_ENABLED"] != "0" || settings["-trimpath"] != "true" {
		t.Errorf("built with %v", settings)
	}
	file, err := elf.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program is linked dynamically: it has a segment %v", p.Type)
		}
	}
	content, err := os.ReadFile(program(t))
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte(here+"/cmd")) {
		t.Errorf("the program names %s", here)
	}
}

// licences that nobody has to ask about.
var licences = []string{"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Unlicense"}

// docs/licences.md has each linked module in its version, and nothing else.
func TestLicencesAreComplete(t *testing.T) {
	text, err := os.ReadFile("../docs/licences.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || strings.HasPrefix(line, "| module") {
			continue
		}
		listed[strings.TrimPrefix(cells[0], "| ")+" "+cells[1]] = strings.TrimSuffix(strings.TrimSpace(cells[2]), " |")
	}
	for _, m := range linked(t).Deps {
		name := m.Path + " " + m.Version
		for id := range strings.SplitSeq(listed[name], ", ") {
			if !slices.Contains(licences, id) {
				t.Errorf("docs/licences.md says %q of %s: make sbom renews it", id, name)
			}
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("docs/licences.md lists %s, which is not linked: make sbom renews it", name)
	}
}

// Two copies of the sources in different folders, the second compiled from
// nothing, give the same program; one changed byte gives another.
func TestPropertyReproducibleBuild(t *testing.T) {
	if !property.Deep() {
		t.Skip("compiles everything")
	}
	p := property.Property{Goal: "S", Name: "supply chain: two folders build the same program", Unit: "builds", Seeds: 1}
	p.Check(t, func(t *testing.T, _ int) int64 {
		here, there := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "another/and deeper")
		for _, copied := range [][2]string{{"..", here}, {here, there}} { // the second from the first: the tree may change meanwhile
			if err := mutants.CopyModule(copied[0], copied[1]); err != nil {
				t.Fatal(err)
			}
		}
		empty := "GOCACHE=" + t.TempDir()
		program, again := builtIn(t, here), builtIn(t, there, empty)
		if program != again {
			t.Errorf("the programs differ: %s and %s", program, again)
		}
		f, err := os.OpenFile(filepath.Join(there, "writers/layouts/dxi.toml"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("#"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if builtIn(t, there, empty) == again {
			t.Error("other sources build the same program")
		}
		return 2
	})
}

// builtIn builds the program in a folder, with variables besides those of the
// environment, and gives its SHA-256.
func builtIn(t *testing.T, folder string, variables ...string) string {
	t.Helper()
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", "flagfill.built", "./cmd/flagfill")
	c.Dir = folder
	c.Env = slices.Concat(os.Environ(), []string{"CGO_ENABLED=0", "GOFLAGS=-buildvcs=false"}, variables)
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	content, err := os.ReadFile(filepath.Join(folder, "flagfill.built"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
