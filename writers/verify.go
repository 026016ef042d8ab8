package writers

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"flagfill/engine"
)

// Verification is what Verify found of a publication.
type Verification struct {
	Dir           string   `json:"dir"`
	Kind          string   `json:"kind"` // KindPublication or KindReconciliation
	Files         int      `json:"files"`
	Bytes         int64    `json:"bytes"`
	Records       int64    `json:"records"` // in flow files
	ContentDigest string   `json:"content_digest"`
	Signature     string   `json:"signature"`                // Unsigned, SignatureIgnored, SignatureValid or SignatureInvalid
	SignedComment string   `json:"signed_comment,omitempty"` // of a valid signature
	Findings      Findings `json:"findings"`                 // none: the publication is proven
}

// What a folder is the proof of.
const (
	KindPublication    = "publication"
	KindReconciliation = "reconciliation"
)

// Finding is one thing that is wrong, in plain words on one line, without any
// MPxN.
type Finding struct {
	Path    string `json:"path"` // within the publication
	Problem string `json:"problem"`
}

// Findings are sorted by path. As an error they name the first few.
type Findings []Finding

func (f Findings) Error() string {
	const most = 10
	var lines []string
	for _, finding := range f[:min(len(f), most)] {
		lines = append(lines, engine.ShownPath(finding.Path)+": "+finding.Problem)
	}
	if len(f) > most {
		lines = append(lines, fmt.Sprintf("and %d more", len(f)-most))
	}
	return strings.Join(lines, "; ")
}

// Verify proves a publication from its bytes alone: that exactly the files of
// SHA256SUMS stand there, unchanged; that the manifest adds up; that every flow
// file reads back by its layout; and that flow files, changes.parquet,
// exceptions.parquet and the facts tell the same story. What is wrong is a
// finding. The folder of a reconciliation is proven likewise, with its
// corrections. A dir that is missing or no publication at all is an
// *engine.Refusal of kind RefusedInput; what cannot be read is an error.
func Verify(ctx context.Context, fsys FS, dir string, workers int) (*Verification, error) {
	return VerifySigned(ctx, fsys, dir, nil, workers)
}

// VerifySigned is Verify, and demands a signature of SHA256SUMS by the key,
// which proves who published besides what. A nil key demands none.
func VerifySigned(ctx context.Context, fsys FS, dir string, key *PublicKey, workers int) (*Verification, error) {
	return newVerifier(fsys, dir, key, workers, nil).verify(ctx)
}

func newVerifier(fsys FS, dir string, key *PublicKey, workers int, clock func() time.Time) *verifier {
	return &verifier{fs: fsys, dir: dir, key: key, workers: workers, clock: clock, sizes: map[string]int64{}, sums: map[string]string{}}
}

func (v *verifier) verify(ctx context.Context) (*Verification, error) {
	if err := v.listTop(); err != nil {
		return nil, err
	}
	if err := v.readSums(); err != nil {
		return nil, err
	}
	if err := v.readSignature(); err != nil {
		return nil, err
	}
	if v.isReconciliation() {
		return v.verifyReconciliation(ctx)
	}
	if err := guard(v.readManifest); err != nil { // it holds layouts, and those a decoder
		return nil, err
	}
	v.compareListings()
	if err := parallel(ctx, v.workers, v.jobs(ctx)); err != nil {
		return nil, err
	}
	v.compareFlows()
	if err := guard(v.compareReport); err != nil {
		return nil, err
	}
	return v.result(), nil
}

// verifier gathers findings. Its jobs run in parallel: they share findings,
// under the mutex, and each writes its own part of the rest.
type verifier struct {
	fs  FS
	dir string
	key *PublicKey // nil where no signature is demanded

	workers int
	clock   func() time.Time // nil: nobody asks for busy

	sizes        map[string]int64  // of the regular files that stand there
	sums         map[string]string // SHA-256 by path, as SHA256SUMS says
	sumsText     []byte            // nil where missing
	sumsUnusable bool
	manifest     *Manifest // nil where it cannot be trusted
	layouts      [2]*Layout
	record       *ReconciliationRecord // nil where it cannot be trusted, and of a publication
	corrected    int64                 // flow records of its corrections

	differenceRows differenceRows // of its samples

	flowDigests []string // of each shard's records, from the flow file; "" where unreadable
	rowDigests  []string // the same from changes.parquet

	signature, trustedComment string

	mu       sync.Mutex
	findings Findings
	busy     time.Duration // of the jobs, added up
}

// timed adds what a job takes to busy.
func (v *verifier) timed(job func() error) error {
	watch := engine.NewStopwatch(v.clock, 1)
	watch.Start()
	defer func() {
		watch.Lap(0)
		v.mu.Lock()
		defer v.mu.Unlock()
		v.busy += watch.Spent(0)
	}()
	return job()
}

// share runs the parts of a timed job on all workers. The job itself waits.
func (v *verifier) share(ctx context.Context, parts []func() error) error {
	for i, part := range parts {
		parts[i] = func() error { return v.timed(part) }
	}
	waited := engine.NewStopwatch(v.clock, 1)
	waited.Start()
	err := parallel(ctx, v.workers, parts)
	waited.Lap(0)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.busy -= waited.Spent(0)
	return err
}

func (v *verifier) find(path, format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.findings = append(v.findings, Finding{path, engine.OneLine(fmt.Sprintf(format, args...))})
}

func (v *verifier) locate(path string) string { return filepath.Join(v.dir, filepath.FromSlash(path)) }

func (v *verifier) result() *Verification {
	slices.SortFunc(v.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Problem, b.Problem))
	})
	r := &Verification{Dir: v.dir, Kind: KindPublication, Files: len(v.sizes), Signature: v.signature, SignedComment: v.trustedComment,
		Findings: append(Findings{}, slices.Compact(v.findings)...)}
	for _, size := range v.sizes {
		r.Bytes += size
	}
	if v.record != nil {
		r.Kind, r.ContentDigest, r.Records = KindReconciliation, v.record.ContentDigest, v.corrected
	}
	if v.manifest != nil {
		r.ContentDigest = v.manifest.ContentDigest
		for _, s := range v.manifest.Content.Shards {
			r.Records += s.Records
		}
	}
	return r
}
