package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// What the machine refuses ends in exit code 1 and says what to do, however
// the error came here.
func TestFailuresAreExplained(t *testing.T) {
	for number, want := range map[error]string{
		syscall.ENOSPC: "The disk is full: ",
		syscall.EDQUOT: "The quota is used up: ",
		syscall.EROFS:  "The file system is read-only: ",
		syscall.EFBIG:  "The limit on the size of a file is too low: ",
		syscall.EMFILE: "The limit on open files is too low: ",
		syscall.EIO:    "The disk fails: ",
		syscall.EACCES: "Get the right to write there ",
		syscall.ENOENT: "Make the folder first ",
	} {
		err := errors.Join(
			fmt.Errorf("cannot write changes.parquet: %w", &fs.PathError{Op: "write", Path: "out/x", Err: number}),
			errors.New("cannot remove .out.partial-1"))
		code, text := exitOf(t.Context(), err)
		lines := strings.Split(text, "\n")
		if code != exitFailed || !strings.HasPrefix(lines[len(lines)-1], want) || !strings.Contains(text, "changes.parquet") {
			t.Errorf("%v: exit code %d, %q", number, code, text)
		}
	}
	if code, text := exitOf(t.Context(), fmt.Errorf("cannot write x: %w", io.ErrShortWrite)); code != exitFailed || text != "cannot write x: short write" {
		t.Errorf("short write: exit code %d, %q", code, text)
	}
}
