package writers

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"flagfill/engine/meterpoint"
)

// The marks of a layout are a tab or a printable character that no constant
// holds.
func TestMarks(t *testing.T) {
	const marks = "\t!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~"
	for c := range 256 {
		if got := isMark(byte(c)); got != (strings.IndexByte(marks, byte(c)) >= 0) {
			t.Errorf("%q is a mark: %v", byte(c), got)
		}
	}
}

func changedLayout(t *testing.T, changes ...string) (*Layout, error) {
	t.Helper()
	source := builtIn(t, "d0350001", meterpoint.Electricity).Source
	text := strings.NewReplacer(changes...).Replace(source)
	if text == source {
		t.Fatalf("%q changes nothing", changes)
	}
	return ParseLayout(text)
}

func TestLayoutsOutOfBounds(t *testing.T) {
	const number, mpxn = `value = "file_id", width = 10, status`, `value = "mpxn", type = "number"`
	for _, c := range []struct{ old, new, says string }{
		{number, `value = "file_id", width = 19, status`, "at most 18"},
		{number, `value = "file_id", digits = 19, status`, "at most 18"},
		{number, `value = "file_id", width = -1, status`, "at most 18"},
		{number, `value = "file_id", digits = -1, status`, "at most 18"},
		{number, `value = "file_id", width = 3, digits = 3, status`, "either width or digits"},
		{mpxn, `value = "mpxn", type = "integer"`, "not text or number"},
		{`value = "test_flag"`, `value = "test_flag", format = "YYYYMMDD"`, "have a format"},
		{`value = "test_flag"`, `value = "test_flag", width = 4`, "have a width or digits"},
		{`value = "test_flag"`, `value = "test_flag", digits = 1`, "have a width or digits"},
		{`value = "test_flag"`, `value = "organisation_id", width = 9`, "up to 10 digits"},
		{`value = "test_flag"`, `value = "organisation_id", digits = 9`, "up to 10 digits"},
		{`value = "test_flag"`, `value = "organisation_id", digits = 1`, "up to 10 digits"},
		{`value = "test_flag"`, `value = "records"`, "cannot stand here"},
		{`value = "test_flag"`, `value = "groups"`, "cannot stand here"},
		{`value = "test_flag"`, `value = "mpxn"`, "cannot stand here"},
		{`value = "sequence"`, `value = "file_id"`, "cannot stand here"},
		{"[[header]]", "[[trailer]]", "header has no line"},
	} {
		if _, err := changedLayout(t, c.old, c.new); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s for %s: %v, want %s", c.new, c.old, err, c.says)
		}
	}
	for _, width := range []string{"width = 18", "digits = 18"} {
		if _, err := changedLayout(t, number, `value = "file_id", `+width+`, status`); err != nil {
			t.Errorf("%s: %v", width, err)
		}
	}
	for _, width := range []string{"", ", width = 10", ", digits = 10"} {
		if _, err := changedLayout(t, `value = "test_flag"`, `value = "organisation_id"`+width); err != nil {
			t.Errorf("organisation id%s: %v", width, err)
		}
	}
	if _, err := ParseLayout(strings.Repeat("#", maxLayoutBytes+1)); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("got %v", err)
	}
}

// A number whose digits the layout does not bound may be any that fits.
func TestNumberWithoutWidth(t *testing.T) {
	l, err := changedLayout(t, `value = "file_id", width = 10,`, `value = "file_id",`)
	if err != nil {
		t.Fatal(err)
	}
	e := testEnvelope(l)
	e.FileNumber = 123_456_789_012
	if err := e.Check(l); err != nil {
		t.Error(err)
	}
	if name := l.FileName(e); !strings.Contains(name, "_123456789012.") {
		t.Errorf("named %s", name)
	}
}

func TestEnvelopesAtTheirBounds(t *testing.T) {
	l := builtIn(t, "d0350001", meterpoint.Electricity)
	for year, want := range map[int]bool{0: false, 1: true, 9999: true, 10000: false} {
		e := testEnvelope(l)
		e.CreatedAt = time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		if err := e.Check(l); (err == nil) != want {
			t.Errorf("year %d: %v", year, err)
		}
	}
	for number, want := range map[int64]bool{-1: false, 0: true, l.maxNumber: true, l.maxNumber + 1: false} {
		e := testEnvelope(l)
		e.FileNumber = number
		if err := e.Check(l); (err == nil) != want {
			t.Errorf("file number %d: %v", number, err)
		}
	}
}

// What is wrong is found in the line where it stands, wherever the file is
// damaged or cut.
func TestParseNamesLines(t *testing.T) {
	for _, l := range bothLayouts(t) {
		records := []Record{{123456, meterpoint.Active, testDay}, {1234567, meterpoint.Installed, testDay}, {12345678, meterpoint.NotActive, testDay}}
		text, err := encodeFlow(l, testEnvelope(l), records)
		if err != nil {
			t.Fatal(err)
		}
		for at := range text {
			damaged := bytes.Clone(text)
			damaged[at] = '#'
			line := 1 + bytes.Count(text[:at], []byte("\n"))
			if _, err := parseFlow(l, testEnvelope(l), bytes.NewReader(damaged)); err == nil || !saysLine(err, line) {
				t.Errorf("%s: damaged at byte %d of line %d: %v", l.Name, at, line, err)
			}
			if _, err := parseFlow(l, testEnvelope(l), bytes.NewReader(text[:at])); err == nil {
				t.Errorf("%s: cut at byte %d and accepted", l.Name, at)
			}
		}
		more := append(bytes.Clone(text), '\n')
		if _, err := parseFlow(l, testEnvelope(l), bytes.NewReader(more)); err == nil || !saysLine(err, 1+bytes.Count(text, []byte("\n"))) {
			t.Errorf("%s: something follows: %v", l.Name, err)
		}
	}
}

func saysLine(err error, line int) bool {
	return strings.Contains(err.Error(), fmt.Sprintf("line %d:", line))
}

// A window that the buffer is too small for makes it grow, and keeps what was
// read.
func TestWindowGrows(t *testing.T) {
	const text = "0123456789abcdef"
	p := parser{reader: strings.NewReader(text), buffer: make([]byte, 0, 4)}
	for _, want := range []int{3, 4, 10, 16, 17} {
		if got, err := p.window(want); err != nil || !strings.HasPrefix(text, string(got)) || len(got) < min(want, len(text)) {
			t.Fatalf("a window of %d bytes holds %q: %v", want, got, err)
		}
	}
	p.consume(12)
	if got, err := p.window(4); err != nil || string(got) != "cdef" {
		t.Errorf("%q is left: %v", got, err)
	}
}
