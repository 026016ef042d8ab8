package writers

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
)

// isReconciliation tells the folder of a reconciliation from a publication, as
// the verifier does.
func (a reportAgain) isReconciliation() bool {
	_, published := a.fs.Lstat(filepath.Join(a.dir, manifestName))
	_, reconciled := a.fs.Lstat(filepath.Join(a.dir, reconciliationName))
	return errors.Is(published, fs.ErrNotExist) && reconciled == nil
}

// ofReconciliation makes the report of a reconciliation, whose digests stand in
// SHA256SUMS.
func (a reportAgain) ofReconciliation(reveal bool) (*Report, error) {
	a.listedIn = sumsName
	sums, err := a.readText(sumsName)
	if err != nil {
		return nil, err
	}
	listed, err := decodeSums(sums)
	if err != nil {
		return nil, a.refuse(sumsName, err)
	}
	digestOf := func(name string) string {
		f, _ := listingNamed(listed, name)
		return f.SHA256
	}
	text, err := a.readListed(reconciliationName, digestOf(reconciliationName))
	if err != nil {
		return nil, err
	}
	record, err := decodeReconciliation(text)
	if err == nil {
		if problems := record.check(); len(problems) > 0 {
			err = errors.New(problems[0])
		}
	}
	if err != nil {
		return nil, a.refuse(reconciliationName, err)
	}
	run, err := a.readListed(runName, digestOf(runName))
	if err != nil {
		return nil, err
	}
	var s differenceSamples
	err = a.readTable(differencesName, digestOf(differencesName), func(r io.ReaderAt, size int64) (err error) {
		s, err = readDifferenceSamples(r, size, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	r, err := newReconciliationReport(record, run, s)
	if err != nil {
		return nil, a.refuse(runName, err)
	}
	r.reveal = reveal
	return a.report(r, &r.run.runRecord, digestOf(reportName))
}
