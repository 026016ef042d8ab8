package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flagfill/config"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/loaders"
	"flagfill/writers"
)

// runFlags are the flags of run.
type runFlags struct {
	devices, meterPoints  []string
	out, config           string
	exceptions, sign      string
	asOf                  time.Time
	fuel, scope, baseline int
	inputs                inputFlags
	limits                engine.Limits
	warnings, dryRun      bool
	workers               int
	memory                int64
	progress              int
	json, stages          bool
}

func newRun() *cobra.Command {
	f := runFlags{limits: engine.DefaultLimits(), workers: runtime.GOMAXPROCS(0)}
	cmd := &cobra.Command{
		Use:   "run --devices PATH… --meter-points PATH… --out DIR [flags]",
		Short: "Snapshot → status of every meter point → changed ones as flow files",
		Example: examples(
			"flagfill run --devices devices.parquet --meter-points meter_points.parquet --out publication",
			"flagfill run --devices 'devices/*.parquet' --meter-points points/ --out publication --dry-run",
			"flagfill run … --config flagfill.toml --as-of 2026-11-21T02:00:00Z --baseline go-live"),
		Long: `run reads a full snapshot, decides the DCC Service Status of every meter point,
and publishes the changed ones as flow files. DIR appears whole, fsynced and
verified, or not at all. A PATH is a file, a folder or a quoted glob.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.execute(cmd) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.devices, "devices", nil, "devices extract, `PATH`; may be repeated")
	flags.StringArrayVar(&f.meterPoints, "meter-points", nil, "meter points extract, `PATH`; may be repeated")
	flags.StringVar(&f.out, "out", "", "folder of the publication, `DIR`: must not exist, or be empty")
	flags.StringVar(&f.config, "config", "", "configuration `FILE`; flagfill config prints one")
	flags.Var(timeFlag{&f.asOf}, "as-of", "instant of the snapshot; default now")
	f.inputs.add(flags)
	flags.Var(choiceFlag{&f.fuel, engine.FuelChoices()}, "fuel", "fuels to assess")
	flags.Var(choiceFlag{&f.scope, scopeNames}, "scope", "backfill moves only Null or N to I")
	flags.Var(choiceFlag{&f.baseline, baselineNames}, "baseline", "what the RDPs are taken to know")
	f.defineLimits(flags)
	flags.StringVar(&f.exceptions, "exceptions", "", "write the exceptions to `FILE` too, even when a limit refuses the run")
	flags.StringVar(&f.sign, "sign", "", "sign the publication with the minisign secret key in `FILE`; the password of an encrypted one stands in "+passwordVariable)
	flags.BoolVar(&f.warnings, "warnings", false, "list warnings among the exceptions")
	f.defineMachine(flags)
	flags.BoolVar(&f.stages, "stages", false, "say where the time went, by stage and by step")
	return cmd
}

// defineLimits adds the flags that refuse data which cannot be right.
func (f *runFlags) defineLimits(flags *pflag.FlagSet) {
	flags.Var(limitFlag{&f.limits.MaxExceptions}, "max-exceptions", "exceptions allowed, per table")
	flags.Var(limitFlag{&f.limits.MaxDemotions}, "max-demotions", "A→N, A→I and I→N allowed, of recorded A and I, per fuel and large RDP")
	flags.Var(limitFlag{&f.limits.MaxNoMeterLeft}, "max-no-meter-left", "points recorded A or I without a device allowed, same base")
	flags.Var(rowsFlag{&f.limits.ExpectRows}, "expect-rows", "refuse tables with other row counts")
}

// defineMachine adds the flags that change nothing about the content.
func (f *runFlags) defineMachine(flags *pflag.FlagSet) {
	flags.IntVar(&f.workers, "workers", f.workers, "worker goroutines, `N`")
	flags.Var(sizeFlag{&f.memory}, "memory", "memory budget; default four fifths of what the machine has")
	flags.BoolVar(&f.dryRun, "dry-run", false, "do everything but write")
	flags.Var(choiceFlag{&f.progress, progressModes}, "progress", "progress on stderr")
	flags.BoolVar(&f.json, "json", false, "the result as one JSON document")
}

// check refuses flags that make no sense together.
func (f *runFlags) check() error {
	const next = "flagfill run --devices devices.parquet --meter-points meter_points.parquet --out publication"
	switch {
	case len(f.devices) == 0:
		return usage(next, "--devices is not given")
	case len(f.meterPoints) == 0:
		return usage(next, "--meter-points is not given")
	case f.out == "":
		return usage(next, "--out is not given")
	}
	return f.checkWorkers()
}

func (f *runFlags) checkWorkers() error {
	if f.workers < 1 || f.workers > 256 {
		return usage("Leave --workers out to use every processor.", "--workers is %d, and 1 to 256 are possible", f.workers)
	}
	return nil
}

func (f *runFlags) execute(cmd *cobra.Command) error {
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
	options := loaders.Options{Delimiter: file.Input.Delimiter}
	// Little of what a run takes is ever garbage, so a collector that waits for
	// the heap to double would only double it.
	cfg.NeedBytes = func(need int64) { debug.SetMemoryLimit(min(need, cfg.MemoryBytes)) }
	devices, err := loaders.Open(f.devices, engine.Devices, options)
	if err != nil {
		return err
	}
	points, err := loaders.Open(f.meterPoints, engine.MeterPoints, options)
	if err != nil {
		return err
	}
	ctx, in := cmd.Context(), engine.Inputs{Devices: devices, MeterPoints: points}
	hashed, err := f.inputs.prove(ctx, []engine.Source{engine.Devices: devices, engine.MeterPoints: points}, cfg.Workers)
	if err != nil {
		return err
	}
	settings.InputDigests = hashed.byPath()
	publication, err := writers.Create(ctx, writers.OS{}, f.out, cfg, settings)
	if err != nil {
		return err
	}
	defer abort(cmd.ErrOrStderr(), publication)

	var sink engine.Sink = publication
	if f.exceptions != "" {
		file, err := writers.CreateExceptionsFile(ctx, writers.OS{}, f.exceptions, settings.StagingSuffix)
		if err != nil {
			return err
		}
		defer abort(cmd.ErrOrStderr(), file)
		sink = &listed{publication, file}
	}

	opening := time.Since(started) - hashed.took
	var progress engine.Progress
	done := show(cmd.ErrOrStderr(), f.progress, &progress)
	result, err := engine.Run(ctx, cfg, in, sink, &progress)
	if err == nil {
		err = hashed.settle(result)
	}
	if l, ok := sink.(*listed); ok && (err == nil || overLimit(err)) {
		err = errors.Join(err, l.file.Commit()) // before anything is public
	}
	var manifest *writers.Manifest
	if err == nil {
		manifest, err = publication.Commit(ctx, result)
	}
	done()
	if err != nil {
		return err
	}
	elapsed := time.Since(started)
	return f.summarise(cmd.OutOrStdout(), manifest, result, hashed, shareOut(publication.Timings(result), opening, elapsed), elapsed)
}

// abort removes what was written so far, which is nothing once committed, and
// says where it could not.
func abort(stderr io.Writer, written interface{ Abort() error }) {
	if err := written.Abort(); err != nil {
		fmt.Fprintf(stderr, "flagfill: %s\nThe next run for the same path removes it.\n", quoted(err.Error(), err, os.Args))
	}
}

// configure joins the configuration file, the flags and this machine.
func (f *runFlags) configure(file *config.Config, started time.Time) (_ engine.Config, _ writers.Settings, err error) {
	cfg, err := f.decideBy(file, started)
	if err != nil {
		return cfg, writers.Settings{}, err
	}
	flows := writers.Flows{MaxRecords: file.Flows.MaxRecords, TestFlag: file.Flows.TestFlag,
		FirstFileID: file.Flows.FirstFileID, FirstGeneration: file.Flows.FirstGeneration,
		GasOrganisationID: file.Flows.GasOrganisationID}
	if flows.Electricity, err = writers.LoadLayout(file.Flows.ElectricityLayout, meterpoint.Electricity); err != nil {
		return cfg, writers.Settings{}, err
	}
	if flows.Gas, err = writers.LoadLayout(file.Flows.GasLayout, meterpoint.Gas); err != nil {
		return cfg, writers.Settings{}, err
	}
	key, err := readSigningKey(f.sign)
	if err != nil {
		return cfg, writers.Settings{}, err
	}
	host, _ := os.Hostname()
	return cfg, writers.Settings{
		Flows: flows, StagingSuffix: stagingSuffix(), DryRun: f.dryRun, Sign: key,
		Run: writers.RunInfo{Version: version, Commit: builtFrom(), Go: runtime.Version(), Modules: modules(),
			Host: host, Command: append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), Config: f.config, Out: f.out,
			Started: started.UTC(), Elapsed: func() time.Duration { return time.Since(started) }},
	}, nil
}

// decideBy joins what decides a meter point.
func (f *runFlags) decideBy(file *config.Config, started time.Time) (engine.Config, error) {
	cfg := engine.Config{
		AsOf: f.asOf, Fuel: engine.FuelChoice(f.fuel), Limits: f.limits, ListWarnings: f.warnings,
		ListRefused: f.exceptions != "", Clock: time.Now, Workers: f.workers, MemoryBytes: f.memory,
	}
	cfg.Scope, cfg.Baseline = meterpoint.Scope(f.scope), meterpoint.Baseline(f.baseline)
	if cfg.AsOf.IsZero() {
		cfg.AsOf = started.UTC().Truncate(time.Second)
	}
	if cfg.MemoryBytes == 0 {
		cfg.MemoryBytes = defaultMemory()
	}
	file.Apply(&cfg)
	f.inputs.apply(&cfg)
	if cfg.Scope == meterpoint.Backfill && !cfg.Rules.InstalledStatus {
		return cfg, usage("Switch it on in [switches], or leave --scope out.",
			"--scope backfill moves points to I, and the switch installed_status is off")
	}
	return cfg, nil
}

// listed writes the exceptions to a file of their own too.
type listed struct {
	engine.Sink
	file *writers.ExceptionsFile
}

func (l *listed) WriteExceptions(exceptions []engine.Exception) error {
	return errors.Join(l.Sink.WriteExceptions(exceptions), l.file.Write(exceptions))
}

func overLimit(err error) bool {
	var refusal *engine.Refusal
	return errors.As(err, &refusal) && refusal.Kind == engine.RefusedLimit
}

// stagingSuffix tells this run's staging folder from every other's.
func stagingSuffix() string {
	var random [6]byte
	_, _ = rand.Read(random[:])
	return strconv.Itoa(os.Getpid()) + "-" + hex.EncodeToString(random[:])
}
