package writers

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/rle"
)

// FuzzPacked: what is packed is, for parquet-go, the values, and nothing but
// zeros up to the end of a group.
func FuzzPacked(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for width := range maxPackedBits + 1 {
		for _, n := range []int{0, 1, 7, 8, 9, 64, 1000} {
			values := make([]byte, n)
			for i := range values {
				values[i] = byte(random.Uint32())
			}
			f.Add(byte(width), values)
		}
	}
	f.Fuzz(func(t *testing.T, width byte, values []byte) {
		width %= maxPackedBits + 1
		numbers := make([]int32, len(values), len(values)+8)
		for i := range values {
			values[i] &= 1<<width - 1
			numbers[i] = int32(values[i])
		}
		run := appendPacked([]byte("x"), numbers, int(width))
		if width == 1 {
			if bits := appendBits([]byte("x"), values); !bytes.Equal(bits, run) {
				t.Errorf("%v are packed as %x, and as numbers %x", values, bits, run)
			}
		}
		if width > 0 {
			numbers = numbers[:(len(numbers)+7)/8*8]
		}
		got, err := (&rle.Encoding{BitWidth: int(width)}).DecodeInt32(nil, run[1:])
		if run[0] != 'x' || err != nil || !slices.Equal(got, numbers) {
			t.Errorf("%v by %d bits are read back as %v, %v", numbers, width, got, err)
		}
	})
}

// TestIndexesOfManyWords: more than eight bits tell apart.
func TestIndexesOfManyWords(t *testing.T) {
	b := newRowGenerator(3).changes(1000)
	var paths []string
	for i := range 300 {
		paths = append(paths, fmt.Sprint("flows/", i))
	}
	for i := range b.shard {
		b.shard[i] = int32(i % len(paths))
	}
	var file bytes.Buffer
	e := newChangesEncoder(&file)
	if err := errors.Join(e.write(b, testRDPs, paths), e.close()); err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.Read[changeRow](bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil || len(rows) != b.len() {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if want := paths[b.shard[i]]; row.Shard == nil || *row.Shard != want {
			t.Fatalf("row %d is of shard %v, not %s", i, row.Shard, want)
		}
	}
}
