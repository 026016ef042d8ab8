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
func patience(took time.Duration) time.Duration { return 20*time.Second + 10*took }

// run runs tests of the binary as a mutant, in the package's folder.
func (p *Package) run(mutant int, reached, tests string, most time.Duration, more ...string) (said []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	c := exec.CommandContext(ctx, p.binary, append([]string{"-test.run=" + tests, "-test.failfast"}, more...)...)
	c.Dir = p.folder
	c.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ASSURANCE") }),
		choiceVariable+"="+strconv.Itoa(mutant), reachVariable+"="+reached)
	c.WaitDelay = time.Second
	return c.CombinedOutput()
}

// reach runs each test once, alone and without a mutant, to learn what it
// reaches. A test that fails then would kill everything.
func (p *Package) reach() error {
	said, err := p.run(0, "", "", patience(0), "-test.list=^(Test|Fuzz|Example)")
	if err != nil {
		return fmt.Errorf("cannot list tests: %w\n%s", err, said)
	}
	for name := range strings.Lines(string(said)) {
		t := test{name: strings.TrimSpace(name), reaches: map[int]bool{}}
		file := filepath.Join(filepath.Dir(p.binary), "reached")
		started := time.Now()
		if said, err := p.run(-1, file, "^"+t.name+"$", patience(time.Minute)); err != nil {
			return fmt.Errorf("%s fails without a mutant: %w\n%s", t.name, err, said)
		}
		t.took = time.Since(started)
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("cannot read what %s reaches: %w", t.name, err)
		}
		_ = os.Remove(file)
		for number := range strings.Lines(string(text)) {
			n, err := strconv.Atoi(strings.TrimSpace(number))
			if err != nil {
				return fmt.Errorf("cannot read what %s reaches: %w", t.name, err)
			}
			t.reaches[n] = true
		}
		p.tests = append(p.tests, t)
	}
	slices.SortStableFunc(p.tests, func(a, b test) int { return cmp.Compare(a.took, b.took) })
	return nil
}

// Killed tries a mutant: whether a test that reaches it fails. The quick ones
// run together, each of the others alone. Several goroutines may call it.
func (p *Package) Killed(m *Mutant) bool {
	var together []string
	var took time.Duration
	rest := len(p.tests)
	for i, t := range p.tests {
		if t.took > quick {
			rest = i
			break
		}
		if t.reaches[m.function] {
			together = append(together, regexp.QuoteMeta(t.name))
			took += t.took
		}
	}
	if len(together) > 0 {
		if _, err := p.run(m.Number, "", "^("+strings.Join(together, "|")+")$", patience(took)); err != nil {
			return true
		}
	}
	for _, t := range p.tests[rest:] {
		if t.reaches[m.function] {
			if _, err := p.run(m.Number, "", "^"+regexp.QuoteMeta(t.name)+"$", patience(t.took)); err != nil {
				return true
			}
		}
	}
	return false
}
