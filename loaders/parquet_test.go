package loaders

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/lz4"
	"github.com/parquet-go/parquet-go/deprecated"
)

// everything has a column of every type that can be given, in every encoding
// that it may be stored in, required and optional.
type everything struct {
	Plain     string  `parquet:"plain,plain"`
	Dict      string  `parquet:"dict,dict"`
	Delta     string  `parquet:"delta,delta"`
	Lengths   string  `parquet:"lengths"`
	Raw       []byte  `parquet:"raw,plain"`
	Enum      string  `parquet:"enum,enum,dict"`
	JSON      string  `parquet:"json,json,plain"`
	OptPlain  *string `parquet:"opt_plain,optional,plain"`
	OptDict   *string `parquet:"opt_dict,optional,dict"`
	AllNull   *string `parquet:"all_null,optional,dict"`
	Int64     int64   `parquet:"int64,plain"`
	DeltaInt  int64   `parquet:"delta_int,delta"`
	DictInt   int64   `parquet:"dict_int,dict"`
	SplitInt  int64   `parquet:"split_int,split"`
	Int32     int32   `parquet:"int32,plain"`
	Delta32   int32   `parquet:"delta32,delta"`
	Split32   int32   `parquet:"split32,split"`
	Dict32    int32   `parquet:"dict32,dict"`
	Uint32    uint32  `parquet:"uint32,plain"`
	UintDelta uint32  `parquet:"uint_delta,delta"`
	Uint64    uint64  `parquet:"uint64,plain"`
	OptInt    *int64  `parquet:"opt_int,optional,plain"`
	Decimal   int64   `parquet:"decimal,decimal(0:13)"`
	Date      int32   `parquet:"date,date"`
	OptDate   *int32  `parquet:"opt_date,optional,date,dict"`
	Millis    int64   `parquet:"millis,timestamp(millisecond)"`
	Micros    *int64  `parquet:"micros,optional,timestamp(microsecond:local)"`
	Nanos     int64   `parquet:"nanos,timestamp(nanosecond),delta"`
	Flag      bool    `parquet:"flag"`
	OptFlag   *bool   `parquet:"opt_flag,optional"`

	Fixed     [5]byte          `parquet:"fixed"`
	FixedDict [2]byte          `parquet:"fixed_dict,dict"`
	FixedDec  [6]byte          `parquet:"fixed_dec,decimal(0:13)"`
	Old       deprecated.Int96 `parquet:"old"`
}

// everythingRows makes n rows whose values tell their row, in runs and without.
func everythingRows(n int) []everything {
	rows := make([]everything, n)
	for i := range rows {
		text := fmt.Sprintf("%013d", i*7919)
		word := [...]string{"Commissioned", "Pending", "", "a status that is longer than sixteen bytes"}[i/50%4]
		long := fmt.Sprintf("%*d", i%40, i)
		signed, date, flag := int64(i)*1e9-5e12, int32(i%9000-4000), i/7%3 == 0
		r := everything{
			Plain: text, Dict: word, Delta: "88-73-84-57-" + text, Lengths: long, Raw: []byte(long), Enum: word, JSON: long,
			Int64: signed, DeltaInt: signed, DictInt: int64(i % 300), SplitInt: signed, Int32: int32(signed), Delta32: int32(i) - 9, Split32: int32(signed),
			Dict32: int32(i%5) - 2, Uint32: math.MaxUint32 - uint32(i), UintDelta: math.MaxUint32 - uint32(i), Uint64: uint64(i),
			Decimal: 1e12 + int64(i), Date: date, Millis: signed, Nanos: signed, Flag: flag,
		}
		copy(r.Fixed[:], text[8:])
		copy(r.FixedDict[:], text[11:])
		copy(r.FixedDec[:], twosComplement(signed/1e3, 6))
		r.Old = int96Of(time.Unix(int64(date)*86400+3600, 0).UTC())
		if i%3 != 0 && i/100%4 != 1 {
			r.OptPlain, r.OptDict, r.OptInt = &long, &word, &signed
			r.OptDate, r.Micros, r.OptFlag = &date, &signed, &flag
		}
		rows[i] = r
	}
	return rows
}

// cellsOf is what reading the rows must give.
func cellsOf(rows []everything) map[string][]any {
	cells := map[string][]any{}
	schema := parquet.SchemaOf(everything{})
	for i := range rows {
		v := reflect.ValueOf(&rows[i]).Elem() // whose arrays can be looked into
		for j, column := range schema.Columns() {
			f := v.Field(j)
			var value any
			if strings.Contains(v.Type().Field(j).Tag.Get("parquet"), "optional") && f.IsZero() {
				cells[column[0]] = append(cells[column[0]], nil)
				continue
			}
			if f.Kind() == reflect.Pointer {
				f = f.Elem()
			}
			switch {
			case column[0] == "fixed_dec":
				value = rows[i].Int64 / 1e3
			case column[0] == "old":
				value = rows[i].Date
			case f.Kind() == reflect.Array:
				value = string(f.Bytes())
			case f.CanInt() && (column[0] == "date" || column[0] == "opt_date"):
				value = int32(f.Int())
			case f.CanInt():
				value = f.Int()
			case f.CanUint():
				value = int64(f.Uint())
			case f.Kind() == reflect.Slice:
				value = string(f.Bytes())
			default:
				value = f.Interface()
			}
			cells[column[0]] = append(cells[column[0]], value)
		}
	}
	return cells
}

