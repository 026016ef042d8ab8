package writers

import (
	"encoding/binary"
	"math"

	"flagfill/engine/meterpoint"
)

// ascent goes through texts that should be MPxNs in canonical form, none below
// the one before. Of two with as many digits, the text tells which is lower:
// hardly any is turned into a number.
type ascent struct {
	first     meterpoint.MPxN
	length    int    // of the last text, or ended
	high, low uint64 // its first and its last eight digits, where it has so many
	short     meterpoint.MPxN
}

const (
	ended    = math.MaxInt    // no text is longer
	noNumber = math.MaxUint64 // stands for what is behind the end
)

// end says that what comes next is no number, nor anything that follows.
func (a *ascent) end() {
	if a.length == 0 {
		a.first = noNumber
	}
	a.length = ended
}

// next takes the next text. It is false where that does not belong there.
func (a *ascent) next(text []byte) bool {
	n := len(text)
	if n != a.length || n < 8 {
		return a.step(text)
	}
	high, low := binary.BigEndian.Uint64(text), binary.BigEndian.Uint64(text[n-8:])
	if high < a.high || high == a.high && low < a.low {
		return false
	}
	wrong := noDigits(low ^ zeroDigits)
	if high != a.high {
		wrong |= noDigits(high ^ zeroDigits)
	}
	a.high, a.low = high, low
	return wrong == 0
}

// step takes a text that is longer than the one before, or short.
func (a *ascent) step(text []byte) bool {
	n, m := len(text), numberIn(text)
	if m == 0 || n < a.length || n == a.length && m < a.short {
		return false
	}
	if a.length == 0 {
		a.first = m
	}
	a.length, a.short = n, m
	if n >= 8 {
		a.high, a.low = binary.BigEndian.Uint64(text), binary.BigEndian.Uint64(text[n-8:])
	}
	return true
}

// last is the number of the last text.
func (a *ascent) last() meterpoint.MPxN {
	switch {
	case a.length == ended:
		return noNumber
	case a.length < 8:
		return a.short
	}
	var text [mpxnDigits]byte
	binary.BigEndian.PutUint64(text[:], a.high)
	binary.BigEndian.PutUint64(text[a.length-8:], a.low)
	return numberIn(text[:a.length])
}
