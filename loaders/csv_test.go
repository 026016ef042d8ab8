package loaders

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine"
)

// readCSVText reads a text as a file of devices: its columns, and its rows as
// the engine sees them.
func readCSVText(t testing.TB, text string, options Options) (columns []string, rows [][]string, err error) {
	t.Helper()
	if text == "" {
		text = "\n" // a file of no bytes is refused before it is read
	}
	return readCSVFile(t, saved(t, "x.csv", []byte(text)), options, csvSplitBytes, false)
}

// readCSVFile reads a file in splits of about so many bytes, with every column
// as numbers where it can be.
func readCSVFile(t testing.TB, path string, options Options, splitBytes int64, numbers bool) (columns []string, rows [][]string, err error) {
	t.Helper()
	options.SplitBytes = splitBytes
	f, err := newCSVFile(path, engine.Devices, nil, options)
	if err != nil {
		return nil, nil, err
	}
	source := &fileSource{files: []dataFile{f}}
	plan, err := source.Plan(context.Background())
	if err != nil {
		return nil, nil, err
	}
	var all []int
	for i, c := range plan.Files[0].Columns {
		columns, all = append(columns, c.Name), append(all, i)
	}
	for _, split := range plan.Splits {
		found, err := readCSVSplit(t, source, split, all, numbers)
		if err != nil {
			return columns, nil, err
		}
		rows = append(rows, found...)
	}
	return columns, rows, nil
}

