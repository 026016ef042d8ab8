package loaders

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// readHeader gives the column names. A fault never shows one: where the header
// is missing, they are data.
func readHeader(s *csvScanner) ([]string, error) {
	const next = "the first row must name the columns, each once; write the file again with a header"
	fault := func(field int, format string, args ...any) error {
		return &csvFault{s.line, field, fmt.Sprintf(format, args...), next}
	}
	switch err := s.next(); {
	case err == io.EOF:
		return nil, &csvFault{1, -1, "the file has no row, and a header is expected", next}
	case err != nil:
		return nil, err
	}
	if len(s.fields) == 1 {
		return nil, oneColumn(s)
	}
	names := make([]string, len(s.fields))
	for i, field := range s.fields {
		names[i] = strings.Trim(field.String(), " \t")
		switch first := slices.Index(names, names[i]); {
		case names[i] == "":
			return nil, fault(i, "a column has no name")
		case strings.ContainsRune(names[i], '\r'):
			return nil, &csvFault{s.line, i, "a carriage return stands in the column's name", "write the file again with lines that end in LF or CRLF"}
		case !utf8.ValidString(names[i]):
			return nil, &csvFault{s.line, i, "the column's name is not UTF-8", "write the file again in UTF-8"}
		case strings.Trim(names[i], "0123456789") == "":
			return nil, fault(i, "a number stands where the name of a column is expected: the header is missing")
		case first < i:
			return nil, fault(i, "the column has the same name as column %d", first+1)
		}
	}
	return names, nil
}

// oneColumn refuses a header that is a single field, as no table is: the lines
// or the fields end in something else.
func oneColumn(s *csvScanner) error {
	name := s.fields[0].String()
	fault := &csvFault{line: s.line, field: -1,
		problem: fmt.Sprintf("the header is one field, split at %q, and at least two columns are expected", s.delimiter),
		next:    `name the character between fields in the configuration: [input] delimiter = ";"`}
	for _, other := range csvDelimiters {
		if strings.ContainsRune(name, other) {
			fault.problem += fmt.Sprintf("; %q stands in it", other)
			fault.next = fmt.Sprintf("if it stands between fields, say so in the configuration: [input] delimiter = %q", string(other))
			return fault
		}
	}
	return fault
}
