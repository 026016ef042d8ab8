package writers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/delta"

	"flagfill/engine/meterpoint"
)

func TestEightDigits(t *testing.T) {
	for n := uint64(0); n < 100_000_000; n += 1 + n/1000 {
		var text [8]byte
		binary.BigEndian.PutUint64(text[:], eightDigits(n)|0x3030303030303030)
		if want := fmt.Sprintf("%08d", n); string(text[:]) != want {
			t.Fatalf("%d has the digits %q", n, text)
		}
	}
}

// FuzzNumbers: a page of numbers decodes to their texts; where they are equally
// long, it is what parquet-go encodes of them.
func FuzzNumbers(f *testing.F) {
	f.Add([]byte{})
	f.Add(binary.LittleEndian.AppendUint64(nil, 9_999_999_999_999_999))
	var short []byte
	for _, m := range []uint64{1, 5, 9, 10, 99, 9_998, 9_999, 10_000, 10_001, 19_999, 20_000, 20_000, 30_000} {
		short = binary.LittleEndian.AppendUint64(short, m)
	}
	f.Add(short)
	for seed := range uint64(30) {
		var text []byte
		for _, m := range newRowGenerator(seed).points(int(seed*seed), seed%2 == 0) {
			text = binary.LittleEndian.AppendUint64(text, uint64(m))
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var points []meterpoint.MPxN
		for ; len(text) >= 8; text = text[8:] {
			points = append(points, meterpoint.MPxN(binary.LittleEndian.Uint64(text)%1e16))
		}
		slices.Sort(points)
		var want []byte
		var words []string
		ends := []uint32{0}
		for _, m := range points {
			words = append(words, m.String())
			want = append(want, m.String()...)
			ends = append(ends, uint32(len(want)))
		}
		c := &numberColumn{parquetColumn: &parquetColumn{}}
		if err := c.write(points); err != nil {
			t.Fatal(err)
		}
		got, gotEnds, err := (&delta.ByteArrayEncoding{}).DecodeByteArray(nil, c.body, nil)
		if err != nil || !bytes.Equal(got, want) || len(points) > 0 && !slices.Equal(gotEnds, ends) {
			t.Fatalf("%v are decoded as %q, %v", points, got, err)
		}
		if len(points) == 0 {
			return
		}
		if string(c.least) != slices.Min(words) || string(c.most) != slices.Max(words) {
			t.Errorf("%v lie between %s and %s", points, c.least, c.most)
		}
		if len(words[0]) < len(words[len(words)-1]) {
			return
		}
		plain, err := (&delta.ByteArrayEncoding{}).EncodeByteArray(nil, want, ends)
		if err != nil || !bytes.Equal(c.body, plain) {
			t.Errorf("%v are encoded as %x, and plainly as %x", points, c.body, plain)
		}
	})
}
