package synth

import (
	"testing"

	"pgregory.net/rapid"

	"flagfill/engine/meterpoint"
)

// The fast ways to write and to check MPxNs agree with the plain ones.
func TestDigitsAreThoseOfMeterpoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(0, 12).Draw(t, "digits")
		body := rapid.Uint64Range(uint64(powersOf10[digits])/10, uint64(powersOf10[digits])-1).Draw(t, "body")
		mpan, mprn := meterpoint.MPxN(body*10), meterpoint.MPxN(body*100)
		if got := string(appendMPxN([]byte("after "), mpan)); got != "after "+mpan.String() {
			t.Fatalf("%d is written as %q", uint64(mpan), got)
		}
		if got := mpanSums.of(mpan/10) % 10; got != mpan.CheckDigit() {
			t.Fatalf("MPAN %d gets check digit %d, not %d", uint64(mpan), got, mpan.CheckDigit())
		}
		if got := mprnSums.of(mprn / 100); got != mprn.CheckDigits() {
			t.Fatalf("MPRN %d gets check digits %d, not %d", uint64(mprn), got, mprn.CheckDigits())
		}
	})
}
