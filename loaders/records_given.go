package loaders

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// givenType is what a column of another program's records is given as; nil
// where it is not read.
func givenType(t arrow.DataType) arrow.DataType {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.BooleanType, *arrow.Date32Type, *arrow.Date64Type, *arrow.TimestampType:
		return t
	case *arrow.BinaryType, *arrow.NullType:
		return arrow.BinaryTypes.String
	case *arrow.LargeBinaryType:
		return arrow.BinaryTypes.LargeString
	case *arrow.Decimal128Type:
		if t.Scale == 0 {
			return arrow.PrimitiveTypes.Int64
		}
	case *arrow.DictionaryType:
		if id := t.ValueType.ID(); id == arrow.STRING || id == arrow.LARGE_STRING {
			return t
		}
	default:
		if arrow.IsInteger(t.ID()) {
			return t
		}
	}
	return nil
}

// given makes an array of the type that its column is given as, without copying
// where values can stay as they are. The caller releases it.
func given(a arrow.Array) arrow.Array {
	switch a := a.(type) {
	case *array.Binary, *array.LargeBinary, *array.String, *array.LargeString:
		return asText(a.Data())
	case *array.Null:
		return noText(a.Len())
	case *array.Decimal128:
		return asIntegers(a)
	}
	a.Retain()
	return a
}

// asText has text of either kind have all its buffers: where there is no byte of
// text, some programs leave the buffer out.
func asText(data arrow.ArrayData) arrow.Array {
	buffers := append([]*memory.Buffer(nil), data.Buffers()...)
	if buffers[2] == nil {
		buffers[2] = memory.NewBufferBytes(nil)
	}
	text := array.NewData(givenType(data.DataType()), data.Len(), buffers, nil, data.NullN(), data.Offset())
	defer text.Release()
	return array.MakeFromData(text)
}

// noText is a column of text that is null in every row.
func noText(n int) arrow.Array {
	bitmap, offsets := make([]byte, (n+7)/8), make([]int32, n+1)
	text := array.NewData(arrow.BinaryTypes.String, n, []*memory.Buffer{memory.NewBufferBytes(bitmap),
		memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)), memory.NewBufferBytes(nil)}, nil, n, 0)
	defer text.Release()
	return array.MakeFromData(text)
}

// asIntegers brings decimals without a fraction to 64 bits. What does not fit,
// or is negative, becomes −1, which is no identifier either.
func asIntegers(a *array.Decimal128) arrow.Array {
	numbers, bitmap, nulls := make([]int64, a.Len()), make([]byte, (a.Len()+7)/8), 0
	for i := range numbers {
		v := a.Value(i)
		if numbers[i] = int64(v.LowBits()); v.HighBits() != 0 || numbers[i] < 0 {
			numbers[i] = -1
		}
		bitutil.SetBitTo(bitmap, i, a.IsValid(i))
		if a.IsNull(i) {
			nulls++
		}
	}
	integers := array.NewData(arrow.PrimitiveTypes.Int64, len(numbers), []*memory.Buffer{memory.NewBufferBytes(bitmap),
		memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(numbers))}, nil, nulls, 0)
	defer integers.Release()
	return array.MakeFromData(integers)
}
