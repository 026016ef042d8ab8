package engine

import (
	"math"

	"flagfill/engine/meterpoint"
)

// Bounds is what a file states of one column in one split without being read.
// A file may state wrong bounds: whoever relies on them checks the values.
type Bounds struct {
	Present int64 // values that are not null; −1 where nothing is stated
	// Low and High enclose all values, in the order of bytes for text; Stated
	// tells whether they are stated. Integers stand in decimal, Numeric.
	Stated, Numeric bool
	Low, High       string
}

// MayHold tells whether a value within the bounds can be a number from first to
// last.
func (b Bounds) MayHold(first, last uint64) bool {
	switch {
	case b.Present == 0:
		return false
	case !b.Stated:
		return true
	case b.Numeric:
		return overlaps(numberOf(b.Low, 0, '0'), numberOf(b.High, 0, '9'), first, last)
	case b.Low == "" || b.Low[0] < '1': // spaces and zeros in front hide a number's length
		return true
	}
	for digits := 1; digits <= meterpoint.MaxDigits; digits++ {
		if overlaps(numberOf(b.Low, digits, '0'), numberOf(b.High, digits, '9'), first, last) {
			return true
		}
	}
	return false
}

func overlaps(low, high, first, last uint64) bool { return low <= last && first <= high }

// numberOf is the number of so many digits that text begins with, filled up
// with pad; without digits, all of text. What is behind the digits of a text
// cannot make a number of that length smaller than with zeros or greater than
// with nines.
func numberOf(text string, digits int, pad byte) uint64 {
	whole := digits == 0
	if whole {
		digits = len(text)
	}
	n := uint64(0)
	for i := range digits {
		c := pad
		if i < len(text) {
			if c = text[i]; c < '0' || c > '9' {
				text = text[:i]
				c = pad
			}
		}
		if n > math.MaxUint64/10-1 {
			return math.MaxUint64
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// keyBounds are the bounds of a split's identifiers: as surveyed, else as stated
// by its file; one without bounds where nothing is known.
func (t *table) keyBounds(split int) []Bounds {
	if t.surveyed != nil {
		return t.surveyed[split : split+1]
	}
	s, bound := t.plan.Splits[split], t.bound(split)
	var bounds []Bounds
	for i, f := range bound.fields {
		if !f.isIdentifier() {
			continue
		}
		b := Bounds{Present: -1}
		if s.Bounds != nil {
			b = s.Bounds[bound.columns[i]]
		}
		bounds = append(bounds, b)
	}
	return bounds
}

// identifiers is how many MPxNs the table names at most, by what its files
// state, or else one a row: most devices are no meters and name none.
func (t *table) identifiers() int64 {
	var n int64
	for at := range t.plan.Splits {
		for _, b := range t.keyBounds(at) {
			if b.Present < 0 {
				return t.rows()
			}
			n += b.Present
		}
	}
	return n
}
