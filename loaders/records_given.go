package loaders

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
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
		empty := array.NewStringBuilder(memory.DefaultAllocator)
		defer empty.Release()
		empty.AppendNulls(a.Len())
		return empty.NewArray()
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

// asIntegers brings decimals without a fraction to 64 bits. What does not fit,
// or is negative, becomes −1, which is no identifier either.
func asIntegers(a *array.Decimal128) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(a.Len())
	for i := range a.Len() {
		switch v := a.Value(i); {
		case a.IsNull(i):
			b.AppendNull()
		case v.HighBits() != 0 || int64(v.LowBits()) < 0:
			b.Append(-1)
		default:
			b.Append(int64(v.LowBits()))
		}
	}
	return b.NewArray()
}
