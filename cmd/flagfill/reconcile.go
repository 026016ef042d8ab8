package main

import (
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"flagfill/config"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/loaders"
	"flagfill/writers"
)

// reconcileFlags are the flags of reconcile: those of run that it shares, and
// its own.
type reconcileFlags struct {
	runFlags
	held        extractFlags
	corrections bool
}

func newReconcile() *cobra.Command {
	f := newReconcileFlags()
	cmd := &cobra.Command{
		Use:   "reconcile --meter-points PATH… [--devices PATH…] --extract PATH… --out DIR [flags]",
		Short: "What RDPs hold against what they should: every difference, and the corrections",
		Example: examples(
			"flagfill reconcile --devices devices.parquet --meter-points meter_points.parquet --extract extracts/ --out reconciliation",
			"flagfill reconcile --meter-points meter_points.parquet --extract EELC.csv --rdp EELC --out reconciliation",
			"flagfill reconcile … --extract publication:monday --extract publication:tuesday --out reconciliation",
			"flagfill reconcile … --in-flight-days 7 --date-tolerance-days 1 --corrections"),
		Long: `reconcile compares what registration data providers (RDPs) hold with what they
should: with --devices the status that a run computes, without the recorded one.
DIR appears whole and verified, or not at all; it holds the counts, every
difference, and with --corrections the publication that puts them right. The
exit code is 3 where any difference remains.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.execute(cmd) },
	}
	f.define(cmd)
	return cmd
}

func newReconcileFlags() *reconcileFlags {
	f := &reconcileFlags{runFlags: runFlags{limits: engine.DefaultLimits(), workers: runtime.GOMAXPROCS(0),
		baseline: int(meterpoint.BaselineReported)}, held: newExtractFlags()}
	return f
}

func (f *reconcileFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.meterPoints, "meter-points", nil, "meter points extract, `PATH`; may be repeated")
	flags.StringArrayVar(&f.devices, "devices", nil, "devices extract, `PATH`; may be repeated; without it, the recorded statuses are expected")
	f.held.addExtract(flags)
	flags.StringVar(&f.out, "out", "", "folder of the reconciliation, `DIR`: must not exist, or be empty")
	f.held.addTerms(flags)
	flags.BoolVar(&f.corrections, "corrections", false, "publish what puts the differences right, in DIR/corrections")
	flags.Var(limitFlag{&f.held.terms.MaxDifferences}, "max-differences", "stop at more differences, with partial counts; a share is of meter_points rows")
	flags.StringVar(&f.config, "config", "", "configuration `FILE`; flagfill config prints one")
	flags.Var(timeFlag{&f.asOf}, "as-of", "instant of the snapshot; default now")
	flags.Var(choiceFlag{&f.fuel, engine.FuelChoices()}, "fuel", "fuels to reconcile")
	f.defineLimits(flags)
	flags.StringVar(&f.sign, "sign", "", "sign the reconciliation and its corrections with the minisign secret key in `FILE`; the password of an encrypted one stands in "+passwordVariable)
	flags.BoolVar(&f.warnings, "warnings", false, "list warnings among the exceptions")
	f.defineMachine(flags)
}

func (f *reconcileFlags) check() error {
	const next = "flagfill reconcile --devices devices.parquet --meter-points meter_points.parquet --extract extracts/ --out reconciliation"
	switch {
	case len(f.meterPoints) == 0:
		return usage(next, "--meter-points is not given")
	case len(f.held.paths) == 0:
		return usage(next, "--extract is not given")
	case f.out == "":
		return usage(next, "--out is not given")
	}
	return f.checkWorkers()
}

func (f *reconcileFlags) execute(cmd *cobra.Command) error {
	started := time.Now()
	if err := f.check(); err != nil {
		return err
	}
	file, err := config.Load(f.config)
	if err != nil {
		return err
	}
	cfg, settings, err := f.configure(file, started)
	if err != nil {
		return err
	}
	cfg.AsRecorded = len(f.devices) == 0
	cfg.NeedBytes = func(need int64) { debug.SetMemoryLimit(min(need, cfg.MemoryBytes)) }
	ctx := cmd.Context()
	in, extract, err := openTables(ctx, &f.runFlags, &f.held, loaders.Options{Delimiter: file.Input.Delimiter})
	if err != nil {
		return err
	}
	folder, err := writers.CreateReconciliation(ctx, writers.OS{}, f.out, cfg, settings, f.corrections)
	if err != nil {
		return err
	}
	defer abort(cmd.ErrOrStderr(), folder)

	var progress engine.Progress
	done := show(cmd.ErrOrStderr(), f.progress, &progress)
	found, err := engine.Reconcile(ctx, cfg, in, extract, f.held.terms, folder, &progress)
	var record *writers.ReconciliationRecord
	if err == nil {
		record, err = folder.Commit(ctx, found)
	}
	done()
	if err != nil {
		if found != nil && found.Partial {
			if shown := f.summarise(cmd.OutOrStdout(), writers.NewPartialRecord(&cfg, found), time.Since(started)); shown != nil {
				return shown
			}
		}
		return err
	}
	if err := f.summarise(cmd.OutOrStdout(), record, time.Since(started)); err != nil {
		return err
	}
	if record.Differences > 0 {
		return errDifferences
	}
	return nil
}
