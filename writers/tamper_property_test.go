package writers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/assurance/property"
)

const tamperingsOfASeed = 100

// TestPropertyTampering changes publications in every way that can be told from
// their bytes. Each change must be found by a finding that names the file and
// fits the change. What cannot be told stands in docs/formats/publication.md.
func TestPropertyTampering(t *testing.T) {
	property.Property{Goal: "R8", Name: "each tampering found and named", Unit: "tampered publications", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			whole := newBase(t, seed)
			for i := range tamperingsOfASeed {
				f := newForger(t, seed, i, whole)
				kind, want := f.tamper(seed*tamperingsOfASeed + i)
				f.wantFound(kind, want)
				if t.Failed() {
					t.Fatalf("publication %q, tampering %d: %s", whole.name, i, kind)
				}
				cases++
			}
			return cases
		})
}

// TestPropertyNumbers changes each number of a manifest's content in turn, in
// every kind of publication.
func TestPropertyNumbers(t *testing.T) {
	property.Property{Goal: "R8", Name: "each number of a manifest's content proven", Unit: "numbers changed", Seeds: len(baseKinds)}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			f := newForger(t, seed, 0, newBase(t, seed))
			for _, l := range f.leaves(f.base.manifest) {
				if !isNumber(l) {
					continue
				}
				f.restore()
				n, err := strconv.ParseInt(l.text, 10, 64)
				f.check(err)
				if want := f.inLeaf(f.base.manifest, l, strconv.FormatInt(n+1, 10)); want != nil {
					f.wantFound(l.place, want)
					cases++
				}
			}
			return cases
		})
}

// TestTamperingKinds sees to it that every kind of tampering is possible in
// some publication: one that never applies would prove nothing.
func TestTamperingKinds(t *testing.T) {
	left := map[string]bool{}
	for _, k := range tamperings {
		if left[k.kind] {
			t.Errorf("two kinds are called %q", k.kind)
		}
		left[k.kind] = true
	}
	for seed := 0; seed < len(baseKinds) && len(left) > 0; seed++ {
		whole := newBase(t, seed)
		for i, k := range tamperings {
			for attempt := 0; attempt < 3 && left[k.kind]; attempt++ {
				f := newForger(t, attempt, i, whole)
				f.restore()
				if want := k.apply(f); want != nil {
					delete(left, k.kind)
				}
			}
		}
	}
	for kind := range left {
		t.Errorf("%q is possible in no publication", kind)
	}
}

// TestTamperingMisses takes the finding away from a tampering: the property
// must then fail. An honest copy stands in for a verifier that sees nothing.
func TestTamperingMisses(t *testing.T) {
	f := newForger(t, 0, 0, newBase(t, 0))
	f.restore()
	if missed := f.missed(found(manifestName, "held meter points")); missed == "" {
		t.Error("an unchanged publication passes for a tampered one")
	}
	f.m.Content.Totals.MeterPoints.Held++
	f.seal()
	if missed := f.missed(found(manifestName, "held meter points")); missed != "" {
		t.Error(missed)
	}
	if f.missed(found(changesName, "held meter points")) == "" || f.missed(found(manifestName, "left meter points")) == "" {
		t.Error("any finding at all passes for the one that is due")
	}
}

// tampering is one way to change a publication. apply changes it, and gives the
// finding that is due, or nil where the publication does not lend itself.
type tampering struct {
	kind  string
	apply func(f *forger) *due
}

// due is what a finding must be: of one of the paths, with a problem that
// matches.
type due struct {
	paths   []string
	problem string // a regular expression
}

func found(path, problem string) *due { return &due{[]string{path}, problem} }

func (d *due) or(path string) *due {
	d.paths = append(d.paths, path)
	return d
}

var tamperings = slices.Concat(plainTamperings, flowForgeries, changesForgeries, jointForgeries, manifestForgeries, listingForgeries)

// forger changes a copy of a publication.
type forger struct {
	t    *testing.T
	rng  *rand.Rand
	base *base
	dir  string
	m    *Manifest  // the copy's, to be changed
	key  *PublicKey // that verify demands; nil: none
}

// newForger works beside the publication it copies, on numbers of its own.
func newForger(t *testing.T, seed, number int, whole *base) *forger {
	return &forger{t: t, rng: rand.New(rand.NewPCG(uint64(seed), uint64(number))), base: whole, dir: whole.dir + "-copy"}
}

