package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flagfill/engine"
)

// errDifferences ends a command that found what it looked for and said so.
var errDifferences = errors.New("differences found")

// exitOf gives the exit code of an error and the text for stderr.
func exitOf(ctx context.Context, err error) (code int, text string) {
	if cause := (interrupted{}); errors.As(context.Cause(ctx), &cause) {
		code = exitInterrupt
		if cause.signal == syscall.SIGTERM {
			code = exitTerminate
		}
		return code, cause.Error() + ": nothing was published"
	}
	var refusal *engine.Refusal
	switch {
	case errors.Is(err, errDifferences):
		return exitDifferences, ""
	case errors.Is(err, errNoGo):
		return exitOverLimit, ""
	case errors.As(err, &refusal):
		return map[engine.RefusalKind]int{engine.RefusedUsage: exitUsage, engine.RefusedLimit: exitOverLimit,
			engine.RefusedInput: exitRefused}[refusal.Kind], refusal.Error()
	}
	for _, a := range advice {
		if errors.Is(err, a.cause) {
			return exitFailed, err.Error() + "\n" + a.next
		}
	}
	return exitFailed, err.Error()
}

// advice says what to do where the machine itself stands in the way.
var advice = []struct {
	cause error
	next  string
}{
	{syscall.ENOSPC, "The disk is full: free space there or name another folder, and run again."},
	{syscall.EDQUOT, "The quota is used up: free space there or name another folder, and run again."},
	{syscall.EROFS, "The file system is read-only: name a folder on another one, and run again."},
	{syscall.EFBIG, "The limit on the size of a file is too low: raise it (ulimit -f), and run again."},
	{syscall.EMFILE, "The limit on open files is too low: raise it (ulimit -n), and run again."},
	{syscall.EIO, "The disk fails: look at the system's log, name a folder on another one, and run again."},
	{fs.ErrPermission, "Get the right to write there or name another folder, and run again."},
	{fs.ErrNotExist, "Make the folder first or name another one, and run again."},
	{syscall.ENOTDIR, "A folder of this path is a file: name another path, and run again."},
}

// usage is an error of the command line itself.
func usage(next, format string, args ...any) error {
	return &engine.Refusal{Kind: engine.RefusedUsage, Problem: fmt.Sprintf(format, args...), Next: next}
}

// flagError says of a flag what is wrong, and names the nearest one for one
// that does not exist.
func flagError(cmd *cobra.Command, err error) error {
	next := "See " + cmd.CommandPath() + " --help."
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var number *strconv.NumError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if nearest, ok := engine.Nearest(unknown.GetSpecifiedName(), names); ok {
			next = "Did you mean --" + nearest + "?"
		}
		return usage(next, "unknown flag --%s", engine.Shown(unknown.GetSpecifiedName()))
	case errors.As(err, &invalid) && errors.As(err, &number):
		return usage(next, "--%s: %q is not a number that it may be", invalid.GetFlag().Name, invalid.GetValue())
	case errors.As(err, &invalid):
		return usage(next, "--%s: %v", invalid.GetFlag().Name, errors.Unwrap(err))
	}
	return usage(next, "%s", engine.OneLine(err.Error()))
}
