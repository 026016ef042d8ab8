package writers

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/engine"
)

// forge replaces a file of a publication, and every digest that speaks of it.
func forge(t *testing.T, dir string, m *Manifest, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(m.Files, func(f FileListing) bool { return f.Path == name })
	m.Files[at] = listingOf(t, dir, name)
	encoded, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	writeSums(t, dir, m)
}

// TestVerifyMakesTheReportAgain, and finds one that tells another story, though
// every digest is right. A report of another form is not its to judge.
func TestVerifyMakesTheReportAgain(t *testing.T) {
	dir, m := publishSmall(t)
	honest := readText(t, dir, reportName)
	for _, c := range []struct{ what, text, finding string }{
		{"another number", strings.Replace(honest, "8 change their status", "7 change their status", 1), "is not what manifest.json, run.json and exceptions.parquet give"},
		{"a script", honest + "<script>", "is not what"},
		{"another form", strings.Replace(honest, reportForm, "flagfill.report/0", 1), ""},
		{"the run's", honest, ""},
	} {
		forge(t, dir, m, reportName, c.text)
		v, err := Verify(t.Context(), OS{}, dir, 1)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case c.finding == "" && len(v.Findings) > 0:
			t.Errorf("%s: %v", c.what, v.Findings)
		case c.finding != "" && (len(v.Findings) != 1 || v.Findings[0].Path != reportName || !strings.Contains(v.Findings[0].Problem, c.finding)):
			t.Errorf("%s: found %v", c.what, v.Findings)
		}
	}
}

// remade is the report of a folder as it would be written now.
func remade(t *testing.T, dir string) *Report {
	t.Helper()
	r, err := MakeReport(OS{}, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReportAgain: the run's report is put back, and no other; elsewhere any is
// written.
func TestReportAgain(t *testing.T) {
	dir, m := publishSmall(t)
	path, honest := filepath.Join(dir, reportName), readText(t, dir, reportName)
	restore := func(want bool) {
		t.Helper()
		if stood, err := remade(t, dir).Restore(t.Context(), "test"); err != nil || stood != want {
			t.Errorf("it stood there: %v, %v", stood, err)
		}
		if got := readText(t, dir, reportName); got != honest {
			t.Error("another report stands there")
		}
		wantEntries(t, filepath.Dir(dir), "out")
	}
	restore(true)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	restore(false)
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	restore(false)

	other := strings.Replace(honest, reportForm, "flagfill.report/0", 1)
	forge(t, dir, m, reportName, other)
	_, err := remade(t, dir).Restore(t.Context(), "test")
	wantRefusal(t, err, engine.RefusedUsage, "SHA256SUMS lists another one")
	if got := readText(t, dir, reportName); got != other {
		t.Error("the report was replaced")
	}
	elsewhere := filepath.Join(t.TempDir(), "r.html")
	for range 2 {
		if err := remade(t, dir).Write(t.Context(), elsewhere, "test"); err != nil {
			t.Fatal(err)
		}
		if got := readText(t, filepath.Dir(elsewhere), "r.html"); got != honest {
			t.Error("another report is written")
		}
	}
	wantEntries(t, filepath.Dir(elsewhere), "r.html")
	wantRefusal(t, remade(t, dir).Write(t.Context(), dir, "test"), engine.RefusedUsage, "is not a file")
}

// TestReportAgainRefuses what is no publication, or not the one that the
// manifest speaks of.
func TestReportAgainRefuses(t *testing.T) {
	for _, c := range []struct {
		name, says string
		change     func(path string) error
	}{
		{manifestName, "holds no manifest.json", os.Remove},
		{runName, "holds no run.json", os.Remove},
		{exceptionsName, "holds no exceptions.parquet", os.Remove},
		{manifestName, "manifest.json: it cannot be read", cutShort},
		{runName, "run.json: it is not the file that manifest.json lists", cutShort},
		{exceptionsName, "exceptions.parquet: it is not the file that manifest.json lists", cutShort},
	} {
		dir, _ := publishSmall(t)
		if err := c.change(filepath.Join(dir, c.name)); err != nil {
			t.Fatal(err)
		}
		_, err := MakeReport(OS{}, dir, false)
		wantRefusal(t, err, engine.RefusedInput, c.says)
	}
	dir, m := publishSmall(t)
	forge(t, dir, m, exceptionsName, "no Parquet")
	_, err := MakeReport(OS{}, dir, false)
	wantRefusal(t, err, engine.RefusedInput, "not a readable Parquet file")
	dir, m = publishSmall(t)
	forge(t, dir, m, runName, "{")
	_, err = MakeReport(OS{}, dir, false)
	wantRefusal(t, err, engine.RefusedInput, "run.json cannot be read")
}

func cutShort(path string) error { return os.Truncate(path, 40) }

// TestSamplesReadBack: a report is made of the first rows of each code, whether
// they were just written or are read again.
func TestSamplesReadBack(t *testing.T) {
	var file bytes.Buffer
	encoder := newExceptionsEncoder(&file)
	// One code stands in many rows, the other in one; names are not UTF-8.
	var exceptions []engine.Exception
	for i := range int64(30_000) {
		exceptions = append(exceptions, engine.Exception{Table: engine.MeterPoints, File: "f\xff.csv", Row: i, Column: "mpxn", Code: engine.BadMPxN, Value: "12AB"})
	}
	exceptions = append(exceptions, engine.Exception{Table: engine.MeterPoints, File: "g.csv", Row: 1, Column: "mpxn", Code: engine.BadCheckDigit, Value: "\xff"})
	if err := errors.Join(encoder.write(exceptions), encoder.close()); err != nil {
		t.Fatal(err)
	}
	read, err := readSamples(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(read["BAD_MPXN"]) != samplesOfCode || len(read["BAD_CHECK_DIGIT"]) != 1 {
		t.Errorf("read %d and %d rows", len(read["BAD_MPXN"]), len(read["BAD_CHECK_DIGIT"]))
	}
	if diff := cmp.Diff(encoder.samples, read); diff != "" {
		t.Errorf("written and read (-written +read): %s", diff)
	}
}
