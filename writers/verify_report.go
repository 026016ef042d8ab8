package writers

import (
	"bytes"
	"errors"
	"fmt"

	"flagfill/writers/page"
)

// Of what a report is made.
const (
	madeOfPublication    = "manifest.json, run.json and exceptions.parquet"
	madeOfReconciliation = "reconciliation.json, run.json and differences.parquet"
)

// compareReport makes the report again from what is proven by now. A report of
// another form was made by another program, and is known by its digest alone.
func (v *verifier) compareReport() error {
	if len(v.findings) > 0 || v.manifest == nil && v.record == nil {
		return nil
	}
	form, madeOf := reportForm, madeOfPublication
	if v.record != nil {
		form, madeOf = reconciliationForm, madeOfReconciliation
	}
	text, err := v.readText(reportName)
	if err != nil || text == nil {
		return err
	}
	head, err := page.Head(form)
	if err != nil || !bytes.HasPrefix(text, head) {
		return err
	}
	run, err := v.readText(runName)
	if err != nil || run == nil {
		return err
	}
	r, err := v.newReport(run)
	if err != nil || r == nil {
		return err
	}
	again, err := r.html()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		v.find(reportName, "is not what %s give", madeOf)
	}
	return nil
}

// newReport begins the report of what is verified; nil where run.json is none,
// which is a finding.
func (v *verifier) newReport(run []byte) (pageMaker, error) {
	var r pageMaker
	var err, unreadable error
	if v.record != nil {
		var s differenceSamples
		err = v.readTable(differencesName, func(f ReadFile, size int64) (err error) {
			s, err = readDifferenceSamples(f, size, &v.differenceRows)
			return err
		})
		r, unreadable = newReconciliationReport(v.record, run, s)
	} else {
		var s samples
		err = v.readTable(exceptionsName, func(f ReadFile, size int64) (err error) {
			s, err = readSamples(f, size)
			return err
		})
		r, unreadable = newReport(v.manifest, run, s)
	}
	if err == nil && unreadable != nil {
		v.find(reportName, "%v", unreadable)
		return nil, nil
	}
	return r, err
}

// pageMaker is a report of which nothing is missing.
type pageMaker interface{ html() ([]byte, error) }

// readTable has a table read whose bytes are proven.
func (v *verifier) readTable(name string, read func(f ReadFile, size int64) error) error {
	f, err := v.fs.Open(v.locate(name))
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	if err := errors.Join(read(f, v.sizes[name]), f.Close()); err != nil {
		return fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	return nil
}
