package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"flagfill/engine"
)

// ReadStrict reads a TOML file of another kind than the configuration into a
// struct with toml tags, and gives its text. A file that cannot be read, a value of
// another type and a key that the struct lacks are an *engine.Refusal of kind
// RefusedUsage, with the line and the nearest key that there is.
func ReadStrict(path, kind, next string, into any) ([]byte, error) {
	refuse := func(err error, verb, problem string) error {
		return &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot %s %s %s: %s", verb, kind, engine.ShownPath(path), problem), Next: next}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		cause := err
		if reason := (*fs.PathError)(nil); errors.As(err, &reason) {
			cause = reason.Err
		}
		return nil, refuse(err, "read", cause.Error())
	}
	decoder := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields()
	err = decoder.Decode(into)
	if strict := (*toml.StrictMissingError)(nil); errors.As(err, &strict) {
		first := strict.Errors[0]
		line, _ := first.Position()
		return nil, refuse(nil, "use", unknownAmong(first.Key(), line, reflect.TypeOf(into)))
	}
	if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
		line, column := at.Position()
		where := fmt.Sprintf("line %d, column %d", line, column)
		if key := joined(at.Key()); key != "" {
			where = key + " at " + where
		}
		return nil, refuse(nil, "use", where+": "+engine.OneLine(strings.TrimPrefix(at.Error(), "toml: ")))
	}
	if err != nil {
		return nil, refuse(nil, "use", engine.OneLine(strings.TrimPrefix(err.Error(), "toml: ")))
	}
	return text, nil
}

// unknownAmong says which key is unknown, and which was probably meant.
func unknownAmong(path []string, line int, t reflect.Type) string {
	what := fmt.Sprintf("unknown key %s at line %d", engine.Shown(joined(path)), line)
	for i, name := range path {
		keys := keysOf(t)
		below, known := keys[name]
		if t = below; known && i < len(path)-1 {
			continue
		}
		var names []string
		for key := range keys {
			names = append(names, key)
		}
		if near, ok := engine.Nearest(name, names); ok {
			return what + " – did you mean " + near + "?"
		}
		break
	}
	return what
}

// keysOf are the keys of a struct with the types below them; none of a map,
// whose keys are names.
func keysOf(t reflect.Type) map[string]reflect.Type {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	keys := map[string]reflect.Type{}
	if t == nil || t.Kind() != reflect.Struct {
		return keys
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			for key, below := range keysOf(field.Type) {
				keys[key] = below
			}
		} else if key := field.Tag.Get("toml"); key != "" {
			keys[key] = field.Type
			if field.Type.Kind() == reflect.Map {
				keys[key] = field.Type.Elem()
			}
		}
	}
	return keys
}
