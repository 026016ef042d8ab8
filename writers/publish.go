// Package writers turns what a run found into a publication: a folder of flow
// files with the proof of what they are. A publication is whole or absent, and
// its content is a function of rows, configuration and as-of alone. The same
// package proves a publication from its bytes.
package writers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Publication is a publication in the making. It takes what a run finds, as an
// engine.Sink on one goroutine, and ends in Commit or Abort.
type Publication struct {
	stagedFolder
	cfg      engine.Config
	settings Settings // flows with their defaults
	cautions []string // of the settings
	within   bool     // a folder that is staged itself, and shows it

	flows      *flowFiles
	changes    *changesFile
	exceptions *exceptionsFile

	rdps  []string        // of the last run of changes, which begin with those of the runs before
	last  meterpoint.MPxN // written
	shard []int32         // of the rows of the run being written; reused
	ended bool
}

var _ engine.Sink = (*Publication)(nil)

// Create begins a publication that is to stand at dir. Nothing is visible
// there before Commit. A dir that cannot become a publication, a living run
// for it, and settings that no flow file could hold are an *engine.Refusal of
// kind RefusedUsage.
func Create(ctx context.Context, fsys FS, dir string, cfg engine.Config, s Settings) (*Publication, error) {
	p, err := newPublication(cfg, s)
	if err != nil {
		return nil, err
	}
	if err := p.stageAt(ctx, fsys, dir, s); err != nil {
		return nil, err
	}
	return p.begin()
}

// createWithin begins a publication in a new folder of one that is staged, and
// shows it.
func createWithin(outer *stagedFolder, name string, cfg engine.Config, s Settings) (*Publication, error) {
	p, err := newPublication(cfg, s)
	if err != nil {
		return nil, err
	}
	path := outer.locate(name)
	p.within, p.fs, p.staging = true, outer.fs, &staging{fs: outer.fs, target: path, path: path}
	if err := outer.makeFolder(name); err != nil {
		return nil, err
	}
	return p.begin()
}

func newPublication(cfg engine.Config, s Settings) (*Publication, error) {
	flows, err := s.Flows.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := flows.check(&cfg.Registrar); err != nil {
		return nil, err
	}
	p := &Publication{stagedFolder: stagedFolder{clocks: newClocks(cfg.Clock)}, cfg: cfg, settings: s, cautions: s.Flows.cautions(flows.layouts(cfg.Fuel))}
	p.settings.Flows = flows
	return p, nil
}

// begin opens the files that every publication has; after an error nothing is
// left.
func (p *Publication) begin() (*Publication, error) {
	if err := p.openFiles(); err != nil {
		return nil, p.abortAfter(err)
	}
	return p, nil
}

func (p *Publication) openFiles() error {
	p.clocks.writer.Start()
	p.syncs = startLane(16)
	f := p.settings.Flows
	p.flows = &flowFiles{
		settings:   f,
		common:     Envelope{CreatedAt: p.cfg.AsOf, TestFlag: f.TestFlag, OrganisationID: f.GasOrganisationID},
		layouts:    f.layouts(p.cfg.Fuel),
		nextNumber: [2]int64{meterpoint.Gas: f.FirstGeneration, meterpoint.Electricity: f.FirstFileID},
		create:     p.create,
		finished:   p.finished,
	}
	changes, err := p.create("", changesName)
	if err != nil {
		return err
	}
	changes.watch = p.clocks.changes
	p.changes = newChangesFile(changes)
	exceptions, err := p.create("", exceptionsName)
	if err != nil {
		return err
	}
	p.exceptions = newExceptionsFile(exceptions)
	return nil
}

// Write is part of engine.Sink: emitted points go to the flow files of their
// RDPs, and all of them to changes.parquet.
func (p *Publication) Write(c *engine.Changes) error {
	if err := p.inOrder(c); err != nil {
		return fmt.Errorf("cannot write changes: %w", err)
	}
	p.clocks.writer.Start()
	p.shard = p.shard[:0]
	for i, m := range c.MPxN {
		shard := int32(noShard)
		if c.Disposition[i] == engine.Emitted {
			var err error
			if shard, err = p.flows.append(c.RDP[i], c.RDPs, Record{m, c.New[i], c.EffectiveOn[i]}); err != nil {
				return err
			}
		}
		p.shard = append(p.shard, shard)
	}
	p.clocks.writer.Lap(stepEncode)
	return p.changes.write(c, p.shard, p.flows.paths)
}

// inOrder refuses runs that the caller should not have sent: files could not
// be cut the same way again.
func (p *Publication) inOrder(c *engine.Changes) error {
	if p.ended {
		return errors.New("the publication has ended")
	}
	if len(c.RDPs) < len(p.rdps) || !slices.Equal(p.rdps, c.RDPs[:len(p.rdps)]) {
		return errors.New("the RDPs are not those of the runs before")
	}
	p.rdps = c.RDPs
	for _, m := range c.MPxN {
		if m <= p.last {
			return fmt.Errorf("the meter point %s is out of order", m.Masked())
		}
		p.last = m
	}
	return nil
}

// WriteExceptions is part of engine.Sink.
func (p *Publication) WriteExceptions(exceptions []engine.Exception) error {
	if p.ended {
		return errors.New("cannot write exceptions: the publication has ended")
	}
	p.clocks.writer.Start()
	defer p.clocks.writer.Lap(stepEncode)
	return p.exceptions.encoder.write(exceptions)
}

// Commit seals the staged folder, proves it from its bytes, and makes it
// visible in one step. After an error nothing is visible and nothing is left.
// A dry run ends before the proof and returns the manifest that would stand.
func (p *Publication) Commit(ctx context.Context, result *engine.Result) (*Manifest, error) {
	if p.ended {
		return nil, errors.New("cannot commit: the publication has ended")
	}
	manifest, err := p.seal(ctx, result)
	if err == nil {
		err = p.complete(ctx, p.settings, p.cfg.Workers)
	}
	if err == nil && !p.settings.DryRun && !p.within {
		err = p.stage("rename", p.staging.publish)
	}
	if err != nil {
		return nil, p.abortAfter(err)
	}
	p.ended = true
	_ = p.staging.release() // the lock of a folder that is public now
	return manifest, nil
}

// Abort removes everything. After Commit or Abort it does nothing.
func (p *Publication) Abort() error {
	if p.ended {
		return nil
	}
	p.ended = true
	_ = p.syncs.finish() // what it was to make durable goes away
	p.flows.abandon()
	if p.changes != nil {
		p.changes.abandon()
	}
	if p.exceptions != nil {
		p.exceptions.file.abandon()
	}
	return p.staging.remove()
}

func (p *Publication) abortAfter(err error) error {
	if aborted := p.Abort(); aborted != nil {
		return errors.Join(err, aborted)
	}
	return err
}
