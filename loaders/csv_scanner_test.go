package loaders

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// csvRow is a row as either reader gives it, with the line where it begins.
type csvRow struct {
	line  int64
	cells []string
}

// scanned reads a text through a window of so many bytes at first.
func scanned(text string, delimiter byte, windowBytes int) (rows []csvRow, err error) {
	s := newCSVScanner(strings.NewReader(text), delimiter, windowBytes)
	if err := s.skipMark(); err != nil {
		return nil, err
	}
	for {
		if err := s.next(); err != nil {
			if err == io.EOF {
				return rows, nil
			}
			return rows, err
		}
		row := csvRow{line: s.line}
		for _, field := range s.fields {
			row.cells = append(row.cells, field.String())
		}
		rows = append(rows, row)
	}
}

// standard reads the same with encoding/csv.
func standard(text string, delimiter byte) (rows []csvRow, err error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, byteOrderMark)))
	r.Comma, r.FieldsPerRecord = rune(delimiter), -1
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		line, _ := r.FieldPos(0)
		rows = append(rows, csvRow{int64(line), cells})
	}
}

// sameRows compares the readers: rows, lines, and the line of a quote where
// none may stand.
func sameRows(t *testing.T, text string, delimiter byte, windowBytes int) {
	t.Helper()
	got, gotErr := scanned(text, delimiter, windowBytes)
	want, wantErr := standard(text, delimiter)
	same := func(a, b csvRow) bool { return a.line == b.line && slices.Equal(a.cells, b.cells) }
	if !slices.EqualFunc(got, want, same) || (gotErr == nil) != (wantErr == nil) {
		t.Fatalf("%q through %d bytes gives %v and %v, want %v and %v", text, windowBytes, got, gotErr, want, wantErr)
	}
	if gotErr == nil {
		return
	}
	var fault *csvFault
	var parse *csv.ParseError
	if !errors.As(gotErr, &fault) || !errors.As(wantErr, &parse) {
		t.Fatalf("%q gives %T, where encoding/csv gives %v", text, gotErr, wantErr)
	}
	// A quote that is never closed is found where it opens here, and there
	// where the text ends.
	if unclosed := strings.Contains(fault.problem, "never closed"); !unclosed && fault.line != int64(parse.Line) ||
		unclosed && (fault.line < int64(parse.StartLine) || fault.line > int64(parse.Line)) {
		t.Fatalf("%q gives %v, where encoding/csv gives %v", text, gotErr, wantErr)
	}
}

var csvOddities = []string{
	"", "\n", "\r\n", "\r", "a", "a\n", "a\r", "a\r\n", "a\r\r\n", "a\rb\n", "\r\r\n", "\n\n\na,b\n\n\r\nc,d\n\n", ",", ",\n", "a,\n,b", "a,b\r",
	`""`, "\"\"\n", `"a"`, "\"a\"\r", "\"a\"\r\n", `"a","b"`, `"a""b"`, `""""`, `"a,b",c`, "\"a\nb\",c\nd,e", "\"a\r\nb\"\r\nc", "\"a\r\r\nb\"", "\"a\rb\"",
	`"a`, `"a""`, "x\n\"a\nb\nc", `"a"b`, "\"a\"\rb", `a"b`, "x\na\"", `a,"b"c`, ` "a"`, "\"a\r", "\"", "x,\"",
	byteOrderMark, byteOrderMark + "a,b\n", byteOrderMark + "\"a\",b\n", "\xef\xbba", "a," + byteOrderMark + "b", "M\xfcller,é\n",
	strings.Repeat("abc,\"d\"\"e\",\r\n", 20),
}

func TestCSVScannerReadsAsEncodingCSV(t *testing.T) {
	for _, text := range csvOddities {
		for _, windowBytes := range []int{0, 4, 5, 7, 64, csvWindowBytes} {
			sameRows(t, text, ',', windowBytes)
			sameRows(t, strings.ReplaceAll(text, ",", ";"), ';', windowBytes)
		}
	}
}

// A window of every size must see the same text: FuzzCSV moves the window's
// end over every byte of it.
func FuzzCSV(f *testing.F) {
	for _, text := range csvOddities {
		f.Add(text, byte(','), uint8(7))
	}
	f.Add("a\tb\n", byte('\t'), uint8(0))
	f.Add("a,b\n1,\n\"2\",\"\"\r\n", byte(','), uint8(99))
	f.Fuzz(func(t *testing.T, text string, delimiter byte, windowBytes uint8) {
		if delimiter == 0 || delimiter >= 0x80 || strings.IndexByte("\"\r\n", delimiter) >= 0 {
			t.Skip()
		}
		if strings.IndexByte(text, 0) >= 0 { // encoding/csv lets it pass
			if rows, err := scanned(text, delimiter, int(windowBytes)); err == nil {
				t.Fatalf("%q gives %v", text, rows)
			}
		} else {
			sameRows(t, text, delimiter, int(windowBytes))
		}
		sameByBlocks(t, text, delimiter, int(windowBytes))
		if text != "" { // such a file is refused before it is read
			sameThroughSplits(t, text, delimiter, int64(windowBytes)+1)
		}
	})
}

// failing reads a text and then fails.
type failing struct{ text io.Reader }

var errDisk = errors.New("the disk is gone")

func (f failing) Read(into []byte) (int, error) {
	n, err := f.text.Read(into)
	if err == io.EOF {
		err = errDisk
	}
	return n, err
}

func TestCSVScannerPassesReadErrorsOn(t *testing.T) {
	for _, text := range []string{"", "a,b", "a,b\n", "a,\"b", "a,\"b\"", "a,b\r"} {
		s := newCSVScanner(failing{strings.NewReader(text)}, ',', 4)
		err := s.skipMark()
		for err == nil {
			err = s.next()
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("%q ends in %v", text, err)
		}
	}
}

func TestCSVScannerLimits(t *testing.T) {
	wide := bytes.Repeat([]byte("x"), maxFieldBytes)
	line := bytes.Repeat(append(slices.Clone(wide), ','), maxLineBytes/(maxFieldBytes+1)) // shorter by 16 bytes
	for _, c := range []struct {
		name, text, want string
	}{
		{"field", string(wide), ""},
		{"field in quotes", `"` + string(wide) + `"`, ""},
		{"field too wide", "a\nb," + string(wide) + "x,", "line 2: the field has more than 1 MiB"},
		{"field too wide in quotes", "a\nb,\"" + string(wide) + "\n\",", "line 2: the field has more than 1 MiB"},
		{"line", string(line) + strings.Repeat("x", maxLineBytes-len(line)-1) + "\n", ""},
		{"line too long", "a\n" + string(line) + strings.Repeat("x", maxLineBytes-len(line)) + "\n", "line 2: the row that begins here does not end within 16 MiB"},
		{"fields", strings.Repeat(",", maxFields-1), ""},
		{"too many fields", "a\n" + strings.Repeat(",", maxLineBytes), "line 2: the row has more than 10000 fields"},
		{"quote never closed in a large file", "a\n\"" + strings.Repeat("x\n", maxLineBytes), "line 2: the row that begins here does not end within 16 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := scanned(c.text, ',', csvWindowBytes)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
