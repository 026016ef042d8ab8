package loaders

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"flagfill/engine"
	"flagfill/engine/kernel"
)

// sameByBlocks compares rows that come by blocks, as far as blocks will have
// them, with those that come one by one.
func sameByBlocks(t *testing.T, text string, delimiter byte, windowBytes int) (byBlock int) {
	t.Helper()
	want, wantErr := scanned(text, delimiter, windowBytes)
	if len(want) == 0 || len(want[0].cells) == 1 {
		return 0 // no table is, and a line that holds nothing would be a row
	}
	s := newCSVScanner(strings.NewReader(text), delimiter, windowBytes)
	if err := s.skipMark(); err != nil {
		t.Fatal(err)
	}
	columns := len(want[0].cells)
	var fields kernel.Fields
	for row := 0; ; {
		found, err := s.block(&fields, columns)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; found && i < fields.Rows(); i++ {
			for c := range columns {
				if string(fields.Cell(i, c)) != want[row].cells[c] {
					t.Fatalf("%q through %d bytes: row %d has %q in column %d, want %q", text, windowBytes, row, fields.Cell(i, c), c, want[row].cells)
				}
			}
			row, byBlock = row+1, byBlock+1
		}
		if err := s.next(); err != nil {
			if fmt.Sprint(err) != fmt.Sprint(wantErr) && (err != io.EOF || wantErr != nil) || row != len(want) {
				t.Fatalf("%q through %d bytes: %d rows and %v, want %d and %v", text, windowBytes, row, err, len(want), wantErr)
			}
			return byBlock
		}
		if s.line != want[row].line {
			t.Fatalf("%q through %d bytes: row %d is in line %d, want %d", text, windowBytes, row, s.line, want[row].line)
		}
		row++
	}
}

// sameThroughSplits reads a file in splits of several sizes, as texts and as
// numbers, and wants the rows that the scanner finds one by one, or the refusal
// that reading it whole ends in.
func sameThroughSplits(t *testing.T, text string, delimiter byte, splitBytes ...int64) {
	t.Helper()
	options := Options{Delimiter: rune(delimiter)}
	path := saved(t, "x.csv", []byte(text))
	_, _, wholeErr := readCSVFile(t, path, options, 1<<40, false)
	want, wantErr := scanned(text, delimiter, csvWindowBytes)
	for _, size := range splitBytes {
		_, rows, err := readCSVFile(t, path, options, size, false)
		if err != nil {
			mustRefuse(t, err)
			if fmt.Sprint(err) != fmt.Sprint(wholeErr) {
				t.Fatalf("%q in splits of %d bytes: %v, want %v", text, size, err, wholeErr)
			}
			continue
		}
		if wantErr != nil || len(want) != len(rows)+1 {
			t.Fatalf("%q in splits of %d bytes: %d rows, want %d, %v", text, size, len(rows), len(want), wantErr)
		}
		_, numbers, err := readCSVFile(t, path, options, size, true)
		for i, row := range rows {
			if err != nil || !slices.Equal(row, want[i+1].cells) || !slices.Equal(numbers[i], row) {
				t.Fatalf("%q in splits of %d bytes: row %d is %q and %q, want %q, %v", text, size, i, row, numbers[i], want[i+1].cells, err)
			}
		}
	}
}

// Wherever a file is cut, its rows are the same, and what is wrong with it is
// said in the same words.
func TestCSVSplitsAtEveryByte(t *testing.T) {
	texts := slices.Clone(csvOddities)
	for _, text := range []string{
		"a,b\n1,2\n3,4\n5,6\n7,8\n",
		"a,b\r\n1,2\r\n\r\n\n3,\r\n,4\r\n",
		"\"a\",\"b\"\n\"1\",\"2\"\n\"3\",\"\"\n\"\",\"4\"\n",
		"a,b\n\"1\n\n\",2\n3,\"\r\n\"\"\n,4\n\"\n5,6\n",
		"a,b\n\"x\",\"\"\"\n\"\"\"\n1,2\n\"\"\"\"\"\",\n",
		byteOrderMark + "a,b\n1,2\n" + byteOrderMark + "3,4\n",
		"a,b\n1,2\nx\"y,3\n4,5\n\"6,\n\",7\n",
		"a,b\n1,2\n\"3,4\n5,6\n7,8\n",
		"a,b\n1,2\n3\n\"4\",5\n",
		"a,b\n1,2\n3,\x00\n4,5,6\n",
		"a,b\n007,2\n-3,4\n,\n12345678901234567,9007199254740993\n1, 2\n",
	} {
		texts = append(texts, text, strings.TrimSuffix(text, "\n"))
	}
	for _, text := range texts {
		if text == "" {
			continue
		}
		var sizes []int64
		for splitBytes := range int64(len(text)) + 1 {
			sizes = append(sizes, splitBytes+1)
		}
		sameThroughSplits(t, text, ',', sizes...)
		for _, windowBytes := range []int{3, 5, 8, 13, 64, csvWindowBytes} {
			sameByBlocks(t, text, ',', windowBytes)
		}
	}
}

