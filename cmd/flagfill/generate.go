package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"flagfill/bench/synth"
)

func newGenerate() *cobra.Command {
	var (
		cfg    = synth.Config{Workers: runtime.GOMAXPROCS(0), MeterPoints: 1_000_000, Seed: 1, Shuffled: true}
		errors = synth.DefaultErrorRate
		order  int
		format int
	)
	cmd := &cobra.Command{
		Use:   "generate --out DIR [flags]",
		Short: "A synthetic snapshot: the same seed gives the same bytes",
		Example: examples(
			"flagfill generate --out snapshot --meter-points 1000000",
			"flagfill generate --out clean --meter-points 1000 --seed 7 --errors 0 --order sorted"),
		Long: `generate writes devices.parquet and meter_points.parquet of an estate that never
was, with every kind of bad row at a known rate, and says what it planted.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cfg.Dir == "" {
				return usage("Name a folder: flagfill generate --out snapshot", "--out is not given")
			}
			if cfg.MeterPoints < 1 || cfg.MeterPoints > synth.MaxMeterPoints {
				return usage("Name a number from 1 to "+count(synth.MaxMeterPoints)+".", "--meter-points is %d", cfg.MeterPoints)
			}
			if errors < 0 || errors > 0.05 {
				return usage("Name a share of meter points from 0 to 0.05; the default is the usual one.", "--errors is %g", errors)
			}
			cfg.ErrorRate, cfg.Shuffled = errors, order == 0
			started := time.Now()
			report, err := synth.Generate(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			elapsed := time.Since(started)
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "%s and %s, in %.1f s\n\n", filepath.Join(cfg.Dir, synth.DevicesFile), filepath.Join(cfg.Dir, synth.MeterPointsFile), elapsed.Seconds())
			t := newTable(out, "table", "rows", "planted")
			alignNumbers(t, 2)
			t.AppendRow(table.Row{"devices", count(report.Devices), planted(report, "devices")})
			t.AppendRow(table.Row{"meter_points", count(report.MeterPoints), planted(report, "meter_points")})
			t.Render()
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&cfg.Dir, "out", "", "`DIR` to write to; made where it does not exist")
	flags.Int64Var(&cfg.MeterPoints, "meter-points", cfg.MeterPoints, "how many meter points, `N`")
	flags.Uint64Var(&cfg.Seed, "seed", cfg.Seed, "seed `N`")
	flags.Var(choiceFlag{&order, []string{"shuffled", "sorted"}}, "order", "order of the rows")
	flags.Var(choiceFlag{&format, []string{"parquet"}}, "format", "format of the files")
	flags.Float64Var(&errors, "errors", errors, "share of meter points with a planted fault, `RATE`")
	return cmd
}

// planted says how many faults a table holds, and of how many kinds.
func planted(report synth.Report, name string) string {
	faults, warnings, kinds := int64(0), int64(0), 0
	for _, p := range report.Planted {
		switch {
		case p.Table != name:
		case p.Warning:
			warnings += p.Count
		default:
			faults += p.Count
			kinds++
		}
	}
	return fmt.Sprintf("%s exceptions of %d kinds, %s warnings", count(faults), kinds, count(warnings))
}
