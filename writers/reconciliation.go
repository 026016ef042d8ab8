package writers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"flagfill/engine"
)

// Names at the top of a reconciliation.
const (
	reconciliationName = "reconciliation.json"
	differencesName    = "differences.parquet"
	correctionsName    = "corrections" // a publication
)

// Reconciliation is the folder of a reconciliation in the making: an
// engine.ReconciliationSink on one goroutine, which ends in Commit or Abort. It
// is whole or absent, as a publication is.
type Reconciliation struct {
	stagedFolder
	cfg         engine.Config
	settings    Settings
	differences *differencesFile
	exceptions  *exceptionsFile
	corrections *Publication // nil: not asked for
	ended       bool
}

var _ engine.ReconciliationSink = (*Reconciliation)(nil)

// CreateReconciliation begins a reconciliation that is to stand at dir, as
// Create does a publication. corrections are published within it.
func CreateReconciliation(ctx context.Context, fsys FS, dir string, cfg engine.Config, s Settings, corrections bool) (*Reconciliation, error) {
	r := &Reconciliation{stagedFolder: stagedFolder{clocks: newClocks(cfg.Clock)}, cfg: cfg, settings: s}
	if err := r.stageAt(ctx, fsys, dir, s); err != nil {
		return nil, err
	}
	if err := r.begin(corrections); err != nil {
		return nil, r.abortAfter(err)
	}
	return r, nil
}

func (r *Reconciliation) begin(corrections bool) error {
	r.syncs = startLane(16)
	differences, err := r.create("", differencesName)
	if err != nil {
		return err
	}
	r.differences = newDifferencesFile(differences)
	exceptions, err := r.create("", exceptionsName)
	if err != nil {
		return err
	}
	r.exceptions = newExceptionsFile(exceptions)
	if corrections {
		r.corrections, err = createWithin(&r.stagedFolder, correctionsName, r.cfg, r.settings)
	}
	return err
}

// Write is part of engine.Sink: changes become corrections.
func (r *Reconciliation) Write(c *engine.Changes) error {
	if r.corrections == nil {
		return nil
	}
	return r.corrections.Write(c)
}

// WriteDifferences is part of engine.ReconciliationSink.
func (r *Reconciliation) WriteDifferences(d *engine.Differences) error {
	return r.differences.write(d)
}

// WriteUnreadable is part of engine.ReconciliationSink.
func (r *Reconciliation) WriteUnreadable(rows []engine.UnreadableRow) error {
	return r.differences.writeUnreadable(rows)
}

// WriteExceptions is part of engine.Sink. Those of the snapshot concern the
// corrections too.
func (r *Reconciliation) WriteExceptions(exceptions []engine.Exception) error {
	if err := r.exceptions.encoder.write(exceptions); err != nil || r.corrections == nil {
		return err
	}
	of := func(x engine.Exception) bool { return x.Table == engine.Extract }
	if slices.ContainsFunc(exceptions, of) {
		exceptions = slices.DeleteFunc(slices.Clone(exceptions), of)
	}
	return r.corrections.WriteExceptions(exceptions)
}

// Commit completes the folder, corrections first, and makes it visible in one
// step. After an error nothing is visible and nothing is left. A dry run writes
// nothing and returns the record that would stand.
func (r *Reconciliation) Commit(ctx context.Context, found *engine.Reconciliation) (*ReconciliationRecord, error) {
	record, err := r.seal(ctx, found)
	if err == nil {
		err = r.complete(ctx, r.settings, r.cfg.Workers)
	}
	if err == nil && !r.settings.DryRun {
		err = r.staging.publish()
	}
	if err != nil {
		return nil, r.abortAfter(err)
	}
	r.ended = true
	_ = r.staging.release() // the lock of a folder that is public now
	return record, nil
}

// seal finishes every file.
func (r *Reconciliation) seal(ctx context.Context, found *engine.Reconciliation) (*ReconciliationRecord, error) {
	if err := r.stage("finish tables", r.finishTables); err != nil {
		return nil, err
	}
	corrections, err := r.commitCorrections(ctx, found.Result)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var record *ReconciliationRecord
	err = r.stage("describe and sign", func() (err error) {
		record, err = r.describe(found, corrections)
		return err
	})
	return record, err
}

func (r *Reconciliation) finishTables() error {
	if err := r.differences.finish(); err != nil {
		return err
	}
	if err := r.finished(r.differences.file); err != nil {
		return err
	}
	if err := r.exceptions.encoder.close(); err != nil {
		return err
	}
	return r.finished(r.exceptions.file)
}

// describe writes everything that speaks of other files.
func (r *Reconciliation) describe(found *engine.Reconciliation, corrections *Manifest) (*ReconciliationRecord, error) {
	record, err := newReconciliationRecord(&r.cfg, found, r.differences, corrections)
	if err != nil {
		return nil, err
	}
	if problems := record.check(); len(problems) > 0 {
		return nil, fmt.Errorf("cannot write what does not add up: %s", problems[0])
	}
	if err := r.writeJSON(reconciliationName, record); err != nil {
		return nil, err
	}
	if err := r.writeReport(record, r.newRunRecord(found)); err != nil {
		return nil, err
	}
	sums := encodeSums(slices.Clone(r.listings))
	if err := r.writeFile(sumsName, sums); err != nil {
		return nil, err
	}
	if key := r.settings.Sign; key != nil {
		comment := fmt.Sprintf("flagfill reconciliation %s as of %s", record.ContentDigest, record.AsOf.Format(time.RFC3339))
		return record, r.writeFile(signatureName, key.sign(sums, comment))
	}
	return record, nil
}

// writeReport writes run.json, and report.html from what stands in the other
// files.
func (r *Reconciliation) writeReport(record *ReconciliationRecord, facts reconcileRunRecord) error {
	run, err := encodeJSON(facts)
	if err != nil {
		return fmt.Errorf("cannot encode %s: %w", runName, err)
	}
	if err := r.writeFile(runName, run); err != nil {
		return err
	}
	report, err := newReconciliationReport(record, run, r.differences.encoder.samples)
	if err != nil {
		return err
	}
	text, err := report.html()
	if err != nil {
		return err
	}
	return r.writeFile(reportName, text)
}

// commitCorrections proves the corrections and lists their files.
func (r *Reconciliation) commitCorrections(ctx context.Context, result *engine.Result) (*Manifest, error) {
	if r.corrections == nil {
		return nil, nil
	}
	var manifest *Manifest
	err := r.stage("publish corrections", func() (err error) {
		manifest, err = r.corrections.Commit(ctx, result)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, f := range r.corrections.listings {
		f.Path = correctionsName + "/" + f.Path
		r.listings = append(r.listings, f)
	}
	return manifest, nil
}

// Abort removes everything. After Commit or Abort it does nothing.
func (r *Reconciliation) Abort() error {
	if r.ended {
		return nil
	}
	r.ended = true
	_ = r.syncs.finish()
	if r.differences != nil {
		r.differences.abandon()
	}
	if r.exceptions != nil {
		r.exceptions.file.abandon()
	}
	var err error
	if r.corrections != nil {
		err = r.corrections.Abort()
	}
	return errors.Join(err, r.staging.remove())
}

func (r *Reconciliation) abortAfter(err error) error {
	if aborted := r.Abort(); aborted != nil {
		return errors.Join(err, aborted)
	}
	return err
}
