package main

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flagfill/engine"
)

// shells are those for which there is a completion script.
var shells = []struct {
	name  string
	write func(root *cobra.Command, w io.Writer) error
}{
	{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
	{"zsh", func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) }},
	{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
}

func newCompletion() *cobra.Command {
	var names []string
	for _, s := range shells {
		names = append(names, s.name)
	}
	choices := strings.Join(names, "|")
	return &cobra.Command{
		Use:   "completion " + choices,
		Short: "A script that completes commands, flags and their values in a shell",
		Example: examples(
			"source <(flagfill completion bash)",
			"flagfill completion zsh > \"${fpath[1]}/_flagfill\"",
			"flagfill completion fish > ~/.config/fish/completions/flagfill.fish"),
		Long: `completion prints a script for the shell. Read it in the shell's start file, or
store it where the shell looks for such scripts, as the examples show.`,
		ValidArgsFunction: cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp),
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usage("flagfill completion bash", "completion takes one shell of %s, and %d were given", choices, len(args))
			case slices.Contains(names, args[0]):
				return nil
			}
			next := "One of " + strings.Join(names, ", ") + " is possible."
			if nearest, ok := engine.Nearest(args[0], names); ok {
				next = "Did you mean flagfill completion " + nearest + "?"
			}
			return usage(next, "unknown shell %q", args[0])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return shells[slices.Index(names, args[0])].write(cmd.Root(), cmd.OutOrStdout())
		},
	}
}

// completeFlags gives every flag of every command its completion by what it
// holds: one of a few words, a folder, a configuration, a file, or nothing that
// a shell could know.
func completeFlags(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		completeFlags(c)
	}
	switch argument := strings.Fields(cmd.Use + " -")[1]; {
	case argument == "DIR":
		cmd.ValidArgsFunction = folders
	case argument != "PATH…" && cmd.ValidArgsFunction == nil:
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		kind, _ := pflag.UnquoteUsage(f)
		complete := cobra.NoFileCompletions
		switch choice, isChoice := f.Value.(choiceFlag); {
		case isChoice:
			complete = cobra.FixedCompletions(choice.choices, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)
		case kind == "DIR":
			complete = folders
		case f.Name == "config":
			complete = cobra.FixedCompletions([]string{"toml"}, cobra.ShellCompDirectiveFilterFileExt)
		case kind == "PATH" || kind == "FILE":
			return // the shell completes files by itself
		}
		_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // fails only where it is done twice
	})
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}
