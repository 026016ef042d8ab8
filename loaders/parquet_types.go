package loaders

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine"
)

// parquetColumn is a top-level column of a Parquet file: how it is stored and
// what it is given as. Its Type is nil where it cannot be given.
type parquetColumn struct {
	engine.Column
	leaf     int // index into the columns of a row group
	width    int // in bytes of values that all have one; 0 where each has its own, and of integers
	physical format.Type
	optional bool
	unsigned bool
}

// textDictionary is what a dictionary-encoded page of text is given as.
var textDictionary = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// columnsOf reads the flattened, depth-first schema: the top-level columns and
// the number of leaves, which is the number of column chunks of a row group.
func columnsOf(schema []format.SchemaElement) (columns []parquetColumn, leaves int, err error) {
	if len(schema) == 0 || children(schema[0]) == 0 && len(schema) > 1 {
		return nil, 0, fmt.Errorf("its schema has no root")
	}
	next := 1
	for range children(schema[0]) {
		if next >= len(schema) {
			return nil, 0, fmt.Errorf("its schema ends early")
		}
		e := schema[next]
		column := columnOf(&e)
		column.leaf = leaves
		columns = append(columns, column)
		for open := 1; open > 0; next++ { // the element and all below it
			if next >= len(schema) {
				return nil, 0, fmt.Errorf("its schema ends early")
			}
			below := children(schema[next])
			if below < 0 || below > len(schema) {
				return nil, 0, fmt.Errorf("its schema states %d columns below column %s", below, engine.Shown(e.Name))
			}
			if below == 0 && schema[next].Type.Valid {
				leaves++
			}
			open += below - 1
		}
	}
	if next != len(schema) {
		return nil, 0, fmt.Errorf("its schema has %d elements too many", len(schema)-next)
	}
	return columns, leaves, nil
}

func children(e format.SchemaElement) int {
	if !e.NumChildren.Valid {
		return 0
	}
	return int(e.NumChildren.V)
}

func columnOf(e *format.SchemaElement) parquetColumn {
	c := parquetColumn{Column: engine.Column{Name: e.Name}}
	if children(*e) != 0 || !e.Type.Valid {
		c.Native, c.Obstacle = "nested", severalValues
		return c
	}
	c.physical = e.Type.V
	c.optional = e.RepetitionType.Valid && e.RepetitionType.V == format.Optional
	c.Native = c.physical.String()
	if note := annotation(e); note != "" {
		c.Native += " (" + note + ")"
	}
	if e.RepetitionType.Valid && e.RepetitionType.V == format.Repeated {
		c.Native, c.Obstacle = "repeated "+c.Native, severalValues
		return c
	}
	c.Type, c.unsigned = arrowType(e)
	switch {
	case c.physical == format.Int96:
		c.width = int96Bytes
	case c.physical == format.FixedLenByteArray && e.TypeLength.V > 0:
		c.width = int(e.TypeLength.V)
	case c.physical == format.FixedLenByteArray:
		c.Type, c.Obstacle = nil, "its values have no size"
	}
	if d, ok := logicalTypeOf(e).(*format.DecimalType); ok && d.Scale != 0 {
		c.Obstacle = fmt.Sprintf("it has %d places behind the point, and no identifier has one", d.Scale)
	}
	return c
}

// severalValues is why nested and repeated columns cannot be given.
const severalValues = "it may hold several values a row; one column for each is read"

// annotation names the logical type, or the converted type of an older file.
func annotation(e *format.SchemaElement) string {
	if t := e.LogicalType.Value; t != nil {
		return t.String()
	}
	if e.ConvertedType.Valid {
		t := e.ConvertedType.V
		if t >= 0 && int(t) < len(convertedNames) {
			return convertedNames[t]
		}
	}
	return ""
}

var convertedNames = [...]string{"UTF8", "MAP", "MAP_KEY_VALUE", "LIST", "ENUM", "DECIMAL", "DATE", "TIME_MILLIS", "TIME_MICROS",
	"TIMESTAMP_MILLIS", "TIMESTAMP_MICROS", "UINT_8", "UINT_16", "UINT_32", "UINT_64", "INT_8", "INT_16", "INT_32", "INT_64",
	"JSON", "BSON", "INTERVAL"}

// arrowType is what a column is given as: text, integers (all as Int64), dates,
// timestamps and booleans. An unsigned 64-bit value over 2^63−1, or a DECIMAL
// beyond 64 bits, turns up negative: no identifier and no date is that large.
func arrowType(e *format.SchemaElement) (t arrow.DataType, unsigned bool) {
	logical := logicalTypeOf(e)
	switch e.Type.V {
	case format.Boolean:
		return arrow.FixedWidthTypes.Boolean, false
	case format.Int96: // an instant, without saying so
		return arrow.FixedWidthTypes.Date32, false
	case format.ByteArray, format.FixedLenByteArray:
		switch l := logical.(type) {
		case nil, *format.StringType, *format.EnumType, *format.JsonType:
			return arrow.BinaryTypes.String, false
		case *format.DecimalType:
			if l.Scale == 0 {
				return arrow.PrimitiveTypes.Int64, false
			}
		}
	case format.Int32, format.Int64:
		switch l := logical.(type) {
		case nil:
			return arrow.PrimitiveTypes.Int64, false
		case *format.IntType:
			return arrow.PrimitiveTypes.Int64, !l.IsSigned
		case *format.DecimalType:
			if l.Scale == 0 {
				return arrow.PrimitiveTypes.Int64, false
			}
		case *format.DateType:
			if e.Type.V == format.Int32 {
				return arrow.FixedWidthTypes.Date32, false
			}
		case *format.TimestampType:
			if e.Type.V == format.Int64 {
				return timestampType(l), false
			}
		}
	}
	return nil, false
}

// logicalTypeOf is the logical type of a column, or what an older file says
// instead; nil for none.
func logicalTypeOf(e *format.SchemaElement) format.LogicalTypeValue {
	if logical := e.LogicalType.Value; logical != nil || !e.ConvertedType.Valid {
		return logical
	}
	return logicalOf(e)
}

func timestampType(l *format.TimestampType) arrow.DataType {
	t := &arrow.TimestampType{}
	if l.IsAdjustedToUTC {
		t.TimeZone = "UTC"
	}
	switch l.Unit.Value.(type) {
	case *format.MilliSeconds:
		t.Unit = arrow.Millisecond
	case *format.MicroSeconds:
		t.Unit = arrow.Microsecond
	case *format.NanoSeconds:
		t.Unit = arrow.Nanosecond
	default:
		return nil
	}
	return t
}

// logicalOf is the logical type that a converted type stands for.
func logicalOf(e *format.SchemaElement) format.LogicalTypeValue {
	switch e.ConvertedType.V {
	case deprecated.UTF8:
		return &format.StringType{}
	case deprecated.Enum:
		return &format.EnumType{}
	case deprecated.Json:
		return &format.JsonType{}
	case deprecated.Date:
		return &format.DateType{}
	case deprecated.Decimal:
		return &format.DecimalType{Scale: e.Scale.V, Precision: e.Precision.V}
	case deprecated.TimestampMillis:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: &format.MilliSeconds{}}}
	case deprecated.TimestampMicros:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: &format.MicroSeconds{}}}
	case deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64:
		return &format.IntType{IsSigned: true}
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		return &format.IntType{}
	}
	return &format.NullType{} // something that no column is given as
}
