package loaders

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"pgregory.net/rapid"
)

// hybrid draws values below 2^width and encodes them in runs of random kinds
// and lengths, as any writer might.
func hybrid(t *rapid.T, width int) (values []int32, encoded []byte) {
	value := rapid.Int32Range(0, int32(1<<width-1))
	for range rapid.IntRange(1, 8).Draw(t, "runs") {
		if rapid.Bool().Draw(t, "packed") {
			groups := rapid.IntRange(1, 5).Draw(t, "groups")
			encoded = binary.AppendUvarint(encoded, uint64(groups)<<1|1)
			bits := make([]byte, groups*width)
			for i := range 8 * groups {
				v := value.Draw(t, "value")
				values = append(values, v)
				for b := range width {
					bitutil.SetBitTo(bits, i*width+b, v>>b&1 == 1)
				}
			}
			encoded = append(encoded, bits...)
			continue
		}
		v, n := value.Draw(t, "value"), rapid.IntRange(1, 70).Draw(t, "repeats")
		encoded = binary.AppendUvarint(encoded, uint64(n)<<1)
		raw := binary.LittleEndian.AppendUint32(nil, uint32(v))
		encoded = append(encoded, raw[:(width+7)/8]...)
		values = append(values, slices.Repeat([]int32{v}, n)...)
	}
	return values, encoded
}

func TestCodesAgreeWithTheirRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 18).Draw(t, "width")
		values, encoded := hybrid(t, width)
		n := rapid.IntRange(0, len(values)).Draw(t, "n")
		got, err := decodeCodes(nil, n, 1<<width, append([]byte{byte(width)}, encoded...))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got[:n], values[:n]) || len(got) != n+1 || got[n] != 0 {
			t.Fatalf("got %v, want %v", got, values[:n])
		}
		if n == 0 {
			return
		}
		if top := int(slices.Max(values[:n])); top > 0 {
			if _, err := decodeCodes(nil, n, top, append([]byte{byte(width)}, encoded...)); !errors.Is(err, errCode) {
				t.Fatalf("code %d of %d entries: %v", top, top, err)
			}
		}
		if _, err := decodeCodes(nil, len(values)+1, 1<<width, append([]byte{byte(width)}, encoded...)); err == nil {
			t.Fatal("more codes than there are")
		}
	})
}

func TestBitsAgreeWithTheirRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values, encoded := hybrid(t, 1)
		n := rapid.IntRange(0, len(values)).Draw(t, "n")
		got := make([]byte, len(values)/8+2)
		if err := decodeBits(got, n, encoded); err != nil {
			t.Fatal(err)
		}
		for i, v := range values[:n] {
			if bitutil.BitIsSet(got, i) != (v == 1) {
				t.Fatalf("bit %d is wrong", i)
			}
		}
		if decodeBits(got, len(values)+1, encoded) == nil {
			t.Fatal("more bits than there are")
		}
	})
}

// Whatever the bytes, the checks end and refuse what would expand too far.
func TestHostileRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")
		n := rapid.IntRange(0, 100).Draw(t, "n")
		if codes, err := decodeCodes(nil, n, 1+n, raw); err == nil && (len(codes) != n+1 || slices.Max(codes) > int32(n)) {
			t.Fatalf("codes %v", codes)
		}
		if values, _, err := decodeDelta32(nil, n, raw); err == nil && len(values) != n {
			t.Fatalf("%d values of %d", len(values), n)
		}
		_, _ = decodeDelta64(nil, n, raw)
		_ = decodeBits(make([]byte, 16), n, raw)
	})
}
