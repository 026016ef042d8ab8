package loaders

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine"
)

// csvDelimiters are what fields are split at in practice, the default first.
const csvDelimiters = ",;\t|"

// csvFile is a CSV file of a source: a header row, then rows. All its columns
// are text.
type csvFile struct {
	path      string
	table     engine.Table
	delimiter byte

	mutex sync.Mutex // over what follows
	info  fs.FileInfo
}

// newCSVFile refuses a delimiter that fields cannot be split at.
func newCSVFile(path string, table engine.Table, options Options) (*csvFile, error) {
	f := &csvFile{path: path, table: table, delimiter: csvDelimiters[0]}
	if options.Delimiter != 0 {
		f.delimiter = byte(options.Delimiter)
	}
	if options.Delimiter >= utf8.RuneSelf || options.Delimiter < 0 || strings.IndexByte("\"\r\n", f.delimiter) >= 0 {
		return nil, &engine.Refusal{
			Kind:    engine.RefusedUsage,
			Problem: fmt.Sprintf("cannot split the fields of CSV at %q: it is no ASCII character, or it ends lines or quotes", options.Delimiter),
			Next:    `name the character between fields in the configuration: [input] delimiter = ";"`,
		}
	}
	return f, nil
}

// plan reads the header alone. How many rows follow only reading tells: not
// more than the file has bytes.
func (f *csvFile) plan(context.Context) (description engine.File, splits []engine.Split, err error) {
	var header []string
	defer func() {
		if err != nil {
			err = f.refuse(header, err)
		}
	}()
	defer barrier(&err)
	file, _, header, err := f.start()
	if err != nil {
		return engine.File{}, nil, err
	}
	defer file.Close()
	ends, err := csvFingerprint(file, f.info.Size())
	if err != nil {
		return engine.File{}, nil, err
	}
	description = engine.File{Path: f.path, Format: "csv", Rows: -1, Bytes: f.info.Size(), Fingerprint: ends}
	for _, name := range header {
		description.Columns = append(description.Columns, engine.Column{Name: name, Type: arrow.BinaryTypes.String, Native: "text"})
	}
	return description, []engine.Split{{Rows: f.info.Size()}}, nil
}

// start opens the file, makes sure that it is still the one that was opened
// first, and reads its header.
func (f *csvFile) start() (file *os.File, scanner *csvScanner, header []string, err error) {
	if file, err = os.Open(f.path); err != nil {
		return nil, nil, nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, nil, err
	}
	if err := f.check(info); err != nil {
		return nil, nil, nil, err
	}
	if scanner, err = newCSVScanner(file, f.delimiter, csvWindowBytes); err != nil {
		return nil, nil, nil, err
	}
	if header, err = readHeader(scanner); err != nil {
		return nil, nil, nil, err
	}
	return file, scanner, header, nil
}

func (f *csvFile) check(info fs.FileInfo) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.info == nil {
		f.info = info
	}
	if !os.SameFile(info, f.info) || info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
		return errChanged
	}
	return nil
}

// csvFingerprint is of the size and of both ends of a file.
func csvFingerprint(file io.ReaderAt, size int64) (string, error) {
	ends := make([]byte, 2*min(size, sniffedBytes))
	half := len(ends) / 2
	if _, err := file.ReadAt(ends[:half], 0); err != nil {
		return "", err
	}
	if _, err := file.ReadAt(ends[half:], size-int64(half)); err != nil {
		return "", err
	}
	return fingerprint(ends, size), nil
}

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

// refuse says where in the file a fault is. header may be nil.
func (f *csvFile) refuse(header []string, err error) error {
	var fault *csvFault
	if !errors.As(err, &fault) {
		return refusal(f.table, f.path, err)
	}
	where := fmt.Sprintf("line %d", fault.line)
	switch {
	case fault.field >= 0 && fault.field < len(header):
		where += ", column " + engine.Shown(header[fault.field])
	case fault.field >= 0:
		where += fmt.Sprintf(", column %d", fault.field+1)
	}
	next := fault.next
	if next == "" {
		next = "look at that line; then ask for the file again, or write it again"
	}
	return &engine.Refusal{
		Kind:    engine.RefusedInput,
		Problem: fmt.Sprintf("cannot read %s %s: %s: %s", f.table, engine.ShownPath(f.path), where, fault.problem),
		Next:    next,
	}
}
