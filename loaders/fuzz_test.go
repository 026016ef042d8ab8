package loaders

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine"
)

// Each parser of a Parquet file by itself: a fuzzer reaches deeper than through
// a whole file, and no barrier hides a panic but where a library decodes.

func FuzzFooter(f *testing.F) {
	for _, file := range [][]byte{writeParquet(f, keyedRows(5)), writeParquet(f, everythingRows(3))} {
		s := takenApart(f, file)
		f.Add(file[s.footerAt : len(file)-8])
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file := withFooter([]byte("PAR1 some bytes of pages"), raw)
		var read *footer
		err := func() (err error) {
			defer barrier(&err)
			read, err = readFooter(bytes.NewReader(file), int64(len(file)))
			return err
		}()
		if err != nil {
			return
		}
		if rows := read.rows(); rows < 0 || !slices.IsSorted(read.firstRows) || read.firstRows[0] != 0 {
			t.Errorf("rows %v", read.firstRows)
		}
		for _, g := range read.rowGroups {
			for _, c := range read.columns {
				if from, to := chunkRange(&g.Columns[c.leaf]); c.Type != nil && (from < 4 || to < from || to > int64(len(file)-8-len(raw))) {
					t.Errorf("a chunk of %s from %d to %d", c.Name, from, to)
				}
			}
		}
	})
}

func FuzzPageHeaders(f *testing.F) {
	for version := 1; version <= 2; version++ {
		file := writeParquet(f, keyedRows(9), parquet.DataPageVersion(version), parquet.PageBufferSize(20))
		s := takenApart(f, file)
		f.Add(file[4:s.pages[2].end], int64(9))
	}
	f.Fuzz(func(t *testing.T, raw []byte, rows int64) {
		var pages []pageStart
		err := func() (err error) {
			defer barrier(&err)
			pages, err = mapPages(bytes.NewReader(raw), 0, int64(len(raw)), rows)
			return err
		}()
		for i, p := range pages {
			if err == nil && (p.at < 0 || p.at >= int64(len(raw)) || p.row > rows || i > 0 && (p.row < pages[i-1].row || p.at <= pages[i-1].at)) {
				t.Errorf("pages %v of %d bytes, %d rows", pages, len(raw), rows)
			}
		}
	})
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte{2, 20, 1, 3, 0xE4, 0x1B}, uint16(18), uint16(4))
	f.Add([]byte{0x80, 1, 4, 3, 2, 2, 0, 0, 0, 0}, uint16(3), uint16(9))
	f.Fuzz(func(t *testing.T, raw []byte, n, entries uint16) {
		if codes, err := decodeCodes(nil, int(n), int(entries), raw); err == nil {
			if len(codes) != int(n)+1 || n > 0 && (slices.Min(codes) < 0 || slices.Max(codes) >= int32(entries)) {
				t.Errorf("%d codes %v for %d of %d entries", len(codes), codes, n, entries)
			}
		}
		if values, rest, err := decodeDelta32(nil, int(n), raw); err == nil && (len(values) != int(n) || len(rest) > len(raw)) {
			t.Errorf("%d deltas for %d, %d bytes left", len(values), n, len(rest))
		}
		if values, err := decodeDelta64(nil, int(n), raw); err == nil && len(values) != int(n) {
			t.Errorf("%d long deltas for %d", len(values), n)
		}
		_ = decodeBits(make([]byte, n/8+1), int(n), raw)
	})
}

func FuzzDictionary(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00a\x02\x00\x00\x00bc"), uint16(2))
	f.Fuzz(func(t *testing.T, raw []byte, entries uint16) {
		text, whole := engine.Column{Type: arrow.BinaryTypes.String}, engine.Column{Type: arrow.PrimitiveTypes.Int64}
		for _, column := range []*parquetColumn{{Column: text, physical: format.ByteArray}, {Column: text, physical: format.FixedLenByteArray, width: 3},
			{Column: whole, physical: format.Int64}, {Column: whole, physical: format.Int32, unsigned: true}, {Column: whole, physical: format.ByteArray},
			{Column: whole, physical: format.FixedLenByteArray, width: 9}, {Column: whole, physical: format.Int96, width: int96Bytes}} {
			var d dictionary
			if err := d.decode(&pageHeader{values: int(entries), encoding: format.Plain}, raw, column); err != nil {
				continue
			}
			if !column.isText() {
				if len(d.ints) != int(entries) {
					t.Errorf("%d entries, want %d", len(d.ints), entries)
				}
				continue
			}
			offsets := d.offsets[:int(entries)+1]
			lengths := 4 * int(entries)
			if column.width > 0 {
				lengths = 0
			}
			if !slices.IsSorted(offsets) || offsets[0] != textPad || int(offsets[entries])-textPad+lengths != len(raw) {
				t.Errorf("offsets %v of %d bytes", offsets, len(raw))
			}
		}
	})
}

func FuzzDecompress(f *testing.F) {
	const size = 3000
	text := bytes.Repeat([]byte("1030006718997 "), size/14+1)[:size]
	kinds := []format.CompressionCodec{format.Snappy, format.Zstd, format.Gzip, format.Lz4Raw, format.Brotli, format.Lz4}
	for i, kind := range kinds {
		encode := parquet.LookupCompressionCodec(kind).Encode
		if kind == format.Lz4 {
			encode = hadoopLZ4{}.Encode
		}
		packed, err := encode(nil, text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed, uint8(i), uint16(size))
	}
	f.Fuzz(func(t *testing.T, packed []byte, kind uint8, size uint16) {
		var d decompressor
		codec := kinds[int(kind)%len(kinds)]
		if err := d.check(codec, packed, int(size)); err != nil {
			return
		}
		into := make([]byte, int(size)+copySlack)
		for i := range into {
			into[i] = 0xA5
		}
		_ = d.decompress(codec, into[:size:size], packed)
		if !bytes.Equal(into[size:], bytes.Repeat([]byte{0xA5}, copySlack)) {
			t.Errorf("%v writes behind %d bytes", codec, size)
		}
	})
}

// Whatever a path is, it names files below its folder or is refused.
func FuzzPaths(f *testing.F) {
	for _, path := range []string{"a.csv", "*", "[a", "[", `\`, "deep/*.csv", "**", "?.csv", "{a,b}.csv", "", ".", "a[1].csv", "deep"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if strings.Contains(path, "..") || len(path) > 100 {
			t.Skip()
		}
		dir := t.TempDir()
		for _, name := range []string{"a.csv", "b.csv", "deep/c.csv", "a[1].csv", "_SUCCESS"} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte("a,b\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		found, err := expand([]string{dir + "/" + path}, engine.Devices)
		if err != nil {
			mustBeRefusal(t, err, dir, engine.RefusedInput)
			return
		}
		for _, file := range found {
			if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() || !strings.HasPrefix(filepath.Clean(file), dir) {
				t.Errorf("%q gives %s: %v", path, file, err)
			}
		}
	})
}
