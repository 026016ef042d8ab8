package main

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding"
)

var (
	parquetCodecs    = []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Lz4Raw, &parquet.Brotli}
	textEncodings    = []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaLengthByteArray, &parquet.DeltaByteArray}
	integerEncodings = []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaBinaryPacked}
)

// form is how one column of one file is stored.
type form struct {
	node  parquet.Node
	value func(text string) parquet.Value // of text that is not ""
	nulls bool                            // "" is null, and not empty text
	leaf  int
}

// parquet writes rows with another program's writer, in whatever form they fit.
func (s *storing) parquet(t *testing.T, columns []string, rows [][]string, kept []int) []byte {
	t.Helper()
	group, forms := parquet.Group{"note": parquet.Optional(parquet.String())}, map[int]*form{}
	for _, column := range kept {
		forms[column] = s.formOf(columns[column], rows, column)
		group[s.spelling(columns[column])] = forms[column].node
	}
	schema := parquet.NewSchema("rows", group)
	for column, f := range forms {
		leaf, _ := schema.Lookup(s.spelling(columns[column]))
		f.leaf = leaf.ColumnIndex
	}
	note, _ := schema.Lookup("note")

	smallest := max(len(rows)/200, 1) // pages and row groups of many rows are not cut to crumbs
	var out bytes.Buffer
	w := parquet.NewWriter(&out, schema,
		parquet.Compression(parquetCodecs[s.IntN(len(parquetCodecs))]),
		parquet.DataPageVersion(1+s.IntN(2)),
		parquet.PageBufferSize([]int{8 * smallest, 64 * smallest, 1 << 20}[s.IntN(3)]),
		parquet.MaxRowsPerRowGroup(int64([]int{3 * smallest, 40 * smallest, 1 << 20}[s.IntN(3)])),
		parquet.DictionaryMaxBytes([]int64{0, 40, 4000}[s.IntN(3)]), // beyond it, pages are plain
		parquet.DataPageStatistics(s.IntN(2) == 0))
	for _, cells := range rows {
		row := make(parquet.Row, len(forms)+1)
		row[note.ColumnIndex] = parquet.NullValue().Level(0, 0, note.ColumnIndex)
		for column, f := range forms {
			row[f.leaf] = f.cell(cells[column])
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (f *form) cell(text string) parquet.Value {
	if text == "" && f.nulls {
		return parquet.NullValue().Level(0, 0, f.leaf)
	}
	defined := 0
	if f.node.Optional() {
		defined = 1
	}
	return f.value(text).Level(0, defined, f.leaf)
}

// formOf chooses among the forms that every value of the column fits.
func (s *storing) formOf(name string, rows [][]string, column int) *form {
	all := func(fits func(text string) bool) bool {
		return !slices.ContainsFunc(rows, func(row []string) bool { return row[column] != "" && !fits(row[column]) })
	}
	hasNulls := slices.ContainsFunc(rows, func(row []string) bool { return row[column] == "" })
	f := &form{nulls: true}
	isNumber := strings.Contains(name, "mpxn") || strings.Contains(name, "mpan")
	switch {
	case isNumber && s.IntN(2) == 0 && all(func(text string) bool { _, ok := integerOf(text); return ok }):
		s.asInteger(f)
	case name == "service_status_changed_on" && s.IntN(2) == 0 && all(func(text string) bool { return !dayOf(text).IsZero() }):
		s.asDate(f)
	case name == "ever_installed" && s.IntN(2) == 0 && all(func(text string) bool { return text == "true" || text == "F" || text == "no" || text == "1" }):
		f.node = parquet.Leaf(parquet.BooleanType)
		f.value = func(text string) parquet.Value { return parquet.BooleanValue(text == "true" || text == "1") }
	default:
		f.node = parquet.Encoded(parquet.String(), textEncodings[s.IntN(len(textEncodings))])
		f.value = func(text string) parquet.Value { return parquet.ByteArrayValue([]byte(text)) }
		f.nulls = s.IntN(2) == 0
	}
	if f.nulls && hasNulls || s.IntN(2) == 0 {
		f.node = parquet.Optional(f.node)
	}
	return f
}

func (s *storing) asInteger(f *form) {
	f.node = []parquet.Node{parquet.Int(64), parquet.Uint(64), parquet.Decimal(0, 16, parquet.Int64Type), parquet.Leaf(parquet.Int64Type)}[s.IntN(4)]
	f.node = parquet.Encoded(f.node, integerEncodings[s.IntN(len(integerEncodings))])
	f.value = func(text string) parquet.Value {
		n, _ := integerOf(text)
		return parquet.Int64Value(n)
	}
}

func (s *storing) asDate(f *form) {
	if s.IntN(2) == 0 {
		f.node = parquet.Date()
		f.value = func(text string) parquet.Value { return parquet.Int32Value(int32(dayOf(text).Unix() / 86400)) }
		return
	}
	unit, perSecond := parquet.Millisecond, int64(1e3)
	switch s.IntN(3) {
	case 0:
		unit, perSecond = parquet.Microsecond, 1e6
	case 1:
		unit, perSecond = parquet.Nanosecond, 1e9
	}
	f.node = parquet.TimestampAdjusted(unit, s.IntN(2) == 0)
	f.value = func(text string) parquet.Value { return parquet.Int64Value((dayOf(text).Unix() + 7200) * perSecond) }
}

// integerOf is an identifier as an integer, where text and integer say the
// same.
func integerOf(text string) (int64, bool) {
	text = strings.Trim(text, " ")
	if len(text) > 16 || strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// dayOf is the day that a text names, and the zero time for none.
func dayOf(text string) time.Time {
	text = strings.Trim(text, " ")
	if day, err := time.Parse("20060102", text); err == nil {
		return day
	}
	day, _ := time.Parse("2006-01-02", text[:min(len(text), 10)])
	return day
}
