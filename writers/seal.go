package writers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"flagfill/engine"
)

// seal finishes every file, and writes manifest and SHA256SUMS.
func (p *Publication) seal(ctx context.Context, result *engine.Result) (*Manifest, error) {
	if err := p.stage("finish tables", p.finishTables); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var manifest *Manifest
	err := p.stage("describe and sign", func() (err error) {
		manifest, err = p.describe(result)
		return err
	})
	return manifest, err
}

// describe writes everything that speaks of other files.
func (p *Publication) describe(result *engine.Result) (*Manifest, error) {
	p.clocks.writer.Start()
	defer p.clocks.writer.Lap(stepEncode)
	run, err := encodeJSON(newRunRecord(p.settings.Run, &p.cfg, result, p.clocks.untilSealed(p.cfg.Workers, result)))
	if err != nil {
		return nil, fmt.Errorf("cannot encode %s: %w", runName, err)
	}
	if err := p.writeFile(runName, run); err != nil {
		return nil, err
	}
	manifest, err := p.manifest(result)
	if err != nil {
		return nil, err
	}
	if err := p.writeReport(manifest, run); err != nil {
		return nil, err
	}
	manifest.Files = slices.Clone(p.listings)
	sortListings(manifest.Files)
	if err := p.writeJSON(manifestName, manifest); err != nil {
		return nil, err
	}
	sums := encodeSums(slices.Clone(p.listings))
	if err := p.writeFile(sumsName, sums); err != nil {
		return nil, err
	}
	if p.settings.Sign != nil {
		if err := p.signSums(sums, manifest); err != nil {
			return nil, err
		}
	}
	return manifest, nil
}

// finishTables closes flow files, changes and exceptions.
func (p *Publication) finishTables() error {
	p.clocks.writer.Start()
	if err := p.flows.close(); err != nil {
		return err
	}
	p.clocks.writer.Lap(stepEncode)
	if err := p.changes.finish(p.rdps, p.flows.paths); err != nil {
		return err
	}
	p.clocks.writer.Start()
	if err := p.finished(p.changes.file); err != nil {
		return err
	}
	if err := p.exceptions.encoder.close(); err != nil {
		return err
	}
	return p.finished(p.exceptions.file)
}

// writeReport writes report.html from what stands in the other files, as
// anybody can do again who has the publication.
func (p *Publication) writeReport(manifest *Manifest, run []byte) error {
	r, err := newReport(manifest, run, p.exceptions.encoder.samples)
	if err != nil {
		return err
	}
	text, err := r.html()
	if err != nil {
		return err
	}
	return p.writeFile(reportName, text)
}

// manifest of the finished files, which it does not list yet. A content that
// contradicts itself is an error: nothing is published that does not add up.
func (p *Publication) manifest(result *engine.Result) (*Manifest, error) {
	listing := p.changes.file.listing()
	changes := ChangesFacts{Path: changesName, Rows: p.changes.rows, Bytes: listing.Bytes, SHA256: listing.SHA256}
	limits := limitsInForce(p.cfg.Limits)
	m := &Manifest{
		Schema:     ManifestSchema,
		Content:    newContent(&p.cfg, p.settings.Flows, p.flows, changes, result),
		Cautions:   slices.Concat([]string{}, result.Cautions, p.cautions, limitCautions(limits)),
		Limits:     limits,
		Reading:    newReading(&p.cfg),
		Exceptions: ExceptionsFacts{Rows: p.exceptions.encoder.count, WarningsListed: p.cfg.ListWarnings},
		Snapshot:   newSnapshot(&result.Coherence),
		Inputs:     newInputs(result.Inputs, p.settings.InputDigests),
	}
	if problems := m.check(); len(problems) > 0 {
		return nil, fmt.Errorf("cannot publish what does not add up: %s", strings.Join(problems, "; "))
	}
	var err error
	m.ContentDigest, err = m.Content.Digest()
	return m, err
}
