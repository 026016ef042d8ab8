// Package synth makes snapshots of a meter point estate that never was: a
// devices table and a meter_points table, as Parquet, Arrow IPC or CSV, for
// demonstrations, tests and measurements.
//
// The estate is a list of stories (profiles.go, stories.go, faults.go): a home with its
// meter points, their rows and devices, and how often it occurs. Every row of
// either table is a function of the seed and its own number, so rows can be
// made in any order, by any number of workers, in bounded memory, and how many
// of everything there are is known without looking at a row.
package synth

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// Config says which estate to make, and where. Equal settings give the same
// bytes, whatever the folder and the workers.
type Config struct {
	Dir         string // made where it does not exist
	Profile     Profile
	MeterPoints int64 // distinct meter points, 1 to MaxMeterPoints; Profile.MeterPoints for the whole
	Seed        uint64
	ErrorRate   float64 // share of meter points with a planted fault; 0 for none
	Shuffled    bool    // rows in no order; otherwise in MPxN order
	Format      Format
	Extracts    bool // also what RDPs hold, and what is wrong with that
	Workers     int  // 0 counts as 1

	// What sets one measurement apart from another.
	Settled        float64 // share of the homes with a change whose recorded statuses have it already; 0 as before a first run, 1 leaves those of faults alone
	Forgotten      bool    // no status is recorded or reported, and every meter point once had a meter: but for faults, all change
	OneDistributor bool    // every MPAN but the strays is of the first distributor
	RowGroupRows   int64   // 0 for 245,760; in MPxN order, MPxNs
}

// Path of a table's file.
func (c Config) Path(table string) string { return filepath.Join(c.Dir, c.Format.file(table)) }

// DefaultErrorRate is the share of meter points with a planted fault that
// stays well below what a run refuses by default.
const DefaultErrorRate = 0.0004

// MaxMeterPoints is how many a snapshot can hold: more would use up the
// MPRNs.
const MaxMeterPoints = 100_000_000

// The files of a snapshot in Parquet.
const (
	DevicesFile     = inDevices + ".parquet"
	MeterPointsFile = inMeterPoints + ".parquet"
)

// Generate writes the tables into cfg.Dir and says what they hold. Files that
// were begun are removed when it fails.
func Generate(ctx context.Context, cfg Config) (Report, error) {
	if cfg.ErrorRate < 0 {
		return Report{}, fmt.Errorf("cannot plant faults at a share of %g of all meter points", cfg.ErrorRate)
	}
	if cfg.MeterPoints < 1 || cfg.MeterPoints > MaxMeterPoints {
		return Report{}, fmt.Errorf("cannot generate %d meter points: 1 to %d are possible", cfg.MeterPoints, int64(MaxMeterPoints))
	}
	if cfg.Settled < 0 || cfg.Settled > 1 || cfg.Settled > 0 && cfg.Forgotten {
		return Report{}, fmt.Errorf("cannot generate recorded statuses that have a share of %g of the changes (forgotten: %v)", cfg.Settled, cfg.Forgotten)
	}
	est, err := newEstate(cfg)
	if err != nil {
		return Report{}, err
	}
	if groups := max(est.groups(devicesTable), est.groups(meterPointsTable)); cfg.RowGroupRows < 0 || groups > math.MaxInt16 {
		return Report{}, fmt.Errorf("cannot write row groups of %d rows: a table has %d, and the format numbers %d", cfg.RowGroupRows, groups, math.MaxInt16)
	}
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return Report{}, fmt.Errorf("cannot make the folder of the snapshot: %w", err)
	}
	var written []string
	for t, name := range []string{inDevices, inMeterPoints} {
		path := cfg.Path(name)
		err := writeFile(path, func(out io.Writer) error {
			return writeTable(ctx, out, est, table(t), max(cfg.Workers, 1))
		})
		if err != nil {
			remove(written)
			return Report{}, err
		}
		written = append(written, path)
	}
	report := est.report()
	if cfg.Extracts {
		counts, err := est.writeExtracts(ctx, max(cfg.Workers, 1))
		if err != nil {
			remove(written)
			return Report{}, err
		}
		report.Extracts = &counts
	}
	return report, nil
}

func remove(paths []string) {
	for _, path := range paths {
		os.Remove(path)
	}
}
