package kernel

import "flagfill/engine/meterpoint"

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

// Classifier tells MPANs from MPRNs and proves check digits by table: three
// digits a step, since weights mod 11 may be summed in any grouping.
type Classifier struct {
	low, span uint64 // of MPRNs
	mpan      [4][1000]uint8
	mprn      [4][1000]uint8
	mod11     [64]uint8
}

// NewClassifier prepares the tables for the bounds of MPRNs in force.
func NewClassifier(digits meterpoint.Digits) *Classifier {
	c := &Classifier{}
	low, high := digits.Bounds()
	c.low, c.span = uint64(low), uint64(high-low)
	mpanWeights := [12]int{3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43}
	for group := range 4 {
		for n := range 1000 {
			a, b, d := n/100, n/10%10, n%10
			w := mpanWeights[group*3:]
			c.mpan[group][n] = uint8((a*w[0] + b*w[1] + d*w[2]) % 11)
			// The last of twelve places weighs 1, the one before it 2, and so on.
			last := 12 - group*3 - 2
			c.mprn[group][n] = uint8((a*(last+2) + b*(last+1) + d*last) % 11)
		}
	}
	for n := range c.mod11 {
		c.mod11[n] = uint8(n % 11)
	}
	return c
}

// Classify writes what each number is to classes. Wrong check digits are found
// whatever the configuration makes of them.
func (c *Classifier) Classify(classes []uint8, numbers []uint64) {
	classes = classes[:len(numbers)]
	for i, n := range numbers {
		switch {
		case n-1e12 < 9e12:
			class := MPAN
			rest := n / 10
			if uint64(c.mod11[weigh(&c.mpan, rest)])%10 != n-rest*10 {
				class = MPANWrongDigit
			}
			classes[i] = class
		case n-c.low < c.span:
			class := MPRN
			rest := n / 100
			if uint64(c.mod11[weigh(&c.mprn, rest)]) != n-rest*100 {
				class = MPRNWrongDigits
			}
			classes[i] = class
		case n == Absent:
			classes[i] = NoValue
		default:
			classes[i] = NoMPxN
		}
	}
}

// weigh sums the weighted twelve digits of n, each group of three mod 11: at
// most 40.
func weigh(table *[4][1000]uint8, n uint64) uint8 {
	upper := n / 1e6
	lower := n - upper*1e6
	a := upper / 1e3
	b := upper - a*1e3
	d := lower / 1e3
	e := lower - d*1e3
	return (table[0][a] + table[1][b] + table[2][d] + table[3][e]) & 63
}
