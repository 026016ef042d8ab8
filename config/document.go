package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"flagfill/engine"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// entry is one key of the file with its value, or an unknown key.
type entry struct {
	path  []string
	line  int
	value any
}

func (e entry) key() string { return joined(e.path) }

// joined is a path as a file would write it: "a.b" in quotes is one name.
func joined(path []string) string {
	names := make([]string, len(path))
	for i, name := range path {
		if names[i] = name; !isBare(name) {
			names[i] = literal(name)
		}
	}
	return strings.Join(names, ".")
}

// parse reads a configuration from its text. The name stands in errors only.
func parse(name string, text []byte) (*Config, error) {
	refused := func(problem, next string) error {
		return &engine.Refusal{Kind: engine.RefusedUsage, Problem: "cannot use configuration " + engine.ShownPath(name) + ": " + problem, Next: sentence(next)}
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		where := ""
		if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
			line, column := at.Position()
			where = fmt.Sprintf(" (line %d, column %d)", line, column)
		}
		return nil, refused(engine.OneLine(strings.TrimPrefix(err.Error(), "toml: "))+where, "the file must be TOML; flagfill config prints one that is")
	}

	c := Default()
	for _, e := range entriesOf(tree, lines(text)) {
		if problem := set(c, e); problem != nil {
			return nil, refused(problem.what, problem.next)
		}
	}
	if c.Digits.MPRNMin > c.Digits.MPRNMax {
		return nil, refused(fmt.Sprintf("validation.mprn_min_digits is %d, more than mprn_max_digits, %d", c.Digits.MPRNMin, c.Digits.MPRNMax),
			"give a minimum that is not above the maximum")
	}
	return c, nil
}

// entriesOf lists the leaves of the known tables and everything that stands
// where no table or key of ours does, by line.
func entriesOf(tree map[string]any, lines map[string]int) []entry {
	var all []entry
	var walk func(path []string, value any)
	walk = func(path []string, value any) {
		below, isTable := value.(map[string]any)
		if len(path) == 0 || isTable && isTableName(joined(path)) {
			for name, v := range below {
				walk(append(slices.Clone(path), name), v)
			}
			return
		}
		all = append(all, entry{path, lines[joined(path)], value})
	}
	walk(nil, tree)
	slices.SortFunc(all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.line, b.line), strings.Compare(a.key(), b.key()))
	})
	return all
}

// lines finds the line of the first mention of every key and table. The text
// has been decoded before, so the parser cannot fail on it.
func lines(text []byte) map[string]int {
	found := map[string]int{}
	var p unstable.Parser
	p.Reset(text)
	mention := func(path []string, line int) {
		for i := range path {
			key := joined(path[:i+1])
			if _, known := found[key]; !known {
				found[key] = line
			}
		}
	}
	var keyValue func(table []string, n *unstable.Node)
	keyValue = func(table []string, n *unstable.Node) {
		path, line := keyPath(&p, n)
		path = append(slices.Clone(table), path...)
		mention(path, line)
		if n.Value().Kind == unstable.InlineTable {
			for below := n.Value().Children(); below.Next(); {
				keyValue(path, below.Node())
			}
		}
	}
	var table []string
	for p.NextExpression() {
		switch n := p.Expression(); n.Kind {
		case unstable.Table, unstable.ArrayTable:
			var line int
			table, line = keyPath(&p, n)
			mention(table, line)
		case unstable.KeyValue:
			keyValue(table, n)
		}
	}
	return found
}

func keyPath(p *unstable.Parser, n *unstable.Node) (path []string, line int) {
	for part := n.Key(); part.Next(); {
		path = append(path, string(part.Node().Data))
		line = p.Shape(part.Node().Raw).Start.Line
	}
	return path, line
}
