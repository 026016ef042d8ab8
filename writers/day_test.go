package writers

import "testing"

// TestAppendDay compares with package time over 400 years, after which the
// calendar repeats, and at the ends.
func TestAppendDay(t *testing.T) {
	days := []int32{firstDay, firstDay + 1, lastDay - 1, lastDay}
	for day := int32(-80_000); day < -80_000+146_097; day++ {
		days = append(days, day)
	}
	for _, day := range days {
		text := appendDay(nil, day)
		if want := dateOf(day).Format("20060102"); string(text) != want {
			t.Fatalf("day %d: got %s, want %s", day, text, want)
		}
		if back, taken := parseDay(text); back != day || taken != dayDigits {
			t.Fatalf("%s reads as day %d, not %d", text, back, day)
		}
	}
}

func TestDatesThatAreNone(t *testing.T) {
	for _, text := range []string{"00000101", "20260001", "20261301", "20260100", "20260132", "20260229", "21000229", "20240230", "2026112 ", "2026-1-1", "x0261121"} {
		if day, taken := parseDay([]byte(text)); taken != 0 {
			t.Errorf("%s reads as day %d", text, day)
		}
	}
	if _, taken := parseDay([]byte("20240229")); taken == 0 {
		t.Error("20240229 is a date")
	}
}
