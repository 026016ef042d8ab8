package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteTOML prints the whole configuration in force: every key with its
// meaning, its choices and its default. Loaded again it gives the same
// configuration.
func (c *Config) WriteTOML(w io.Writer) error {
	var out bytes.Buffer
	comment(&out, "The configuration of flagfill, as in force. Every key may be left out: its default then holds. "+
		"A key behind a # is not set.")
	for _, s := range sections {
		out.WriteByte('\n')
		comment(&out, s.meaning)
		fmt.Fprintf(&out, "[%s]\n", s.name)
		for i := range s.settings {
			writeSetting(&out, &s.settings[i], c)
		}
		for i := range nameTables {
			if strings.HasPrefix(nameTables[i].name, s.name+".") {
				writeNames(&out, &nameTables[i], c)
			}
		}
	}
	for i := range nameTables {
		if section, _, _ := strings.Cut(nameTables[i].name, "."); !isSection(section) {
			writeNames(&out, &nameTables[i], c)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

func isSection(name string) bool {
	return slices.ContainsFunc(sections, func(s section) bool { return s.name == name })
}

var defaults = Default()

func writeSetting(out *bytes.Buffer, s *setting, c *Config) {
	comment(out, s.meaning)
	if s.unset != nil {
		comment(out, "Allowed: "+s.allowed+". Default: not set.")
		if s.get(c) == int64(0) {
			fmt.Fprintf(out, "# %s = %s\n", s.key, literal(s.unset))
			return
		}
	} else {
		comment(out, "Allowed: "+s.allowed+". Default: "+literal(s.get(defaults))+".")
	}
	fmt.Fprintf(out, "%s = %s\n", s.key, literal(s.get(c)))
}

// writeNames prints a table of names; columns that are not mapped stand behind
// a # under their own name.
func writeNames(out *bytes.Buffer, t *nameTable, c *Config) {
	out.WriteByte('\n')
	comment(out, t.meaning+" Example: "+t.example)
	fmt.Fprintf(out, "[%s]\n", t.name)
	entries := t.entries(c)
	for _, key := range t.keys {
		if _, mapped := entries[key]; !mapped {
			fmt.Fprintf(out, "# %s = %s\n", key, literal(key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintf(out, "%s = %s\n", joined([]string{key}), literal(entries[key]))
	}
}

// isBare tells whether a key may stand in TOML without quotes.
func isBare(key string) bool {
	return key != "" && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// literal is a value in TOML. The escapes of JSON are those of TOML, except
// that TOML wants the delete character escaped too.
func literal(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("a setting holds %T, which TOML cannot: %v", value, err))
	}
	return strings.ReplaceAll(strings.TrimSuffix(text.String(), "\n"), "\x7f", `\u007f`)
}

const commentWidth = 100

// comment prints words behind #, in lines of at most commentWidth characters
// where words allow it.
func comment(out *bytes.Buffer, words string) {
	width := 0
	for word := range strings.FieldsSeq(words) {
		switch size := len([]rune(word)); {
		case width == 0:
			out.WriteString("# ")
			width = 2 + size
		case width+1+size > commentWidth:
			out.WriteString("\n# ")
			width = 2 + size
		default:
			out.WriteByte(' ')
			width += 1 + size
		}
		out.WriteString(word)
	}
	out.WriteByte('\n')
}
