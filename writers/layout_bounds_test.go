package writers

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"flagfill/engine"
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
	_, lastLine, _ := strings.Cut(builtIn(t, "d0350001", meterpoint.Electricity).Source, "[[trailer]]")
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
		{number, `value = "file_id", width = 1, digits = 3, status`, "either width or digits"},
		{number, `value = "file_id", width = 3, digits = 1, status`, "either width or digits"},
		{`value = "test_flag"`, `value = "test_flag", width = 1`, "have a width or digits"},
		{`value = "test_flag"`, `value = "organisation_id", width = 1`, "up to 10 digits"},
		{`format = "YYYYMMDD",`, `format = "HHMMSS",`, `record, line 2, field "effective from": format must be YYYYMMDD`},
		{`value = "mpxn"`, `value = "serial"`, `record, line 2, field "MPAN core": unknown value`},
		{`constant = "901"`, `value = "sequence"`, "record, line 1: the first field must be a constant"},
		{`constant = "902"`, `value = "sequence"`, "record, line 2: the first field must be a constant"},
		{"[[trailer]]", "[[trailer]]\nfields = []\n[[trailer]]", "trailer, line 1: the first field must be a constant"},
		{`separator = "|"`, `separator = "||"`, "separator is"},
		{`separator = "|"`, `separator = ""`, "separator is"},
		{`quote     = ""`, `quote = "''"`, "quote is"},
		{`value = "rdp_id",             status`, `constant = ".a", status`, "file_name must begin"},
		{`".D0350"`, `". D0350"`, "may not stand there"},
		{lastLine, strings.NewReplacer(`"ZPT"`, `"901"`, `value = "file_id", width = 10, type = "number"`, `constant = "X"`).Replace(lastLine), "must differ"},
		{lastLine, strings.NewReplacer(`value = "groups", type = "number"`, `constant = "1"`, `value = "records", type = "number"`, `constant = "1"`).Replace(lastLine), "a cut file would look whole"},
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
	for digits, want := range map[string]int64{"width = 1": 9, "digits = 1": 9, "digits = 6": 999_999} {
		if l, err := changedLayout(t, number, `value = "file_id", `+digits+`, status`); err != nil || l.maxNumber != want {
			t.Errorf("%s: %+v, %v; numbers should end at %d", digits, l, err, want)
		}
	}
	for old, allowed := range map[string]string{`"DCCO"`: `"DC CO"`, "[[header]]": "[[header]]\nfields = [{ name = \"x\", constant = \"X\", status = \"inferred\", source = \"x\" }]\n[[header]]"} {
		if _, err := changedLayout(t, old, allowed); err != nil {
			t.Errorf("%s: %v", allowed, err)
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
	for number, want := range map[int64]bool{-1: false, 0: true, 9_999_999_999: true, 10_000_000_000: false} {
		e := testEnvelope(l)
		e.OrganisationID = number
		if err := e.Check(l); (err == nil) != want {
			t.Errorf("organisation id %d: %v", number, err)
		}
	}
	for flag, want := range map[string]bool{"OPER": true, "TR09": true, "TR90": true, "TRx1": false, "TR1x": false, "TR1": false, "TR123": false, "XX01": false} {
		e := testEnvelope(l)
		e.TestFlag = flag
		if err := e.Check(l); (err == nil) != want {
			t.Errorf("test flag %s: %v", flag, err)
		}
	}
	for rdp, want := range map[string]bool{"EELC": true, "": false, "../EELC": false} {
		e := testEnvelope(l)
		e.RDP = rdp
		if err := e.Check(l); (err == nil) != want {
			t.Errorf("RDP %q: %v", rdp, err)
		}
	}
}

// What is wrong is found in the line where it stands, wherever the file is
// damaged or cut.
func TestParseNamesLines(t *testing.T) {
	longTrailer, err := changedLayout(t, `"ZPT"`, `"ZPT`+strings.Repeat("X", 200)+`"`)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range append(bothLayouts(t), longTrailer) {
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
		more := io.MultiReader(bytes.NewReader(text), strings.NewReader("\n")) // which gives the two one after the other
		if _, err := parseFlow(l, testEnvelope(l), more); err == nil || !saysLine(err, 1+bytes.Count(text, []byte("\n"))) {
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

// A window moves through a file in the buffer that it has.
func TestWindowMoves(t *testing.T) {
	const text = "0123456789abcdef"
	for _, step := range []int{1, 3, 4} {
		p := parser{reader: iotest.OneByteReader(strings.NewReader(text)), buffer: make([]byte, 0, 4)}
		for at := 0; at < len(text); at += step {
			got, err := p.window(4)
			if err != nil || len(got) < min(4, len(text)-at) || !strings.HasPrefix(text[at:], string(got)) {
				t.Fatalf("at %d stands %q: %v", at, got, err)
			}
			p.consume(min(step, len(got)))
		}
		if cap(p.buffer) != 4 {
			t.Errorf("the buffer has %d bytes", cap(p.buffer))
		}
	}
}

// The window for a record holds the longest there may be, and no more.
func TestLongestRecord(t *testing.T) {
	for _, l := range bothLayouts(t) {
		enc := l.newRecordEncoder()
		enc.sequence = math.MaxInt64 - 1
		text, err := enc.append(nil, Record{9_999_999_999_999, meterpoint.NotActive, lastDay})
		if err != nil {
			t.Fatal(err)
		}
		if len(text) != l.record.maxBytes() {
			t.Errorf("%s: the longest record has %d bytes, not %d", l.Name, len(text), l.record.maxBytes())
		}
	}
}

// TestNames: what can stand in a flow, a file name and a folder name.
func TestNames(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "A-b_9": true, "9_": true, strings.Repeat("x", 32): true, strings.Repeat("x", 33): false, "": false, "-a": false, "_a": false, "a.b": false} {
		if isName(name) != want {
			t.Errorf("%q is a name: %v", name, !want)
		}
	}
}

// TestLayoutFiles: a layout file may be of 1 MiB, and is a file.
func TestLayoutFiles(t *testing.T) {
	folder := t.TempDir()
	source := builtIn(t, "dxi", meterpoint.Gas).Source
	for name, size := range map[string]int{"largest": maxLayoutBytes, "larger": maxLayoutBytes + 1} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(source+strings.Repeat("#", size-len(source))), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := LoadLayout(filepath.Join(folder, "largest"), meterpoint.Gas); err != nil {
		t.Error(err)
	}
	for name, says := range map[string]string{"larger": "not a text file of at most 1 MiB", ".": "not a text file", "none": "no such file"} {
		_, err := LoadLayout(filepath.Join(folder, name), meterpoint.Gas)
		wantRefusal(t, err, engine.RefusedUsage, "cannot read the gas layout", says)
	}
}
