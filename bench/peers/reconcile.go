package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"flagfill/bench/measure"
)

const (
	reconcileSheet = "reconcile"
	duckdbJoin     = "duckdb-join"
)

// sharesOfDifferences, in per cent of the meter points, for which extracts are
// made.
var sharesOfDifferences = []int{0, 1, 10, 100}

// reconciliation is a snapshot with extracts of one share, and who reconciles
// them, flagfill first.
type reconciliation struct {
	share      int
	contenders []contender
}

// reconcile measures reconciliations against the recorded statuses, by flag. Both
// must first give the same differences and the same counts; then they take turns.
func (b *bench) reconcile(ctx context.Context) (err error) {
	if err := install(ctx, b.peers); err != nil {
		return err
	}
	source := snapshot{"parquet", sound}
	if err := b.generate(ctx, source); err != nil {
		return err
	}
	scratch, err := measure.Scratch(b.snapshots)
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	points := filepath.Join(b.folder(source), "meter_points.parquet")
	var all []reconciliation
	for _, share := range sharesOfDifferences {
		held, err := b.held(ctx, points, share)
		if err != nil {
			return err
		}
		r := b.reconciliation(points, held, scratch, share)
		if err := b.proveReconciliation(ctx, r); err != nil {
			return fmt.Errorf("cannot compare with %d %% differences: %w", share, err)
		}
		all = append(all, r)
	}
	notes, err := b.notes(ctx, fmt.Sprintf("make bench-reconcile RECONCILE_POINTS=%d TURNS=%d", b.points, b.turns), source)
	if err != nil {
		return err
	}
	sheet, err := measure.CreateSheetFile(filepath.Join(b.results, reconcileSheet+".txt"), os.Stdout, notes,
		"share", "program", "turn", "wall_seconds", "inside_seconds", "cpu_seconds", "stolen_seconds", "peak_mib")
	if err != nil {
		return err
	}
	defer func() { err = sheet.Finish(err) }()
	for turn := range b.turns {
		for i := range all {
			if turn%2 == 1 {
				i = len(all) - 1 - i
			}
			if err := all[i].takeTurn(ctx, turn, (turn+i)%2, sheet); err != nil {
				return err
			}
		}
	}
	return nil
}

// held gives what RDPs hold of the meter points: an extract of one file.
func (b *bench) held(ctx context.Context, points string, share int) (string, error) {
	folder := filepath.Join(b.snapshots, fmt.Sprintf("peers-%d-held-%d", b.points, share))
	return filepath.Join(folder, "extract.parquet"), measure.MakeFolder(folder, func(partial string) error {
		if err := os.Mkdir(partial, 0o750); err != nil {
			return err
		}
		_, _, err := measure.Run(ctx, "node", filepath.Join(b.peers, "held.mjs"), points, filepath.Join(partial, "extract.parquet"), strconv.Itoa(share))
		return err
	})
}

func (b *bench) reconciliation(points, held, scratch string, share int) reconciliation {
	ours, theirs := filepath.Join(scratch, flagfillRun), filepath.Join(scratch, duckdbJoin)
	return reconciliation{share, []contender{
		{name: flagfillRun, out: ours, command: []string{b.flagfill, "reconcile", "--meter-points", points, "--extract", held, "--out", ours,
			"--as-of", asOf, "--workers", strconv.Itoa(b.threads), "--progress", "none", "--json"}},
		{name: duckdbJoin, out: theirs, command: []string{"node", filepath.Join(b.peers, "reconcile.mjs"), "--points", points, "--held", held,
			"--out", theirs, "--threads", strconv.Itoa(b.threads)}},
	}}
}

// proveReconciliation runs both once and compares what they give.
func (b *bench) proveReconciliation(ctx context.Context, r reconciliation) error {
	say("proving that both give the same with %d %% differences", r.share)
	var counts [2]struct {
		Classes, Rows  map[string]int64
		Reconciliation struct{ Classes, Rows map[string]int64 }
	}
	for i, c := range r.contenders {
		_, stdout, err := r.run(ctx, c)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(stdout, &counts[i]); err != nil {
			return fmt.Errorf("cannot read what %s prints: %w", c.name, err)
		}
	}
	ours, theirs := counts[0].Reconciliation, counts[1]
	delete(ours.Rows, "used") // the SQL counts what is not simply used
	for what, both := range map[string][2]map[string]int64{"meter points": {ours.Classes, theirs.Classes}, "rows": {ours.Rows, theirs.Rows}} {
		for _, m := range both {
			maps.DeleteFunc(m, func(_ string, n int64) bool { return n == 0 })
		}
		if !maps.Equal(both[0], both[1]) {
			return fmt.Errorf("the classes of %s differ: flagfill has %v, the other %v", what, both[0], both[1])
		}
	}
	rows, err := b.compareRows(ctx, filepath.Join(r.contenders[0].out, "differences.parquet"), filepath.Join(r.contenders[1].out, "differences.parquet"),
		"mpxn", "rdp_id", "expected", "held", "class", "held_by")
	switch {
	case err != nil:
		return fmt.Errorf("cannot compare differences: %w", err)
	case rows.OnlyOurs+rows.OnlyTheirs > 0:
		return fmt.Errorf("the differences differ: flagfill has %d of its own among %d, the other %d among %d", rows.OnlyOurs, rows.Ours, rows.OnlyTheirs, rows.Theirs)
	case (rows.Ours == 0) != (r.share == 0):
		return errors.New("there are no differences where there should be, or the other way round")
	}
	say("both list the same %d differences", rows.Ours)
	return nil
}

// run runs a contender. That flagfill finds differences is no failure.
func (r reconciliation) run(ctx context.Context, c contender) (measure.Cost, []byte, error) {
	cost, stdout, err := c.run(ctx)
	const differencesFound = 3
	if exit := (*exec.ExitError)(nil); c.name == flagfillRun && errors.As(err, &exit) && exit.ExitCode() == differencesFound {
		err = nil
	}
	return cost, stdout, err
}

// takeTurn runs both, the one named first. The turns go up and down through the
// shares, and at each another one begins: so both come as often behind
// themselves as behind the other, who leaves another machine behind.
func (r reconciliation) takeTurn(ctx context.Context, turn, first int, sheet *measure.SheetFile) error {
	for i := range r.contenders {
		next := r.contenders[(first+i)%len(r.contenders)]
		cost, stdout, err := r.run(ctx, next)
		if err != nil {
			return err
		}
		if err := sheet.Write(strconv.Itoa(r.share), next.name, turn+1, cost.Wall.Seconds(), insideSeconds(stdout), cost.CPU.Seconds(), cost.Stolen.Seconds(), mebibytes(cost.PeakBytes)); err != nil {
			return err
		}
		if err := measure.Rest(ctx, cost); err != nil {
			return err
		}
	}
	return nil
}
