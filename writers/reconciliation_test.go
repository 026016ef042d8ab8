package writers

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// reconcileOn does with a file system what the command reconcile does.
func reconcileOn(t *testing.T, fsys FS, dir, suffix string) (_ *ReconciliationRecord, err error) {
	t.Helper()
	cfg, s := testConfig(), testSettings()
	s.StagingSuffix = suffix
	changes, result := run(cfg, smallPoints())
	result.Exceptions.All[engine.Extract] = [engine.Codes]int64{}
	found := &engine.Reconciliation{Result: result, Terms: engine.Terms{InFlightDays: -1, DateToleranceDays: 3}, Rows: 4,
		Stale: []engine.StaleCount{{From: "N", To: "A", Count: 1}}}
	found.Total.Classes[engine.Stale], found.Total.Classes[engine.Missing] = 1, 1
	found.Total.Classes[engine.Match] = result.Read.MeterPoints.Assessed - 2
	found.Total.Rows = [engine.RowClasses]int64{engine.RowUsed: 2, engine.RowMisrouted: 1, engine.RowUnreadable: 1}
	found.ByFuel = []engine.NamedCounts{{Name: "gas", Counts: found.Total}}
	found.ByRDP = []engine.NamedCounts{{Name: "XOSERVE", Counts: found.Total}}
	differences := &engine.Differences{RDPs: testRDPs, Lines: []engine.Difference{
		{MPxN: 3938424403, RDP: 1, Expected: meterpoint.Active, Held: 1 << meterpoint.NotActive, ExpectedOn: testDay, HeldOn: testDay - 9, Class: engine.Stale, HeldBy: 1},
		{MPxN: 7611112200, RDP: 1, Expected: meterpoint.Installed, ExpectedOn: engine.NoDay, HeldOn: engine.NoDay, Class: engine.Missing},
		{MPxN: 7611112200, RDP: 1, Held: 1 << meterpoint.Active, ExpectedOn: engine.NoDay, HeldOn: 1, Class: lineOf(engine.RowMisrouted), HeldBy: 2},
	}}

	r, err := CreateReconciliation(t.Context(), fsys, dir, cfg, s, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Abort()) }()
	ofExtract := engine.Exception{Table: engine.Extract, File: "held.csv", Row: 3, Column: "mpxn", Code: engine.BadMPxN, Value: "12-34"}
	if err := errors.Join(r.WriteDifferences(differences), r.Write(changes), r.WriteExceptions(append(slices.Clone(testExceptions), ofExtract)),
		r.WriteUnreadable([]engine.UnreadableRow{{MPxN: "12-34", Flag: "A", HeldOn: engine.NoDay}})); err != nil {
		return nil, err
	}
	return r.Commit(t.Context(), found)
}

// reconcileDisk is a disk with the folder to write to.
func reconcileDisk() *disk {
	d := newDisk()
	d.put(map[string]string{workFolder + "/kept.txt": "kept"})
	return d
}

// A reconciliation is whole or absent, whichever operation fails and how: the
// error says why, nothing is left, and the next one succeeds.
func TestReconciliationFaults(t *testing.T) {
	sound := newFaulty(reconcileDisk(), fault{})
	if _, err := reconcileOn(t, sound, outFolder, "test"); err != nil {
		t.Fatal(err)
	}
	for i, at := range sound.names {
		kind, _, _ := strings.Cut(at, " ")
		if slices.Contains([]string{"read", "read-at", "lstat", "open", "close", "close-read"}, kind) && i%6 > 0 {
			continue // many alike, of reading back
		}
		f := faults()[i%len(faults())]
		if f.at = at; !f.fits() {
			f.err, f.extent = syscall.EIO, once
		}
		d := reconcileDisk()
		faulty := newFaulty(d, f)
		_, err := reconcileOn(t, faulty, outFolder, "test")
		switch {
		case len(faulty.failed) == 0 && err == nil: // goroutines took turns in another way
		case err == nil && !faulty.harmless():
			t.Errorf("%s fails with %v, and nobody noticed", at, f.err)
		case err != nil && !errors.Is(f.err, errShort) && !errors.Is(f.err, errCut) && !errors.Is(err, f.err):
			t.Errorf("%s: the error does not say why: %v", at, err)
		}
		s := see(d)
		if published := len(s.out) > 0; published && (err != nil && f.extent == once || !isProven(t, d, outFolder)) {
			t.Errorf("%s fails with %v, and it stands there: %v", at, f.err, err)
		} else if len(s.partial) > 0 && !faulty.cleaningFailed() {
			t.Errorf("%s fails with %v, and something is left", at, f.err)
		} else if !published {
			d.endProcess()
			if _, err := reconcileOn(t, d, outFolder, "next"); err != nil {
				t.Errorf("%s fails, and the next one too: %v", at, err)
			}
		}
	}
}

func isProven(t *testing.T, fsys FS, dir string) bool {
	t.Helper()
	v, err := Verify(t.Context(), fsys, dir, 1)
	return err == nil && len(v.Findings) == 0 && v.Kind == KindReconciliation
}

