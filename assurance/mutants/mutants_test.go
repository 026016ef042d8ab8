package mutants

import (
	"os"
	"path/filepath"
	"testing"
)

const tinySource = `package tiny

import "errors"

func Larger(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func Name(n int) (string, error) {
	if n != 1 {
		return "", errors.New("not one")
	}
	return "one" + "", nil
}

func untested() bool { return true }
`

const tinyTest = `package tiny

import "testing"

func TestLarger(t *testing.T) {
	if Larger(1, 2) != 2 || Larger(4, 3) != 4 {
		t.Error("larger")
	}
}

func TestName(t *testing.T) {
	if name, err := Name(1); name != "one" || err != nil {
		t.Error(name, err)
	}
}
`

// Mutants are killed by tests that see them, survive those that do not, and
// are dropped where they do not compile.
func TestSurvivors(t *testing.T) {
	module := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module tiny\n\ngo 1.26\n", "tiny/tiny.go": tinySource, "tiny/tiny_test.go": tinyTest} {
		path := filepath.Join(module, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Plant(module, t.TempDir(), "tiny", "*.go")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{
		"tiny/tiny.go Larger, boundary: if a > b { → if a >= b {":                                                       false, // equal numbers are the same number
		"tiny/tiny.go Larger, negated: if a > b { → if a <= b {":                                                        true,
		"tiny/tiny.go Larger, zero returned: return a → return 0":                                                       true,
		"tiny/tiny.go Larger, zero returned: return b → return 0":                                                       true,
		"tiny/tiny.go Name, negated: if n != 1 { → if n == 1 {":                                                         true,
		"tiny/tiny.go Name, constant: if n != 1 { → if n != 2 {":                                                        true,
		"tiny/tiny.go Name, constant: if n != 1 { → if n != 0 {":                                                        true,
		`tiny/tiny.go Name, error dropped: return "", errors.New("not one") → return "", nil`:                           false, // no test looks
		`tiny/tiny.go Name, zero returned: return "one" + "", nil → return "", nil`:                                     true,
		"tiny/tiny.go untested, constant: func untested() bool { return true } → func untested() bool { return false }": false,
	}
	survives := map[*Mutant]bool{}
	for _, m := range p.Survivors(p.Mutants) {
		survives[m] = true
	}
	for _, m := range p.Mutants {
		killed, known := want[m.Name()]
		if !known || killed == survives[m] {
			t.Errorf("%s: survives %v, want %v", m.Name(), survives[m], !killed)
		}
		delete(want, m.Name())
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}
