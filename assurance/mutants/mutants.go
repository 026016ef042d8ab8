// Package mutants plants small faults in a package and sees whether the
// package's own tests notice.
//
// All mutants of a package are compiled into one test binary, which an
// environment variable tells which of them to be: compiling takes seconds once,
// instead of for each. A mutant is tried with the tests that reach its function
// alone, the quick ones first. Sources are copied; the tree is not touched.
package mutants

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
)

// Mutant is one fault. Its name holds no line number, so that it outlives
// edits of what stands around it.
type Mutant struct {
	Number   int    // of the package, from 1
	File     string // "writers/flow.go"
	Function string // "encoder.flush"
	Operator string // "error dropped"
	Before   string // source text
	After    string
	Repeat   int // how many like it stand before it in the function

	function int // index into the package's functions
	from, to int // bytes of the file that After replaces

	prefix, suffix string // what else stands on these lines
}

// Name is the same as long as the mutated code is: the difference, with a
// little of what it has in common with the program.
func (m *Mutant) Name() string {
	before := strings.Join(strings.Fields(m.prefix+m.Before+m.suffix), " ")
	after := strings.Join(strings.Fields(m.prefix+m.After+m.suffix), " ")
	from := 0
	for from < min(len(before), len(after)) && before[from] == after[from] {
		from++
	}
	from = strings.LastIndexByte(before[:max(0, from-shown/2)], ' ') + 1
	to := 0
	for to < min(len(before), len(after))-from && before[len(before)-1-to] == after[len(after)-1-to] {
		to++
	}
	to = max(0, to-shown/2)
	for to > 0 && before[len(before)-to] != ' ' {
		to--
	}
	before, after = excerpt(before[from:len(before)-to]), excerpt(after[from:len(after)-to])
	name := fmt.Sprintf("%s %s, %s: %s → %s", m.File, m.Function, m.Operator, before, after)
	if m.Repeat > 0 {
		name += fmt.Sprintf(" #%d", m.Repeat+1)
	}
	return name
}

// shown is how many bytes of source text a name shows beside the difference.
const shown = 60

// excerpt is a source text short enough for a name.
func excerpt(text string) string {
	switch text = strings.ToValidUTF8(text, ""); {
	case text == "":
		return "nothing"
	case len(text) > 2*shown:
		return strings.ToValidUTF8(text[:2*shown], "") + "…"
	}
	return text
}

// function is one that is mutated: where it stands and what it returns.
type function struct {
	name     string
	results  string // source text; "" where there are none
	body, to int    // bytes of the file: behind the brace that opens it, at the one that closes it
	mutants  []*Mutant
}

// source is a file taken apart.
type source struct {
	path      string // within the module
	text      string
	functions []*function
}

// find takes a file apart. first is the number of its first mutant.
func find(file, text string, first int) (*source, error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, path.Base(file), text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("cannot parse %s: %w", file, err)
	}
	s := &source{path: file, text: text}
	at := func(p token.Pos) int { return set.Position(p).Offset }
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil || f.Name.Name == "init" || callsRecover(f.Body) {
			continue
		}
		found := &function{name: f.Name.Name, body: at(f.Body.Lbrace) + 1, to: at(f.Body.Rbrace)}
		if f.Recv != nil {
			receiver := text[at(f.Recv.List[0].Type.Pos()):at(f.Recv.List[0].Type.End())]
			found.name = strings.TrimPrefix(receiver, "*") + "." + found.name
		}
		if f.Type.Results != nil {
			found.results = text[at(f.Type.Results.Pos()):at(f.Type.Results.End())]
		}
		o := operators{text: text, at: at, results: resultTypes(f.Type, text, at)}
		ast.Inspect(f.Body, o.visit)
		slices.SortStableFunc(o.found, func(a, b *Mutant) int { return cmp.Compare(a.from, b.from) })
		seen := map[string]int{}
		for _, m := range o.found {
			m.Number, m.File, m.Function = first, file, found.name
			m.prefix = text[strings.LastIndexByte(text[:m.from], '\n')+1 : m.from]
			m.suffix, _, _ = strings.Cut(text[m.to:], "\n")
			name := m.Name()
			m.Repeat = seen[name]
			seen[name]++
			first++
			found.mutants = append(found.mutants, m)
		}
		if len(found.mutants) > 0 {
			s.functions = append(s.functions, found)
		}
	}
	return s, nil
}

// callsRecover: a deferred function stops a panic only when it calls recover
// itself, and a mutated body is called by the function around it.
func callsRecover(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if name, ok := c.Fun.(*ast.Ident); ok && name.Name == "recover" {
				found = true
			}
		}
		return !found
	})
	return found
}

// resultTypes are the types of a function's results as written, one each.
func resultTypes(t *ast.FuncType, text string, at func(token.Pos) int) (types []string) {
	if t.Results == nil {
		return nil
	}
	for _, field := range t.Results.List {
		for range max(1, len(field.Names)) {
			types = append(types, text[at(field.Type.Pos()):at(field.Type.End())])
		}
	}
	return types
}
