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

// next takes the next texts, which lie one after another, and where each ends:
// one entry more than there are texts. It is false where one does not belong
// there.
func (a *ascent) next(texts []byte, ends []uint32) bool {
	length, high, low, wrong := a.length, a.high, a.low, uint64(0)
	for i := range ends[1:] {
		text := texts[ends[i]:ends[i+1]]
		if len(text) != length || len(text) < 8 {
			a.high, a.low = high, low
			if !a.step(text) {
				return false
			}
			length, high, low = a.length, a.high, a.low
			continue
		}
		lastHigh, lastLow := high, low
		high, low = binary.BigEndian.Uint64(text), binary.BigEndian.Uint64(text[len(text)-8:])
		if high < lastHigh || high == lastHigh && low < lastLow {
			return false
		}
		wrong |= noDigits(low ^ zeroDigits)
		if high != lastHigh {
			wrong |= noDigits(high ^ zeroDigits)
		}
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
