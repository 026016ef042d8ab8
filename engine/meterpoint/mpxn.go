// Package meterpoint holds the business rules: what a meter point number is,
// which status its meters give it, who is told, and what is left open.
package meterpoint

import "strings"

// MPxN names one meter point: an MPAN core (electricity, 13 digits) or an MPRN
// (gas, 6 to 10 digits), held as the number it is. Every valid value is below
// 10¹³ and so fits 44 bits.
type MPxN uint64

// MPxNBits is the width of the widest MPxN.
const MPxNBits = 44

// MaxDigits bounds the text of an MPxN after trimming: longer text is no MPxN,
// whatever its leading zeros.
const MaxDigits = 16

const (
	mpanFloor   MPxN = 1e12
	mpanCeiling MPxN = 1e13
)

// Fuel tells electricity from gas.
type Fuel uint8

// The two fuels, in MPxN order: every MPRN is a smaller number than any MPAN.
const (
	Gas Fuel = iota
	Electricity
)

// Fuels lists both fuels in MPxN order.
var Fuels = [...]Fuel{Gas, Electricity}

func (f Fuel) String() string {
	if f == Electricity {
		return "electricity"
	}
	return "gas"
}

// Fuel of a valid MPxN: 13 digits are electricity, fewer are gas.
func (m MPxN) Fuel() Fuel {
	if m >= mpanFloor {
		return Electricity
	}
	return Gas
}

// Distributor is the two leading digits of an MPAN; 0 for an MPRN.
func (m MPxN) Distributor() int {
	if m < mpanFloor {
		return 0
	}
	return int(m / 1e11)
}

// Append writes the canonical decimal form, without leading zeros.
func (m MPxN) Append(dst []byte) []byte {
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + m%10)
		if m /= 10; m == 0 {
			return append(dst, digits[i:]...)
		}
	}
}

func (m MPxN) String() string { return string(m.Append(nil)) }

// hiddenDigits is how many digits a mask hides at least: check digits give one
// or two of them away.
const hiddenDigits = 7

// Masked shows enough of an MPxN to recognise it and too little to identify a
// home: 12•••••••5967, •••••••403. MPxNs are personal data and stand in no log
// or error.
func (m MPxN) Masked() string {
	s := m.String()
	shown := max(len(s)-hiddenDigits, 0)
	tail := min(shown, 4)
	head := min(shown-tail, 2)
	return s[:head] + strings.Repeat("•", max(len(s)-head-tail, hiddenDigits)) + s[len(s)-tail:]
}

// Trim removes ASCII spaces from both ends, as every text value of the input
// tables is trimmed.
func Trim(text []byte) []byte {
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return text
}

// ParseMPxN reads the number in text: ASCII spaces around it are trimmed, then
// it must be 1 to 16 digits. It reports false for anything else. Whether the
// number is an MPxN at all is the question of Digits.Valid.
func ParseMPxN(text []byte) (MPxN, bool) {
	text = Trim(text)
	if len(text) == 0 || len(text) > MaxDigits {
		return 0, false
	}
	var m MPxN
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		m = m*10 + MPxN(c-'0')
	}
	return m, true
}

// Digits bounds how many digits an MPRN has. Sources differ (6 to 10, 3 to 11),
// so an operator can set it.
type Digits struct{ MPRNMin, MPRNMax int }

// DefaultDigits is 6 to 10, as the data catalogues give it.
var DefaultDigits = Digits{MPRNMin: 6, MPRNMax: 10}

// Bounds gives the smallest MPRN and the first number past the largest.
func (d Digits) Bounds() (low, high MPxN) { return power10(d.MPRNMin - 1), power10(d.MPRNMax) }

// Valid tells whether the number is an MPAN (10¹² ≤ m < 10¹³) or an MPRN of an
// allowed number of digits.
func (d Digits) Valid(m MPxN) bool {
	if m >= mpanFloor {
		return m < mpanCeiling
	}
	low, high := d.Bounds()
	return low <= m && m < high
}

func power10(n int) MPxN {
	p := MPxN(1)
	for range n {
		p *= 10
	}
	return p
}
