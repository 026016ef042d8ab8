package meterpoint

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckDigitsOfKnownNumbers(t *testing.T) {
	for _, m := range []MPxN{1030006718997, 1200023305967, 1100013222946, 1014568234275, 2100041172109, 2000055901355, 1050000588215, 3938424403} {
		if !m.CheckOK() {
			t.Errorf("%d fails", uint64(m))
		}
	}
	// The DCC's own test MPANs carry no check digit.
	for _, m := range []MPxN{1312345678111, 1312345678112, 1312345678113} {
		if m.CheckOK() {
			t.Errorf("test MPAN %d passes", uint64(m))
		}
	}
}

// plainMPANCheck and plainMPRNCheck work on the written digits, left to right.
func plainMPANCheck(text string) int {
	sum := 0
	for i, prime := range []int{3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43} {
		sum += int(text[i]-'0') * prime
	}
	return sum % 11 % 10
}

func plainMPRNCheck(text string) int {
	sum, weight := 0, len(text)
	for _, digit := range text {
		sum += int(digit-'0') * weight
		weight--
	}
	return sum % 11
}

func TestCheckDigitAgainstPlainTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mpan := MPxN(rapid.Uint64Range(1e12, 1e13-1).Draw(t, "mpan"))
		text := mpan.String()
		want := plainMPANCheck(text)
		if mpan.CheckDigit() != MPxN(want) || mpan.CheckOK() != (int(text[12]-'0') == want) {
			t.Errorf("%s: check digit %d, passes %v; want %d", text, mpan.CheckDigit(), mpan.CheckOK(), want)
		}
		mprn := MPxN(rapid.Uint64Range(100, 1e12-1).Draw(t, "mprn"))
		text = mprn.String()
		want = plainMPRNCheck(text[:len(text)-2])
		if mprn.CheckDigits() != MPxN(want) || mprn.CheckOK() != (int(mprn%100) == want) {
			t.Errorf("%s: check digits %d, passes %v; want %02d", text, mprn.CheckDigits(), mprn.CheckOK(), want)
		}
	})
}

// Exactly one of the ten last digits of an MPAN passes, and one of the hundred
// last pairs of an MPRN.
func TestOneCheckDigitPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		passing := func(stem, count MPxN) (n int) {
			for last := range count {
				if (stem*count + last).CheckOK() {
					n++
				}
			}
			return n
		}
		if n := passing(MPxN(rapid.Uint64Range(1e11, 1e12-1).Draw(t, "mpan")), 10); n != 1 {
			t.Errorf("%d check digits pass", n)
		}
		if n := passing(MPxN(rapid.Uint64Range(1e3, 1e8-1).Draw(t, "mprn")), 100); n != 1 {
			t.Errorf("%d pairs of check digits pass", n)
		}
	})
}

// A check digit is no proof: a remainder of 10 is written 0, so slips between
// the two pass, 2/11 × 1/10 of those among the first twelve digits.
func TestSlipsThatPass(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 11))
	slips, passed := 0, 0
	for range 20000 {
		m := MPxN(1e12+random.Uint64N(9e12)) / 10 * 10
		m += m.CheckDigit()
		digits := []byte(m.String())
		for place, digit := range digits {
			for slip := byte('0'); slip <= '9'; slip++ {
				if slip == digit || place == 0 && slip == '0' {
					continue
				}
				digits[place] = slip
				wrong, _ := ParseMPxN(digits)
				if place < 12 {
					slips++
				}
				if wrong.CheckOK() {
					passed++
					if place == 12 {
						t.Fatalf("%d passes with another check digit", uint64(wrong))
					}
				}
			}
			digits[place] = digit
		}
	}
	share := float64(passed) / float64(slips)
	t.Logf("%d of %d single-digit slips pass: %.3f %%", passed, slips, 100*share)
	if share < 0.017 || share > 0.0195 {
		t.Errorf("%.3f %% of single-digit slips pass, want about 1.8 %%", 100*share)
	}
}

// An MPRN shows every single-digit slip: the weights 1 to 8 are prime to 11,
// and no remainder is written like another.
func TestNoMPRNSlipPasses(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 11))
	slips, passed := 0, 0
	for range 20000 {
		m := MPxN(1e9+random.Uint64N(9e9)) / 100 * 100
		m += m.CheckDigits()
		digits := []byte(m.String())
		for place, digit := range digits {
			for slip := byte('0'); slip <= '9'; slip++ {
				if slip == digit || place == 0 && slip == '0' {
					continue
				}
				digits[place] = slip
				if wrong, _ := ParseMPxN(digits); wrong.CheckOK() {
					passed++
				}
				slips++
			}
			digits[place] = digit
		}
	}
	if passed != 0 {
		t.Errorf("%d of %d single-digit slips pass", passed, slips)
	}
}
