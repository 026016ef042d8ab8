package kernel

import (
	"math/bits"

	"flagfill/engine/meterpoint"
)

// What a number is as an MPxN.
const (
	MPAN uint8 = iota
	MPRN
	MPANWrongDigit
	MPRNWrongDigits
	NoMPxN
	NoValue
	Classes = 6
)

// Classifier tells MPANs from MPRNs and proves check digits by table: a few
// digits a step, since weights mod 11 may be summed in any grouping. Fuels
// alternate without a pattern, so there is no branch on them.
type Classifier struct {
	low, span uint64 // of MPRNs
	kinds     [2]weights
}

// weights proves the numbers of one kind, of which the last three digits hold
// the check digits.
type weights struct {
	first  [1 << 14]uint8 // of thirteen digits the first four: their weighted sum mod 11
	second [1 << 10]uint8 // the next three
	third  [1 << 10]uint8
	last   [1 << 10]uint8 // the last three, without check digits
	stated [1 << 10]uint8 // the check digits in these
	wanted [64]uint8      // by the sum of the four: the check digits that it asks for
}

// NewClassifier prepares the tables for the bounds of MPRNs in force.
func NewClassifier(digits meterpoint.Digits) *Classifier {
	c := &Classifier{}
	low, high := digits.Bounds()
	c.low, c.span = uint64(low), uint64(high-low)
	c.kinds[MPAN].fill([13]int{3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43, 0}, 10, 10)
	// The last of the places before two check digits weighs 1, the one before it 2, and so on.
	c.kinds[MPRN].fill([13]int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0}, 100, 11)
	return c
}

// fill takes the weight of each of thirteen digits, and by which powers the
// stated and the wanted check digits are bounded.
func (w *weights) fill(of [13]int, stated, wanted int) {
	for n := range 10000 {
		w.first[n] = uint8((n/1000*of[0] + n/100%10*of[1] + n/10%10*of[2] + n%10*of[3]) % 11)
	}
	for n := range 1000 {
		for group, table := range []*[1 << 10]uint8{&w.second, &w.third, &w.last} {
			of := of[4+3*group:]
			table[n] = uint8((n/100*of[0] + n/10%10*of[1] + n%10*of[2]) % 11)
		}
		w.stated[n] = uint8(n % stated)
	}
	for n := range w.wanted {
		w.wanted[n] = uint8(n % 11 % wanted)
	}
}

// Classify writes what each number is to classes. Wrong check digits are found
// whatever the configuration makes of them.
func (c *Classifier) Classify(classes []uint8, numbers []uint64) {
	classes = classes[:len(numbers)]
	for i, n := range numbers {
		_, mpan := bits.Sub64(n-1e12, 9e12, 0)
		_, mprn := bits.Sub64(n-c.low, c.span, 0)
		if mpan|mprn == 0 {
			classes[i] = NoMPxN
			if n == Absent {
				classes[i] = NoValue
			}
			continue
		}
		w := &c.kinds[mprn&1]
		upper := uint32(n / 1e6)
		lower := uint32(n - uint64(upper)*1e6)
		first, third := upper/1e3, lower/1e3
		second, last := upper-first*1e3, lower-third*1e3
		sum := w.first[first%(1<<14)] + w.second[second%(1<<10)] + w.third[third%(1<<10)] + w.last[last%(1<<10)]
		class := uint8(mprn)
		if w.wanted[sum%64] != w.stated[last%(1<<10)] {
			class += MPANWrongDigit
		}
		classes[i] = class
	}
}
