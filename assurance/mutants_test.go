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

// Faults in the rule, the flow encoders and the publication are noticed by the
// tests of their packages; those that are not are explained in
// mutants/survivors.txt.
func TestPropertyMutants(t *testing.T) {
	if !property.Deep() {
		t.Skip("takes minutes")
	}
	packages, err := planted()
	if err != nil {
		t.Fatal(err)
	}
	explained := explainedSurvivors(t)
	mustExist(t, packages, explained)
	killed, tried := 0, 0
	p := property.Property{Goal: "R12", Name: "tests notice a fault in rule, flows and publication", Unit: "mutants", Seeds: mutantSeeds}
	p.Check(t, func(t *testing.T, seed int) int64 {
		var chosen []trial
		for _, p := range packages {
			for _, m := range p.Mutants {
				if m.Number%mutantSeeds == seed {
					chosen = append(chosen, trial{p, m, false})
				}
			}
		}
		tryAll(chosen)
		for _, c := range chosen {
			switch _, known := explained[c.mutant.Name()]; {
			case c.killed:
				killed++
			case !known:
				t.Errorf("survives: %s", c.mutant.Name())
			}
		}
		tried += len(chosen)
		return int64(len(chosen))
	})
	t.Logf("%d of %d mutants are killed: %.1f %%", killed, tried, 100*float64(killed)/float64(max(tried, 1)))
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

type trial struct {
	of     *mutants.Package
	mutant *mutants.Mutant
	killed bool
}

// tryAll tries mutants, two at a time.
func tryAll(trials []trial) {
	var both sync.WaitGroup
	for worker := range 2 {
		both.Go(func() {
			for i := worker; i < len(trials); i += 2 {
				trials[i].killed = trials[i].of.Killed(trials[i].mutant)
			}
		})
	}
	both.Wait()
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
