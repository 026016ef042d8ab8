package synth

import "bytes"

// bounds are the least and the greatest text of a column of MPxNs. As text, 2
// is above 10; but numbers of as many digits have one order either way, and so
// have words. So there are bounds for each number of digits, and in the first
// place for words.
type bounds [maxDigits + 1]struct{ low, high cell }

const maxDigits = 13

// widen takes in a value and the size of its text.
func (b *bounds) widen(value cell, size int) {
	if value < maxWords {
		size = 0
	}
	of := &b[size]
	if value > of.high {
		of.high = value
	}
	if value < of.low || of.low == 0 {
		of.low = value
	}
}

// texts are nil where there was no value.
func (b *bounds) texts() (low, high []byte) {
	for _, of := range b {
		if of.high == 0 {
			continue
		}
		if text := mpxn.append(nil, of.low); low == nil || bytes.Compare(text, low) < 0 {
			low = text
		}
		if text := mpxn.append(nil, of.high); bytes.Compare(text, high) > 0 {
			high = text
		}
	}
	return low, high
}
