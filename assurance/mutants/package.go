package mutants

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Package is a package with its faults compiled in.
type Package struct {
	folder  string // of the copied package
	binary  string
	tests   []test   // the quickest first
	killers sync.Map // *test, by function and by file: the last one that killed a mutant of it
	Mutants []*Mutant
}

// The environment of the test binary.
const (
	choiceVariable = "FLAGFILL_MUTANT"         // a number; −1: say which functions are reached
	reachVariable  = "FLAGFILL_MUTANT_REACHED" // the file that takes them
	faulty         = "which_mutant.go"
)

// chooser is added to the package. Functions ask it which mutant to be. One
// that takes memory or time without end shall not take the machine's, not even
// where nobody waits for it any more.
const chooser = `package %s

import (
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

func init() {
	for resource, most := range map[int]uint64{syscall.RLIMIT_AS: 4 << 30, syscall.RLIMIT_CPU: 60} { // bytes, seconds
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			panic(err)
		}
	}
}

var whichMutant = func() int {
	n, _ := strconv.Atoi(os.Getenv("` + choiceVariable + `"))
	return n
}()

var mutantsReached [%d]atomic.Bool

// whatIsReached is open from the start: tests may use up what may be opened.
var whatIsReached = func() *os.File {
	if whichMutant >= 0 {
		return nil
	}
	f, err := os.OpenFile(os.Getenv("` + reachVariable + `"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	return f
}()

func reachMutant(function int) {
	if mutantsReached[function].Load() || mutantsReached[function].Swap(true) {
		return
	}
	if _, err := whatIsReached.WriteString(strconv.Itoa(function) + "\n"); err != nil {
		panic(err)
	}
}
`

// Plant copies the module at root into an empty folder and plants the mutants
// of the files of one of its packages. files are patterns of base names; those
// of tests never match.
func Plant(root, into, name string, files ...string) (*Package, error) {
	if err := CopyModule(root, into); err != nil {
		return nil, fmt.Errorf("cannot copy the module: %w", err)
	}
	p := &Package{folder: filepath.Join(into, name), binary: filepath.Join(into, "mutants.test")}
	sources, functions, err := p.find(name, files)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf(chooser, filepath.Base(name), functions)
	if err := os.WriteFile(filepath.Join(p.folder, faulty), []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("cannot plant mutants: %w", err)
	}
	if err := p.compile(sources); err != nil {
		return nil, err
	}
	return p, p.reach()
}

// find takes the sources apart, and counts their functions.
func (p *Package) find(name string, patterns []string) (sources []*source, functions int, err error) {
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot find sources: %w", err)
	}
	number := 1
	for _, e := range entries {
		matches := func(pattern string) bool { ok, _ := filepath.Match(pattern, e.Name()); return ok }
		if strings.HasSuffix(e.Name(), "_test.go") || !slices.ContainsFunc(patterns, matches) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(p.folder, e.Name()))
		if err != nil {
			return nil, 0, fmt.Errorf("cannot read source: %w", err)
		}
		s, err := find(name+"/"+e.Name(), string(text), number)
		if err != nil {
			return nil, 0, err
		}
		for _, f := range s.functions {
			for _, m := range f.mutants {
				m.function = functions
				number++
			}
			functions++
		}
		sources = append(sources, s)
	}
	return sources, functions, nil
}

// write is a source with its mutants in it, and says on which lines each
// stands.
func (s *source) write() (text string, lines map[int]*Mutant) {
	var out strings.Builder
	lines = map[int]*Mutant{}
	done, atLine := 0, 1
	put := func(text string) {
		out.WriteString(text)
		atLine += strings.Count(text, "\n")
	}
	for _, f := range s.functions {
		if len(f.mutants) == 0 {
			continue
		}
		put(s.text[done:f.body])
		done = f.body
		put(fmt.Sprintf("\nif whichMutant != 0 { if whichMutant < 0 { reachMutant(%d) }\nswitch whichMutant {\n", f.mutants[0].function))
		for _, m := range f.mutants {
			from := atLine
			body := s.text[f.body:m.from] + m.After + s.text[m.to:f.to]
			if f.results == "" {
				put(fmt.Sprintf("case %d: func() {%s}(); return\n", m.Number, body))
			} else {
				put(fmt.Sprintf("case %d: return func() %s {%s}()\n", m.Number, f.results, body))
			}
			for l := from; l < atLine; l++ {
				lines[l] = m
			}
		}
		put("}}\n")
	}
	put(s.text[done:])
	return out.String(), lines
}

var compilerSays = regexp.MustCompile(`(?m)^(?:\./)?([^\s:]+\.go):(\d+):\d+: .*$`)

// compile builds the test binary, dropping the mutants that do not compile.
func (p *Package) compile(sources []*source) error {
	for {
		lines := map[string]map[int]*Mutant{}
		for _, s := range sources {
			text, of := s.write()
			lines[filepath.Base(s.path)] = of
			if err := os.WriteFile(filepath.Join(p.folder, filepath.Base(s.path)), []byte(text), 0o600); err != nil {
				return fmt.Errorf("cannot plant mutants: %w", err)
			}
		}
		build := exec.Command("go", "test", "-c", "-vet=off", "-gcflags=-e", "-ldflags=-s -w", "-o", p.binary, ".")
		build.Dir = p.folder
		said, err := build.CombinedOutput()
		if err == nil {
			break
		}
		broken := map[*Mutant]bool{}
		for _, found := range compilerSays.FindAllStringSubmatch(string(said), -1) {
			at, _ := strconv.Atoi(found[2])
			if m := lines[filepath.Base(found[1])][at]; m != nil {
				broken[m] = true
			}
		}
		if len(broken) == 0 {
			return fmt.Errorf("cannot compile mutants: %w\n%s", err, said)
		}
		for _, s := range sources {
			for _, f := range s.functions {
				f.mutants = slices.DeleteFunc(f.mutants, func(m *Mutant) bool { return broken[m] })
			}
		}
	}
	for _, s := range sources {
		for _, f := range s.functions {
			p.Mutants = append(p.Mutants, f.mutants...)
		}
	}
	if len(p.Mutants) == 0 {
		return errors.New("cannot plant mutants: no file matches")
	}
	return nil
}

// CopyModule copies a module: what its tests may need, and nothing that was
// built, generated or committed.
func CopyModule(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, inside)
		switch skip := slices.Contains([]string{".git", "bin", "demo", "node_modules", "snapshots"}, d.Name()); {
		case d.IsDir() && skip:
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o750)
		case !d.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o600)
	})
}
