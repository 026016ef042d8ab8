package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/pflag"

	"flagfill/engine"
	"flagfill/loaders"
	"flagfill/writers"
)

// inputFlags say of the files of a snapshot what they cannot say themselves:
// when they were taken, and which bytes were sent.
type inputFlags struct {
	devicesAt, pointsAt time.Time
	hash                bool
	expect              string
}

func (f *inputFlags) add(flags *pflag.FlagSet) {
	flags.Var(timeFlag{&f.devicesAt}, "devices-at", "when the devices extract was taken")
	flags.Var(timeFlag{&f.pointsAt}, "meter-points-at", "when the meter points extract was taken")
	flags.BoolVar(&f.hash, "hash-inputs", false, "record the SHA-256 of every input file")
	flags.StringVar(&f.expect, "expect-inputs", "", "refuse files other than those that `FILE` lists, as sha256sum writes it")
}

func (f *inputFlags) apply(cfg *engine.Config) {
	cfg.TakenAt = [2]time.Time{engine.Devices: f.devicesAt, engine.MeterPoints: f.pointsAt}
	cfg.InputsProven = f.expect != ""
}

// hashedInputs are the files of a command as they were hashed before its work
// began; none where nobody asked for it.
type hashedInputs struct {
	digests []loaders.Digest
	took    time.Duration
}

// prove hashes the inputs, and refuses them where they are not those expected:
// by their names before anything is hashed.
func (f *inputFlags) prove(ctx context.Context, tables []engine.Source, workers int) (*hashedInputs, error) {
	if !f.hash && f.expect == "" {
		return &hashedInputs{}, nil
	}
	started := time.Now()
	var expected *loaders.Expected
	if f.expect != "" {
		var err error
		if expected, err = loaders.ReadExpected(f.expect); err != nil {
			return nil, err
		}
	}
	files, err := filesOf(ctx, tables)
	if err != nil {
		return nil, err
	}
	if expected != nil {
		if err := expected.Cover(files); err != nil {
			return nil, err
		}
	}
	digests, err := loaders.HashFiles(ctx, files, workers)
	if err != nil {
		return nil, err
	}
	if expected != nil {
		if err := expected.Check(digests); err != nil {
			return nil, err
		}
	}
	return &hashedInputs{digests, time.Since(started)}, nil
}

// filesOf lists the files of the tables that are given, which stand in the
// order of their names. A publication among the extracts proves itself.
func filesOf(ctx context.Context, tables []engine.Source) ([]loaders.InputFile, error) {
	var files []loaders.InputFile
	for of, source := range tables {
		if source == nil {
			continue
		}
		plan, err := source.Plan(ctx)
		if err != nil {
			return nil, err
		}
		for _, file := range plan.Files {
			if file.Publication == 0 {
				files = append(files, loaders.InputFile{Table: engine.Table(of), Path: file.Path})
			}
		}
	}
	return files, nil
}

// settle refuses files that have changed since they were hashed, and gives the
// time of hashing a stage of its own.
func (h *hashedInputs) settle(result *engine.Result) error {
	if len(h.digests) == 0 {
		return nil
	}
	result.Stages = append([]engine.Stage{{Name: "hash inputs", Duration: h.took}}, result.Stages...)
	return loaders.StillAsHashed(h.digests)
}

// byPath is what the manifest records.
func (h *hashedInputs) byPath() map[string]string {
	digests := make(map[string]string, len(h.digests))
	for _, d := range h.digests {
		digests[d.Path] = d.SHA256
	}
	return digests
}

// hashedDocument is what run --json says of hashing.
type hashedDocument struct {
	Files   int     `json:"files"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

func (h *hashedInputs) document() *hashedDocument {
	if len(h.digests) == 0 {
		return nil
	}
	d := &hashedDocument{Files: len(h.digests), Seconds: h.took.Seconds()}
	for _, digest := range h.digests {
		d.Bytes += digest.Bytes
	}
	return d
}

func (h *hashedInputs) write(w io.Writer) {
	if d := h.document(); d != nil {
		fmt.Fprintf(w, "%s of input, %s, hashed in %.2f s\n", counted(int64(d.Files), "file"), sizeWords(d.Bytes), d.Seconds)
	}
}

// writeInputDigests shows the SHA-256 of each input file, where there is one.
func writeInputDigests(w io.Writer, inputs []writers.InputTable) {
	t := newTable(w, "input file", "sha256")
	for _, in := range inputs {
		for _, file := range in.Files {
			if file.SHA256 != "" {
				t.AppendRow(table.Row{engine.ShownPath(file.Path), file.SHA256})
			}
		}
	}
	if t.Length() > 0 {
		t.Render()
		fmt.Fprintln(w)
	}
}

// writeSnapshot shows when the tables were taken, as far as anybody knows.
func writeSnapshot(w io.Writer, s *writers.SnapshotFacts) {
	said := func(at *time.Time) string {
		if at == nil {
			return "not said"
		}
		return at.Format(time.RFC3339)
	}
	newest := "none"
	if s.NewestChangeOn != nil {
		newest = *s.NewestChangeOn
	}
	t := newTable(w, "snapshot", "")
	t.AppendRows([]table.Row{
		{"devices taken at", said(s.DevicesAt)},
		{"meter points taken at", said(s.MeterPointsAt)},
		{"may be apart", fmt.Sprintf("%d h", s.MaxSkewHours)},
		{"newest change until as-of", newest},
		{"changes after as-of", count(s.ChangesAfterAsOf)},
	})
	t.Render()
	fmt.Fprintln(w)
}
