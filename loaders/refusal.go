package loaders

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"flagfill/engine"
)

// refusal says that a file cannot be read, why, and what to do about it. An
// error that is a refusal already, or the end of a context, passes through.
func refusal(table engine.Table, path string, err error) error {
	var done *engine.Refusal
	if errors.As(err, &done) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) { // nothing is wrong with the file
		return fmt.Errorf("cannot read %s: %w", table, err)
	}
	next := "Ask for the file again, or write it again; if other programs read it without complaint, report this as a fault of this program"
	var told *advised
	switch {
	case errors.As(err, &told):
		next = told.next
	case errors.Is(err, fs.ErrNotExist):
		next = "Check the path, and that nothing moves or deletes extracts while they are read"
	case errors.Is(err, fs.ErrPermission):
		next = "Let this user read the file"
	case errors.Is(err, errChanged):
		next = "Wait until the extract is complete, then run again"
	}
	if packed := (*packingFault)(nil); errors.As(err, &packed) {
		next = packed.next
	}
	var inner *fs.PathError
	if errors.As(err, &inner) && inner.Path == path {
		err = inner.Err // the path stands in the text already
	}
	return &engine.Refusal{
		Kind:    engine.RefusedInput,
		Problem: fmt.Sprintf("cannot read %s %s: %v", table, engine.ShownPath(path), err),
		Next:    next,
		Err:     err,
	}
}

// advised is an error of a file that knows what to do about it.
type advised struct{ problem, next string }

func (e *advised) Error() string { return e.problem }

// errChanged: a file is no longer the one that was planned.
var errChanged = errors.New("the file has changed since it was opened first")

// barrier turns a panic into an error: a decoder that meets a damaged file may
// panic, and a damaged file must never take the program down. The panic's value
// may quote what stands in the file, and is not kept.
func barrier(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the file is damaged or uses what this program cannot decode (%T)", p)
	}
}