// restore makes the copy what was published.
func (f *forger) restore() {
	f.check(os.RemoveAll(f.dir))
	f.check(os.CopyFS(f.dir, os.DirFS(f.base.dir)))
	var err error
	f.m, err = DecodeManifest(f.base.manifest)
	f.check(err)
}

// tamper applies the first kind from the given number on that applies.
func (f *forger) tamper(number int) (kind string, want *due) {
	for i := range tamperings {
		k := tamperings[(number+i)%len(tamperings)]
		f.restore()
		if want := k.apply(f); want != nil {
			return k.kind, want
		}
	}
	f.t.Fatal("no tampering applies")
	return "", nil
}

func (f *forger) wantFound(kind string, want *due) {
	f.t.Helper()
	if missed := f.missed(want); missed != "" {
		f.t.Errorf("%s: %s", kind, missed)
	}
}

// missed says which finding is not there; "" where it is.
func (f *forger) missed(want *due) string {
	f.t.Helper()
	got, err := VerifySigned(f.t.Context(), OS{}, f.dir, f.key, 2)
	f.check(err)
	pattern := regexp.MustCompile(want.problem)
	for _, finding := range got.Findings {
		if slices.Contains(want.paths, finding.Path) && pattern.MatchString(finding.Problem) {
			return ""
		}
	}
	return fmt.Sprintf("nothing like %q of %v was found, only: %v", want.problem, want.paths, got.Findings)
}

func (f *forger) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *forger) path(name string) string { return filepath.Join(f.dir, name) }

func (f *forger) read(name string) []byte {
	f.t.Helper()
	text, err := os.ReadFile(f.path(name))
	f.check(err)
	return text
}

func (f *forger) write(name string, text []byte) {
	f.t.Helper()
	f.check(os.MkdirAll(filepath.Dir(f.path(name)), 0o750))
	f.check(os.WriteFile(f.path(name), text, 0o640))
}

func (f *forger) below(n int) int { return f.rng.IntN(n) }

// anyOf gives one of a list; false where it is empty.
func anyOf[T any](f *forger, list []T) (one T, ok bool) {
	if len(list) == 0 {
		return one, false
	}
	return list[f.below(len(list))], true
}

// seal recomputes every digest, as a thief would who has the program.
func (f *forger) seal() {
	f.t.Helper()
	reseal(f.t, f.dir, f.m)
}

// sealAsStated is seal, and leaves sizes and digests in the manifest as they
// are: it is the manifest that was forged.
func (f *forger) sealAsStated() {
	f.t.Helper()
	var err error
	f.m.ContentDigest, err = f.m.Content.Digest()
	f.check(err)
	text, err := f.m.Encode()
	f.check(err)
	f.sealText(text)
}

// sealText puts a text in place of manifest.json, and lists what stands there.
func (f *forger) sealText(manifest []byte) {
	f.t.Helper()
	f.write(manifestName, manifest)
	var listings []FileListing
	for _, name := range f.files() {
		if name != sumsName && name != signatureName {
			listings = append(listings, listingOf(f.t, f.dir, name))
		}
	}
	f.write(sumsName, encodeSums(listings))
}

func (f *forger) files() []string { return filesOf(f.t, f.dir) }

// changeRows rewrites changes.parquet.
func (f *forger) changeRows(change func(rows []changeRow) []changeRow) {
	f.t.Helper()
	rewriteRows(f, changesName, change)
}

func (f *forger) rows() []changeRow {
	f.t.Helper()
	rows, err := parquet.ReadFile[changeRow](f.path(changesName))
	f.check(err)
	return rows
}

func rewriteRows[Row any](f *forger, name string, change func(rows []Row) []Row) {
	f.t.Helper()
	rows, err := parquet.ReadFile[Row](f.path(name))
	f.check(err)
	rewriteAs(f, name, change(rows))
}

// rewriteAs writes a Parquet file by the schema of its rows.
func rewriteAs[Row any](f *forger, name string, rows []Row) {
	f.t.Helper()
	var file bytes.Buffer
	writer := parquet.NewGenericWriter[Row](&file, parquetOptions()...)
	_, err := writer.Write(rows)
	f.check(err)
	f.check(writer.Close())
	f.write(name, file.Bytes())
}
