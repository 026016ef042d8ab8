package synth

import (
	"encoding/binary"
	"slices"

	"flagfill/engine/meterpoint"
)

// A generator writes little but MPxNs, so what meterpoint.MPxN.Append and the
// check digits do digit by digit is done here for eight, or three, at a time.

// appendMPxN does as MPxN.Append for up to 16 digits.
func appendMPxN(to []byte, m meterpoint.MPxN) []byte {
	size := 13
	if m < 1e12 {
		for size = 1; m >= powersOf10[size]; {
			size++
		}
	}
	at := len(to)
	to = slices.Grow(to, 24)[:at+24]
	high, low := uint64(m/1e8), uint64(m%1e8)
	if size > 8 {
		binary.LittleEndian.PutUint64(to[at:], eightDigits(high)>>(8*(16-size)))
		at += size - 8
		size = 8
	}
	binary.LittleEndian.PutUint64(to[at:], eightDigits(low)>>(8*(8-size)))
	return to[:at+size]
}

var powersOf10 = func() (powers [17]meterpoint.MPxN) {
	power := meterpoint.MPxN(1)
	for i := range powers {
		powers[i] = power
		power *= 10
	}
	return powers
}()

// eightDigits gives the digits of n < 1e8, the most significant in the lowest
// byte: halves, then pairs, then digits, each divided by multiplication in a
// lane of its own.
func eightDigits(n uint64) uint64 {
	n = n/10_000 | n%10_000<<32
	pairs := n * 5243 >> 19 & 0x0000007F_0000007F
	n = pairs | (n-100*pairs)<<16
	tens := n * 103 >> 10 & 0x000F_000F_000F_000F
	n = tens | (n-10*tens)<<8
	return n | 0x3030303030303030
}

// checkSums weigh a number of up to twelve digits as its check digits do, three
// digits a step and modulo 11.
type checkSums [4][1000]uint8

// The weight of a digit is what a number with but a one there gets. No weight of
// an MPAN is a multiple of 11, so a check digit 0 stands for 10.
var mpanSums, mprnSums = newCheckSums(func(power meterpoint.MPxN) meterpoint.MPxN {
	return ((power*10).CheckDigit()+9)%10 + 1
}), newCheckSums(func(power meterpoint.MPxN) meterpoint.MPxN {
	return (power * 100).CheckDigits()
})

func newCheckSums(weight func(power meterpoint.MPxN) meterpoint.MPxN) *checkSums {
	var sums checkSums
	for group := range sums {
		var weights [3]int
		for digit := range weights {
			weights[digit] = int(weight(powersOf10[3*group+digit]))
		}
		for n := range sums[group] {
			sum, rest := 0, n
			for _, weight := range weights {
				sum += rest % 10 * weight
				rest /= 10
			}
			sums[group][n] = uint8(sum % 11)
		}
	}
	return &sums
}

// of gives the sum modulo 11.
func (s *checkSums) of(n meterpoint.MPxN) meterpoint.MPxN {
	high, low := n/1e6, n%1e6
	return meterpoint.MPxN(s[3][high/1e3]+s[2][high%1e3]+s[1][low/1e3]+s[0][low%1e3]) % 11
}
