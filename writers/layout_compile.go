package writers

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"flagfill/engine/meterpoint"
)

// compile turns the fields of a layout into templates and refuses a layout
// whose flow could not be read back.
func (l *Layout) compile(text *layoutText) error {
	if err := text.checkMarks(); err != nil {
		return err
	}
	l.maxNumber = math.MaxInt64
	if err := l.compileFileName(text); err != nil {
		return err
	}
	parts := []struct {
		place place
		lines []lineText
		into  *template
	}{{inHeader, text.Header, &l.header}, {inRecord, text.Record, &l.record}, {inTrailer, text.Trailer, &l.trailer}}
	for _, part := range parts {
		if len(part.lines) == 0 {
			return fmt.Errorf("%s has no line", placeNames[part.place])
		}
		for _, line := range part.lines {
			if err := l.compileLine(part.into, part.place, line.Fields, text); err != nil {
				return err
			}
		}
	}
	return l.checkReadable()
}

// checkMarks keeps the text between the fields apart from what fields hold.
func (text *layoutText) checkMarks() error {
	if len(text.Separator) != 1 || !isMark(text.Separator[0]) {
		return fmt.Errorf("separator is %q, not one punctuation mark or tab", text.Separator)
	}
	if text.Closing != "" && text.Closing != text.Separator {
		return fmt.Errorf("closing is %q, neither empty nor the separator", text.Closing)
	}
	if text.Quote != "" && (len(text.Quote) != 1 || !isMark(text.Quote[0]) || text.Quote == text.Separator) {
		return fmt.Errorf("quote is %q, neither empty nor one punctuation mark of its own", text.Quote)
	}
	if text.LineEnd != "\n" && text.LineEnd != "\r\n" {
		return fmt.Errorf(`line_end is %q, neither "\n" nor "\r\n"`, text.LineEnd)
	}
	return nil
}

func isMark(c byte) bool {
	return c == '\t' || c > ' ' && c < 0x7f && !isConstant(rune(c), inHeader)
}

func (l *Layout) compileFileName(text *layoutText) error {
	for _, f := range text.FileName {
		if err := l.compileField(&l.fileName, inFileName, f, ""); err != nil {
			return err
		}
	}
	if !l.fileName.has(fileNumber) {
		return errors.New("file_name must hold the file_id or generation, or two files could share a name")
	}
	if first := l.fileName.segments[0]; first.value == literal && !isAlphanumeric(first.text[0]) {
		return errors.New("file_name must begin with a letter or digit")
	}
	return nil
}

func (l *Layout) compileLine(into *template, p place, fields []field, text *layoutText) error {
	if len(fields) == 0 || fields[0].Constant == nil || *fields[0].Constant == "" {
		return fmt.Errorf("%s, line %d: the first field must be a constant that tells the line", placeNames[p], into.lines+1)
	}
	for i, f := range fields {
		if i > 0 {
			into.literal(text.Separator)
		}
		if err := l.compileField(into, p, f, text.Quote); err != nil {
			return err
		}
	}
	into.literal(text.Closing)
	into.literal(text.LineEnd)
	into.lines++
	return nil
}

func (l *Layout) compileField(into *template, p place, f field, quote string) error {
	refuse := func(format string, args ...any) error {
		where := fmt.Sprintf("%s, line %d, field %q: ", placeNames[p], into.lines+1, f.Name)
		return errors.New(where + fmt.Sprintf(format, args...))
	}
	switch {
	case f.Name == "" || f.Source == "":
		return refuse("a field needs a name and a source")
	case f.Status != "verified" && f.Status != "inferred" && f.Status != "unverified":
		return refuse("status is %q, not verified, inferred or unverified", f.Status)
	case (f.Constant == nil) == (f.Value == ""):
		return refuse("a field has either a constant or a value")
	case f.Type != "" && f.Type != "text" && f.Type != "number":
		return refuse("type is %q, not text or number", f.Type)
	case f.Type == "number":
		quote = ""
	}
	into.literal(quote)
	if f.Constant != nil {
		if i := strings.IndexFunc(*f.Constant, func(c rune) bool { return !isConstant(c, p) }); i >= 0 {
			return refuse("the constant holds a character that may not stand there")
		}
		into.literal(*f.Constant)
	} else {
		s, problem := l.compileValue(p, f)
		if problem != "" {
			return refuse("%s", problem)
		}
		s.line = into.lines
		into.segments = append(into.segments, s)
	}
	into.literal(quote)
	return nil
}

// isConstant tells whether a constant may hold the character.
func isConstant(c rune, p place) bool {
	return c < 0x80 && isAlphanumeric(byte(c)) || c == '-' || c == '_' || c == '.' || c == ' ' && p != inFileName
}

// compileValue reads what a field's value is and how it is written.
func (l *Layout) compileValue(p place, f field) (s segment, problem string) {
	v, known := valueNames[f.Value]
	s = segment{value: v, name: f.Name, width: f.Width}
	switch {
	case !known:
		return s, fmt.Sprintf("unknown value %q", f.Value)
	case !v.allowedIn(p):
		return s, fmt.Sprintf("value %s cannot stand here", f.Value)
	case f.Value == "file_id" && l.Fuel == meterpoint.Gas || f.Value == "generation" && l.Fuel == meterpoint.Electricity:
		return s, "electricity files have a file_id, gas files a generation"
	case f.Width < 0 || f.Width > 18 || f.Digits < 0 || f.Digits > 18 || f.Width > 0 && f.Digits > 0:
		return s, "either width or digits, at most 18"
	}
	switch v {
	case fileNumber:
		if digits := f.Width + f.Digits; digits > 0 {
			l.maxNumber = min(l.maxNumber, power10(digits)-1)
		}
	case createdAt:
		if s.format, known = timeFormats[f.Format]; !known {
			return s, "format must be YYYYMMDD, HHMMSS or YYYYMMDDHHMMSS"
		}
		return s, ""
	case effectiveOn:
		if f.Format != "YYYYMMDD" {
			return s, "format must be YYYYMMDD"
		}
		return s, ""
	case organisationID:
		if f.Width > 0 && f.Width < maxOrganisationDigits || f.Digits > 0 && f.Digits < maxOrganisationDigits {
			return s, "an organisation id has up to 10 digits"
		}
	default:
		if f.Width > 0 || f.Digits > 0 {
			return s, "only numbers of files and organisations have a width or digits"
		}
	}
	if f.Format != "" {
		return s, "only times and dates have a format"
	}
	return s, ""
}

// checkReadable refuses a layout from which records could not be read back: a
// value must be missing nowhere, and lines told apart by how they begin.
func (l *Layout) checkReadable() error {
	for name, v := range map[string]value{"mpxn": mpxn, "status": status, "effective_on": effectiveOn} {
		if l.record.count(v) != 1 {
			return fmt.Errorf("record must hold %s exactly once", name)
		}
	}
	if !l.trailer.has(records) && !l.trailer.has(groups) {
		return errors.New("trailer must hold records or groups, or a cut file would look whole")
	}
	first, last := l.record.segments[0].text, l.trailer.segments[0].text
	if strings.HasPrefix(first, last) || strings.HasPrefix(last, first) {
		return errors.New("the first constants of record and trailer must differ")
	}
	return nil
}
