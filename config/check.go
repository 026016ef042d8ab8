package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"flagfill/engine"
)

// problem is what a value or key is, and what to do about it.
type problem struct{ what, next string }

// set puts one entry of the file into the configuration.
func set(c *Config, e entry) *problem {
	if s := settingOf(e.key()); s != nil {
		if s.set(c, e.value) {
			return nil
		}
		return at(e, &problem{"is " + shown(e.value), allowing(s.allowed, e.value, s.words)})
	}
	if isTableName(e.key()) {
		return at(e, &problem{"is " + shown(e.value) + ", but names a table", "begin the table with [" + e.key() + "] on a line of its own"})
	}
	table, name := e.path[:len(e.path)-1], e.path[len(e.path)-1]
	for _, t := range nameTables {
		if t.name != joined(table) || t.keys != nil && !slices.Contains(t.keys, name) {
			continue
		}
		value, ok := e.value.(string)
		if !ok {
			return at(e, &problem{"is " + shown(e.value), "give a text in quotes, as in " + t.example})
		}
		return at(e, t.add(c, name, value))
	}
	return unknownKey(e, joined(table), name)
}

// at says where a problem is.
func at(e entry, p *problem) *problem {
	if p == nil {
		return nil
	}
	return &problem{fmt.Sprintf("%s at line %d %s", e.key(), e.line, p.what), p.next}
}

// unknownKey names the nearest key of the same table, or else of any.
func unknownKey(e entry, table, name string) *problem {
	what := fmt.Sprintf("unknown key %s at line %d", e.key(), e.line)
	siblings, everywhere := keys(table)
	if near, ok := engine.Nearest(name, siblings); ok {
		what += fmt.Sprintf(" – did you mean %s?", near)
	} else if near, ok := engine.Nearest(e.key(), everywhere); ok {
		what += fmt.Sprintf(" – did you mean %s?", near)
	}
	if len(siblings) == 0 {
		return &problem{what, "flagfill config prints every key with its meaning"}
	}
	return &problem{what, "keys here: " + strings.Join(siblings, ", ")}
}

// keys lists what may stand directly in a table ("" for the whole file), and
// every key and table by its full name.
func keys(table string) (here, everywhere []string) {
	add := func(full string) {
		everywhere = append(everywhere, full)
		below := full
		if table != "" {
			rest, inside := strings.CutPrefix(full, table+".")
			if !inside {
				return
			}
			below = rest
		}
		if first, _, _ := strings.Cut(below, "."); !slices.Contains(here, first) {
			here = append(here, first)
		}
	}
	for _, s := range sections {
		add(s.name)
		for _, k := range s.settings {
			add(s.name + "." + k.key)
		}
	}
	for _, t := range nameTables {
		add(t.name)
		for _, k := range t.keys {
			add(t.name + "." + k)
		}
	}
	return here, everywhere
}

func settingOf(key string) *setting {
	for _, s := range sections {
		name, ours := strings.CutPrefix(key, s.name+".")
		for i := range s.settings {
			if ours && s.settings[i].key == name {
				return &s.settings[i]
			}
		}
	}
	return nil
}

// isTableName tells whether a table of that name may stand in the file.
func isTableName(name string) bool {
	for _, s := range sections {
		if s.name == name {
			return true
		}
	}
	for _, t := range nameTables {
		if t.name == name || strings.HasPrefix(t.name, name+".") {
			return true
		}
	}
	return false
}

// allowing says what a value may be, and which word was probably meant.
func allowing(allowed string, value any, words []string) string {
	word, _ := value.(string)
	if near, ok := engine.Nearest(word, words); ok {
		return fmt.Sprintf("allowed: %s – did you mean %q?", allowed, near)
	}
	return "allowed: " + allowed
}

// shown is a value as an error text names it.
func shown(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case map[string]any:
		return "a table"
	case []any:
		return fmt.Sprintf("the list %q", v)
	case time.Time:
		return "a time"
	}
	return fmt.Sprint(value)
}

func inWords(words []string) string {
	var text strings.Builder
	for i, w := range words {
		switch {
		case i > 0 && i == len(words)-1:
			text.WriteString(" or ")
		case i > 0:
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "%q", w)
	}
	return text.String()
}

func indexOf(words []string, word string) int { return slices.Index(words, word) }
