// Command flagfill puts the DCC Service Status of every meter point right, in
// one go, and proves it.
package main

import (
	"context"
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
	os.Exit(run(signalled(context.Background()), os.Args[1:], os.Stdout, os.Stderr))
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal os.Signal }

func (i interrupted) Error() string { return "interrupted (" + i.signal.String() + ")" }

// signalled ends the context at the first SIGINT or SIGTERM. Its goroutine ends
// with the process, until which both stay caught: a late one would kill a run
// that has published, which would look like one that has not.
func signalled(parent context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() { cancel(interrupted{<-signals}) }()
	return ctx
}

// run is the program: arguments in, exit code out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	result, messages := &visibleWriter{to: stdout}, &visibleWriter{to: stderr}
	err := execute(ctx, args, result, messages)
	if result.err != nil {
		fmt.Fprintf(messages, "flagfill: cannot write the result: %v\nWhat was asked for is done; its report alone is lost.\n", result.err)
		return exitFailed
	}
	if err == nil {
		return exitDone
	}
	code, text := exitOf(ctx, err)
	if text != "" {
		fmt.Fprintln(messages, "flagfill: "+quoted(text, err, args))
	}
	return code
}

// execute carries the command out. A panic becomes an error like any other: what
// the runtime prints of one may quote data.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = engine.Fault(fault)
		}
	}()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return root.ExecuteContext(ctx)
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
			cmd.SetOut(cmd.ErrOrStderr())
			_ = cmd.Help()
			return usage("", "no command given")
		},
	}
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp(root))
	root.AddCommand(newRun(), newReconcile(), newInspect(), newVerify(), newReport(), newExplain(), newWhatIf(), newForecast(), newGate(),
		newGenerate(), newRules(), newConfig(), newCompletion(), newVersion())
	completeFlags(root)
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
		return usage(next, "unknown command %q", engine.Shown(args[0]))
	}
	return usage(next, "%s takes no argument, and %q was given", cmd.CommandPath(), engine.Shown(args[0]))
}

// newHelp is "help COMMAND", for those who are used to it.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return noArguments(root, args)
			}
			return cmd.Help()
		},
	}
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
