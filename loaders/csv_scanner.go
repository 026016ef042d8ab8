package loaders

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	// csvWindowBytes is how much of a file is looked at at a time. A longer row
	// makes the window grow.
	csvWindowBytes = 256 << 10

	// maxFieldBytes and maxLineBytes bound a field and a row, line ends within
	// quotes included: beyond them a quote is missing, not a text long.
	maxFieldBytes = 1 << 20
	maxLineBytes  = 16 << 20

	// maxFields bounds the fields of a row: what is kept of one takes many times
	// the byte that it may have in the file.
	maxFields = 10_000
)

// byteOrderMark is what some programs write in front of UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// csvScanner cuts text into rows and fields (RFC 4180, with the choices of
// encoding/csv): a line ends in LF, in CRLF or with the file; a line that holds
// nothing is no row; a field is in quotes or has none; a CRLF in a field is an
// LF. It says where a text breaks these rules and goes no further.
//
// Unlike encoding/csv it bounds what a missing quote makes it read, names the
// line where that quote opens, and takes no memory for rows.
type csvScanner struct {
	source    io.Reader
	delimiter byte
	store     []byte  // the window with room on both sides of it: textPad, copySlack
	window    []byte  // what was read and may be needed yet
	at        int     // in window: where the next row begins
	offset    int64   // in source: where the window begins
	ended     bool    // nothing follows the window
	nextLine  int64   // the number of the line at at, from 1
	marks     []int32 // of block: the ends of fields
	before    []int32 // of block: where fields begin that were trimmed
	ends      []int32
	fills     int // how often the window was filled

	line   int64      // where the row begins that next found
	fields []csvField // of that row
}

// csvField is a field as the window has it, without its quotes. It is valid
// until the next row is asked for.
type csvField struct {
	text   []byte
	folded bool // "" stands for ", and CRLF for LF
}

// csvFault is where and why a text is no CSV, or not one that can be used.
type csvFault struct {
	line    int64
	field   int    // from 0; −1 where it is not one field's fault
	problem string // what was found, and what was expected
	next    string // what to do; "" where only writing the file again helps
}

func (f *csvFault) Error() string { return fmt.Sprintf("line %d: %s", f.line, f.problem) }

// errMore: the row may go on behind the window.
var errMore = errors.New("the row goes on")

// newCSVScanner reads nothing yet.
func newCSVScanner(source io.Reader, delimiter byte, windowBytes int) *csvScanner {
	s := &csvScanner{source: source, delimiter: delimiter, nextLine: 1}
	s.widen(max(windowBytes, len(byteOrderMark)))
	return s
}

// reset readies the scanner for another text. A window that grew large is not
// kept.
func (s *csvScanner) reset(source io.Reader, delimiter byte) {
	store, marks, fields := s.store, s.marks, s.fields[:0]
	clear(fields[:cap(fields)])
	*s = csvScanner{source: source, delimiter: delimiter, nextLine: 1, fields: fields, before: s.before, ends: s.ends}
	if cap(marks) <= 8*csvWindowBytes {
		s.marks = marks
	}
	if len(store) > textPad+2*csvWindowBytes+copySlack {
		s.widen(csvWindowBytes)
		return
	}
	s.store, s.window = store, store[textPad:textPad:len(store)-copySlack]
}

