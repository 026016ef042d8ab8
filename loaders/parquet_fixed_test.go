package loaders

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
	"pgregory.net/rapid"
)

// hadoopLZ4 writes what Hadoop's codec writes: frames of several pieces.
type hadoopLZ4 struct{}

func (hadoopLZ4) String() string                            { return "LZ4 of Hadoop" }
func (hadoopLZ4) CompressionCodec() format.CompressionCodec { return format.Lz4 }
func (hadoopLZ4) Decode(_, _ []byte) ([]byte, error)        { panic("it only writes") }
func (hadoopLZ4) Encode(dst, src []byte) ([]byte, error) {
	const frameBytes, pieceBytes = 3000, 1000
	dst = dst[:0]
	for from := 0; from < len(src); from += frameBytes {
		frame := src[from:min(from+frameBytes, len(src))]
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(frame)))
		for at := 0; at < len(frame); at += pieceBytes {
			piece, err := lz4Block(frame[at:min(at+pieceBytes, len(frame))])
			if err != nil {
				return nil, err
			}
			dst = append(binary.BigEndian.AppendUint32(dst, uint32(len(piece))), piece...)
		}
	}
	return dst, nil
}

func lz4Block(src []byte) ([]byte, error) {
	packed := make([]byte, lz4.CompressBlockBound(len(src)))
	n, err := (&lz4.Compressor{}).CompressBlock(src, packed)
	return packed[:n], err
}

// bareLZ4 writes what some programs wrote under the same name: no frame.
type bareLZ4 struct{ hadoopLZ4 }

func (bareLZ4) Encode(_, src []byte) ([]byte, error) { return lz4Block(src) }

// fixedForms are the ways in which texts and numbers are stored as bytes, and
// what a value of each is read as.
var fixedForms = []struct {
	name  string
	node  parquet.Node
	value func(n int64) parquet.Value
	cell  func(n int64) any
}{
	{"text of one length", parquet.Leaf(parquet.FixedLenByteArrayType(13)),
		func(n int64) parquet.Value { return parquet.FixedLenByteArrayValue(fmt.Appendf(nil, "%13d", n)) },
		func(n int64) any { return fmt.Sprintf("%13d", n) }},
	{"DECIMAL in six bytes", parquet.Decimal(0, 13, parquet.FixedLenByteArrayType(6)),
		func(n int64) parquet.Value { return parquet.FixedLenByteArrayValue(twosComplement(n, 6)) },
		func(n int64) any { return n }},
	{"DECIMAL in sixteen bytes", parquet.Decimal(0, 38, parquet.FixedLenByteArrayType(16)),
		func(n int64) parquet.Value { return parquet.FixedLenByteArrayValue(twosComplement(n, 16)) },
		func(n int64) any { return n }},
	{"DECIMAL in as many bytes as it takes", parquet.Decimal(0, 13, parquet.ByteArrayType),
		func(n int64) parquet.Value { return parquet.ByteArrayValue(twosComplement(n, 5+int(n&3))) },
		func(n int64) any { return n }},
	{"INT96", parquet.Leaf(parquet.Int96Type),
		func(n int64) parquet.Value { return parquet.Int96Value(int96Of(time.Unix(n*1e4, 999_999_999).UTC())) },
		func(n int64) any { return int32(time.Unix(n*1e4, 0).UTC().Truncate(24*time.Hour).Unix() / 86400) }},
}

func twosComplement(n int64, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[size-1-i] = byte(n >> min(8*i, 63))
	}
	return b
}

func int96Of(t time.Time) deprecated.Int96 {
	day := t.Truncate(24 * time.Hour)
	nanos := uint64(t.Sub(day))
	return deprecated.Int96{uint32(nanos), uint32(nanos >> 32), uint32(day.Unix()/86400 + julianEpoch)}
}

