package loaders

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine"
)

// A decoder that panics makes its file a damaged one, and what the panic quotes
// is not told.
func TestPanicsInDecodersTellNoData(t *testing.T) {
	decode := func() (err error) {
		defer barrier(&err)
		panic(fmt.Sprintf("cannot decode %d", 1200023305967))
	}
	if err := decode(); err == nil || strings.Contains(err.Error(), "1200023305967") || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a panic ends in %v", err)
	}
}

// What is wrong within a file is told with its place, what was found and what
// was expected, and what to do about it.
func TestRefusalsSayWhatToDo(t *testing.T) {
	type text struct {
		Text string `parquet:"text,plain"`
	}
	sound := writeParquet(t, []text{{"abc"}, {"def"}}, parquet.DataPageVersion(1))
	header := func(change func(*format.PageHeader)) []byte { return repaged(t, sound, nil, change) }
	flipped := append([]byte{}, sound...)
	var first format.PageHeader
	n, err := decodeThrift(flipped[4:], &first)
	if err != nil {
		t.Fatal(err)
	}
	flipped[4+n] ^= 1
	const again = "Ask for the file again, or write it again; if other programs read it without complaint, report this as a fault of this program"
	for _, c := range []struct {
		name, problem, next string
		content             []byte
	}{
		{"checksum", `row group 0, column text: page at byte 4: the checksum of a page does not match its bytes: [0-9a-f]{8}, and its header states [0-9a-f]{8}`, again, flipped},
		{"encoding", `row group 0, column text: page at byte 4: encoding DELTA_BINARY_PACKED is not supported for this column`,
			"Write the file with the encodings that its writer takes by itself", header(func(h *format.PageHeader) { h.DataPageHeader.V.Encoding = format.DeltaBinaryPacked })},
		{"values", `row group 0, column text: page at byte 4: a page holds 2147483647 values, more than the 67108864 that are read`,
			smallerPages, header(func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = 1<<31 - 1 })},
		{"codec", `row group 0, column text: page at byte 4: cannot decompress LZO page: this codec is not supported`,
			"Write the file with snappy, zstd, gzip, lz4, brotli or none",
			retold(t, sound, func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.Codec = format.LZO })},
		{"size", `row group 0, column text: page at byte 4: its page is of another size than its header states`, again,
			header(func(h *format.PageHeader) { h.UncompressedPageSize++ })},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := saved(t, "x.parquet", c.content)
			_, _, err := readAllOf(open(t, path))
			var refusal *engine.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("%v is no refusal", err)
			}
			want := "^" + regexp.QuoteMeta("cannot read devices "+path+": ") + c.problem + "$"
			if !regexp.MustCompile(want).MatchString(refusal.Problem) || refusal.Next != c.next {
				t.Errorf("it says\n%s\n%s\nwant\n%s\n%s", refusal.Problem, refusal.Next, want, c.next)
			}
		})
	}
}

// Of the file system's own errors each has its advice.
func TestRefusalsOfFiles(t *testing.T) {
	for _, c := range []struct {
		err        error
		says, next string
	}{
		{&fs.PathError{Op: "open", Path: "a.parquet", Err: fs.ErrNotExist}, "cannot read devices a.parquet: file does not exist", "Check the path"},
		{&fs.PathError{Op: "open", Path: "a.parquet", Err: os.ErrPermission}, "cannot read devices a.parquet: permission denied", "Let this user read the file"},
		{errChanged, "cannot read devices a.parquet: the file has changed since it was opened first", "Wait until the extract is complete"},
	} {
		var told *engine.Refusal
		if err := refusal(engine.Devices, "a.parquet", c.err); !errors.As(err, &told) || told.Problem != c.says || !strings.HasPrefix(told.Next, c.next) {
			t.Errorf("%v is told as %v", c.err, err)
		}
	}
}

// Columns that cannot be given say why, where their type does not.
func TestObstacles(t *testing.T) {
	type row struct {
		Cents  int64             `parquet:"cents,decimal(2:13)"`
		List   []string          `parquet:"list"`
		Map    map[string]string `parquet:"map"`
		Double float64           `parquet:"double"`
		Text   string            `parquet:"text"`
	}
	plan, err := open(t, saved(t, "x.parquet", writeParquet(t, []row{{}}, parquet.Compression(&parquet.Snappy)))).Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"cents": "it has 2 places behind the point, and no identifier has one", "list": severalValues, "map": severalValues, "double": "", "text": ""}
	for _, c := range plan.Files[0].Columns {
		if c.Obstacle != want[c.Name] || (c.Type != nil) != (c.Name == "text") {
			t.Errorf("column %+v, want the obstacle %q", c, want[c.Name])
		}
	}
}
