package loaders

import (
	"encoding/binary"
	"strconv"

	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine"
)

// stateBounds adds to each split what the statistics of its row groups say of
// the columns.
func (f *footer) stateBounds(splits []engine.Split) {
	for i := range splits {
		s := &splits[i]
		s.Bounds = make([]engine.Bounds, len(f.columns))
		for c := range f.columns {
			s.Bounds[c] = f.boundsOf(&f.columns[c], s)
		}
	}
}

// boundsOf joins the bounds of a column in all row groups of a split.
func (f *footer) boundsOf(c *parquetColumn, s *engine.Split) engine.Bounds {
	var joined engine.Bounds
	for g := s.Part; g < len(f.rowGroups) && f.firstRows[g] < s.FirstRow+s.Rows; g++ {
		group := &f.rowGroups[g]
		b := chunkBounds(c, &group.Columns[c.leaf].MetaData)
		if b.Present == 0 {
			continue
		}
		if s.Rows < group.NumRows { // a part of one row group: about its share
			b.Present = min(s.Rows, b.Present*s.Rows/group.NumRows+1)
		}
		switch {
		case joined.Present == 0:
			joined = b
			continue
		case joined.Stated && b.Stated:
			joined.Low, joined.High = lower(joined.Low, b.Low, b.Numeric), higher(joined.High, b.High, b.Numeric)
		default:
			joined.Stated = false
		}
		joined.Present += b.Present
	}
	return joined
}

// chunkBounds reads the statistics of one chunk. Those of negative or unsigned
// integers, and those that old writers made by signed bytes, state nothing.
func chunkBounds(c *parquetColumn, m *format.ColumnMetaData) engine.Bounds {
	s := &m.Statistics
	b := engine.Bounds{Present: max(m.NumValues-max(s.NullCount, 0), 0)}
	switch {
	case c.isText():
		b.Stated = len(s.MinValue) > 0 && len(s.MaxValue) > 0
		b.Low, b.High = string(s.MinValue), string(s.MaxValue)
	case c.physical == format.Int32 || c.physical == format.Int64:
		low, lowOK := littleEndian(s.MinValue)
		high, highOK := littleEndian(s.MaxValue)
		b.Stated, b.Numeric = lowOK && highOK && low >= 0 && high >= low, true
		b.Low, b.High = strconv.FormatInt(low, 10), strconv.FormatInt(high, 10)
	}
	return b
}

func littleEndian(value []byte) (int64, bool) {
	switch len(value) {
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(value))), true
	case 8:
		return int64(binary.LittleEndian.Uint64(value)), true
	}
	return 0, false
}

func lower(a, b string, numeric bool) string {
	if a < b && !numeric || numeric && isLess(a, b) {
		return a
	}
	return b
}

func higher(a, b string, numeric bool) string {
	if lower(a, b, numeric) == a {
		return b
	}
	return a
}

// isLess compares numbers of zero or more in decimal.
func isLess(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }
