// Command flagfill puts the DCC Service Status of every meter point right, in
// one go, and proves it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // Europe/London, whatever the machine has

	"github.com/spf13/cobra"

	"flagfill/engine"
)

// The exit codes, as users and their scripts rely on them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitDifferences = 3
	exitOverLimit   = 4
	exitRefused     = 5
	exitInterrupt   = 130
	exitTerminate   = 143
)

func main() {
	ctx, stop := signalled(context.Background())
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal os.Signal }

func (i interrupted) Error() string { return "interrupted (" + i.signal.String() + ")" }

// signalled ends the context at the first SIGINT or SIGTERM. Its goroutine
// ends with stop.
func signalled(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		if s, ok := <-signals; ok {
			cancel(interrupted{s})
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

// run is the program: arguments in, exit code out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code, text := explain(ctx, err)
	if text != "" {
		fmt.Fprintln(stderr, "flagfill: "+text)
	}
	return code
}

// errDifferences ends a command that found what it looked for and said so.
var errDifferences = errors.New("differences found")

// explain gives the exit code of an error and the text for stderr.
func explain(ctx context.Context, err error) (code int, text string) {
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
	case errors.As(err, &refusal):
		return map[engine.RefusalKind]int{engine.RefusedUsage: exitUsage, engine.RefusedLimit: exitOverLimit,
			engine.RefusedInput: exitRefused}[refusal.Kind], refusal.Error()
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return exitFailed, err.Error() + "\nThe disk is full: free space there or name another folder, and run again."
	}
	return exitFailed, err.Error()
}

// usage is an error of the command line itself.
func usage(next, format string, args ...any) error {
	return &engine.Refusal{Kind: engine.RefusedUsage, Problem: fmt.Sprintf(format, args...), Next: next}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "flagfill",
		Short: "Puts the DCC Service Status of every meter point right, in one go, and proves it",
		Long: `flagfill reads a full snapshot of the smart metering inventory, decides the DCC
Service Status of every meter point, and publishes the changed ones as flow
files for the registration data providers: whole and proven, or not at all.`,
		Example: examples(
			"flagfill generate --out snapshot --meter-points 1000000",
			"flagfill run --devices snapshot/devices.parquet --meter-points snapshot/meter_points.parquet --out publication",
			"flagfill verify publication"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_ = cmd.Help()
			return usage("", "no command given")
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("See "+cmd.CommandPath()+" --help.", "%v", err)
	})
	root.AddCommand(newRun(), newVerify(), newGenerate(), newRules(), newConfig(), newVersion())
	return root
}

// noArguments refuses words that are neither flag nor command.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	next := "See " + cmd.CommandPath() + " --help."
	if nearest, ok := engine.Nearest(args[0], names); ok {
		next = "Did you mean " + cmd.CommandPath() + " " + nearest + "?"
	}
	if len(names) > 0 {
		return usage(next, "unknown command %q", args[0])
	}
	return usage(next, "%s takes no argument, and %q was given", cmd.CommandPath(), args[0])
}

func examples(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }

// Help starts with examples: most readers need no more.
const helpTemplate = `{{with .Example}}Examples:
{{.}}

{{end}}{{with (or .Long .Short)}}{{.}}

{{end}}{{.UsageString}}`

const usageTemplate = `Usage: {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{- if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}

See {{.CommandPath}} COMMAND --help for the flags of a command.{{end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`
