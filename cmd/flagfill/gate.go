package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"flagfill/engine"
	"flagfill/gate"
	"flagfill/writers"
)

// errNoGo ends gate where a criterion is not met. Its text has been printed.
var errNoGo = errors.New("no-go")

// gateFlags are the flags of gate.
type gateFlags struct {
	criteria, key string
	at            time.Time
	template      bool
	json          bool
}

func newGate() *cobra.Command {
	f := gateFlags{}
	cmd := &cobra.Command{
		Use:   "gate DIR --criteria FILE [flags]",
		Short: "Go or no-go for a publication, criterion by criterion",
		Example: examples(
			"flagfill gate --template > criteria.toml",
			"flagfill gate publication --criteria criteria.toml --key minisign.pub"),
		Long: `gate verifies a publication and holds its figures against a file of criteria:
some are measured, some only people can say. Each is met or not, with its
figure. What is not filled in is not met. Exit code 0 is go, 4 is no-go.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.template {
				return noArguments(cmd, args)
			}
			return oneFolder("gate", "flagfill gate publication --criteria criteria.toml")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.template {
				_, err := fmt.Fprint(cmd.OutOrStdout(), gate.Template)
				return err
			}
			return f.execute(cmd, args[0])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.criteria, "criteria", "", "criteria `FILE`")
	flags.StringVar(&f.key, "key", "", "demand a signature by this minisign public key: a `FILE`, or the key itself")
	flags.Var(timeFlag{&f.at}, "at", "instant of the decision; default now")
	flags.BoolVar(&f.template, "template", false, "print a criteria file with nothing filled in")
	flags.BoolVar(&f.json, "json", false, "the result as one JSON document")
	return cmd
}

// gateDocument is what gate --json prints.
type gateDocument struct {
	Schema         string         `json:"schema"`
	Go             bool           `json:"go"`
	At             time.Time      `json:"at"`
	ContentDigest  string         `json:"content_digest"` // "" where the publication is not proven
	CriteriaSHA256 string         `json:"criteria_sha256"`
	Criteria       []gate.Verdict `json:"criteria"`
}

func (f *gateFlags) execute(cmd *cobra.Command, dir string) error {
	if f.criteria == "" {
		return usage("flagfill gate --template prints criteria, with nothing filled in.", "--criteria is not given")
	}
	if f.at.IsZero() {
		f.at = time.Now().UTC().Truncate(time.Second)
	}
	criteria, err := gate.Read(f.criteria)
	if err != nil {
		return err
	}
	key, err := readPublicKey(f.key)
	if err != nil {
		return err
	}
	verification, err := writers.VerifySigned(cmd.Context(), writers.OS{}, dir, key, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	var m *writers.Manifest
	if verification.BytesProven() {
		if m, err = writers.ReadManifest(writers.OS{}, dir); err != nil {
			return err
		}
	}
	verdicts := criteria.Judge(m, verification, key != nil, f.at)
	if f.json {
		d := gateDocument{"flagfill.gate/1", gate.Go(verdicts), f.at, "", criteria.SHA256, verdicts}
		if m != nil {
			d.ContentDigest = m.ContentDigest
		}
		err = writeJSON(cmd.OutOrStdout(), d)
	} else {
		writeGate(cmd.OutOrStdout(), dir, m, f.at, verdicts)
	}
	if err == nil && !gate.Go(verdicts) {
		return errNoGo
	}
	return err
}

func writeGate(w io.Writer, dir string, m *writers.Manifest, at time.Time, verdicts []gate.Verdict) {
	demanded := len(verdicts) - gate.Count(verdicts, gate.NotDemanded)
	if gate.Go(verdicts) {
		fmt.Fprintf(w, "GO: all %d criteria demanded are met.\n", demanded)
	} else {
		fmt.Fprintf(w, "NO-GO: %d of %d criteria are not met.\n", gate.Count(verdicts, gate.NotMet), demanded)
	}
	fmt.Fprintf(w, "%s, at %s\n", engine.ShownPath(dir), at.Format(time.RFC3339))
	if m != nil {
		fmt.Fprintf(w, "as of %s, content digest %s\n", m.Content.AsOf.Format(time.RFC3339), m.ContentDigest)
	}
	fmt.Fprintln(w)
	t := newTable(w, "", "criterion", "demanded", "found")
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: 32, WidthMaxEnforcer: text.WrapSoft}, {Number: 4, WidthMax: 64, WidthMaxEnforcer: text.WrapSoft}})
	for i, v := range verdicts {
		if i > 0 && v.Manual && !verdicts[i-1].Manual {
			t.AppendSeparator()
		}
		demanded := v.Demanded
		if demanded == "" {
			demanded = "(not filled in)"
		}
		t.AppendRow(table.Row{map[gate.Result]string{gate.Met: "met", gate.NotMet: "NOT MET", gate.NotDemanded: "not demanded"}[v.Result],
			engine.OneLine(v.Criterion), demanded, engine.OneLine(v.Found)})
	}
	t.Render()
}
