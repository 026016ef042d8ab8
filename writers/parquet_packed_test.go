package writers

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

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
