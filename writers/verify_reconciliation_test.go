package writers

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"flagfill/engine"
)

// TestReconciliationIsProven, and with it the records of its corrections; a file
// that is gone is found once.
func TestReconciliationIsProven(t *testing.T) {
	dir, _ := reconcileSmall(t)
	whole, err := Verify(t.Context(), OS{}, dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	corrections, err := Verify(t.Context(), OS{}, filepath.Join(dir, correctionsName), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Findings) > 0 || whole.Records == 0 || whole.Records != corrections.Records {
		t.Errorf("%d records, %d in its corrections, found: %v", whole.Records, corrections.Records, whole.Findings)
	}
	if err := os.Remove(filepath.Join(dir, exceptionsName)); err != nil {
		t.Fatal(err)
	}
	without, err := Verify(t.Context(), OS{}, dir, 1)
	if want := (Findings{{exceptionsName, "is listed in SHA256SUMS and missing"}}); err != nil || !slices.Equal(without.Findings, want) {
		t.Errorf("%v, %v", without.Findings, err)
	}
}

// TestCorrectionsThatAreGone are found where they are stated.
func TestCorrectionsThatAreGone(t *testing.T) {
	dir, _ := reconcileSmall(t)
	v := newVerifier(OS{}, dir, nil, 1, nil)
	if err := errors.Join(v.listTop(), v.readReconciliation()); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(v.sizes, func(name string, _ int64) bool { return strings.HasPrefix(name, correctionsName+"/") })
	err := v.verifyCorrections(t.Context())
	if want := (Findings{{reconciliationName, "it states corrections: true, and there are some: false"}}); err != nil || !slices.Equal(v.findings, want) {
		t.Errorf("%v, %v", v.findings, err)
	}
}

// TestCorrectionsThatCannotBegin: then nothing does.
func TestCorrectionsThatCannotBegin(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	s := testSettings()
	s.Flows.MaxRecords = -1
	_, err := CreateReconciliation(t.Context(), OS{}, dir, testConfig(), s, true)
	wantRefusal(t, err, engine.RefusedUsage)
	failing := newFaulty(OS{}, fault{at: "mkdir " + filepath.Join(parent, ".out.partial-test", correctionsName) + " #1", err: syscall.ENOSPC})
	if _, err := CreateReconciliation(t.Context(), failing, dir, testConfig(), testSettings(), true); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	wantEntries(t, parent)
}
