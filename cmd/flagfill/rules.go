package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"flagfill/config"
	"flagfill/engine/meterpoint"
)

func newRules() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:     "rules [--config FILE]",
		Short:   "The decision table in force",
		Example: examples("flagfill rules", "flagfill rules --config flagfill.toml"),
		Long: `rules prints what becomes of a meter point with each combination of meters, as
the engine decides it under the configuration: the table is asked, not told.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(path)
			if err != nil {
				return err
			}
			writeRules(cmd.OutOrStdout(), c)
			return nil
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "configuration `FILE`")
	return cmd
}

// newTable is how every table of this program looks.
func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Options.SeparateHeader = true
	style.Format.Header = text.FormatDefault
	style.Format.Footer = text.FormatDefault
	t.SetStyle(style)
	t.AppendHeader(table.Row(header))
	return t
}

// situations are the combinations of meters that a reader wants to see.
var situations = []struct {
	meters string
	set    meterpoint.StatusSet
}{
	{"a Commissioned one, whatever else", meterpoint.Of(meterpoint.Commissioned, meterpoint.InstalledNotCommissioned, meterpoint.Suspended)},
	{"no Commissioned one, and a row that could not be used", meterpoint.Of(meterpoint.InstalledNotCommissioned) | meterpoint.Unusable},
	{"InstalledNotCommissioned (INC) only", meterpoint.Of(meterpoint.InstalledNotCommissioned)},
	{"INC beside Decommissioned or Withdrawn", meterpoint.Of(meterpoint.InstalledNotCommissioned, meterpoint.Decommissioned)},
	{"INC beside Suspended, Recovery or Recovered", meterpoint.Of(meterpoint.InstalledNotCommissioned, meterpoint.Suspended)},
	{"INC beside Pending", meterpoint.Of(meterpoint.InstalledNotCommissioned, meterpoint.Pending)},
	{"Suspended only", meterpoint.Of(meterpoint.Suspended)},
	{"Recovery or Recovered only", meterpoint.Of(meterpoint.Recovery)},
	{"Suspended beside Recovery or Recovered", meterpoint.Of(meterpoint.Suspended, meterpoint.Recovered)},
	{"Decommissioned or Withdrawn only", meterpoint.Of(meterpoint.Decommissioned)},
	{"Pending only", meterpoint.Of(meterpoint.Pending)},
	{"Whitelisted only", meterpoint.Of(meterpoint.Whitelisted)},
	{"none", 0},
}

func writeRules(w io.Writer, c *config.Config) {
	fmt.Fprintf(w, "What becomes of a meter point, by the meters that name it and the status recorded for it:\n\n")
	t := newTable(w, "meters", "Null", "A", "I", "N", "rule")
	for _, s := range situations {
		row, rules := table.Row{s.meters}, []string(nil)
		for recorded := meterpoint.Null; recorded <= meterpoint.NotActive; recorded++ {
			d := meterpoint.Decide(meterpoint.Point{Set: s.set, Recorded: recorded}, c.Rules)
			row = append(row, decisionWord(d))
			if !slices.Contains(rules, d.Rule.String()) {
				rules = append(rules, d.Rule.String())
			}
		}
		t.AppendRow(append(row, strings.Join(rules, ", ")))
	}
	t.Render()
	fmt.Fprintf(w, "\nhold: the recorded status stands and is never reported. A point whose own rows conflict or hold\n"+
		"a value that cannot be read is held too (own-row). A recorded Null counts as N where something\n"+
		"else says that a meter was there: ever_installed, a reported status, a meter that is gone.\n\n")

	switches := newTable(w, "switch", "")
	switches.AppendRows([]table.Row{{"installed_status", onOff(c.Rules.InstalledStatus)},
		{"report_electricity", onOff(c.Switches.ReportElectricity)}, {"report_gas", onOff(c.Switches.ReportGas)}})
	switches.Render()
	fmt.Fprintln(w)
	policies := newTable(w, "open question", "policy", "other choices", "the gap")
	policies.SetColumnConfigs([]table.ColumnConfig{{Number: 4, WidthMax: 70, WidthMaxEnforcer: text.WrapSoft}})
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		var others []string
		for _, choice := range a.Choices() {
			if choice != c.Rules.Choices[a] {
				others = append(others, choice.String())
			}
		}
		policies.AppendRow(table.Row{a.String(), c.Rules.Choices[a].String(), strings.Join(others, ", "), a.Gap()})
	}
	policies.Render()
}

func decisionWord(d meterpoint.Decision) string {
	if d.Hold {
		return "hold"
	}
	return d.Status.String()
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
