package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"flagfill/assurance/mutants"
	"flagfill/assurance/property"
)

// mutated are the packages that get mutants, and which of their files.
var mutated = []struct {
	folder string
	files  []string
}{
	{"engine/meterpoint", []string{"*.go"}},
	{"writers", []string{"flow*.go", "layout*.go", "template.go", "publish.go", "staging.go", "staged_file.go", "seal.go", "shard.go", "sums.go", "manifest.go", "fs_os.go", "verify*.go"}},
}

const mutantSeeds = 100

// planted are the packages with their mutants, compiled once for all seeds.
var planted = sync.OnceValues(func() (packages []*mutants.Package, err error) {
	for _, m := range mutated {
		into := filepath.Join(scratch, "mutants", m.folder)
		if err := os.MkdirAll(into, 0o750); err != nil {
			return nil, err
		}
		p, err := mutants.Plant("..", into, m.folder, m.files...)
		if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
	return packages, nil
})

// Of faults in the rule, the flow encoders and the publication, the tests of
// their packages notice at least 95 %. Mutants that no test can tell from the
// program, or need not, stand in mutants/survivors.txt with the reason; they are
// not tried, and the share leaves them out. A run over all mutants wants every
// survivor explained.
func TestPropertyMutants(t *testing.T) {
	if !property.Deep() {
		t.Skip("takes minutes")
	}
	explained := explainedSurvivors(t)
	whole := os.Getenv("ASSURANCE") == "deep"
	tried, survived, known := 0, 0, 0
	p := property.Property{Goal: "R12", Name: "tests notice a fault in rule, flows and publication", Unit: "mutants", Seeds: mutantSeeds}
	p.Check(t, func(t *testing.T, seed int) (cases int64) {
		packages, err := planted()
		if err != nil {
			t.Fatal(err)
		}
		if whole && seed == 0 {
			mustExist(t, packages, explained)
		}
		for _, p := range packages {
			var chosen []*mutants.Mutant
			for _, m := range p.Mutants {
				if m.Number%mutantSeeds != seed {
					continue
				}
				if _, is := explained[m.Name()]; is {
					known++
					continue
				}
				cases++
				chosen = append(chosen, m)
			}
			for _, m := range p.Survivors(chosen) {
				survived++
				t.Logf("survives, and nobody says why: %s", m.Name())
				if whole {
					t.Fail()
				}
			}
		}
		tried += int(cases)
		return cases
	})
	t.Logf("%d of %d mutants are killed: %.1f %%, beside %d explained survivors", tried-survived, tried,
		100*float64(tried-survived)/float64(max(tried, 1)), known)
	if 20*survived > tried {
		t.Error("fewer than 95 % are killed")
	}
}

// mustExist finds explanations of code that has changed since.
func mustExist(t *testing.T, packages []*mutants.Package, explained map[string]string) {
	t.Helper()
	found := map[string]bool{}
	for _, p := range packages {
		for _, m := range p.Mutants {
			found[m.Name()] = true
		}
	}
	for name := range explained {
		if !found[name] {
			t.Errorf("survivors.txt explains a mutant that there is not: %s", name)
		}
	}
}

// explainedSurvivors are the mutants that no test can tell from the program, or
// need not, each with the reason.
func explainedSurvivors(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("mutants/survivors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	explained := map[string]string{}
	reason := ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "# "):
			reason = strings.TrimPrefix(line, "# ")
		case line == "":
			reason = ""
		case reason == "":
			t.Errorf("survivors.txt gives no reason for %s", line)
		default:
			explained[line] = reason
		}
	}
	return explained
}
