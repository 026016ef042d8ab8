package meterpoint

// mpanPrimes weigh the first twelve digits of an MPAN core.
var mpanPrimes = [12]MPxN{3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43}

// CheckDigit is the thirteenth digit that the first twelve digits of an MPAN
// call for: (Σ digit × prime) mod 11 mod 10.
func (m MPxN) CheckDigit() MPxN {
	rest := m / 10
	sum := MPxN(0)
	for i := len(mpanPrimes) - 1; i >= 0; i-- {
		sum += rest % 10 * mpanPrimes[i]
		rest /= 10
	}
	return sum % 11 % 10
}

// CheckDigits are the last two digits that the others of an MPRN call for:
// (Σ digit × weight) mod 11, weights n…1 from the left. Leading zeros weigh
// nothing, so the value does not depend on how the number was padded.
func (m MPxN) CheckDigits() MPxN {
	rest := m / 100
	sum := MPxN(0)
	for weight := MPxN(1); rest > 0; weight++ {
		sum += rest % 10 * weight
		rest /= 10
	}
	return sum % 11
}

// CheckOK tells whether the check digit of an MPAN, or the two of an MPRN,
// agree with the other digits. It is no proof: about 1.8 % of single-digit
// slips in an MPAN pass.
func (m MPxN) CheckOK() bool {
	if m.Fuel() == Electricity {
		return m%10 == m.CheckDigit()
	}
	return m%100 == m.CheckDigits()
}
