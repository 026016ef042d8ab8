// Package property runs a claim over seeds and writes down what was tried.
//
// A property is a test named TestProperty… that calls Check. How many of its
// seeds run is set from outside, by the variables that `make assurance` sets:
//
//	ASSURANCE          nothing: a few, for plain go test; ci: a tenth; deep: all
//	ASSURANCE_SEEDS    "17" or "10-19": just these, whatever ASSURANCE says
//	ASSURANCE_ROTATION with ci, which tenth
//	ASSURANCE_ONLY     a goal or a test's name: the others are skipped
//	ASSURANCE_RESULTS  the folder that gets a file per property
package property

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Property is one claim about the program.
type Property struct {
	Goal  string // of docs/assurance.md: "R4"
	Name  string // what is claimed, without a verb: "crash leaves nothing or all"
	Unit  string // what is counted: "crash states"
	Seeds int    // of the whole figure; 1 is an enumeration, which always runs whole
	// InTests is how many seeds plain go test runs; 0 is one.
	InTests int
}

// Result is what was found of a property.
type Result struct {
	Goal    string `json:"goal"`
	Name    string `json:"name"`
	Unit    string `json:"unit"`
	Test    string `json:"test"`
	Package string `json:"package"` // folder within the module
	Seeds   int    `json:"seeds"`   // of the whole figure
	Runs    []Run  `json:"runs"`
}

// Run is a range of seeds that was tried.
type Run struct {
	Span
	Cases    int64   `json:"cases"`
	Failures []int   `json:"failures"` // seeds
	Seconds  float64 `json:"seconds"`
}

// Span is a range of seeds, both ends included.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

func (s Span) String() string { return fmt.Sprintf("%d-%d", s.From, s.To) }

// Check tries the claim with every chosen seed. try gives the number of cases
// that it looked at, in the property's unit, and fails its test where the claim
// does not hold; the same seed always tries the same cases.
func (p Property) Check(t *testing.T, try func(t *testing.T, seed int) (cases int64)) {
	t.Helper()
	if !strings.HasPrefix(t.Name(), "TestProperty") {
		t.Fatalf("%s checks a property, and is not named TestProperty…", t.Name())
	}
	if only := os.Getenv("ASSURANCE_ONLY"); only != "" && only != p.Goal && only != t.Name() {
		t.Skipf("this is %s, and only %s is asked for", p.Goal, only)
	}
	chosen, err := p.choose(os.Getenv("ASSURANCE"), os.Getenv("ASSURANCE_SEEDS"), os.Getenv("ASSURANCE_ROTATION"))
	if err != nil {
		t.Fatal(err)
	}
	r := Result{Goal: p.Goal, Name: p.Name, Unit: p.Unit, Test: t.Name(), Package: folder(), Seeds: max(p.Seeds, 1), Runs: []Run{}}
	for _, span := range chosen {
		r.Runs = append(r.Runs, p.run(t, span, try))
	}
	if err := r.write(os.Getenv("ASSURANCE_RESULTS")); err != nil {
		t.Error(err)
	}
}

func (p Property) run(t *testing.T, span Span, try func(t *testing.T, seed int) int64) Run {
	t.Helper()
	r := Run{Span: span, Failures: []int{}}
	started := time.Now()
	for seed := span.From; seed <= span.To; seed++ {
		sound := t.Run(strconv.Itoa(seed), func(t *testing.T) { r.Cases += try(t, seed) })
		if !sound {
			r.Failures = append(r.Failures, seed)
			t.Errorf("%s, %s: seed %d fails; to repeat it: make assurance ONLY=%s SEEDS=%d", p.Goal, p.Name, seed, t.Name(), seed)
		}
	}
	r.Seconds = time.Since(started).Round(time.Millisecond).Seconds()
	t.Logf("%s, %s: %d %s, seeds %v of %d, %d failed", p.Goal, p.Name, r.Cases, p.Unit, span, p.Seeds, len(r.Failures))
	return r
}

// Deep tells whether properties run at more than the size of plain go test.
func Deep() bool { return os.Getenv("ASSURANCE") != "" }

const ciShare = 10

// choose gives the seeds to run: at most two spans, as a tenth may wrap.
func (p Property) choose(size, seeds, rotation string) ([]Span, error) {
	last := p.Seeds - 1
	if p.Seeds <= 1 {
		return []Span{{0, 0}}, nil
	}
	if seeds != "" {
		span, err := parseSpan(seeds)
		if err != nil {
			return nil, err
		}
		if span.From > last {
			return []Span{}, nil
		}
		return []Span{{span.From, min(span.To, last)}}, nil
	}
	switch size {
	case "":
		return []Span{{0, min(max(p.InTests, 1), p.Seeds) - 1}}, nil
	case "deep":
		return []Span{{0, last}}, nil
	case "ci":
		turn, err := strconv.Atoi(rotation)
		if err != nil || turn < 0 {
			return nil, fmt.Errorf("cannot read ASSURANCE_ROTATION %q: not a number", rotation)
		}
		count := (p.Seeds + ciShare - 1) / ciShare
		from := turn % ciShare * count % p.Seeds
		if over := from + count - p.Seeds; over > 0 {
			return []Span{{from, last}, {0, over - 1}}, nil
		}
		return []Span{{from, from + count - 1}}, nil
	}
	return nil, fmt.Errorf("cannot read ASSURANCE %q: neither ci nor deep", size)
}

func parseSpan(text string) (Span, error) {
	first, second, both := strings.Cut(text, "-")
	if !both {
		second = first
	}
	from, err := strconv.Atoi(first)
	to, err2 := strconv.Atoi(second)
	if err != nil || err2 != nil || from < 0 || to < from {
		return Span{}, fmt.Errorf("cannot read seeds %q: want a number or from-to", text)
	}
	return Span{from, to}, nil
}

// folder of the package under test within the module: tests run in it.
func folder() string {
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	for root := here; root != filepath.Dir(root); root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			inside, _ := filepath.Rel(root, here)
			return filepath.ToSlash(inside)
		}
	}
	return here
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9]+`)

func (r Result) write(dir string) error {
	if dir == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write down %s: %w", r.Test, err)
	}
	name := unfit.ReplaceAllString(r.Goal+"-"+r.Package+"-"+r.Test, "-") + ".json"
	if err := os.WriteFile(filepath.Join(dir, name), append(text, '\n'), 0o640); err != nil {
		return fmt.Errorf("cannot write down %s: %w", r.Test, err)
	}
	return nil
}
