package meterpoint

import (
	"math/big"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMPxN(t *testing.T) {
	for _, c := range []struct {
		text string
		want MPxN
		ok   bool
	}{
		{"1030006718997", 1030006718997, true},
		{"  1030006718997 ", 1030006718997, true},
		{"0001030006718997", 1030006718997, true},   // 16 digits
		{" 0001030006718997 ", 1030006718997, true}, // 16 digits once trimmed
		{"00001030006718997", 0, false},             // 17 digits
		{"9999999999999999", 9999999999999999, true},
		{"10000000000000000", 0, false},
		{"3938424403", 3938424403, true},
		{"003938424403", 3938424403, true},
		{"0", 0, true},
		{"0000000000000000", 0, true},
		{"", 0, false},
		{"   ", 0, false},
		{"10300 06718997", 0, false},
		{"\t1030006718997", 0, false}, // only spaces are trimmed
		{"1030006718997\n", 0, false},
		{"\u00a01030006718997", 0, false},
		{"+1030006718997", 0, false},
		{"-5", 0, false},
		{"1e12", 0, false},
		{"1030006718997.0", 0, false},
		{"1_030_006_718_997", 0, false},
		{"103000671899X", 0, false},
		{"/030006718997", 0, false}, // the characters on either side of the digits
		{"103000671899:", 0, false},
		{"１０３０００６７１８９９７", 0, false},
		{"103000671899\x37\x80", 0, false},
		{"\xb1030006718997", 0, false}, // a digit with its high bit set
	} {
		if got, ok := ParseMPxN([]byte(c.text)); got != c.want || ok != c.ok {
			t.Errorf("%q reads as %d, %v; want %d, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

var numberPattern = regexp.MustCompile(`\A *([0-9]{1,16}) *\z`)

// plainParse is ParseMPxN by regular expression and big integer.
func plainParse(text []byte) (*big.Int, bool) {
	found := numberPattern.FindSubmatch(text)
	if found == nil {
		return new(big.Int), false
	}
	return new(big.Int).SetString(string(found[1]), 10)
}

func checkParse(t interface{ Fatalf(string, ...any) }, text []byte) {
	got, ok := ParseMPxN(text)
	want, wantOK := plainParse(text)
	if ok != wantOK || want.Cmp(new(big.Int).SetUint64(uint64(got))) != 0 {
		t.Fatalf("%q reads as %d, %v; want %v, %v", text, got, ok, want, wantOK)
	}
}

func TestParseMPxNAgainstPlainTwin(t *testing.T) {
	texts := rapid.OneOf(rapid.StringMatching(` {0,2}[0-9]{0,18} {0,2}`), rapid.StringMatching(`[0-9 /:\x{b2}\x{660}]{0,17}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) { checkParse(t, []byte(texts.Draw(t, "text"))) })
}

func FuzzParseMPxN(f *testing.F) {
	for _, text := range []string{"", " ", "0", "1030006718997", " 3938424403 ", "0001030006718997", "00001030006718997", "12 34", "１２３", "-1", "\xff9"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkParse(t, text) })
}

func TestStringRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := MPxN(rapid.Uint64Range(0, 1e16-1).Draw(t, "number"))
		text := m.String()
		if text != new(big.Int).SetUint64(uint64(m)).String() {
			t.Fatalf("%d is written %s", uint64(m), text)
		}
		if string(m.Append([]byte("902|"))) != "902|"+text {
			t.Fatalf("%d is appended as %s", uint64(m), m.Append([]byte("902|")))
		}
		padded := strings.Repeat("0", rapid.IntRange(0, 16-len(text)).Draw(t, "zeros")) + text
		if back, ok := ParseMPxN([]byte(padded)); !ok || back != m {
			t.Fatalf("%q reads as %d, %v", padded, back, ok)
		}
	})
	if got := MPxN(1<<64 - 1).String(); got != "18446744073709551615" {
		t.Errorf("the largest number is written %s", got)
	}
}

func TestDigitsBounds(t *testing.T) {
	for _, c := range []struct {
		digits Digits
		number MPxN
		want   bool
	}{
		{DefaultDigits, 0, false},
		{DefaultDigits, 99999, false},
		{DefaultDigits, 100000, true},
		{DefaultDigits, 9999999999, true},
		{DefaultDigits, 10000000000, false},
		{DefaultDigits, 999999999999, false},
		{DefaultDigits, 1000000000000, true},
		{DefaultDigits, 9999999999999, true},
		{DefaultDigits, 10000000000000, false},
		{DefaultDigits, 1 << 63, false},
		{Digits{3, 11}, 99, false},
		{Digits{3, 11}, 100, true},
		{Digits{3, 11}, 99999999999, true},
		{Digits{3, 11}, 100000000000, false},
		{Digits{1, 12}, 0, false},
		{Digits{1, 12}, 1, true},
		{Digits{1, 12}, 999999999999, true},
		{Digits{8, 8}, 9999999, false},
		{Digits{8, 8}, 10000000, true},
		{Digits{8, 8}, 99999999, true},
		{Digits{8, 8}, 100000000, false},
	} {
		if got := c.digits.Valid(c.number); got != c.want {
			t.Errorf("%d under %+v: valid %v, want %v", c.number, c.digits, got, c.want)
		}
	}
	if low, high := DefaultDigits.Bounds(); low != 100000 || high != 10000000000 {
		t.Errorf("default bounds %d to %d", low, high)
	}
}

// Validity is a matter of how many digits the number is written with.
func TestValidCountsDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.IntRange(1, 12).Draw(t, "min")
		bounds := Digits{low, rapid.IntRange(low, 12).Draw(t, "max")}
		m := MPxN(rapid.Uint64Range(1, 1e16-1).Draw(t, "number") / uint64(power10(rapid.IntRange(0, 15).Draw(t, "shift"))))
		n := len(m.String())
		want := n == 13 || m > 0 && bounds.MPRNMin <= n && n <= bounds.MPRNMax
		if bounds.Valid(m) != want {
			t.Errorf("%d under %+v: valid %v", uint64(m), bounds, !want)
		}
		if fuel := m.Fuel(); want && (fuel == Electricity) != (n == 13) {
			t.Errorf("%d is %s", uint64(m), fuel)
		}
	})
	if MPxN(1e13) >= 1<<MPxNBits {
		t.Errorf("an MPxN does not fit %d bits", MPxNBits)
	}
}

func TestDistributorAndFuel(t *testing.T) {
	for m, want := range map[MPxN]struct {
		distributor int
		fuel        string
	}{
		1030006718997: {10, "electricity"}, 9999999999999: {99, "electricity"}, 1000000000000: {10, "electricity"},
		3938424403: {0, "gas"}, 100000: {0, "gas"},
	} {
		if m.Distributor() != want.distributor || m.Fuel().String() != want.fuel {
			t.Errorf("%d: distributor %d, %s", uint64(m), m.Distributor(), m.Fuel())
		}
	}
}

func TestMasked(t *testing.T) {
	for m, want := range map[MPxN]string{
		1200023305967:    "12•••••••5967",
		1234567890123456: "12••••••••••3456",
		3938424403:       "•••••••403",
		12345678:         "•••••••8",
		123456:           "•••••••",
		0:                "•••••••",
	} {
		if got := m.Masked(); got != want {
			t.Errorf("masked %s, want %s", got, want)
		}
	}
}

// A masked number shows at most two leading and four trailing digits, all of
// them its own, and hides seven at least.
func TestMaskedHidesTheMiddle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := MPxN(rapid.Uint64Range(0, 1e16-1).Draw(t, "number") / uint64(power10(rapid.IntRange(0, 15).Draw(t, "shift"))))
		plain, masked := m.String(), m.Masked()
		first := strings.Index(masked, "•")
		if first < 0 {
			t.Fatalf("nothing is masked in %s", masked)
		}
		lead, trail := masked[:first], masked[strings.LastIndex(masked, "•")+len("•"):]
		if len(lead) > 2 || len(trail) > 4 || !strings.HasPrefix(plain, lead) || !strings.HasSuffix(plain, trail) {
			t.Fatalf("%s is masked as %s", plain, masked)
		}
		if hidden := strings.Trim(masked[first:len(masked)-len(trail)], "•"); hidden != "" {
			t.Fatalf("%s shows %s", masked, hidden)
		}
		if n := strings.Count(masked, "•"); n < 7 || n < len(plain)-6 {
			t.Fatalf("%s is masked as %s, which hides %d digits", plain, masked, n)
		}
	})
}

func TestTrim(t *testing.T) {
	for text, want := range map[string]string{"": "", " ": "", "  ": "", " a b ": "a b", "\ta ": "\ta", "a": "a", "\u00a0a": "\u00a0a"} {
		if got := Trim([]byte(text)); string(got) != want {
			t.Errorf("%q is trimmed to %q", text, got)
		}
	}
}