// skipMark skips a byte order mark.
func (s *csvScanner) skipMark() error {
	for len(s.window) < len(byteOrderMark) && !s.ended {
		if err := s.fill(); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(s.window, []byte(byteOrderMark)) {
		s.at = len(byteOrderMark)
	}
	return nil
}

// fill reads on. What of the window is used up gives way; where nothing is, the
// window grows.
func (s *csvScanner) fill() error {
	if s.at > 0 {
		s.window = s.window[:copy(s.window, s.window[s.at:])]
		s.offset += int64(s.at)
		s.at = 0
	}
	if len(s.window) == cap(s.window) {
		s.widen(2 * cap(s.window))
	}
	s.fills++
	n, err := io.ReadAtLeast(s.source, s.window[len(s.window):cap(s.window)], 1)
	s.window = s.window[:len(s.window)+n]
	if err == io.EOF {
		s.ended, err = true, nil
	}
	return err
}

// widen gives the window room for so many bytes.
func (s *csvScanner) widen(windowBytes int) {
	s.store = make([]byte, textPad+windowBytes+copySlack)
	room := s.store[textPad : textPad : textPad+windowBytes]
	s.window = append(room, s.window...)
}

// next finds the next row, or io.EOF. What is not CSV is a *csvFault.
func (s *csvScanner) next() error {
	for {
		s.skipEmptyLines()
		text := s.window[s.at:]
		size, err := s.cut(text)
		goesOn := errors.Is(err, errMore)
		if goesOn && len(text) <= maxLineBytes {
			if err := s.fill(); err != nil {
				return err
			}
			continue
		}
		if goesOn || size > maxLineBytes {
			return &csvFault{line: s.nextLine, field: -1,
				problem: fmt.Sprintf("the row that begins here does not end within %d MiB: its last quote or line end is missing", maxLineBytes>>20)}
		}
		if err != nil {
			return err
		}
		if i := bytes.IndexByte(text[:size], 0); i >= 0 {
			holds := func(f csvField) bool { return bytes.IndexByte(f.text, 0) >= 0 }
			return s.fault(text, i, slices.IndexFunc(s.fields, holds), "a byte of value 0 stands where text is expected", "")
		}
		s.line = s.nextLine
		s.nextLine += int64(bytes.Count(text[:size], []byte{'\n'}))
		s.at += size
		switch {
		case len(s.fields) > 0:
			return nil
		case size == 0:
			return io.EOF
		}
	}
}

// skipEmptyLines goes over lines that hold nothing, as far as the window has
// them whole.
func (s *csvScanner) skipEmptyLines() {
	for s.at < len(s.window) && s.window[s.at] == '\n' {
		s.at++
		s.nextLine++
	}
}

// fault says what is wrong at a byte of the text that begins with the row at
// hand.
func (s *csvScanner) fault(text []byte, at, field int, problem, next string) error {
	return &csvFault{s.nextLine + int64(bytes.Count(text[:at], []byte{'\n'})), field, problem, next}
}

// cut finds the fields of the row that text begins with, and the bytes of the
// row with its line end. A line that holds nothing has no fields.
func (s *csvScanner) cut(text []byte) (size int, err error) {
	s.fields = s.fields[:0]
	if end, err := s.lineEnd(text, 0); end >= 0 || err != nil {
		return max(end, 0), err
	}
	for at := 0; ; at++ {
		if len(s.fields) == maxFields {
			return 0, s.fault(text, at, -1, fmt.Sprintf("the row has more than %d fields: a line end is missing, or the file is no extract", maxFields), "")
		}
		var field csvField
		from := at
		if at < len(text) && text[at] == '"' {
			field, at, err = s.cutQuoted(text, at+1)
		} else {
			field, at, err = s.cutBare(text, at)
		}
		if err != nil {
			return 0, err
		}
		if len(field.text) > maxFieldBytes {
			return 0, s.fault(text, from, len(s.fields), fmt.Sprintf("the field has more than %d MiB: its last quote is missing, or the file is no extract", maxFieldBytes>>20), "")
		}
		s.fields = append(s.fields, field)
		if at == len(text) || text[at] != s.delimiter {
			end, err := s.lineEnd(text, at)
			return at + end, err
		}
	}
}

// cutBare finds the end of a field without quotes that begins at from.
func (s *csvScanner) cutBare(text []byte, from int) (field csvField, at int, err error) {
	for at = from; at < len(text); at++ {
		switch text[at] {
		case s.delimiter:
			return csvField{text: text[from:at]}, at, nil
		case '"':
			return field, 0, s.fault(text, at, len(s.fields), `a quote (") stands in a field that does not begin with one`,
				`put the whole field in quotes, and write a quote in it twice; or ask for the extract written so`)
		case '\n':
			if at > from && text[at-1] == '\r' {
				at--
			}
			return csvField{text: text[from:at]}, at, nil
		}
	}
	if !s.ended {
		return field, 0, errMore
	}
	if at > from && text[at-1] == '\r' {
		at--
	}
	return csvField{text: text[from:at]}, at, nil
}

// cutQuoted finds the end of a field whose text begins at from, behind its
// quote.
func (s *csvScanner) cutQuoted(text []byte, from int) (field csvField, at int, err error) {
	for at = from; ; at++ {
		found := bytes.IndexByte(text[at:], '"')
		if found < 0 && s.ended {
			return field, 0, s.fault(text, from, len(s.fields), `a quote (") opens here and is never closed`,
				"close it; or ask for the extract again, it may have been cut off")
		}
		if found < 0 {
			return field, 0, errMore
		}
		at += found + 1
		switch {
		case at == len(text) && !s.ended:
			return field, 0, errMore
		case at < len(text) && text[at] == '"':
			field.folded = true
			continue
		case at < len(text) && text[at] != s.delimiter:
			if end, err := s.lineEnd(text, at); err != nil {
				return field, 0, err
			} else if end < 0 {
				return field, 0, s.fault(text, at, len(s.fields), `text follows the quote (") that closes the field`,
					`write a quote in a field twice; or ask for the extract written so`)
			}
		}
		field.text = text[from : at-1]
		field.folded = field.folded || bytes.Contains(field.text, []byte("\r\n"))
		return field, at, nil
	}
}

// lineEnd gives the bytes of the line end at a byte of text, −1 where none is.
func (s *csvScanner) lineEnd(text []byte, at int) (bytes int, err error) {
	rest := text[at:]
	switch {
	case len(rest) > 0 && rest[0] == '\n':
		return 1, nil
	case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
		return 2, nil
	case len(rest) == 0 || len(rest) == 1 && rest[0] == '\r':
		if !s.ended {
			return -1, errMore
		}
		return len(rest), nil
	}
	return -1, nil
}

// write puts the text of a field where there is room for as many bytes as it
// has now, and gives those that it takes.
func (f csvField) write(into []byte) int {
	if !f.folded {
		return copy(into, f.text)
	}
	out := 0
	for i := 0; i < len(f.text); i++ {
		switch c := f.text[i]; {
		case c == '\r' && i+1 < len(f.text) && f.text[i+1] == '\n':
			continue // the LF follows
		case c == '"':
			i++ // its twin
			fallthrough
		default:
			into[out] = c
			out++
		}
	}
	return out
}

// String is the text of a field.
func (f csvField) String() string {
	into := make([]byte, len(f.text))
	return string(into[:f.write(into)])
}
