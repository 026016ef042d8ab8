package writers

import (
	"bytes"
	"errors"
	"fmt"
	"io"

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
	if err != nil {
		return err
	}
	head, err := page.Head(form)
	if err != nil || !bytes.HasPrefix(text, head) { // nor has a report that could not be read, which is found
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

// newReport begins the report of what is verified; nil where something that it
// is made of cannot be read, which is a finding.
func (v *verifier) newReport(run []byte) (pageMaker, error) {
	var r pageMaker
	var unreadable error
	if v.record != nil {
		var s differenceSamples
		isRead, err := v.readTable(differencesName, func(f io.ReaderAt, size int64) (err error) {
			s, err = readDifferenceSamples(f, size, &v.differenceRows)
			return err
		})
		if err != nil || !isRead {
			return nil, err
		}
		r, unreadable = newReconciliationReport(v.record, run, s)
	} else {
		var s samples
		isRead, err := v.readTable(exceptionsName, func(f io.ReaderAt, size int64) (err error) {
			s, err = readSamples(f, size)
			return err
		})
		if err != nil || !isRead {
			return nil, err
		}
		r, unreadable = newReport(v.manifest, run, s)
	}
	if unreadable != nil {
		v.find(reportName, "%v", unreadable)
		return nil, nil
	}
	return r, nil
}

// pageMaker is a report of which nothing is missing.
type pageMaker interface{ html() ([]byte, error) }

// readTable has a table read whose bytes are those listed; false where they are
// no such table, which is a finding.
func (v *verifier) readTable(name string, read func(f io.ReaderAt, size int64) error) (isRead bool, err error) {
	f, err := v.fs.Open(v.locate(name))
	if err != nil {
		return false, fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	source := &source{file: f, size: v.sizes[name]}
	misread := read(source, v.sizes[name])
	if err := errors.Join(source.failure(), f.Close()); err != nil {
		return false, fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	if misread != nil {
		v.find(name, "%v", misread)
	}
	return misread == nil, nil
}
