package loaders

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// arrowTypeID is the union tag of a type in a schema.
type arrowTypeID byte

const (
	arrowTypeNull          arrowTypeID = 1
	arrowTypeInt           arrowTypeID = 2
	arrowTypeBinary        arrowTypeID = 4
	arrowTypeUtf8          arrowTypeID = 5
	arrowTypeBool          arrowTypeID = 6
	arrowTypeDecimal       arrowTypeID = 7
	arrowTypeDate          arrowTypeID = 8
	arrowTypeTimestamp     arrowTypeID = 10
	arrowTypeStruct        arrowTypeID = 13
	arrowTypeUnion         arrowTypeID = 14
	arrowTypeFixedSizeList arrowTypeID = 16
	arrowTypeLargeBinary   arrowTypeID = 19
	arrowTypeLargeUtf8     arrowTypeID = 20
	arrowTypeRunEndEncoded arrowTypeID = 22
	arrowTypeBinaryView    arrowTypeID = 23
	arrowTypeUtf8View      arrowTypeID = 24
	arrowTypeListView      arrowTypeID = 25
	arrowTypeLargeListView arrowTypeID = 26
)

// arrowTypeNames are what pyarrow and the format's documents call the types.
var arrowTypeNames = [...]string{"no type", "null", "integer", "floating point", "binary", "string", "bool", "decimal", "date", "time",
	"timestamp", "interval", "list", "struct", "union", "fixed-size binary", "fixed-size list", "map", "duration", "large binary",
	"large string", "large list", "run-end encoded", "binary view", "string view", "list view", "large list view"}

// storedType reads the table of a type. What cannot be given has no typ.
func storedType(id arrowTypeID, t flatTable) storing {
	s := storing{native: fmt.Sprintf("type %d", id)}
	if int(id) < len(arrowTypeNames) {
		s.native = arrowTypeNames[id]
	}
	switch id {
	case arrowTypeNull:
		s.typ, s.form = arrow.BinaryTypes.String, arrowNulls
	case arrowTypeInt:
		return storedInt(t)
	case arrowTypeBinary, arrowTypeUtf8:
		s.typ, s.form, s.width = arrow.BinaryTypes.String, arrowText, 4
	case arrowTypeLargeBinary, arrowTypeLargeUtf8:
		s.typ, s.form, s.width = arrow.BinaryTypes.String, arrowText, 8
	case arrowTypeBool:
		s.typ, s.form = arrow.FixedWidthTypes.Boolean, arrowBits
	case arrowTypeDecimal:
		return storedDecimal(t)
	case arrowTypeDate:
		if s.typ, s.width, s.native = arrow.FixedWidthTypes.Date64, 8, "date64"; t.int16(0, 1) == 0 {
			s.typ, s.width, s.native = arrow.FixedWidthTypes.Date32, 4, "date32"
		}
	case arrowTypeTimestamp:
		unit := t.int16(0, 0)
		if unit >= 0 && arrow.TimeUnit(unit) <= arrow.Nanosecond {
			typ := &arrow.TimestampType{Unit: arrow.TimeUnit(unit)}
			if t.text(1) != "" { // whatever the zone, values are instants in UTC
				typ.TimeZone = "UTC"
			}
			s.typ, s.width, s.native = typ, 8, fmt.Sprintf("timestamp[%s]", typ.Unit)
		}
	}
	return s
}

func storedInt(t flatTable) storing {
	bits, signed := t.int32(0, 0), t.byte(1) != 0
	types := map[int32][2]arrow.DataType{
		8: {arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Int8}, 16: {arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Int16},
		32: {arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Int32}, 64: {arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Int64},
	}[bits]
	typ := types[0]
	if signed {
		typ = types[1]
	}
	if typ == nil {
		return storing{native: fmt.Sprintf("integer of %d bits", bits)}
	}
	return storing{typ, arrowFixed, int64(bits) / 8, !signed, typ.Name()}
}

// storedDecimal gives decimals without a fraction as integers.
func storedDecimal(t flatTable) storing {
	precision, scale, bits := t.int32(0, 0), t.int32(1, 0), t.int32(2, 128)
	s := storing{native: fmt.Sprintf("decimal%d(%d, %d)", bits, precision, scale)}
	if bits == 128 && scale == 0 {
		s.typ, s.form, s.width = arrow.PrimitiveTypes.Int64, arrowDecimal, 16
	}
	return s
}

// buffersOf counts the buffers that a field of a type has in a record batch,
// those of its children and the further ones of views apart.
func buffersOf(id arrowTypeID, t flatTable, version int16) (buffers int, isKnown bool) {
	switch id {
	case arrowTypeNull, arrowTypeRunEndEncoded:
		return 0, true
	case arrowTypeStruct, arrowTypeFixedSizeList:
		return 1, true
	case arrowTypeBinary, arrowTypeUtf8, arrowTypeLargeBinary, arrowTypeLargeUtf8, arrowTypeListView, arrowTypeLargeListView:
		return 3, true
	case arrowTypeUnion: // until version 5 with a bitmap of what is present
		buffers = 1 + int(t.int16(0, 0)&1)
		if version < arrowVersion5 {
			buffers++
		}
		return buffers, true
	}
	return 2, id != 0 && int(id) < len(arrowTypeNames)
}
