package main

import (
	"context"
	"errors"
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
	f.inputs.add(flags)
	flags.Var(choiceFlag{&f.fuel, engine.FuelChoices()}, "fuel", "fuels to reconcile")
	f.defineLimits(flags)
	flags.StringVar(&f.exceptions, "exceptions", "", "write the exceptions to `FILE` too, even when a limit of a run refuses")
	flags.StringVar(&f.sign, "sign", "", "sign the reconciliation and its corrections with the minisign secret key in `FILE`; the password of an encrypted one stands in "+passwordVariable)
	flags.BoolVar(&f.warnings, "warnings", false, "list warnings among the exceptions")
	f.defineMachine(flags)
	flags.BoolVar(&f.stages, "stages", false, "say where the time went, by stage and by step")
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
	case len(f.devices) == 0 && !f.inputs.devicesAt.IsZero():
		return usage("Name the devices with --devices, or leave --devices-at out.", "--devices-at says when the devices were taken, and none are given")
	}
	return f.checkWorkers()
}

func (f *reconcileFlags) execute(cmd *cobra.Command) error {
	started := time.Now()
	debug.SetGCPercent(gcPercent)
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
	hashed, err := f.inputs.prove(ctx, []engine.Source{engine.Devices: in.Devices, engine.MeterPoints: in.MeterPoints, engine.Extract: extract}, cfg.Workers)
	if err != nil {
		return err
	}
	settings.InputDigests = hashed.byPath()
	folder, err := writers.CreateReconciliation(ctx, writers.OS{}, f.out, cfg, settings, f.corrections)
	if err != nil {
		return err
	}
	defer abort(cmd.ErrOrStderr(), folder)
	sink, err := f.sinkOf(ctx, folder, settings.StagingSuffix)
	if err != nil {
		return err
	}
	defer abort(cmd.ErrOrStderr(), sink)

	r := reconciled{hashed: hashed, opening: time.Since(started) - hashed.took}
	var progress engine.Progress
	done := show(cmd.ErrOrStderr(), f.progress, &progress)
	f.held.terms.Corrections = f.corrections
	r.found, err = engine.Reconcile(ctx, cfg, in, extract, f.held.terms, sink, &progress)
	if err == nil {
		err = hashed.settle(r.found.Result)
	}
	if err = sink.finish(err); err == nil {
		r.record, err = folder.Commit(ctx, r.found)
	}
	done()
	r.elapsed = time.Since(started)
	switch {
	case err == nil:
		r.timings = folder.Timings(r.found)
	case r.found != nil && r.found.Partial:
		r.record = writers.NewPartialRecord(&cfg, r.found)
	default:
		return err
	}
	if shown := f.summarise(cmd.OutOrStdout(), &r); shown != nil {
		return shown
	}
	if err == nil && r.record.Differences > 0 {
		return errDifferences
	}
	return err
}

// sinkOf is the folder, or the folder and the file of --exceptions.
func (f *reconcileFlags) sinkOf(ctx context.Context, folder *writers.Reconciliation, suffix string) (*reconciliationSink, error) {
	if f.exceptions == "" {
		return &reconciliationSink{ReconciliationSink: folder}, nil
	}
	file, err := writers.CreateExceptionsFile(ctx, writers.OS{}, f.exceptions, suffix)
	return &reconciliationSink{ReconciliationSink: folder, file: file}, err
}

// reconciliationSink writes the exceptions to a file of their own too.
type reconciliationSink struct {
	engine.ReconciliationSink
	file   *writers.ExceptionsFile // nil: not asked for
	listed bool                    // the engine lists exceptions: the file will be whole
}

func (s *reconciliationSink) WriteExceptions(exceptions []engine.Exception) error {
	if s.file == nil {
		return s.ReconciliationSink.WriteExceptions(exceptions)
	}
	return (&listed{s.ReconciliationSink, s.file}).WriteExceptions(exceptions)
}

// WriteUnreadable comes once, when the rows of the snapshot are listed.
func (s *reconciliationSink) WriteUnreadable(rows []engine.UnreadableRow) error {
	s.listed = true
	return s.ReconciliationSink.WriteUnreadable(rows)
}

// finish makes the file visible before anything else is, also where a limit
// refused what is in it: err is how the reconciliation ended.
func (s *reconciliationSink) finish(err error) error {
	if s.file == nil || !s.listed || err != nil && !overLimit(err) {
		return err
	}
	return errors.Join(err, s.file.Commit())
}

func (s *reconciliationSink) Abort() error {
	if s.file == nil {
		return nil
	}
	return s.file.Abort()
}
