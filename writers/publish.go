// Package writers turns what a run found into a publication: a folder of flow
// files with the proof of what they are. A publication is whole or absent, and
// its content is a function of rows, configuration and as-of alone. The same
// package proves a publication from its bytes.
package writers

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Publication is a publication in the making. It takes what a run finds, as an
// engine.Sink on one goroutine, and ends in Commit or Abort.
type Publication struct {
	fs       FS
	cfg      engine.Config
	settings Settings // flows with their defaults
	cautions []string // of the settings
	staging  *staging

	folders    []string // made within the publication, parents before children
	syncs      *lane    // makes finished files durable, beside the encoding
	listings   []FileListing
	flows      *flowFiles
	changes    *changesFile
	exceptions *exceptionsFile

	rdps  []string        // of the last run of changes, which begin with those of the runs before
	last  meterpoint.MPxN // written
	shard []int32         // of the rows of the run being written; reused
	ended bool

	clocks clocks
}

var _ engine.Sink = (*Publication)(nil)

// Create begins a publication that is to stand at dir. Nothing is visible
// there before Commit. A dir that cannot become a publication, a living run
// for it, and settings that no flow file could hold are an *engine.Refusal of
// kind RefusedUsage.
func Create(ctx context.Context, fsys FS, dir string, cfg engine.Config, s Settings) (*Publication, error) {
	flows, err := s.Flows.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := flows.check(&cfg.Registrar); err != nil {
		return nil, err
	}
	dir = filepath.Clean(dir)
	if _, err := refuseTarget(fsys, dir); err != nil {
		return nil, err
	}
	p := &Publication{fs: fsys, cfg: cfg, settings: s, cautions: s.Flows.cautions(flows.layouts(cfg.Fuel))}
	p.settings.Flows, p.clocks = flows, newClocks(cfg.Clock)
	if s.DryRun {
		p.fs = discarding{fsys}
		p.staging = &staging{fs: p.fs, target: dir, path: dir}
	} else if p.staging, err = claim(ctx, fsys, "publish to "+dir, dir, s.StagingSuffix); err != nil {
		return nil, err
	} else if p.staging.empty, err = refuseTarget(fsys, dir); err != nil { // for a run that ended just before the claim
		return nil, errors.Join(err, p.staging.remove())
	}
	if err := p.begin(); err != nil {
		return nil, p.abortAfter(err)
	}
	return p, nil
}

// begin opens the files that every publication has.
func (p *Publication) begin() error {
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

// create opens a new file in a folder of the publication ("" is its top), and
// makes the folder where it is the first in it.
func (p *Publication) create(folder, name string) (*stagedFile, error) {
	if err := p.makeFolder(folder); err != nil {
		return nil, err
	}
	path := name
	if folder != "" {
		path = folder + "/" + name
	}
	p.clocks.writer.Lap(stepEncode)
	file, err := p.fs.Create(p.locate(path))
	p.clocks.writer.Lap(stepWrite)
	if err != nil {
		return nil, fmt.Errorf("cannot create %s: %w", path, err)
	}
	staged := newStagedFile(path, file)
	staged.watch = p.clocks.writer
	return staged, nil
}

func (p *Publication) makeFolder(folder string) error {
	if folder == "" || slices.Contains(p.folders, folder) {
		return nil
	}
	if parent := strings.LastIndexByte(folder, '/'); parent > 0 {
		if err := p.makeFolder(folder[:parent]); err != nil {
			return err
		}
	}
	if err := p.fs.Mkdir(p.locate(folder)); err != nil {
		return fmt.Errorf("cannot make the folder %s: %w", folder, err)
	}
	p.folders = append(p.folders, folder)
	return nil
}

func (p *Publication) locate(path string) string {
	return filepath.Join(p.staging.path, filepath.FromSlash(path))
}

// finished lists a file to which nothing will be added, and has it synced.
func (p *Publication) finished(f *stagedFile) error {
	p.listings = append(p.listings, f.listing())
	p.clocks.writer.Lap(stepEncode)
	defer p.clocks.writer.Start() // waiting for room on the lane is no work
	return p.syncs.submit(func() error {
		p.clocks.syncs.Start()
		defer p.clocks.syncs.Lap(stepSync)
		return f.sync()
	})
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
	if err == nil && !p.settings.DryRun {
		err = p.publish(ctx)
	}
	if err != nil {
		return nil, p.abortAfter(err)
	}
	p.ended = true
	_ = p.staging.release() // the lock of a folder that is public now
	return manifest, nil
}

// publish proves the sealed folder and makes it visible.
func (p *Publication) publish(ctx context.Context) error {
	err := p.stage("read back and verify", func() error {
		v := newVerifier(p.fs, p.staging.path, p.settings.Sign.Public(), p.clocks.clock)
		proof, err := v.verify(ctx, p.cfg.Workers)
		p.clocks.verifying = v.busy
		if err == nil && len(proof.Findings) > 0 {
			err = fmt.Errorf("cannot publish: the staged folder does not verify: %w", proof.Findings)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.stage("rename", p.staging.publish)
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
