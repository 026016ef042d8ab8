package engine

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine/kernel"
)

// numberMarks finds numbers in columns; of a dictionary it knows which entries
// are asked for.
type numberMarks struct {
	entries [fields]arrow.ArrayData
	marked  [fields][]int32 // codes of these entries
	rows    []int32         // scratch
	found   []int32
}

// matches lists the rows of the batch that hold a number asked for, sorted. It
// is valid until the next call.
func (f *finder) matches(s *scanner, columns []field) []int32 {
	m := &f.marks
	m.found = m.found[:0]
	for _, at := range columns {
		if !at.isIdentifier() {
			continue
		}
		m.rows = m.rows[:0]
		switch c := &s.columns[at]; {
		case c.codes != nil:
			m.inDictionary(at, c, f.of.sought)
		case c.integers != nil:
			m.rows = kernel.Find(m.rows, c.integers, f.of.sought)
		default:
			m.rows = kernel.FindTexts(m.rows, c.texts.offsets, c.texts.data, f.of.sought)
		}
		for _, row := range m.rows {
			if !s.columns[at].isNull(int(row)) { // a null row may hold any value
				m.found = append(m.found, row)
			}
		}
	}
	slices.Sort(m.found)
	m.found = slices.Compact(m.found)
	return m.found
}

// inDictionary finds the rows of codes whose entries are asked for: in most
// batches there is none, and no code is looked at.
func (m *numberMarks) inDictionary(at field, c *column, sought *kernel.Sought) {
	if m.entries[at] != c.entries {
		m.entries[at] = c.entries
		m.marked[at] = kernel.FindTexts(m.marked[at][:0], c.dict.offsets, c.dict.data, sought)
	}
	if len(m.marked[at]) == 0 {
		return
	}
	for row, code := range c.codes {
		if slices.Contains(m.marked[at], code) {
			m.rows = append(m.rows, int32(row))
		}
	}
}
