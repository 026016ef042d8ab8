package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flagfill/engine"
)

// visibleWriter is stdout or stderr, on which nothing is written that a
// terminal might obey: names and words of files, and the errors of other
// people's code, may hold anything. It remembers that writing failed, which no
// command looks at.
type visibleWriter struct {
	to  io.Writer // a progress bar, which steers the terminal, writes there itself
	err error
}

func (v *visibleWriter) Write(text []byte) (int, error) {
	_, err := v.to.Write(engine.Visible(text))
	if v.err == nil {
		v.err = err
	}
	if err != nil {
		return 0, err
	}
	return len(text), nil
}

// quoted puts those names of the file system in quotes that could pass for
// another line of the text: arguments, and what errors name.
func quoted(text string, err error, args []string) string {
	names := namesIn(err)
	for _, arg := range args {
		_, value, _ := strings.Cut(arg, "=")
		for _, name := range []string{arg, value} {
			names = append(names, name, filepath.Clean(name), filepath.Base(name))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	for _, name := range slices.Compact(names) {
		if shown := engine.ShownPath(name); name != "" && shown != name {
			text = strings.ReplaceAll(text, name, shown)
		}
	}
	return text
}

// namesIn lists the paths that an error and those that it wraps name.
func namesIn(err error) (names []string) {
	switch e := err.(type) { //nolint:errorlint // every error of the tree is looked at in turn
	case *fs.PathError:
		names = append(names, e.Path)
	case *os.LinkError:
		names = append(names, e.Old, e.New)
	case interface{ Unwrap() []error }:
		for _, wrapped := range e.Unwrap() {
			names = append(names, namesIn(wrapped)...)
		}
	}
	if wrapped := errors.Unwrap(err); wrapped != nil {
		names = append(names, namesIn(wrapped)...)
	}
	return names
}