// Wherever the machine crashes, and whatever of the unsynced survives: nothing
// stands there, or all of it.
func TestReconciliationCrashes(t *testing.T) {
	d := reconcileDisk()
	before := d.rest()
	if _, err := reconcileOn(t, d, outFolder, "test"); err != nil {
		t.Fatal(err)
	}
	want, random := see(d).out, rand.New(rand.NewPCG(1, 23))
	history := interleave(d.history, random)
	whole := 0
	for n := range len(history) + 1 {
		for _, share := range shares {
			switch now := see(before.crash(history[:n], share, random)).out; {
			case maps.Equal(now, want):
				whole++
			case len(now) > 0:
				t.Fatalf("after %d of %d effects, %d%% surviving: %s", n, len(history), share, difference(now, want))
			}
		}
	}
	if whole < len(shares) {
		t.Errorf("it stood there in %d states", whole)
	}
}

// Whatever is changed in the folder is found, digests made good or not.
func TestReconciliationTampered(t *testing.T) {
	record := func(t *testing.T, dir string, change func(*ReconciliationRecord)) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, reconciliationName))
		if err != nil {
			t.Fatal(err)
		}
		r, err := decodeReconciliation(text)
		if err != nil {
			t.Fatal(err)
		}
		change(r)
		if r.ContentDigest, err = r.digest(); err != nil {
			t.Fatal(err)
		}
		if text, err = encodeJSON(r); err == nil {
			err = os.WriteFile(filepath.Join(dir, reconciliationName), text, 0o640)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		path   string
		change func(t *testing.T, dir string)
		sums   bool // SHA256SUMS made good
	}{
		"a class":     {reconciliationName, func(t *testing.T, dir string) { record(t, dir, func(r *ReconciliationRecord) { r.Classes["stale"]++ }) }, true},
		"a row class": {reconciliationName, func(t *testing.T, dir string) { record(t, dir, func(r *ReconciliationRecord) { r.Rows["used"]-- }) }, true},
		"a fuel": {reconciliationName, func(t *testing.T, dir string) {
			record(t, dir, func(r *ReconciliationRecord) { r.ByFuel["gas"].Classes["match"]++ })
		}, true},
		"partial":        {reconciliationName, func(t *testing.T, dir string) { record(t, dir, func(r *ReconciliationRecord) { r.Partial = true }) }, true},
		"a move":         {reconciliationName, func(t *testing.T, dir string) { record(t, dir, func(r *ReconciliationRecord) { r.Stale = nil }) }, true},
		"no corrections": {reconciliationName, func(t *testing.T, dir string) { record(t, dir, func(r *ReconciliationRecord) { r.Corrections = nil }) }, true},
		"others": {reconciliationName, func(t *testing.T, dir string) {
			record(t, dir, func(r *ReconciliationRecord) { r.Corrections.ContentDigest = strings.Repeat("0", 64) })
		}, true},
		"two classes exchanged": {differencesName, func(t *testing.T, dir string) {
			record(t, dir, func(r *ReconciliationRecord) {
				for _, c := range []map[string]int64{r.Classes, r.ByFuel["gas"].Classes, r.ByRDP["XOSERVE"].Classes} {
					c["missing"], c["legacy"] = 0, 1
				}
			})
		}, true},
		"white space": {reconciliationName, func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, reconciliationName), " ") }, true},
		"a byte":      {differencesName, func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, differencesName), "x") }, false},
		"a flow":      {correctionsName + "/SHA256SUMS", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, correctionsName, "SHA256SUMS"), "x") }, true},
		"a file more": {correctionsName + "/x", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, correctionsName, "x"), "x") }, true},
		"a stranger":  {"x", func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "x"), "x") }, true},
		"another report": {reportName, func(t *testing.T, dir string) {
			text := strings.Replace(readText(t, dir, reportName), "4 differences", "3 differences", 1)
			if err := os.WriteFile(filepath.Join(dir, reportName), []byte(text), 0o640); err != nil {
				t.Fatal(err)
			}
		}, true},
		"a script":         {reportName, func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, reportName), "<script>") }, true},
		"no report":        {reportName, func(_ *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, reportName)) }, true},
		"no differences":   {differencesName, func(_ *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, differencesName)) }, true},
		"run.json is none": {reportName, func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, runName), "x") }, true},
		"a class of its own": {reconciliationName, func(t *testing.T, dir string) {
			record(t, dir, func(r *ReconciliationRecord) {
				for _, c := range []map[string]int64{r.Classes, r.ByFuel["gas"].Classes, r.ByRDP["XOSERVE"].Classes} {
					c["fine"], c["match"] = c["match"], 0
				}
			})
		}, true},
		"a move to nowhere": {reconciliationName, func(t *testing.T, dir string) {
			record(t, dir, func(r *ReconciliationRecord) { r.Stale[0].To = "<b>" })
		}, true},
		"gone": {exceptionsName, func(_ *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, exceptionsName)) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if _, err := reconcileOn(t, OS{}, dir, "test"); err != nil {
				t.Fatal(err)
			}
			if !isProven(t, OS{}, dir) {
				t.Fatal("it is not proven as it is")
			}
			c.change(t, dir)
			if c.sums {
				var listed []FileListing
				for _, path := range filesOf(t, dir) {
					if path != sumsName {
						listed = append(listed, listingOf(t, dir, path))
					}
				}
				if err := os.WriteFile(filepath.Join(dir, sumsName), encodeSums(listed), 0o640); err != nil {
					t.Fatal(err)
				}
			}
			wantFinding(t, dir, c.path, "")
		})
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err == nil {
		_, err = fmt.Fprint(f, text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}
