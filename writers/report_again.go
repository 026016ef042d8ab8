package writers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"

	"flagfill/engine"
)

// Report is report.html made again from a publication or a reconciliation.
type Report struct {
	fs     FS
	dir    string
	listed string // SHA-256 of the report that the run wrote
	madeBy string // the program that the run was
	html   []byte
}

// MakeReport makes the report of the publication in dir from manifest.json,
// run.json and exceptions.parquet, or that of a reconciliation from
// reconciliation.json, run.json and differences.parquet. With reveal it shows
// MPxNs and other values of tables as they are. A dir that holds neither, or one
// of whose three files is not what was written, is an *engine.Refusal of kind
// RefusedInput.
func MakeReport(fsys FS, dir string, reveal bool) (*Report, error) {
	a := reportAgain{fs: fsys, dir: filepath.Clean(dir)}
	if a.isReconciliation() {
		return a.ofReconciliation(reveal)
	}
	return a.ofPublication(reveal)
}

func (a reportAgain) ofPublication(reveal bool) (*Report, error) {
	manifest, err := a.readManifest()
	if err != nil {
		return nil, err
	}
	digestOf := func(name string) string {
		listed, _ := listingNamed(manifest.Files, name)
		return listed.SHA256
	}
	a.listedIn = manifestName
	run, err := a.readListed(runName, digestOf(runName))
	if err != nil {
		return nil, err
	}
	var s samples
	err = a.readTable(exceptionsName, digestOf(exceptionsName), func(r io.ReaderAt, size int64) (err error) {
		s, err = readSamples(r, size)
		return err
	})
	if err != nil {
		return nil, err
	}
	r, err := newReport(manifest, run, s)
	if err != nil {
		return nil, a.refuse(runName, err)
	}
	r.reveal = reveal
	return a.report(r, &r.run, digestOf(reportName))
}

// report has the page made, and knows which one SHA256SUMS lists.
func (a reportAgain) report(r pageMaker, run *runRecord, listed string) (*Report, error) {
	html, err := r.html()
	if err != nil {
		return nil, err
	}
	return &Report{a.fs, a.dir, listed, engine.OneLine(fmt.Sprintf("flagfill %s (%s)", run.Version, run.Commit)), html}, nil
}

// Write puts the report at a path outside the publication, whole or not at all,
// in place of a file that stood there. The suffix is as Settings.StagingSuffix.
func (r *Report) Write(ctx context.Context, path, suffix string) error {
	path = filepath.Clean(path)
	return r.writeTo(ctx, path, path, suffix)
}

// Restore puts the report at its place in the publication, where it is the one
// that the run wrote: a publication is never made another. It tells whether it
// stood there. A report that is not the run's is an *engine.Refusal of kind
// RefusedUsage.
func (r *Report) Restore(ctx context.Context, suffix string) (stood bool, err error) {
	path := filepath.Join(r.dir, reportName)
	if sum := sha256.Sum256(r.html); hex.EncodeToString(sum[:]) != r.listed {
		return false, &engine.Refusal{Kind: engine.RefusedUsage,
			Problem: fmt.Sprintf("cannot write %s: SHA256SUMS lists another one, made by %s", path, r.madeBy),
			Next:    "Write this one to another place: flagfill report --out FILE."}
	}
	f, err := r.fs.Open(path)
	if err == nil {
		text, err := io.ReadAll(io.LimitReader(f, int64(len(r.html))+1))
		if err := errors.Join(err, f.Close()); err != nil {
			return false, fmt.Errorf("cannot read %s: %w", path, err)
		}
		if slices.Equal(text, r.html) {
			return true, nil
		}
	}
	return false, r.writeTo(ctx, r.dir, path, suffix)
}

// writeTo stages the report beside claimed.
func (r *Report) writeTo(ctx context.Context, claimed, path, suffix string) error {
	lone, err := createLoneFile(ctx, r.fs, "write the report", claimed, path, suffix)
	if err != nil {
		return err
	}
	_, err = lone.file.Write(r.html)
	return lone.commit(err)
}

// reportAgain reads what a report is made of.
type reportAgain struct {
	fs       FS
	dir      string
	listedIn string // the file that holds the digests
}

func (a reportAgain) refuse(name string, err error) error {
	return &engine.Refusal{Kind: engine.RefusedInput, Err: err,
		Problem: fmt.Sprintf("cannot report on %s: %s: %v", a.dir, name, err),
		Next:    "flagfill verify says what else is wrong. Fetch the folder again from where it was made."}
}

func (a reportAgain) open(name string) (ReadFile, error) {
	path := filepath.Join(a.dir, name)
	f, err := a.fs.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return nil, &engine.Refusal{Kind: engine.RefusedInput, Err: err,
			Problem: fmt.Sprintf("cannot report on %s: it holds no %s, so it is neither a publication nor a reconciliation", a.dir, name),
			Next:    "Name the folder that a run published, or that reconcile wrote."}
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return f, nil
}

func (a reportAgain) readText(name string) ([]byte, error) {
	f, err := a.open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxTextBytes+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", filepath.Join(a.dir, name), err)
	}
	if len(text) > maxTextBytes {
		return nil, a.refuse(name, errors.New("it is far too large"))
	}
	return text, nil
}

func (a reportAgain) readManifest() (manifest *Manifest, err error) {
	text, err := a.readText(manifestName)
	if err != nil {
		return nil, err
	}
	err = guard(func() (err error) {
		if manifest, err = DecodeManifest(text); err != nil {
			return err
		}
		if problems := manifest.check(); len(problems) > 0 {
			return errors.New(problems[0])
		}
		return nil
	})
	if err != nil {
		return nil, a.refuse(manifestName, err)
	}
	return manifest, nil
}

func (a reportAgain) errNotListed() error {
	return fmt.Errorf("it is not the file that %s lists", a.listedIn)
}

// readListed reads a text that must have this digest.
func (a reportAgain) readListed(name, digest string) ([]byte, error) {
	text, err := a.readText(name)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != digest {
		return nil, a.refuse(name, a.errNotListed())
	}
	return text, nil
}

// readTable has a table read that must have this digest.
func (a reportAgain) readTable(name, digest string, read func(r io.ReaderAt, size int64) error) error {
	f, err := a.open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	source, sum := &source{file: f}, sha256.New()
	size, err := io.Copy(sum, source)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", filepath.Join(a.dir, name), err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return a.refuse(name, a.errNotListed())
	}
	err = read(source, size)
	if failed := source.failure(); failed != nil {
		return fmt.Errorf("cannot read %s: %w", filepath.Join(a.dir, name), failed)
	}
	if err != nil {
		return a.refuse(name, err)
	}
	return nil
}

func listingNamed(files []FileListing, name string) (FileListing, bool) {
	for _, f := range files {
		if f.Path == name {
			return f, true
		}
	}
	return FileListing{}, false
}
