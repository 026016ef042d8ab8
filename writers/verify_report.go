package writers

import (
	"bytes"
	"errors"
	"fmt"

	"flagfill/writers/page"
)

// compareReport makes the report again from what is proven by now. A report of
// another form was made by another program, and is known by its digest alone.
func (v *verifier) compareReport() error {
	if len(v.findings) > 0 || v.manifest == nil {
		return nil
	}
	text, err := v.readText(reportName)
	if err != nil || text == nil {
		return err
	}
	head, err := page.Head(reportForm)
	if err != nil || !bytes.HasPrefix(text, head) {
		return err
	}
	run, err := v.readText(runName)
	if err != nil || run == nil {
		return err
	}
	s, err := v.readSamples()
	if err != nil || s == nil {
		return err
	}
	r, err := newReport(v.manifest, run, s)
	if err != nil {
		v.find(reportName, "%v", err)
		return nil
	}
	again, err := r.html()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		v.find(reportName, "is not what manifest.json, run.json and exceptions.parquet give")
	}
	return nil
}

// readSamples gives nil where the table's bytes are as they are listed, and no
// table.
func (v *verifier) readSamples() (samples, error) {
	f, err := v.fs.Open(v.locate(exceptionsName))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", v.locate(exceptionsName), err)
	}
	source := &source{file: f}
	s, misread := readSamples(source, v.sizes[exceptionsName])
	if err := errors.Join(source.failure(), f.Close()); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", v.locate(exceptionsName), err)
	}
	if misread != nil {
		v.find(exceptionsName, "%v", misread)
		return nil, nil
	}
	return s, nil
}
