package writers

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// reconcileSmall makes a reconciliation with corrections on disk.
func reconcileSmall(t *testing.T) (dir string, r *ReconciliationRecord) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "out")
	r, err := reconcileOn(t, OS{}, dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	return dir, r
}

// TestReconciliationReportReads compares the text of a small report with one
// that was read by a person; -update writes it.
func TestReconciliationReportReads(t *testing.T) {
	dir, _ := reconcileSmall(t)
	compareReading(t, dir, "testdata/reconciliation_report.txt", "reconciliationForm")
	if corrections := readText(t, dir, correctionsName+"/"+reportName); !strings.Contains(corrections, reportForm) {
		t.Error("the corrections have no report of their own")
	}
}

// reconciliationOfGreatBritain is made up: every class and every move, at every
// RDP, files without end.
func reconciliationOfGreatBritain(t testing.TB) (*ReconciliationRecord, []byte, differenceSamples) {
	t.Helper()
	cfg := testConfig()
	found := &engine.Reconciliation{Result: &engine.Result{}, Terms: engine.Terms{RDP: "EELC", InFlightDays: 3, DateToleranceDays: 5}}
	rdps := []string{engine.None, "XOSERVE"}
	for _, mpid := range cfg.Registrar.Distributors {
		if mpid != "" {
			rdps = append(rdps, mpid)
		}
	}
	for i, rdp := range rdps {
		n := engine.NamedCounts{Name: rdp}
		for class := range n.Counts.Classes {
			n.Counts.Classes[class] = int64(1000*(i+1) + class)
			found.Total.Classes[class] += n.Counts.Classes[class]
		}
		for class := range n.Counts.Rows {
			n.Counts.Rows[class] = int64(2000*(i+1) + class)
			found.Total.Rows[class] += n.Counts.Rows[class]
		}
		found.ByRDP = append(found.ByRDP, n)
	}
	found.ByFuel = []engine.NamedCounts{{Name: "electricity", Counts: found.Total}}
	for class := range engine.Class(engine.Classes) {
		found.Result.Read.MeterPoints.Assessed += found.Total.Classes[class]
	}
	for _, n := range found.Total.Rows {
		found.Rows += n
	}
	left := found.Total.Classes[engine.Stale]
	for _, move := range []string{"AI", "AN", "IA", "IN", "NA", "NI"} {
		found.Stale = append(found.Stale, engine.StaleCount{From: move[:1], To: move[1:], Count: 100})
		left -= 100
	}
	found.Stale[0].Count += left
	for code := range engine.Code(engine.Codes) {
		found.Result.Exceptions.All[engine.MeterPoints][code] = 1_000_000
	}
	r := recordOf(&cfg, found)
	r.DifferencesFile = ChangesFacts{Path: differencesName, Rows: r.Differences, Bytes: 1 << 30, SHA256: strings.Repeat("0", 64)}
	r.Corrections = &CorrectionsFacts{correctionsName, strings.Repeat("1", 64), engine.Reportable{Total: 9_000_000, Emitted: 8_000_000, Withheld: 1_000_000}}
	if problems := r.check(); len(problems) > 0 {
		t.Fatal(problems)
	}
	var facts reconcileRunRecord
	for _, table := range []string{"devices", "meter_points", "extract"} {
		in := InputTable{Table: table}
		for i := range 2000 {
			in.Files = append(in.Files, InputFile{fmt.Sprintf("%s%s-%d.parquet", strings.Repeat("a-long-folder/", 10), table, i), "parquet", 60000, 1 << 22, "", strings.Repeat("0", 64)})
		}
		facts.Inputs = append(facts.Inputs, in)
	}
	run, err := encodeJSON(facts)
	if err != nil {
		t.Fatal(err)
	}
	var s differenceSamples
	for class := range engine.Class(engine.LineClasses) {
		for range linesOfClass {
			s[class] = append(s[class], differenceLine{"1200023305967", "LOND", "A", "I,N", "2026-11-21", "2020-01-02", "EELC"})
		}
	}
	return r, run, s
}