// A quoted table is read by blocks too, but for rows that need care.
func TestCSVBlocksAreFound(t *testing.T) {
	for _, c := range []struct {
		name, row     string
		atLeast, most int
	}{
		{"plain", "1200023305967,A,2026-01-01\n", 990, 1000},
		{"CRLF", "1200023305967,A,2026-01-01\r\n", 990, 1000},
		{"quotes", "\"1200023305967\",\"A\",\"2026-01-01\"\n", 990, 1000},
		{"quotes and CRLF", "\"1200023305967\",A,\"2026-01-01\"\r\n", 990, 1000},
		{"a quote in quotes", "1200023305967,\"\"\"A\",2026-01-01\n", 0, 0},
	} {
		if n := sameByBlocks(t, strings.Repeat(c.row, 1000), ',', 4096); n < c.atLeast || n > c.most {
			t.Errorf("%s: %d rows of 1000 come by block", c.name, n)
		}
	}
}

// Cuts fall on rows, every row is in one range, and ranges are about as long as
// is wanted.
func TestCSVCutsFallOnRows(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	cuts := 0
	for range 1000 {
		var text strings.Builder
		isStart := map[int64]bool{0: true}
		for range random.IntN(60) {
			text.WriteString([]string{"1,2\n", "\"a\n\n\",\"\"\"\n\"\n", ",\n", "xxxxxxxxxx,\"y\"\r\n", "\n", "\"\",\n", "\",\n\",\"\"\n"}[random.IntN(7)])
			isStart[int64(text.Len())] = true
		}
		size, splitBytes := int64(text.Len()), 1+random.Int64N(100)
		ranges, err := cutAtRows(t.Context(), strings.NewReader(text.String()), 0, size, splitBytes, ',')
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range ranges {
			if !isStart[r.from] || i > 0 && ranges[i-1].to != r.from || i > 0 && r.from-ranges[i-1].from < splitBytes {
				t.Fatalf("%q in splits of %d: ranges %v", text.String(), splitBytes, ranges)
			}
		}
		if ranges[len(ranges)-1].to != size {
			t.Fatalf("ranges %v of %d bytes", ranges, size)
		}
		cuts += len(ranges) - 1
	}
	if cuts < 4000 {
		t.Errorf("only %d cuts", cuts)
	}
}

// Text between quotes may be as long as a field, and look like rows: no cut falls
// into it. A byte more, and the file is refused in the same words however it is
// cut.
func TestCSVCutsRoundLongFields(t *testing.T) {
	const row = "1200023305967,A\n"
	for _, c := range []struct {
		name          string
		fieldBytes    int
		first, closed string
	}{
		{"longest", maxFieldBytes, "x", `"`},
		{"longest, between line ends", maxFieldBytes, "\n", `"`},
		{"too long", maxFieldBytes + 1, "x", `"`},
		{"never closed", maxFieldBytes, "x", ""},
	} {
		field := strings.Repeat(row, c.fieldBytes/len(row)+1)[:c.fieldBytes-2]
		text := "mpxn,service_status\n" + strings.Repeat(row, 10_000) + `"` + c.first + field + c.first + c.closed + ",I\n" + strings.Repeat(row, 10_000)
		t.Run(c.name, func(t *testing.T) { sameThroughSplits(t, text, ',', 100_000, 300_000) })
	}
}

// A file is cut whether it has quotes or not, however they stand.
func TestCSVIsCutWhateverItsQuotes(t *testing.T) {
	for name, row := range map[string]string{
		"none":              "1200023305967,A,2026-01-01\n",
		"round every field": "\"1200023305967\",\"A\",\"2026-01-01\"\r\n",
		"empty texts alone": "1200023305967,\"\",2026-01-01\n",
		"within quotes":     "1200023305967,\"\"\"\",2026-01-01\n",
		"and line ends":     "1200023305967,\"\n1,2,3\n\",2026-01-01\n",
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Repeat(row, 4<<20/len(row))
			ranges, err := cutAtRows(t.Context(), strings.NewReader(text), 0, int64(len(text)), 256<<10, ',')
			if err != nil || len(ranges) < 14 {
				t.Errorf("%d ranges, %v", len(ranges), err)
			}
			for _, r := range ranges {
				if r.from%int64(len(row)) != 0 {
					t.Errorf("a range begins %d bytes behind a row's beginning", r.from%int64(len(row)))
				}
			}
		})
	}
}

// A fault late in a file has it read again from its beginning, for its line:
// not once nobody waits for that any more.
func TestCSVFaultIsNotSoughtAfterTheEnd(t *testing.T) {
	path := saved(t, "x.csv", []byte("mpxn,service_status\n"+strings.Repeat("1200023305967,A\n", 1000)+"1200023305967\n"))
	for _, stopped := range []bool{false, true} {
		source, err := Open([]string{path}, engine.MeterPoints, Options{SplitBytes: 1000})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		plan, err := source.Plan(ctx)
		if err != nil {
			t.Fatal(err)
		}
		reader, err := source.Open(plan.Splits[len(plan.Splits)-1], []int{0})
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		if stopped {
			stop()
		}
		for err == nil {
			err = reader.Next(&engine.Batch{})
		}
		if stopped && !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		if !stopped {
			mustRefuse(t, err, "line 1002", "the row has 1 fields, and the header has 2")
		}
	}
}