// Every form in every encoding that it may have, required and optional, with a
// dictionary that is given up half-way too.
func TestValuesStoredAsBytes(t *testing.T) {
	tried := 0
	for _, form := range fixedForms {
		for _, e := range []encoding.Encoding{&parquet.Plain, &parquet.RLEDictionary, &parquet.DeltaByteArray, &parquet.DeltaLengthByteArray, &parquet.ByteStreamSplit} {
			node, ok := encoded(form.node, e)
			if !ok {
				continue
			}
			for _, optional := range []bool{false, true} {
				if optional {
					node = parquet.Optional(node)
				}
				tried++
				t.Run(fmt.Sprintf("%s/%v/optional=%v", form.name, e, optional), func(t *testing.T) {
					schema := parquet.NewSchema("rows", parquet.Group{"value": node})
					var rows []parquet.Row
					var want []any
					for i := range int64(3000) {
						n := 1_000_000_000 + i*i%700
						if optional && i%7 < 3 {
							rows, want = append(rows, parquet.Row{parquet.NullValue().Level(0, 0, 0)}), append(want, nil)
							continue
						}
						level := 0
						if optional {
							level = 1
						}
						rows, want = append(rows, parquet.Row{form.value(n).Level(0, level, 0)}), append(want, form.cell(n))
					}
					file := writeRows(t, schema, rows, parquet.DataPageVersion(1+tried%2), parquet.PageBufferSize(1500),
						parquet.DictionaryMaxBytes(2000), parquet.Compression(codecs[tried%len(codecs)]))
					got, _, err := readAllOf(open(t, saved(t, "x.parquet", file)))
					if err != nil {
						t.Fatal(err)
					}
					sameCells(t, map[string][]any{"value": want}, got.cells)
				})
			}
		}
	}
	if tried < 20 {
		t.Errorf("%d combinations were tried", tried)
	}
}

// encoded is the node in an encoding, where it can have that.
func encoded(node parquet.Node, e encoding.Encoding) (_ parquet.Node, ok bool) {
	defer func() { ok = recover() == nil }()
	return parquet.Encoded(node, e), true
}

func TestBareLZ4(t *testing.T) {
	rows := everythingRows(500)
	got, _, err := readAllOf(open(t, saved(t, "x.parquet", writeParquet(t, rows, parquet.Compression(bareLZ4{}), parquet.PageBufferSize(5000)))))
	if err != nil {
		t.Fatal(err)
	}
	sameCells(t, cellsOf(rows), got.cells)
}

// A number of any length is what big.Int takes it for, or no identifier.
func TestBigEndian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOfN(rapid.ByteRange(0, 255), 0, 12).Draw(t, "bytes")
		if sign := rapid.SampledFrom([]int{-1, 0, 255}).Draw(t, "sign"); sign >= 0 {
			for i := range min(4, len(value)) {
				value[i] = byte(sign)
			}
		}
		want := new(big.Int).SetBytes(value)
		if len(value) > 0 && value[0] >= 0x80 {
			want.Sub(want, new(big.Int).Lsh(big.NewInt(1), uint(8*len(value))))
		}
		if !want.IsInt64() {
			want = big.NewInt(notAnIdentifier)
		}
		if got := bigEndian(value); got != want.Int64() {
			t.Fatalf("%x is read as %d, want %s", value, got, want)
		}
	})
}

// Julian days before, at and after 1970; nanoseconds that leave their day.
func TestInt96(t *testing.T) {
	for _, c := range []struct {
		nanos int64
		day   uint32
		want  int64
	}{{0, 2440588, 0}, {86_399_999_999_999, 2440587, -1}, {0, 2461367, 20779}, {86_400_000_000_000, 2440588, 1}, {-1, 2440588, -1}} {
		value := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, uint64(c.nanos)), c.day)
		if got := dayOfInt96(value); got != c.want {
			t.Errorf("%d ns of day %d: %d, want %d", c.nanos, c.day, got, c.want)
		}
	}
}
