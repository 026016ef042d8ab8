package mutants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// test is one of the package's, how long it takes and which functions it
// reaches.
type test struct {
	name    string
	took    time.Duration
	reaches map[int]bool
}

// quick tests run together.
const quick = 100 * time.Millisecond

// patience is how long tests of a mutant may run that took so long without
// one: a mutant that does not end is killed as well.
func patience(took time.Duration) time.Duration { return 5*time.Second + 3*took }

// run runs tests of the binary as a mutant, in the package's folder, without
// the enumerations that short tests leave out.
func (p *Package) run(mutant int, reached, tests string, most time.Duration, more ...string) (said []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	c := exec.CommandContext(ctx, p.binary, append([]string{"-test.run=" + tests, "-test.failfast", "-test.short"}, more...)...)
	c.Dir = p.folder
	c.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ASSURANCE") }),
		choiceVariable+"="+strconv.Itoa(mutant), reachVariable+"="+reached)
	c.WaitDelay = time.Second
	return c.CombinedOutput()
}

// reach runs each test alone and without a mutant, two at a time, to learn what
// it reaches. A test that fails then would kill everything.
func (p *Package) reach() error {
	said, err := p.run(0, "", "", patience(0), "-test.list=^(Test|Fuzz|Example)")
	if err != nil {
		return fmt.Errorf("cannot list tests: %w\n%s", err, said)
	}
	names := strings.Fields(string(said))
	p.tests = make([]test, len(names))
	failures := make([]error, len(names))
	inPairs(len(names), func(i int) { p.tests[i], failures[i] = p.reachedBy(names[i]) })
	slices.SortStableFunc(p.tests, func(a, b test) int { return cmp.Compare(a.took, b.took) })
	return errors.Join(failures...)
}

func (p *Package) reachedBy(name string) (test, error) {
	t := test{name: name, reaches: map[int]bool{}}
	file := filepath.Join(filepath.Dir(p.binary), "reached-by-"+name)
	started := time.Now()
	if said, err := p.run(-1, file, "^"+name+"$", patience(time.Minute)); err != nil {
		return t, fmt.Errorf("%s fails without a mutant: %w\n%s", name, err, said)
	}
	t.took = time.Since(started)
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return t, fmt.Errorf("cannot read what %s reaches: %w", name, err)
	}
	for number := range strings.Lines(string(text)) {
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil {
			return t, fmt.Errorf("cannot read what %s reaches: %w", name, err)
		}
		t.reaches[n] = true
	}
	return t, nil
}

// inPairs does n things, two at a time.
func inPairs(n int, do func(i int)) {
	var both sync.WaitGroup
	var begun atomic.Int64
	for range 2 {
		both.Go(func() {
			for i := begun.Add(1); i <= int64(n); i = begun.Add(1) {
				do(int(i - 1))
			}
		})
	}
	both.Wait()
}

// Survivors tries mutants, two at a time, and gives those that no test notices.
func (p *Package) Survivors(tried []*Mutant) []*Mutant {
	survives := make([]bool, len(tried))
	inPairs(len(tried), func(i int) { survives[i] = !p.killed(tried[i]) })
	var survivors []*Mutant
	for i, m := range tried {
		if survives[i] {
			survivors = append(survivors, m)
		}
	}
	return survivors
}

// killed tries a mutant: whether a test that reaches it fails. The quick ones
// run together, each of the others alone; of both kinds first those that killed
// the last mutant of the same function and of the same file.
func (p *Package) killed(m *Mutant) bool {
	function := m.File + " " + m.Function
	kills := func(tests ...*test) bool {
		killer := p.fails(m, tests)
		if killer != nil {
			p.killers.Store(function, killer)
			p.killers.Store(m.File, killer)
		}
		return killer != nil
	}
	ofFunction, _ := p.killers.Load(function)
	ofFile, _ := p.killers.Load(m.File)
	var likely, together, slow, alone []*test
	for i := range p.tests {
		t := &p.tests[i]
		isLikely := t == ofFunction || t == ofFile
		switch {
		case !t.reaches[m.function]:
		case isLikely && t.took <= quick:
			likely = append(likely, t)
		case t.took <= quick:
			together = append(together, t)
		case isLikely:
			slow = append(slow, t)
		default:
			alone = append(alone, t)
		}
	}
	one := func(t *test) bool { return kills(t) }
	return slices.ContainsFunc(likely, one) || len(together) > 0 && kills(together...) ||
		slices.ContainsFunc(slow, one) || slices.ContainsFunc(alone, one)
}

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// fails gives the test that fails, the first where that is not told; nil: none.
func (p *Package) fails(m *Mutant, tests []*test) *test {
	names, took := make([]string, len(tests)), time.Duration(0)
	for i, t := range tests {
		names[i], took = regexp.QuoteMeta(t.name), took+t.took
	}
	said, err := p.run(m.Number, "", "^("+strings.Join(names, "|")+")$", patience(took))
	if err == nil {
		return nil
	}
	if failed := failedTest.FindSubmatch(said); failed != nil {
		if at := slices.IndexFunc(tests, func(t *test) bool { return t.name == string(failed[1]) }); at >= 0 {
			return tests[at]
		}
	}
	return tests[0]
}
