package writers

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
)

// isReconciliation tells the folder of a reconciliation from a publication.
func (v *verifier) isReconciliation() bool {
	_, reconciled := v.sizes[reconciliationName]
	_, published := v.sizes[manifestName]
	return reconciled && !published
}

// verifyReconciliation proves the folder of a reconciliation: that exactly the
// files of SHA256SUMS stand there, unchanged; that its counts add up; that
// differences.parquet has the lines that they call for, in order; and that the
// corrections are a proven publication, the one that it names; and that its
// report tells the same story.
func (v *verifier) verifyReconciliation(ctx context.Context) (*Verification, error) {
	if err := v.readReconciliation(); err != nil {
		return nil, err
	}
	v.compareListings()
	always := []string{reconciliationName, differencesName, exceptionsName, runName, reportName}
	for _, name := range always {
		if _, there := v.sizes[name]; !there && v.sums[name] == "" { // else it is found already
			v.find(name, "is missing, and every reconciliation has it")
		}
	}
	for name := range v.sizes {
		if !slices.Contains(always, name) && name != sumsName && name != signatureName && !strings.HasPrefix(name, correctionsName+"/") {
			v.find(name, "does not belong to a reconciliation")
		}
	}
	if err := parallel(ctx, v.workers, v.jobs(ctx)); err != nil {
		return nil, err
	}
	if v.record != nil {
		if err := v.verifyCorrections(ctx); err != nil {
			return nil, err
		}
	}
	if err := guard(v.compareReport); err != nil {
		return nil, err
	}
	return v.result(), nil
}

func (v *verifier) readReconciliation() error {
	text, err := v.readText(reconciliationName)
	if err != nil || text == nil {
		return err
	}
	record, err := decodeReconciliation(text)
	if err != nil {
		v.find(reconciliationName, "%v", err)
		return nil
	}
	problems := record.check()
	for _, problem := range problems {
		v.find(reconciliationName, "%s", problem)
	}
	if len(problems) == 0 {
		v.record = record
	}
	return nil
}

// verifyCorrections proves the publication within.
func (v *verifier) verifyCorrections(ctx context.Context) error {
	stated := v.record.Corrections
	hasCorrections := false
	for name := range v.sizes {
		hasCorrections = hasCorrections || strings.HasPrefix(name, correctionsName+"/")
	}
	switch {
	case (stated != nil) != hasCorrections:
		v.find(reconciliationName, "it states corrections: %v, and there are some: %v", stated != nil, hasCorrections)
	case stated != nil:
		proof, err := VerifySigned(ctx, v.fs, filepath.Join(v.dir, correctionsName), v.key, v.workers)
		if err != nil {
			return err
		}
		for _, f := range proof.Findings {
			v.find(correctionsName+"/"+f.Path, "%s", f.Problem)
		}
		if proof.ContentDigest != stated.ContentDigest {
			v.find(reconciliationName, "its corrections are not those that stand there")
		}
		v.corrected = proof.Records
	}
	return nil
}
