package loaders

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine"
)

// csvDelimiters are what fields are split at in practice, the default first.
const csvDelimiters = ",;\t|"

// csvFile is a CSV file of a source, compressed or not: a header row, then rows.
// All its columns are text.
type csvFile struct {
	path       string
	table      engine.Table
	delimiter  byte
	packing    *packing // nil: it is not compressed
	splitBytes int64

	mutex   sync.Mutex // over what follows, which is settled with the first plan
	info    fs.FileInfo
	stopped func() error // of the last plan's context: why whoever planned has no more use for rows
	header  []string
	ranges  []byteRange
	columns []sync.Pool // of *csvColumn, beside header: fresh memory costs more than parsing into it
}

// newCSVFile refuses a delimiter that fields cannot be split at.
func newCSVFile(path string, table engine.Table, packing *packing, options Options) (*csvFile, error) {
	f := &csvFile{path: path, table: table, delimiter: csvDelimiters[0], packing: packing, splitBytes: csvSplitBytes}
	if options.SplitBytes > 0 {
		f.splitBytes = options.SplitBytes
	}
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

// plan reads the header and looks for places to cut at. How many rows follow
// only reading tells: not more than the text has bytes.
func (f *csvFile) plan(ctx context.Context) (description engine.File, splits []engine.Split, err error) {
	defer func() {
		if err != nil {
			err = f.refuse(err)
		}
	}()
	defer barrier(&err)
	text, err := f.start(nil)
	if err != nil {
		return engine.File{}, nil, err
	}
	defer text.Close()
	bytes := text.info.Size()
	ends, err := csvFingerprint(text.file, bytes)
	if err != nil {
		return engine.File{}, nil, err
	}
	description = engine.File{Path: f.path, Format: f.format(), Rows: -1, GuessedRows: text.guessRows(), Bytes: bytes, Fingerprint: ends}
	for _, name := range text.header {
		description.Columns = append(description.Columns, engine.Column{Name: name, Type: arrow.BinaryTypes.String, Native: "text"})
	}
	ranges := []byteRange{{0, bytes}}
	if f.packing == nil {
		if ranges, err = cutAtRows(ctx, text.file, text.scanner.offset+int64(text.scanner.at), bytes, f.splitBytes, f.delimiter); err != nil {
			return engine.File{}, nil, err
		}
	}
	splits = splitsOf(ranges)
	if f.packing != nil {
		splits[0].Rows = mostUnpacked(bytes)
	}
	f.settle(ctx, text.header, ranges)
	return description, splits, nil
}

func (f *csvFile) format() string {
	if f.packing != nil {
		return "csv" + f.packing.ending
	}
	return "csv"
}

// settle keeps what the first plan found.
func (f *csvFile) settle(ctx context.Context, header []string, ranges []byteRange) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.stopped = ctx.Err
	if f.header == nil {
		f.header, f.ranges, f.columns = header, ranges, make([]sync.Pool, len(header))
	}
}

// settled gives the column names and the ranges of a file that was planned.
func (f *csvFile) settled() ([]string, []byteRange) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.header, f.ranges
}

// isStopped gives the error of the last plan's context once that has ended.
func (f *csvFile) isStopped() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.stopped()
}

// check makes sure that the file is still the one that was opened first.
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

// refuse says where in the file a fault is.
func (f *csvFile) refuse(err error) error {
	header, _ := f.settled()
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
