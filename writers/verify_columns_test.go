package writers

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// written are rows as a Parquet file of this package.
func written[T any](t *testing.T, rows ...T) []byte {
	t.Helper()
	var file bytes.Buffer
	w := parquet.NewGenericWriter[T](&file, parquetOptions()...)
	_, err := w.Write(rows)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestMPxNsAreCanonical, and stand in no dictionary.
func TestMPxNsAreCanonical(t *testing.T) {
	read := func(file []byte) ([]meterpoint.MPxN, error) {
		table, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]meterpoint.MPxN, table.NumRows())
		return got, readMPxNs(table.RowGroups()[0].ColumnChunks()[mpxnColumn], got)
	}
	want := []meterpoint.MPxN{7, 3938424403, 9_999_999_999_999}
	got, err := read(written(t, changeRow{MPxN: "7"}, changeRow{MPxN: "3938424403"}, changeRow{MPxN: "9999999999999"}))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "x", "12x", " 12", "012", "-1", "10000000000000"} {
		if got, err := read(written(t, changeRow{MPxN: "7"}, changeRow{MPxN: text})); err == nil || !strings.Contains(err.Error(), "canonical form") {
			t.Errorf("%q reads as %v, %v", text, got, err)
		}
	}
	type word struct {
		MPxN string `parquet:"mpxn,dict"`
	}
	if _, err := read(written(t, word{"1"})); err == nil || !strings.Contains(err.Error(), "dictionary") {
		t.Errorf("got %v", err)
	}
}

// TestExceptionsThatAreNone are tables whose digests may be right.
func TestExceptionsThatAreNone(t *testing.T) {
	row := exceptionRow{Table: engine.MeterPoints.String(), Code: engine.BadMPxN.String()}
	stray := row
	stray.Table = "meters"
	whole := written(t, row, row)
	for _, c := range []struct {
		what    string
		file    []byte
		notUsed int64  // rows of meter points
		says    string // "" for none
	}{
		{"two rows", whole, 2, ""},
		{"a row less", written(t, row), 1, "it has not as many rows of BAD_MPXN"},
		{"a row more", written(t, row, row, row), 2, "it has not as many rows of BAD_MPXN"},
		{"more left out", whole, 3, "it has 2 rows of meter_points"},
		{"another table", written(t, row, stray), 2, "it names a table that is neither"},
		{"another schema", written(t, changeRow{}), 2, "its columns are not those"},
		{"no page of codes", withoutPage(t, whole, "code"), 2, "column code"},
		{"no page of tables", withoutPage(t, whole, "table"), 2, "column table"},
	} {
		m := &Manifest{}
		m.Content.Totals.MeterPoints.NotUsed = c.notUsed
		m.Content.Totals.Exceptions = map[string]int64{engine.BadMPxN.String(): 2}
		v := &verifier{manifest: m}
		err := guard(func() error { return v.readExceptions(bytes.NewReader(c.file), int64(len(c.file))) })
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: got %v", c.what, err)
		}
	}
}

// withoutPage is a file in which the pages of a column begin with nothing that
// is a page.
func withoutPage(t *testing.T, file []byte, column string) []byte {
	t.Helper()
	table, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := table.Schema().Lookup(column)
	at := table.Metadata().RowGroups[0].Columns[leaf.ColumnIndex].MetaData
	damaged := bytes.Clone(file)
	for _, page := range []int64{at.DictionaryPageOffset, at.DataPageOffset} {
		if page > 0 { // 0: the column has no dictionary
			copy(damaged[page:], "\xff\xff\xff\xff")
		}
	}
	return damaged
}

// TestRecordDigest against its plain twin, over more records than its buffer
// holds.
func TestRecordDigest(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 1000} {
		digest := newRecordDigest()
		var plain []byte
		for _, r := range randomRecords(n, 2000) {
			digest.add(r)
			plain = binary.LittleEndian.AppendUint64(plain, uint64(r.MPxN)+uint64(r.Status)*(1<<60))
			plain = binary.LittleEndian.AppendUint32(plain, uint32(r.EffectiveOn))
		}
		sum := sha256.Sum256(plain)
		if got, want := digest.sum(), hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%d records have the digest %s, not %s", n, got, want)
		}
	}
}

// brokenFile cannot be read.
type brokenFile struct{ ReadFile }

func (brokenFile) Read([]byte) (int, error)          { return 0, syscall.EIO }
func (brokenFile) ReadAt([]byte, int64) (int, error) { return 0, syscall.EIO }

// TestSourceTellsWhy: an end that comes too early is the fault of the bytes, any
// other failure one of the file.
func TestSourceTellsWhy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o640); err != nil {
		t.Fatal(err)
	}
	file, err := OS{}.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	sound, four := &source{file: file, size: 4}, make([]byte, 4)
	if n, err := sound.ReadAt(four, 0); n != 4 || err != nil || string(four) != "text" {
		t.Errorf("%q, %v", four[:n], err)
	}
	if n, err := sound.ReadAt(four, 2); n != 2 || !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n, err := sound.ReadAt(four, -1); n != 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes before the start, %v", n, err)
	}
	if err := sound.failure(); err != nil {
		t.Errorf("the file is at fault: %v", err)
	}
	shrunk := &source{file: file, size: 8} // when it was listed
	if n, err := shrunk.ReadAt(four, 2); n != 2 || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(shrunk.failure(), io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes, %v, and the file's fault is %v", n, err, shrunk.failure())
	}
	for _, read := range []func(s *source) (int, error){
		func(s *source) (int, error) { return s.Read(four) },
		func(s *source) (int, error) { return s.ReadAt(four, 0) },
	} {
		broken := &source{file: brokenFile{}}
		if _, err := read(broken); !errors.Is(err, syscall.EIO) || !errors.Is(broken.failure(), syscall.EIO) {
			t.Errorf("%v, and the file's fault is %v", err, broken.failure())
		}
	}
}