func reconciliationPage(t testing.TB, record *ReconciliationRecord, run []byte, s differenceSamples, reveal bool) string {
	t.Helper()
	r, err := newReconciliationReport(record, run, s)
	if err != nil {
		t.Fatal(err)
	}
	r.reveal = reveal
	text, err := r.html()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReconciliationReportHasTheNumbers of reconciliation.json, each in its
// place, and stays small however much there is.
func TestReconciliationReportHasTheNumbers(t *testing.T) {
	r, run, s := reconciliationOfGreatBritain(t)
	text := reconciliationPage(t, r, run, s, false)
	if t.Logf("%d bytes", len(text)); len(text) > 500_000 {
		t.Errorf("%d bytes", len(text))
	}
	if !strings.Contains(text, "The first 100 of 2,000; run.json lists them all.") {
		t.Error("the report lists every file, or does not say that it does not")
	}
	got := readPage(t, text).tables
	for class := range engine.Class(engine.LineClasses) {
		name, caption, differs := engine.LineClass(class), "Meter points by class", "no"
		if class >= engine.Classes {
			caption = "Extract rows by class"
		}
		if n := engine.Grouped(r.countOf(class)); engine.IsLineDifference(class) {
			differs = "yes"
			wantRow(t, got["Differences and what becomes of them"], fmt.Sprintf("%s | %s | %s", name, n, remedies[class]))
			if len(got[name]) != 1+linesOfClass {
				t.Errorf("%d lines of %s", len(got[name])-1, name)
			}
		} else if got[name] != nil {
			t.Errorf("%s is no difference, and has lines", name)
		}
		n := engine.Grouped(r.countOf(class))
		wantRow(t, got[caption], fmt.Sprintf("%s | %s | %s | 0 | %s | %s", name, classMeanings[class], differs, n, n))
		if classMeanings[class] == "" {
			t.Errorf("%s has no meaning", name)
		}
	}
	for name, share := range r.ByRDP {
		points, rows := differencesOf(share)
		cells := []string{strings.Replace(name, engine.None, "none known", 1) + " |"}
		for _, n := range []int64{points, rows, share.Classes["match"], sumOf(share.Classes), sumOf(share.Rows)} {
			cells = append(cells, engine.Grouped(n))
		}
		wantRow(t, got["Differences by RDP"], strings.Join(cells, " | "))
		wantRow(t, got["Differences of each RDP by class"], fmt.Sprintf("%s | stale | %s", strings.TrimSuffix(cells[0], " |"), engine.Grouped(share.Classes["stale"])))
	}
	wantRow(t, got["Stale meter points"], fmt.Sprintf("A | · | %s | 100 |", engine.Grouped(r.Stale[0].Count)))
	wantRow(t, got["Stale meter points"], "all | 200 |")
	wantRow(t, got["Control totals of the corrections"], "emitted | 8,000,000 |")
}

// TestReconciliationReportOfNothing says so.
func TestReconciliationReportOfNothing(t *testing.T) {
	cfg := testConfig()
	found := &engine.Reconciliation{Result: &engine.Result{}, Terms: engine.Terms{InFlightDays: -1, DateToleranceDays: -1}}
	text := readPage(t, reconciliationPage(t, recordOf(&cfg, found), []byte("{}"), differenceSamples{}, false)).outline
	for _, want := range []string{"No difference\n", "No cautions.", "Nothing differs.", "No flag is stale.", "There is no RDP.", "There is nothing to put right.", "No corrections were made"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

// TestReconciliationReportMasks what may identify a home, unless it is told to
// reveal it.
func TestReconciliationReportMasks(t *testing.T) {
	dir, _ := reconcileSmall(t)
	for reveal, want := range map[bool][]string{
		false: {"•••••••403", "•••••••200", "Numbers that may be MPxNs are masked"},
		true:  {"3938424403", "7611112200", "12-34", "personal data"},
	} {
		report, err := MakeReport(OS{}, dir, reveal)
		if err != nil {
			t.Fatal(err)
		}
		text := string(report.html)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("revealing %v, the report does not show %q", reveal, w)
			}
		}
		for _, number := range []string{"3938424403", "7611112200"} {
			if !reveal && strings.Contains(text, number) {
				t.Errorf("the report shows %s", number)
			}
		}
	}
}

// TestReconciliationReportAgain: the report that was written is put back, and no
// other; what is not as it was written is refused.
func TestReconciliationReportAgain(t *testing.T) {
	dir, _ := reconcileSmall(t)
	path, honest := filepath.Join(dir, reportName), readText(t, dir, reportName)
	for _, damage := range []func(string) error{func(string) error { return nil }, os.Remove, cutShort} {
		if err := damage(path); err != nil {
			t.Fatal(err)
		}
		if _, err := remade(t, dir).Restore(t.Context(), "test"); err != nil || readText(t, dir, reportName) != honest {
			t.Errorf("it was not put back: %v", err)
		}
		wantEntries(t, filepath.Dir(dir), "out")
	}
	sums := readText(t, dir, sumsName)
	other := listingOf(t, dir, runName).SHA256
	if err := os.WriteFile(filepath.Join(dir, sumsName), []byte(strings.Replace(sums, listingOf(t, dir, reportName).SHA256, other, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := remade(t, dir).Restore(t.Context(), "test")
	wantRefusal(t, err, engine.RefusedUsage, "SHA256SUMS lists another one")
	for _, name := range []string{reconciliationName, runName, differencesName} {
		dir, _ := reconcileSmall(t)
		if err := cutShort(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, err := MakeReport(OS{}, dir, false)
		wantRefusal(t, err, engine.RefusedInput, name+": it is not the file that SHA256SUMS lists")
		if err := os.Remove(filepath.Join(dir, sumsName)); err != nil {
			t.Fatal(err)
		}
		_, err = MakeReport(OS{}, dir, false)
		wantRefusal(t, err, engine.RefusedInput, "holds no SHA256SUMS")
	}
}

// TestDifferenceSamplesReadBack: a report is made of the first lines of each
// class, whether they were just written or are read again.
func TestDifferenceSamplesReadBack(t *testing.T) {
	var file bytes.Buffer
	e := newDifferencesEncoder(newStagedFile(differencesName, nopFile{&file}))
	for block := range 30 { // the rows at the end are too far to be read up to
		var lines []engine.Difference
		for i := range 2000 {
			class := engine.Match // which has no lines in truth, and is many here
			if i%900 == 7 {
				class = engine.Stale
			}
			lines = append(lines, engine.Difference{MPxN: meterpoint.MPxN(1_000_000 + block*2000 + i), RDP: 1, Expected: meterpoint.Active,
				Held: 1<<meterpoint.NotActive | 1<<meterpoint.Installed, ExpectedOn: int32(i), HeldOn: engine.NoDay, Class: class, HeldBy: 2})
		}
		b := &differencesBlock{}
		b.take(lines, testRDPs)
		if err := e.write(b); err != nil {
			t.Fatal(err)
		}
	}
	unreadable := &differencesBlock{texts: slices.Repeat([]engine.UnreadableRow{{MPxN: "12-34\xff", Flag: "Q", HeldOn: 3}}, 9)}
	if err := e.write(unreadable); err != nil {
		t.Fatal(err)
	}
	if err := e.close(); err != nil {
		t.Fatal(err)
	}
	read, err := readDifferenceSamples(bytes.NewReader(file.Bytes()), int64(file.Len()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e.samples, read, cmp.AllowUnexported(differenceLine{})); diff != "" {
		t.Errorf("written and read (-written +read): %s", diff)
	}
	stale := read[engine.Stale]
	want := differenceLine{"1000007", testRDPs[1], "A", "I,N", "1970-01-08", "", testRDPs[2]}
	if len(stale) != linesOfClass || stale[0] != want || len(read[lineOf(engine.RowUnreadable)]) != linesOfClass {
		t.Errorf("read %+v", read)
	}
}

// FuzzReconciliationReport: whatever names and words hold, the page has the same
// elements, and the text can be read back.
func FuzzReconciliationReport(f *testing.F) {
	for _, hostile := range hostileWords {
		f.Add(hostile)
	}
	sound, _, _ := reconciliationOfGreatBritain(f)
	report := func(t testing.TB, word string) shownPage {
		honest := *sound
		r := &honest
		r.Fuel, r.RDP, r.ContentDigest, r.DifferencesFile.SHA256 = word, word, word, word
		r.ByRDP = map[string]ReconciliationShare{word: {r.Classes, r.Rows}}
		r.Rules = maps.Clone(r.Rules)
		for name := range r.Rules {
			r.Rules[name] = word
		}
		r.Corrections = &CorrectionsFacts{word, word, engine.Reportable{}}
		run, err := encodeJSON(reconcileRunRecord{runRecord{Version: word, Commit: word, Go: word, Host: word, Config: word,
			Stages: []runStage{{word, 1}}, Work: []runCrew{{word, 2, []runStage{{word, 1}}}}},
			[]string{word}, SnapshotFacts{}, []InputTable{{word, []InputFile{{word, word, 1, 1, word, word}}, 1, 1, word}}})
		if err != nil {
			t.Fatal(err)
		}
		var s differenceSamples
		for class := range s {
			s[class] = []differenceLine{{word, word, word, word, "2026-11-21", "", word}}
		}
		return readPage(t, reconciliationPage(t, r, run, s, false))
	}
	plain := report(f, "x")
	f.Fuzz(func(t *testing.T, hostile string) {
		got := report(t, "x"+hostile)
		if diff := cmp.Diff(plain.skeleton, got.skeleton); diff != "" {
			t.Errorf("%q changes the page: %s", hostile, diff)
		}
	})
}