var codecs = []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Zstd, &parquet.Gzip, &lz4.Codec{Level: lz4.Fastest}, &parquet.Brotli, hadoopLZ4{}}

func TestEveryLayout(t *testing.T) {
	rows := everythingRows(1500)
	want := cellsOf(rows)
	for _, codec := range codecs {
		for version := 1; version <= 2; version++ {
			for _, pageBytes := range []int{200, 4096, 1 << 20} {
				for _, groupRows := range []int64{250, 1 << 20} {
					name := fmt.Sprintf("%v/v%d/page=%d/group=%d", codec, version, pageBytes, groupRows)
					t.Run(name, func(t *testing.T) {
						file := writeParquet(t, rows, parquet.Compression(codec), parquet.DataPageVersion(version),
							parquet.PageBufferSize(pageBytes), parquet.MaxRowsPerRowGroup(groupRows))
						got, plan, err := readAllOf(open(t, saved(t, "x.parquet", file)))
						if err != nil {
							t.Fatal(err)
						}
						if plan.Files[0].PagesUnchecked {
							t.Error("the checksums of its pages are not seen")
						}
						if plan.Rows() != int64(len(rows)) || got.rows != plan.Rows() {
							t.Errorf("planned %d rows, read %d", plan.Rows(), got.rows)
						}
						sameCells(t, want, got.cells)
						if got.forms["dict"]["utf8"] > 0 || got.forms["plain"]["dictionary"] > 0 {
							t.Errorf("columns came as %v", got.forms)
						}
					})
				}
			}
		}
	}
}

// What batches look like where pages are larger than a batch.
func TestLargePages(t *testing.T) {
	rows := everythingRows(3*batchRows + 5)
	file := writeParquet(t, rows, parquet.Compression(&parquet.Snappy), parquet.PageBufferSize(8<<20))
	got, _, err := readAllOf(open(t, saved(t, "x.parquet", file)))
	if err != nil {
		t.Fatal(err)
	}
	sameCells(t, cellsOf(rows), got.cells)
	if n := got.forms["plain"]["utf8"]; n != 4 {
		t.Errorf("%d batches, want 4", n)
	}
}

// A chunk that runs out of dictionary goes on in plain pages: the batch is cut
// there, for all columns.
func TestDictionaryFallback(t *testing.T) {
	type row struct {
		Key    string  `parquet:"key,dict"`
		Opt    *string `parquet:"opt,optional,dict"`
		Status string  `parquet:"status,dict"`
		Number int64   `parquet:"number,dict"`
	}
	rows := make([]row, 20000)
	for i := range rows {
		key := fmt.Sprintf("%013d", i/2)
		rows[i] = row{Key: key, Status: key[12:], Number: int64(i / 3)}
		if i%5 > 0 {
			rows[i].Opt = &key
		}
	}
	file := writeParquet(t, rows, parquet.DictionaryMaxBytes(20000), parquet.PageBufferSize(4000), parquet.MaxRowsPerRowGroup(9000))
	got, _, err := readAllOf(open(t, saved(t, "x.parquet", file)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]any{}
	for _, r := range rows {
		opt := any(nil)
		if r.Opt != nil {
			opt = *r.Opt
		}
		want["key"], want["opt"] = append(want["key"], r.Key), append(want["opt"], opt)
		want["status"], want["number"] = append(want["status"], r.Status), append(want["number"], r.Number)
	}
	sameCells(t, want, got.cells)
	for _, name := range []string{"key", "opt"} {
		if f := got.forms[name]; f["dictionary"] < 3 || f["utf8"] < 2 {
			t.Errorf("column %s came as %v: the file does not fall back", name, f)
		}
	}
	if f := got.forms["status"]; f["utf8"] > 0 || f["dictionary"] < 6 {
		t.Errorf("column status came as %v", f)
	}
}

// Nulls in the encodings that a struct tag cannot ask for together with them.
func TestOptionalDelta(t *testing.T) {
	type row struct {
		Text   *string `parquet:"text,optional"`
		Number *int64  `parquet:"number,optional"`
		Small  *int32  `parquet:"small,optional"`
	}
	encodings := []parquet.WriterOption{
		parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.DeltaByteArray),
		parquet.DefaultEncodingFor(parquet.Int32, &parquet.DeltaBinaryPacked),
		parquet.DefaultEncodingFor(parquet.Int64, &parquet.DeltaBinaryPacked),
	}
	rows := make([]row, 5000)
	want := map[string][]any{}
	for i := range rows {
		text, number, small := fmt.Sprintf("%013d", i*i), int64(i)<<40, int32(-i)
		cells := []any{nil, nil, nil}
		if i%7 < 3 {
			rows[i] = row{&text, &number, &small}
			cells = []any{text, number, int64(small)}
		}
		for j, name := range []string{"text", "number", "small"} {
			want[name] = append(want[name], cells[j])
		}
	}
	for version := 1; version <= 2; version++ {
		options := append(slices.Clone(encodings), parquet.DataPageVersion(version), parquet.PageBufferSize(3000))
		got, _, err := readAllOf(open(t, saved(t, "x.parquet", writeParquet(t, rows, options...))))
		if err != nil {
			t.Fatal(err)
		}
		sameCells(t, want, got.cells)
	}
}

