package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"flagfill/config"
	"flagfill/engine"
	"flagfill/loaders"
	"flagfill/writers"
)

// tickingClock is a millisecond later whenever anybody looks at it.
type tickingClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *tickingClock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// No moment is counted twice and none is lost, whatever the number of workers
// and passes: by this clock, a second counted twice would leave a rest below
// nothing, or a stage that was forgotten one above a few looks.
func TestStagesAddUpToTheWhole(t *testing.T) {
	dir := t.TempDir()
	snapshot := filepath.Join(dir, "snapshot")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"generate", "--out", snapshot, "--meter-points", "20000", "--errors", "0.001"}, &stdout, &stderr); code != exitDone {
		t.Fatal(stderr.String())
	}
	for _, c := range []struct {
		workers, passes int
		dryRun          bool
	}{{1, 1, false}, {2, 1, false}, {3, 4, false}, {2, 2, true}} {
		clock := &tickingClock{now: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)}
		began := clock.now
		timings := timedRun(t, snapshot, clock, c.workers, c.passes, c.dryRun)
		shared := shareOut(timings, time.Millisecond, clock.now.Sub(began))
		whole := clock.now.Sub(began)
		if sum, rest := added(shared.Stages); sum != whole || rest < 0 || rest > 40*time.Millisecond {
			t.Errorf("%+v: stages add up to %v of %v, %v of it other", c, sum, whole, rest)
		}
		for _, crew := range shared.Crews {
			if sum, rest := added(crew.Steps); sum != time.Duration(crew.Goroutines)*whole || rest < 0 {
				t.Errorf("%+v: %d × %s add up to %v of %v, %v of it idle", c, crew.Goroutines, crew.Name, sum, whole, rest)
			}
			for _, step := range crew.Steps {
				if expected := !c.dryRun || step.Name != "verify"; (step.Duration > 0) != expected && step.Name != "locate exceptions" {
					t.Errorf("%+v: %s of %s took %v", c, step.Name, crew.Name, step.Duration)
				}
			}
		}
		var text strings.Builder
		writeStages(&text, shared)
		if problem := addsUp(text.String()); problem != "" {
			t.Errorf("%+v: %s\n%s", c, problem, text.String())
		}
	}
}

// timedRun publishes a snapshot by the clock.
func timedRun(t *testing.T, snapshot string, clock *tickingClock, workers, passes int, dryRun bool) writers.Timings {
	t.Helper()
	f := runFlags{limits: engine.DefaultLimits(), workers: workers, dryRun: dryRun}
	f.limits.MaxExceptions = engine.Limit{Share: 1, Count: -1}
	defaults, err := config.Load("")
	if err != nil {
		t.Fatal(err)
	}
	cfg, settings, err := f.configure(defaults, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Clock, cfg.Passes = clock.read, passes
	var in engine.Inputs
	for table, source := range map[engine.Table]*engine.Source{engine.Devices: &in.Devices, engine.MeterPoints: &in.MeterPoints} {
		opened, err := loaders.Open([]string{filepath.Join(snapshot, table.String()+".parquet")}, table, loaders.Options{})
		if err != nil {
			t.Fatal(err)
		}
		*source = opened
	}
	publication, err := writers.Create(t.Context(), writers.OS{}, filepath.Join(t.TempDir(), "publication"), cfg, settings)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := publication.Abort(); err != nil {
			t.Error(err)
		}
	}()
	result, err := engine.Run(t.Context(), cfg, in, publication, &engine.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publication.Commit(t.Context(), result); err != nil {
		t.Fatal(err)
	}
	return publication.Timings(result)
}

// added is the sum of all parts, and the last of them: what no other took.
func added(parts []engine.Stage) (sum, rest time.Duration) {
	for _, p := range parts {
		sum += p.Duration
	}
	return sum, parts[len(parts)-1].Duration
}

var figuresAtEnd = regexp.MustCompile(`(?m)^ (.*?) +([0-9]+\.[0-9]{3}) +([0-9]+\.[0-9]) % *$`)

// addsUp looks for tables of seconds and shares, each with its sum in the last
// line, and says what does not add up as it is printed.
func addsUp(text string) (problem string) {
	var milliseconds, tenths, tables int
	for _, m := range figuresAtEnd.FindAllStringSubmatch(text, -1) {
		s, _ := strconv.Atoi(strings.ReplaceAll(m[2], ".", ""))
		p, _ := strconv.Atoi(strings.ReplaceAll(m[3], ".", ""))
		if !strings.HasSuffix(m[1], "wall clock") {
			milliseconds, tenths = milliseconds+s, tenths+p
			continue
		}
		if s != milliseconds || p != tenths || p != wholeShare || s == 0 {
			return m[0] + ": the lines above add up to " + strconv.Itoa(milliseconds) + " ms and " + strconv.Itoa(tenths) + " ‰"
		}
		milliseconds, tenths, tables = 0, 0, tables+1
	}
	if tables != 2 {
		return strconv.Itoa(tables) + " tables of stages"
	}
	return ""
}

func TestAddsUpFindsWhatDoesNot(t *testing.T) {
	const right = " open  0.001  40.0 % \n rest  0.002  60.0 % \n wall clock  0.003  100.0 % \n 1 × a  b  0.003  100.0 % \n 1 × wall clock  0.003  100.0 % \n"
	if problem := addsUp(right); problem != "" {
		t.Error(problem)
	}
	for _, change := range []string{"0.002", "60.0", "1 × wall clock"} {
		if addsUp(strings.Replace(right, change, "0.004", 1)) == "" {
			t.Errorf("found nothing wrong without %s", change)
		}
	}
}

// stagesAddUp looks at the stage tables that the last program printed.
func stagesAddUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: stages")
	}
	if problem := addsUp(ts.ReadFile("stdout")); problem != "" {
		ts.Fatalf("%s", problem)
	}
}
