package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// panicking is a stdout in which something goes wrong that nobody foresaw.
type panicking struct{ value any }

func (p panicking) Write([]byte) (int, error) { panic(p.value) }

// A panic ends the program like a failure, and its value, which may quote data,
// is not told.
func TestPanicTellsNoData(t *testing.T) {
	for _, value := range []any{"cannot place 1200023305967", fmt.Errorf("no room for %d", 1200023305967), 1200023305967} {
		var stderr bytes.Buffer
		code := run(context.Background(), []string{"version"}, panicking{value}, &stderr)
		if code != exitFailed || !strings.HasPrefix(stderr.String(), "flagfill: internal fault (") || strings.Contains(stderr.String(), "1200023305967") {
			t.Errorf("panic(%T) ends in %d and says %q", value, code, stderr.String())
		}
	}
}

func TestQuoted(t *testing.T) {
	const name = "a\nflagfill: all is well"
	err := fmt.Errorf("cannot publish to out/%s: %w", name, errors.Join(
		&fs.PathError{Op: "open", Path: "out/" + name, Err: fs.ErrPermission},
		&os.LinkError{Op: "rename", Old: "b\x1b[31m", New: "c", Err: fs.ErrExist}))
	got := quoted(err.Error()+" (from a\nb)", err, []string{"run", "--out=x", "--config=a\nb"})
	want := `cannot publish to "out/a\nflagfill: all is well": open "out/a\nflagfill: all is well": permission denied` + "\n" +
		`rename "b\x1b[31m" c: file already exists (from "a\nb")`
	if got != want {
		t.Errorf("quoted gives\n%s\nwant\n%s", got, want)
	}
}