func TestTypes(t *testing.T) {
	type row struct {
		Text    string             `parquet:"text"`
		Enum    string             `parquet:"enum,enum"`
		Raw     []byte             `parquet:"raw"`
		Int     int64              `parquet:"int"`
		Uint    uint32             `parquet:"uint"`
		Date    int32              `parquet:"date,date"`
		Millis  int64              `parquet:"millis,timestamp(millisecond)"`
		Local   int64              `parquet:"local,timestamp(microsecond:local)"`
		Nanos   int64              `parquet:"nanos,timestamp(nanosecond)"`
		Flag    *bool              `parquet:"flag,optional"`
		Whole   int64              `parquet:"whole,decimal(0:13)"`
		Cents   int64              `parquet:"cents,decimal(2:13)"`
		Clock   int64              `parquet:"clock,time(microsecond)"`
		Float   float32            `parquet:"float"`
		Double  *float64           `parquet:"double,optional"`
		Fixed   [4]byte            `parquet:"fixed"`
		UUID    [16]byte           `parquet:"uuid,uuid"`
		Old     deprecated.Int96   `parquet:"old"`
		List    []string           `parquet:"list"`
		Listed  []int64            `parquet:"listed,list"`
		Map     map[string]string  `parquet:"map"`
		Group   struct{ A, B int } `parquet:"group"`
		Last    string             `parquet:"last,optional"`
		Deleted *string            `parquet:"deleted,optional,json"`
	}
	source := open(t, saved(t, "x.parquet", writeParquet(t, []row{{Text: "a", Last: "z"}, {Text: "b"}})))
	got, plan, err := readAllOf(source)
	if err != nil {
		t.Fatal(err)
	}
	text, integer := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	want := []struct {
		name   string
		typ    arrow.DataType
		native string
	}{
		{"text", text, "BYTE_ARRAY (STRING)"},
		{"enum", text, "BYTE_ARRAY (ENUM)"},
		{"raw", text, "BYTE_ARRAY"},
		{"int", integer, "INT64 (INT(64,true))"},
		{"uint", integer, "INT32 (INT(32,false))"},
		{"date", arrow.FixedWidthTypes.Date32, "INT32 (DATE)"},
		{"millis", arrow.FixedWidthTypes.Timestamp_ms, "INT64 (TIMESTAMP(isAdjustedToUTC=true,unit=MILLIS))"},
		{"local", &arrow.TimestampType{Unit: arrow.Microsecond}, "INT64 (TIMESTAMP(isAdjustedToUTC=false,unit=MICROS))"},
		{"nanos", arrow.FixedWidthTypes.Timestamp_ns, "INT64 (TIMESTAMP(isAdjustedToUTC=true,unit=NANOS))"},
		{"flag", arrow.FixedWidthTypes.Boolean, "BOOLEAN"},
		{"whole", integer, "INT64 (DECIMAL(13,0))"},
		{"cents", nil, "INT64 (DECIMAL(13,2))"},
		{"clock", nil, "INT64 (TIME(isAdjustedToUTC=true,unit=MICROS))"},
		{"float", nil, "FLOAT"},
		{"double", nil, "DOUBLE"},
		{"fixed", text, "FIXED_LEN_BYTE_ARRAY"},
		{"uuid", nil, "FIXED_LEN_BYTE_ARRAY (UUID)"},
		{"old", arrow.FixedWidthTypes.Date32, "INT96"},
		{"list", nil, "repeated BYTE_ARRAY (STRING)"},
		{"listed", nil, "nested"},
		{"map", nil, "nested"},
		{"group", nil, "nested"},
		{"last", text, "BYTE_ARRAY (STRING)"},
		{"deleted", text, "BYTE_ARRAY (JSON)"},
	}
	columns := plan.Files[0].Columns
	if len(columns) != len(want) {
		t.Fatalf("%d columns, want %d: %v", len(columns), len(want), columns)
	}
	for i, w := range want {
		c := columns[i]
		if c.Name != w.name || c.Native != w.native || (c.Type == nil) != (w.typ == nil) || c.Type != nil && !arrow.TypeEqual(c.Type, w.typ) {
			t.Errorf("column %d is %v, want %v", i, c, w)
		}
	}
	if !reflect.DeepEqual(got.cells["last"], []any{"z", nil}) {
		t.Errorf("the column behind nested ones is %v", got.cells["last"])
	}
	_, err = source.Open(plan.Splits[0], []int{13})
	mustRefuse(t, err, "x.parquet", "column float", "FLOAT")
}