// TestListingsThatDisagree: one thing is wrong, and one thing is found. Where
// SHA256SUMS cannot be read, manifest.json lists the files in its place.
func TestListingsThatDisagree(t *testing.T) {
	without := func(line string) func(string) string {
		return func(s string) string { return regexp.MustCompile(`(?m)^.*  `+line+`\n`).ReplaceAllString(s, "") }
	}
	run := func(m *Manifest) int {
		return slices.IndexFunc(m.Files, func(l FileListing) bool { return l.Path == runName })
	}
	relisted := func(edit func(string) string) func(string, *Manifest) error {
		return func(dir string, m *Manifest) error {
			err := editing(runName, edit)(dir)
			m.Files[run(m)] = listingOf(t, dir, runName)
			writeSums(t, dir, m)
			return err
		}
	}
	for _, c := range []struct {
		what string
		harm func(dir string, m *Manifest) error
		want Finding // its problem in part
	}{
		{"a blank line in SHA256SUMS", func(dir string, _ *Manifest) error {
			return editing(sumsName, func(s string) string { return s + "\n" })(dir)
		}, Finding{sumsName, "is no digest, two spaces, path and line end"}},
		{"manifest.json not in SHA256SUMS", func(dir string, _ *Manifest) error {
			return editing(sumsName, without(`manifest\.json`))(dir)
		}, Finding{manifestName, "is not listed in SHA256SUMS"}},
		{"a file gone", func(dir string, _ *Manifest) error { return os.Remove(filepath.Join(dir, runName)) },
			Finding{runName, "is listed in SHA256SUMS and missing"}},
		{"a file gone, and its digest too", func(dir string, _ *Manifest) error {
			return errors.Join(os.Remove(filepath.Join(dir, runName)), editing(sumsName, without(`run\.json`))(dir))
		}, Finding{runName, "is listed in manifest.json and missing"}},
		{"a file longer, and its digest too", relisted(func(s string) string { return s + "\n" }),
			Finding{runName, "is not the file that manifest.json lists"}},
		{"a file changed, and its digest too", relisted(func(s string) string { return strings.Replace(s, "{", "[", 1) }),
			Finding{runName, "list it with different digests"}},
		{"a file gone from everywhere", func(dir string, m *Manifest) error {
			m.Files = slices.Delete(m.Files, run(m), run(m)+1)
			err := os.Remove(filepath.Join(dir, runName))
			reseal(t, dir, m)
			return err
		}, Finding{runName, "every publication has it"}},
	} {
		dir, manifest := publishSmall(t)
		if err := c.harm(dir, manifest); err != nil {
			t.Fatal(err)
		}
		v, err := Verify(t.Context(), OS{}, dir, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Findings) != 1 || v.Findings[0].Path != c.want.Path || !strings.Contains(v.Findings[0].Problem, c.want.Problem) {
			t.Errorf("%s: got %v, want %v", c.what, v.Findings, c.want)
		}
	}
}

// TestListingsThatAreNotRead: that is all that is said of them.
func TestListingsThatAreNotRead(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(path string) error
		want []string
	}{
		{sumsName, os.Remove, []string{"is missing"}},
		{sumsName, func(path string) error { return os.Truncate(path, maxTextBytes+1) }, []string{"is far too large"}},
		{manifestName, os.Remove, []string{"is listed in SHA256SUMS and missing", "is missing"}},
	} {
		dir, _ := publishSmall(t)
		if err := c.harm(filepath.Join(dir, c.name)); err != nil {
			t.Fatal(err)
		}
		v, err := Verify(t.Context(), OS{}, dir, 2)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range v.Findings {
			if f.Path == c.name {
				got = append(got, f.Problem)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("of %s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestTextsThatAreNotRead: what is too large is a finding and nothing more; a
// file that is shorter than when it was listed is none, but cannot be read.
func TestTextsThatAreNotRead(t *testing.T) {
	published, _ := publishSmall(t)
	reconciled, _ := reconcileSmall(t)
	compared := func(v *verifier) error { return errors.Join(v.readManifest(), v.compareReport()) }
	for _, c := range []struct {
		dir, name string
		read      func(v *verifier) error
	}{
		{published, manifestName, (*verifier).readManifest},
		{published, runName, compared},
		{published, reportName, compared},
		{reconciled, reconciliationName, (*verifier).readReconciliation},
	} {
		of := func(size int64) *verifier {
			v := newVerifier(OS{}, c.dir, nil, 1, nil)
			if err := v.listTop(); err != nil {
				t.Fatal(err)
			}
			if size != 0 {
				v.sizes[c.name] = size
			}
			return v
		}
		if v := of(0); c.read(v) != nil || len(v.findings) > 0 {
			t.Errorf("%s: %v", c.name, v.findings)
		}
		if v := of(maxTextBytes + 1); c.read(v) != nil || !slices.Equal(v.findings, Findings{{c.name, "is far too large"}}) {
			t.Errorf("%s, too large: %v", c.name, v.findings)
		}
		if v := of(maxTextBytes); !errors.Is(c.read(v), io.ErrUnexpectedEOF) || len(v.findings) > 0 {
			t.Errorf("%s, shorter than it was: %v", c.name, v.findings)
		}
	}
}
