package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flagfill/engine"
	"flagfill/writers"
)

// whatIfFlags are the flags of whatif.
type whatIfFlags struct {
	vary, set []string
	cross     bool
	by        int
	json      bool
}

// breakdownChoices are what a table can be broken down by; the first is not at
// all.
var breakdownChoices = append([]string{"total"}, engine.Breakdowns()...)

func newWhatIf() *cobra.Command {
	f := whatIfFlags{}
	cmd := &cobra.Command{
		Use:   "whatif DIR",
		Short: "What other switches, policies, baselines and scopes would give",
		Example: examples(
			"flagfill whatif publication",
			"flagfill whatif publication --vary switches --by fuel",
			"flagfill whatif publication --set mixed=installed --set report_gas=off --vary baseline --by rdp",
			"flagfill whatif publication --vary mixed --vary suspended --cross --json"),
		Long: `whatif answers from the facts in the manifest of a publication: no extract is
read, and every answer is what a run under that choice would give. Without flags
all combinations of the switches are shown, and every other choice of each
policy, of the baseline and of the scope by itself, against what was chosen.
NAME is a switch, a policy, baseline, scope, or all switches or policies.`,
		Args: oneFolder("whatif", "flagfill whatif publication"),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := writers.ReadManifest(writers.OS{}, args[0])
			if err != nil {
				return err
			}
			asked, err := f.ask(m)
			if err != nil {
				return err
			}
			if f.json {
				return writeJSON(cmd.OutOrStdout(), asked.document(m))
			}
			asked.write(cmd.OutOrStdout(), args[0], m, f.by)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.vary, "vary", nil, "vary `NAME` alone; may be repeated")
	flags.StringArrayVar(&f.set, "set", nil, "`NAME=CHOICE` in every answer; may be repeated")
	flags.BoolVar(&f.cross, "cross", false, "every combination of what --vary names")
	flags.Var(choiceFlag{&f.by, breakdownChoices}, "by", "break every answer down")
	flags.BoolVar(&f.json, "json", false, "the result as one JSON document, with every breakdown")
	return cmd
}

// oneFolder refuses anything but one argument.
func oneFolder(command, next string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage(next, "%s takes one folder, and %d were given", command, len(args))
		}
		return nil
	}
}

// whatIf is what was asked, and its answers in the same order. The first is what
// was chosen.
type whatIf struct {
	scenarios []engine.Scenario
	answers   []engine.Answer
}

func (f *whatIfFlags) ask(m *writers.Manifest) (*whatIf, error) {
	chosen, err := m.Content.Scenario()
	if err != nil {
		return nil, err
	}
	asked, err := f.scenarios(chosen)
	if err != nil {
		return nil, err
	}
	w := &whatIf{scenarios: append([]engine.Scenario{chosen}, asked...)}
	w.answers = engine.Facts(m.Content.Facts).Ask(w.scenarios)
	return w, nil
}

// scenarios are those to ask beside the chosen one.
func (f *whatIfFlags) scenarios(chosen engine.Scenario) ([]engine.Scenario, error) {
	from := chosen
	for _, setting := range f.set {
		name, choice, _ := strings.Cut(setting, "=")
		found, err := dimensionsNamed("--set", name, false)
		if err != nil {
			return nil, err
		}
		so, known := found[0].With(from, choice)
		if !known {
			return nil, usage(nearestOf(choice, found[0].Choices), "--set: %q is no choice of %s", engine.Shown(choice), name)
		}
		from = so
	}
	if !from.Possible() {
		return nil, usage("Leave one of them as it is.", "--set: no run is made with scope backfill and installed_status off")
	}
	var asked, varied []engine.Scenario
	if from != chosen {
		asked = append(asked, from)
	}
	var err error
	switch {
	case len(f.vary) > 0:
		varied, err = f.varied(from)
	case f.cross:
		return nil, usage("flagfill whatif publication --vary switches --vary baseline --cross", "--cross combines what --vary names, and it is not given")
	case len(f.set) == 0:
		varied = engine.UsualScenarios(from)
	}
	asked = append(asked, slices.DeleteFunc(varied, func(s engine.Scenario) bool { return s == chosen })...)
	return asked, err
}

func (f *whatIfFlags) varied(from engine.Scenario) ([]engine.Scenario, error) {
	var dimensions []engine.Dimension
	for _, name := range f.vary {
		found, err := dimensionsNamed("--vary", name, true)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			if !slices.ContainsFunc(dimensions, func(o engine.Dimension) bool { return o.Name == d.Name }) {
				dimensions = append(dimensions, d)
			}
		}
	}
	if f.cross {
		return engine.Crossed(from, dimensions), nil
	}
	return engine.Alone(from, dimensions), nil
}

// dimensionsNamed finds a dimension, or a group of them where that may stand.
func dimensionsNamed(flag, name string, groups bool) ([]engine.Dimension, error) {
	var found []engine.Dimension
	var names []string
	for _, d := range engine.Dimensions() {
		if d.Name == name || groups && d.Group == name {
			found = append(found, d)
		}
		names = append(names, d.Name)
		if groups && !slices.Contains(names, d.Group) {
			names = append(names, d.Group)
		}
	}
	if len(found) == 0 {
		return nil, usage(nearestOf(name, names), "%s: there is no switch, policy or other choice called %q", flag, engine.Shown(name))
	}
	return found, nil
}

// nearestOf says which word was meant, or which there are.
func nearestOf(word string, words []string) string {
	if nearest, ok := engine.Nearest(word, words); ok {
		return fmt.Sprintf("Did you mean %s?", nearest)
	}
	return "One of " + strings.Join(words, ", ") + " is possible."
}
