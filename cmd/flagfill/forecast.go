package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/forecast"
	"flagfill/writers"
)

// forecastFlags are the flags of forecast.
type forecastFlags struct {
	capacities []string
	deadline   time.Time
	maxRecords []int64
	waves      []int64
	svg        string
	sample     bool
	json       bool
}

// maxCapacities is how many columns fit a table and a chart: low, expected and
// high.
const maxCapacities = 3

func newForecast() *cobra.Command {
	f := forecastFlags{}
	cmd := &cobra.Command{
		Use:   "forecast DIR --capacity FILE… [flags]",
		Short: "How long the receivers of a publication need",
		Example: examples(
			"flagfill forecast --sample > capacity.toml",
			"flagfill forecast publication --capacity capacity.toml",
			"flagfill forecast publication --capacity low.toml --capacity expected.toml --capacity high.toml \\",
			"    --deadline 2026-12-08T06:00:00Z --svg forecast.svg"),
		Long: `forecast says when each receiver has acknowledged its last file, by what a
capacity file says of it: files an hour, windows, files in flight, time to
acknowledge. Nothing is assumed: what is not given is asked for. Up to three
capacity files give a column each. Times are UTC, by integer arithmetic, to one
file.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.sample {
				return noArguments(cmd, args)
			}
			return oneFolder("forecast", "flagfill forecast publication --capacity capacity.toml")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.sample {
				_, err := fmt.Fprint(cmd.OutOrStdout(), forecast.Sample)
				return err
			}
			return f.execute(cmd, args[0])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.capacities, "capacity", nil, "capacity `FILE`; up to three")
	flags.Var(timeFlag{&f.deadline}, "deadline", "when all must be acknowledged: gives the latest safe start")
	flags.Var(countsFlag{&f.maxRecords}, "max-records", "what files of `N` records would change; may be repeated; default half and twice those published")
	flags.Var(countsFlag{&f.waves}, "waves", "what `N` waves, a day apart, would change; may be repeated; default 2 and 5")
	flags.StringVar(&f.svg, "svg", "", "draw who is busy when, and the backlog, to `FILE`")
	flags.BoolVar(&f.sample, "sample", false, "print a capacity file with figures that are examples")
	flags.BoolVar(&f.json, "json", false, "the result as one JSON document")
	return cmd
}

// countsFlag gathers whole numbers from 1.
type countsFlag struct{ counts *[]int64 }

func (f countsFlag) Type() string   { return "N" }
func (f countsFlag) String() string { return "" }

func (f countsFlag) Set(text string) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > 1e9 {
		return fmt.Errorf("%q is not a whole number from 1", text)
	}
	*f.counts = append(*f.counts, n)
	return nil
}

func (f *forecastFlags) execute(cmd *cobra.Command, dir string) error {
	const next = "flagfill forecast --sample prints a capacity file, with figures that are examples."
	if len(f.capacities) < 1 || len(f.capacities) > maxCapacities {
		return usage(next, "one to three files are given with --capacity, and there are %d", len(f.capacities))
	}
	m, err := writers.ReadManifest(writers.OS{}, dir)
	if err != nil {
		return err
	}
	runSeconds, err := writers.ReadRunSeconds(writers.OS{}, dir)
	if err != nil {
		return err
	}
	var capacities []*forecast.Capacity
	for _, path := range f.capacities {
		c, err := forecast.Read(path)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(capacities, func(o *forecast.Capacity) bool { return o.Label == c.Label }) {
			return usage("Give each its own, such as low, expected and high.", "two capacity files have the label %q", engine.Shown(c.Label))
		}
		capacities = append(capacities, c)
	}
	v := &forecastView{dir: dir, manifest: m, runSeconds: runSeconds, deadline: f.deadline}
	if shipments := shipmentsOf(m); len(shipments) > 0 {
		if v.forecast, err = forecast.New(shipments, capacities, f.asked(m)); err != nil {
			return err
		}
	}
	if f.svg != "" {
		if v.forecast == nil {
			return usage("Leave --svg out.", "there is nothing to draw: the publication holds no flow file")
		}
		if err := replaceFile(f.svg, v.forecast.SVG()); err != nil {
			return err
		}
	}
	if f.json {
		return writeJSON(cmd.OutOrStdout(), v.document())
	}
	v.write(cmd.OutOrStdout())
	return nil
}

func (f *forecastFlags) asked(m *writers.Manifest) forecast.Asked {
	a := forecast.Asked{MaxRecords: f.maxRecords, Waves: f.waves}
	if !f.deadline.IsZero() {
		a.Deadline = f.deadline.Unix()
	}
	if most := int64(m.Content.Flows.MaxRecords); len(a.MaxRecords) == 0 {
		a.MaxRecords = []int64{(most + 1) / 2, 2 * most}
	}
	if len(a.Waves) == 0 {
		a.Waves = []int64{2, 5}
	}
	return a
}

// shipmentsOf are the flow files of a publication by receiver.
func shipmentsOf(m *writers.Manifest) []forecast.Shipment {
	var all []forecast.Shipment
	at := map[forecast.Receiver]int{}
	for _, s := range m.Content.Shards {
		r := forecast.Receiver{Fuel: meterpoint.Electricity, RDP: s.RDP}
		if s.Fuel == meterpoint.Gas.String() {
			r.Fuel = meterpoint.Gas
		}
		i, known := at[r]
		if !known {
			i = len(all)
			at[r] = i
			all = append(all, forecast.Shipment{Receiver: r})
		}
		all[i].Files = append(all[i].Files, s.Records)
	}
	return all
}

// replaceFile writes a file whole, or leaves what stood there.
func replaceFile(path, text string) error {
	fail := func(err error) error {
		if inside := (*fs.PathError)(nil); errors.As(err, &inside) {
			err = inside.Err // it names the file beside, which nobody asked for
		}
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	beside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".partial-"+stagingSuffix())
	file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return fail(err)
	}
	_, err = file.WriteString(text)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		_ = os.Remove(beside)
		return fail(err)
	}
	return nil
}
