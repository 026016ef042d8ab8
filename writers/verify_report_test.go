package writers

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"flagfill/engine"
)

// TestReportIsNotMadeAgain where something that it is made of cannot be opened.
func TestReportIsNotMadeAgain(t *testing.T) {
	dir, _ := publishSmall(t)
	for _, name := range []string{reportName, runName, exceptionsName} {
		failing := newFaulty(OS{}, fault{at: "open " + filepath.Join(dir, name) + " #1", err: syscall.EIO})
		v := newVerifier(failing, dir, nil, 1, nil)
		if err := errors.Join(v.listTop(), v.readManifest()); err != nil {
			t.Fatal(err)
		}
		if err := v.compareReport(); !errors.Is(err, syscall.EIO) || len(v.findings) > 0 {
			t.Errorf("%s: %v, found: %v", name, err, v.findings)
		}
	}
}

// TestReportIsNotMadeOf tables that cannot be read, which are found.
func TestReportIsNotMadeOf(t *testing.T) {
	published, _ := publishSmall(t)
	reconciled, _ := reconcileSmall(t)
	for _, c := range []struct{ dir, name, column string }{
		{published, exceptionsName, "code"},
		{reconciled, differencesName, "held"},
	} {
		path := filepath.Join(c.dir, c.name)
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, withoutPage(t, text, c.column), 0o640)
		}
		v := newVerifier(OS{}, c.dir, nil, 1, nil)
		if err := errors.Join(err, v.listTop()); err != nil {
			t.Fatal(err)
		}
		read, run := v.readManifest, []byte(nil)
		if v.isReconciliation() {
			read = v.readReconciliation
		}
		if run, err = os.ReadFile(filepath.Join(c.dir, runName)); errors.Join(err, read()) != nil {
			t.Fatal(err)
		}
		v.differenceRows[engine.Stale] = []int64{0}
		r, err := v.newReport(run)
		if r != nil || err != nil || len(v.findings) != 1 || v.findings[0].Path != c.name {
			t.Errorf("%s: got %v, %v, found: %v", c.name, r, err, v.findings)
		}
	}
}
