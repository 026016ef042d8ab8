package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"flagfill/bench/synth"
	"flagfill/engine"
)

func newGenerate() *cobra.Command {
	var (
		cfg    = synth.Config{Workers: runtime.GOMAXPROCS(0), MeterPoints: 1_000_000, Seed: 1, Shuffled: true}
		errors = synth.DefaultErrorRate
		order  int
		format int
		scale  scaleFlag
	)
	cmd := &cobra.Command{
		Use:   "generate --out DIR [flags]",
		Short: "A synthetic snapshot: the same seed gives the same bytes",
		Example: examples(
			"flagfill generate --out snapshot --meter-points 1000000",
			"flagfill generate --out tenth --scale 0.1 --extracts",
			"flagfill generate --out clean --meter-points 1000 --seed 7 --errors 0 --order sorted"),
		Long: `generate writes the tables devices and meter_points of an estate that never
was, with every kind of bad row at a known rate, and says what it planted.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cfg.Dir == "" {
				return usage("Name a folder: flagfill generate --out snapshot", "--out is not given")
			}
			if scale.text != "" {
				if cmd.Flags().Changed("meter-points") {
					return usage("Give --scale for a whole estate or a share of one, or --meter-points for a number.", "--scale and --meter-points are both given")
				}
				cfg.Profile, cfg.MeterPoints = scale.profile, scale.meterPoints
			}
			if cfg.MeterPoints < 1 || cfg.MeterPoints > synth.MaxMeterPoints {
				return usage("Name a number from 1 to "+count(synth.MaxMeterPoints)+".", "--meter-points is %d", cfg.MeterPoints)
			}
			if errors < 0 || errors > 0.05 {
				return usage("Name a share of meter points from 0 to 0.05; the default is the usual one.", "--errors is %g", errors)
			}
			cfg.ErrorRate, cfg.Shuffled, cfg.Format = errors, order == 0, synth.Format(format)
			started := time.Now()
			report, err := synth.Generate(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			elapsed := time.Since(started)
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "%s and %s, in %.1f s\n\n", engine.ShownPath(cfg.Path("devices")), engine.ShownPath(cfg.Path("meter_points")), elapsed.Seconds())
			t := newTable(out, "table", "rows", "planted")
			alignNumbers(t, 2)
			t.AppendRow(table.Row{"devices", count(report.Devices), planted(report, "devices")})
			t.AppendRow(table.Row{"meter_points", count(report.MeterPoints), planted(report, "meter_points")})
			t.Render()
			if report.Extracts != nil {
				printExtracts(out, cfg, report.Extracts)
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&cfg.Dir, "out", "", "`DIR` to write to; made where it does not exist")
	flags.Int64Var(&cfg.MeterPoints, "meter-points", cfg.MeterPoints, "how many meter points, `N`")
	flags.Var(&scale, "scale", "fia: 5 million live meters of 2020; gb: 57 million meter points, 120 million device rows; or a share of gb, as 0.1")
	flags.Uint64Var(&cfg.Seed, "seed", cfg.Seed, "seed `N`")
	flags.Var(choiceFlag{&order, []string{"shuffled", "sorted"}}, "order", "order of the rows")
	flags.Var(choiceFlag{&format, []string{"parquet", "arrow", "csv"}}, "format", "format of the files")
	flags.BoolVar(&cfg.Extracts, "extracts", false, "also what RDPs hold, and truth: what is wrong with that")
	flags.Float64Var(&errors, "errors", errors, "share of meter points with a planted fault, `RATE`")
	return cmd
}

// printExtracts says what RDPs hold.
func printExtracts(out io.Writer, cfg synth.Config, extracts *synth.ExtractCounts) {
	fmt.Fprintf(out, "\n%s rows in %s; what is wrong with them in %s\n\n",
		count(extracts.Rows), engine.ShownPath(filepath.Join(cfg.Dir, synth.ExtractsFolder)), engine.ShownPath(cfg.Path(synth.TruthTable)))
	t := newTable(out, "class", "against meter_points", "with devices", "extract rows")
	alignNumbers(t, 2, 3, 4)
	classes := map[string]bool{}
	for _, counts := range []map[string]int64{extracts.Classes, extracts.ClassesWithDevices, extracts.RowClasses} {
		for class := range counts {
			classes[class] = true
		}
	}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		t.AppendRow(table.Row{class, count(extracts.Classes[class]), count(extracts.ClassesWithDevices[class]), count(extracts.RowClasses[class])})
	}
	t.Render()
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

// scaleFlag reads the name of an estate, or a share of Great Britain.
type scaleFlag struct {
	text        string
	profile     synth.Profile
	meterPoints int64
}

func (f *scaleFlag) Type() string { return "fia|gb|SHARE" }

func (f *scaleFlag) String() string { return f.text }

func (f *scaleFlag) Set(text string) error {
	f.text, f.profile = text, synth.GB
	share := 1.0
	switch text {
	case "fia":
		f.profile = synth.FIA
	case "gb":
	default:
		var err error
		if share, err = strconv.ParseFloat(text, 64); err != nil || !(share > 0 && share <= 1) {
			return fmt.Errorf("%q is neither fia nor gb nor a share of gb from above 0 to 1, such as 0.1", text)
		}
	}
	f.meterPoints = max(int64(math.Round(share*float64(f.profile.MeterPoints()))), 1)
	return nil
}