// readCSVRows reads columns of the only file, split by split, and checks what
// holds of every batch.
func readCSVRows(t testing.TB, source engine.Source, plan *engine.Plan, columns []int) (rows [][]string, err error) {
	t.Helper()
	for _, split := range plan.Splits {
		found, err := readCSVSplit(t, source, split, columns, false)
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func readCSVSplit(t testing.TB, source engine.Source, split engine.Split, columns []int, numbers bool) (rows [][]string, err error) {
	t.Helper()
	reader, err := source.Open(split, columns)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	for i := range columns {
		if numbers {
			reader.(engine.NumberReader).ReadNumbers(i)
		}
	}
	var batch engine.Batch
	for {
		if err := reader.Next(&batch); err == io.EOF {
			return rows, nil
		} else if err != nil {
			return nil, err
		}
		n := int(batch.Record.NumRows())
		if batch.FirstRow != int64(len(rows)) || n == 0 || n > batchRows {
			t.Fatalf("a batch of %d rows from %d on, expected from %d on", n, batch.FirstRow, len(rows))
		}
		for _, column := range batch.Record.Columns() {
			if err := checkPad(column); err != nil {
				t.Fatal(err)
			}
		}
		for i := range n {
			row := make([]string, len(columns))
			for j, column := range batch.Record.Columns() {
				if value := cell(column, i); value != nil {
					row[j] = fmt.Sprint(value)
				}
			}
			rows = append(rows, row)
		}
		if int64(len(rows)) > split.Rows {
			t.Fatalf("%d rows, and the plan says %d at most", len(rows), split.Rows)
		}
	}
}

func TestCSVOddities(t *testing.T) {
	ab := []string{"a", "b"}
	for _, c := range []struct {
		name, text string
		delimiter  rune
		columns    []string
		rows       [][]string
	}{
		{"plain", "a,b\n1,2\n3,4\n", 0, ab, [][]string{{"1", "2"}, {"3", "4"}}},
		{"no last line end", "a,b\n1,2", 0, ab, [][]string{{"1", "2"}}},
		{"CRLF", "a,b\r\n1,2\r\n", 0, ab, [][]string{{"1", "2"}}},
		{"CRLF, the last cut in half", "a,b\r\n1,2\r", 0, ab, [][]string{{"1", "2"}}},
		{"CRLF and LF", "a,b\r\n1,2\n3,4\r\n", 0, ab, [][]string{{"1", "2"}, {"3", "4"}}},
		{"byte order mark", "\xef\xbb\xbfa,b\n1,2\n", 0, ab, [][]string{{"1", "2"}}},
		{"byte order mark and quotes", "\xef\xbb\xbf\"a\",\"b\"\n1,2\n", 0, ab, [][]string{{"1", "2"}}},
		{"blank lines", "\n\na,b\n\n1,2\n\r\n3,4\n\n", 0, ab, [][]string{{"1", "2"}, {"3", "4"}}},
		{"a line of spaces is a row", "a,b\n , \n", 0, ab, [][]string{{" ", " "}}},
		{"quotes", "\"a\",b\n\"1\",\"2\"\n", 0, ab, [][]string{{"1", "2"}}},
		{"a delimiter in quotes", "a,b\n\"1,5\",2\n", 0, ab, [][]string{{"1,5", "2"}}},
		{"a quote in quotes", "a,b\n\"say \"\"1\"\"\",\"\"\"\"\n", 0, ab, [][]string{{`say "1"`, `"`}}},
		{"lines in quotes", "a,b\n\"1\n\n2\",\"3\r\n4\"\n5,6\n", 0, ab, [][]string{{"1\n\n2", "3\n4"}, {"5", "6"}}},
		{"a carriage return in a line", "a,b\n1\r2,3\n", 0, ab, [][]string{{"1\r2", "3"}}},
		{"empty fields", "a,b\n,\n\"\",\"\"\n", 0, ab, [][]string{{"", ""}, {"", ""}}},
		{"text that is not UTF-8", "a,b\nM\xfcller,2\n", 0, ab, [][]string{{"M\xfcller", "2"}}},
		{"spaces around names only", " a ,\tb\n 1 ,2\n", 0, ab, [][]string{{" 1 ", "2"}}},
		{"names of several words", "Device Type,état\n1,2\n", 0, []string{"Device Type", "état"}, [][]string{{"1", "2"}}},
		{"no row", "a,b\n", 0, ab, nil},
		{"semicolons", "a;b\n1,5;2\n", ';', ab, [][]string{{"1,5", "2"}}},
		{"tabs", "a\tb\n1\t\"2\t3\"\n", '\t', ab, [][]string{{"1", "2\t3"}}},
		{"bars", "a|b\n1|2\n", '|', ab, [][]string{{"1", "2"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			columns, rows, err := readCSVText(t, c.text, Options{Delimiter: c.delimiter})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(columns, c.columns) || !slices.EqualFunc(rows, c.rows, slices.Equal) {
				t.Errorf("columns %q, rows %q, want %q and %q", columns, rows, c.columns, c.rows)
			}
		})
	}
}

func TestCSVRefused(t *testing.T) {
	for _, c := range []struct {
		name, text string
		parts      []string
	}{
		{"only blank lines", "\n\r\n", []string{"line 1: the file has no row, and a header is expected"}},
		{"a name twice", "\na,b,\" a\"\n", []string{"line 2, column 3: the column has the same name as column 1"}},
		{"no name", "a,b,\n", []string{"line 1, column 3: a column has no name"}},
		{"a blank name", "a, ,c\n", []string{"line 1, column 2: a column has no name"}},
		{"a name in Latin-1", "a,\xe9tat\n", []string{"line 1, column 2: the column's name is not UTF-8"}},
		{"no header", "ESME,1200023305967\n", []string{"line 1, column 2: a number stands where the name of a column is expected"}},
		{"another delimiter", "a;b\n1;2\n", []string{`line 1: the header is one field, split at ','`, `';' stands in it`}},
		{"tabs", "a\tb\n", []string{`'\t' stands in it`}},
		{"one column", "a\n1\n", []string{"line 1: the header is one field"}},
		{"carriage returns alone", "a,b\r1,2\r", []string{"line 1, column 2: a carriage return stands in the column's name"}},
		{"too few fields", "a,b\n1,2\n\n3\n", []string{"line 4: the row has 1 fields, and the header has 2"}},
		{"too many fields", "a,b\n\"1\n\",2\n3,4,5\n", []string{"line 4: the row has 3 fields, and the header has 2"}},
		{"a bare quote", "a,b\n1,2\n3,4\"\n", []string{`line 3, column b: a quote (") stands in a field that does not begin with one`}},
		{"a bare quote behind the header", "a,b\n1,2,3\"\n", []string{`line 2, column 3: a quote`}},
		{"text behind a quote", "a,b\n\"1\n\"x,2\n", []string{`line 3, column a: text follows the quote (") that closes the field`}},
		{"a quote never closed", "a,b\n1,2\n3,\"4\n5,6\n", []string{`line 3, column b: a quote (") opens here and is never closed`}},
		{"a zero byte", "a,b\n1,2\n3,\"\n\x00\"\n", []string{"line 4, column b: a byte of value 0 stands where text is expected"}},
		{"a zero byte in the header", "a,b\x00\n", []string{"line 1, column 2: a byte of value 0"}},
		{"a wide field", "a,b\n1," + strings.Repeat("2", maxFieldBytes+1) + "\n", []string{"line 2, column b: the field has more than 1 MiB"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readCSVText(t, c.text, Options{})
			mustRefuse(t, err, append(c.parts, "cannot read devices ", "x.csv: ")...)
			if strings.Contains(fmt.Sprint(err), "1200023305967") {
				t.Errorf("%v names a meter point", err)
			}
		})
	}
}

// Every row is checked, whatever columns are wanted.
func TestCSVChecksWhatIsNotWanted(t *testing.T) {
	source := open(t, saved(t, "x.csv", []byte("a,b,c\n1,2,3\n4,5\n")))
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	_, err = readCSVRows(t, source, plan, []int{0})
	mustRefuse(t, err, "line 3: the row has 2 fields, and the header has 3")
}

// Batches follow each other, and columns come in the order asked for.
func TestCSVBatches(t *testing.T) {
	var text strings.Builder
	text.WriteString("a,b,c\n")
	const rows = 2*batchRows + 77
	for i := range rows {
		fmt.Fprintf(&text, "%d,\"x\"\"%d\",\n", i, i%7)
	}
	source := open(t, saved(t, "x.csv", []byte(text.String())))
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	file := plan.Files[0]
	if file.Format != "csv" || file.Rows != -1 || file.Bytes != int64(text.Len()) || len(file.Fingerprint) != 16 || plan.Rows() != -1 {
		t.Errorf("planned %+v", file)
	}
	if file.Columns[1] != (engine.Column{Name: "b", Type: arrow.BinaryTypes.String, Native: "text"}) {
		t.Errorf("column %+v", file.Columns[1])
	}
	for range 2 { // a source can be read again
		got, err := readCSVRows(t, source, plan, []int{1, 0})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != rows {
			t.Fatalf("%d rows", len(got))
		}
		for i, row := range got {
			if want := []string{fmt.Sprintf(`x"%d`, i%7), fmt.Sprint(i)}; !slices.Equal(row, want) {
				t.Fatalf("row %d is %q, want %q", i, row, want)
			}
		}
	}
}

// Rows longer than the window come one or two at a time: memory follows bytes,
// not rows.
func TestCSVBatchesOfLongTexts(t *testing.T) {
	row := strings.Repeat("x", maxFieldBytes) + ",\n"
	source := open(t, saved(t, "x.csv", []byte("a,b\n"+strings.Repeat(row, 70))))
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(0)
	for _, split := range plan.Splits {
		reader, err := source.Open(split, []int{0})
		if err != nil {
			t.Fatal(err)
		}
		var batch engine.Batch
		for err = reader.Next(&batch); err == nil; err = reader.Next(&batch) {
			if n := batch.Record.NumRows(); n > 2 {
				t.Errorf("a batch of %d rows", n)
			}
			rows += batch.Record.NumRows()
		}
		if err != io.EOF {
			t.Error(err)
		}
		reader.Close()
	}
	if rows != 70 || len(plan.Splits) < 8 {
		t.Errorf("%d rows in %d splits", rows, len(plan.Splits))
	}
}

func TestCSVFileThatChanges(t *testing.T) {
	path := saved(t, "x.csv", []byte("a,b\n1,2\n"))
	source := open(t, path)
	plan, err := source.Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	_, err = source.Open(plan.Splits[0], []int{0})
	mustRefuse(t, err, path, "has changed")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = source.Open(plan.Splits[0], []int{0})
	mustRefuse(t, err, path, "no such file")
}

// What a file is taken for, by content and then by name.
func TestFormatIsTold(t *testing.T) {
	parquetBytes := string(writeParquet(t, keyedRows(1)))
	for _, c := range []struct{ name, content, want string }{
		{"x.csv", "a,b\n", "csv"},
		{"x.txt", "a,b\n", "csv"},
		{"x", "a,b\n", "csv"},
		{"x.csv", parquetBytes, "parquet"},
		{"x.PARQUET", "a,b\n", "it holds text, not Parquet"},
		{"x.arrow", "a,b\n", "it holds text, not Arrow"},
		{"x.feather", "a,b\n", "it holds text, not Arrow"},
		{"x.csv", "", "it holds nothing (0 bytes), not Parquet, Arrow or CSV"},
		{"x.csv.gz", "\x1f\x8b\x08\x00rest", "the gzip data ends before its end: the file was cut off"},
		{"x.csv.zst", "\x28\xb5\x2f\xfdrest", "the zstd data ends before its end: the file was cut off"},
		{"x.csv", "\xff\xfea\x00,\x00", "it holds UTF-16 text"},
		{"x.csv", "a,b\n" + strings.Repeat("1,2\n", 1000) + "\x00", "it holds binary data of no known format"},
	} {
		path := saved(t, c.name, []byte(c.content))
		source, err := Open([]string{path}, engine.Devices, Options{})
		if strings.Contains(c.want, " ") {
			mustRefuse(t, err, path+": ", c.want)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		plan, err := source.Plan(context.Background())
		if err != nil || plan.Files[0].Format != c.want {
			t.Errorf("%s: planned %+v, %v; want %s", c.name, plan, err, c.want)
		}
	}
}

func TestCSVFingerprints(t *testing.T) {
	seen := map[string]string{}
	middle := strings.Repeat("1,2\n", sniffedBytes)
	for name, text := range map[string]string{"one": "a,b\n1,2\n", "last byte": "a,b\n1,3\n", "length": "a,b\n1,2\n\n",
		"large": "a,b\n" + middle, "large, the end": "a,b\n" + middle[:len(middle)-2] + "3\n"} {
		plan, err := open(t, saved(t, "x.csv", []byte(text))).Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := seen[plan.Files[0].Fingerprint]; twice {
			t.Errorf("%s and %s have the fingerprint %s", name, other, plan.Files[0].Fingerprint)
		}
		seen[plan.Files[0].Fingerprint] = name
	}
}

func TestCSVDelimiterRefused(t *testing.T) {
	path := saved(t, "x.csv", []byte("a,b\n"))
	for _, delimiter := range []rune{'"', '\n', '\r', 'é', -1} {
		if _, err := Open([]string{path}, engine.Devices, Options{Delimiter: delimiter}); err == nil || !strings.Contains(err.Error(), "[input] delimiter") {
			t.Errorf("%q: %v", delimiter, err)
		}
	}
}

// Files of several programs, with what each makes of the same rows.
func TestCSVOfOtherPrograms(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "csv", "*.csv"))
	if err != nil || len(files) < 3 {
		t.Fatalf("files %q, %v", files, err)
	}
	want := [][]string{{"1200023305967", "A", `Müller, "Hans"`}, {"3938424403", "", "two\nlines"}, {"1030006718997", "Null", ""}}
	for _, path := range files {
		delimiter := ','
		if strings.Contains(path, "semicolon") {
			delimiter = ';'
		}
		source, err := Open([]string{path}, engine.MeterPoints, Options{Delimiter: delimiter})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := source.Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := readCSVRows(t, source, plan, []int{0, 1, 2})
		if err != nil || !slices.EqualFunc(rows, want, slices.Equal) {
			t.Errorf("%s holds %q, %v", path, rows, err)
		}
	}
}
