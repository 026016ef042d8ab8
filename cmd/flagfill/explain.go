package main

import (
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"flagfill/config"
	"flagfill/engine"
	"flagfill/loaders"
	"flagfill/writers"
)

// explainFlags are the flags of explain: those of run that decide a meter
// point, and where to look for it.
type explainFlags struct {
	runFlags
	held        extractFlags
	publication string
}

func newExplain() *cobra.Command {
	f := explainFlags{runFlags: runFlags{workers: runtime.GOMAXPROCS(0)}, held: newExtractFlags()}
	cmd := &cobra.Command{
		Use:   "explain MPXN… --devices PATH… --meter-points PATH… [flags]",
		Short: "Why a meter point has its status, where it went, or why it was not sent",
		Example: examples(
			"flagfill explain 1200023305967 --devices devices.parquet --meter-points meter_points.parquet",
			"flagfill explain 1200023305967 3938424403 --devices devices/ --meter-points points/ --publication publication",
			"flagfill explain … --extract extracts/ --extract publication:monday --in-flight-days 7",
			"flagfill explain … --extract lond.csv --rdp LOND --json"),
		Long: `explain answers from source row to flow line: which rows hold the MPxN, what each
counts for, the rule and its paragraph, the open questions it hangs on, and why
it is told to whom, or why not. It decides by the code of a run. A PATH is a
file, a folder or a quoted glob. With --publication it shows the flow line, and
takes --as-of, --fuel, --scope and --baseline from there where they are not
given. With --extract it shows what RDPs hold, and the class that reconcile
gives it under the same flags. It ends in 0 also for a number that is wrong or unknown, which is the
answer then, and in 3 where a publication of the same rows and settings says
something else. MPxNs are personal data: the answer shows them in full.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("flagfill explain MPXN --devices devices.parquet --meter-points meter_points.parquet",
					"explain takes at least one MPxN, and none was given")
			}
			return nil
		},
		RunE: f.execute,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.devices, "devices", nil, "devices extract, `PATH`; may be repeated")
	flags.StringArrayVar(&f.meterPoints, "meter-points", nil, "meter points extract, `PATH`; may be repeated")
	flags.StringVar(&f.publication, "publication", "", "folder of a publication, `DIR`: show the flow line")
	f.held.addExtract(flags)
	f.held.addTerms(flags)
	flags.StringVar(&f.config, "config", "", "configuration `FILE`; flagfill config prints one")
	flags.Var(timeFlag{&f.asOf}, "as-of", "instant of the snapshot; default the publication's, or now")
	flags.Var(choiceFlag{&f.fuel, engine.FuelChoices()}, "fuel", "fuels to assess")
	flags.Var(choiceFlag{&f.scope, scopeNames}, "scope", "backfill moves only Null or N to I")
	flags.Var(choiceFlag{&f.baseline, baselineNames}, "baseline", "what the RDPs are taken to know")
	flags.IntVar(&f.workers, "workers", f.workers, "worker goroutines, `N`")
	flags.BoolVar(&f.json, "json", false, "the answer as one JSON document")
	return cmd
}

func (f *explainFlags) check() error {
	const next = "flagfill explain MPXN --devices devices.parquet --meter-points meter_points.parquet"
	switch {
	case len(f.devices) == 0:
		return usage(next, "--devices is not given")
	case len(f.meterPoints) == 0:
		return usage(next, "--meter-points is not given")
	case len(f.held.paths) == 0 && f.held.terms != newExtractFlags().terms:
		return usage("Name the extract with --extract.", "--rdp, --in-flight-days and --date-tolerance-days say how an extract is compared, and none is given")
	case f.workers < 1 || f.workers > 256:
		return usage("Leave --workers out to use every processor.", "--workers is %d, and 1 to 256 are possible", f.workers)
	}
	return nil
}

func (f *explainFlags) execute(cmd *cobra.Command, asked []string) error {
	started := time.Now()
	debug.SetGCPercent(gcPercent)
	if err := f.check(); err != nil {
		return err
	}
	file, err := config.Load(f.config)
	if err != nil {
		return err
	}
	var published *writers.Published
	if f.publication != "" {
		if published, err = writers.OpenPublished(writers.OS{}, f.publication); err != nil {
			return err
		}
		if err := f.takeFrom(published, cmd.Flags().Changed); err != nil {
			return err
		}
	}
	cfg, err := f.decideBy(file, started)
	if err != nil {
		return err
	}
	in, extract, err := openTables(cmd.Context(), &f.runFlags, &f.held, loaders.Options{Delimiter: file.Input.Delimiter})
	if err != nil {
		return err
	}
	answers, err := engine.Explain(cmd.Context(), cfg, in, extract, f.held.terms, asked)
	if err != nil {
		return err
	}
	document, err := newExplanationDocument(&cfg, answers, published, f.publication)
	if err != nil {
		return err
	}
	if f.json {
		err = writeJSON(cmd.OutOrStdout(), document)
	} else {
		document.write(cmd.OutOrStdout())
	}
	if err == nil && document.disagrees() {
		return errDifferences
	}
	return err
}

// takeFrom takes those flags from the publication that were not given.
func (f *explainFlags) takeFrom(p *writers.Published, given func(flag string) bool) error {
	if !given("as-of") {
		f.asOf = p.AsOf()
	}
	for _, choice := range []struct {
		flag    string
		at      *int
		choices []string
		word    string
	}{{"fuel", &f.fuel, engine.FuelChoices(), p.Fuel()}, {"scope", &f.scope, scopeNames, p.Scope()},
		{"baseline", &f.baseline, baselineNames, p.Baseline()}} {
		if given(choice.flag) {
			continue
		}
		if *choice.at = slices.Index(choice.choices, choice.word); *choice.at < 0 {
			return &engine.Refusal{Kind: engine.RefusedInput,
				Problem: "cannot look into " + engine.ShownPath(f.publication) + ": its " + choice.flag + " is " + engine.Shown(choice.word) + ", which is none",
				Next:    "flagfill verify says what is wrong with a publication."}
		}
	}
	return nil
}
