package engine

import (
	"testing"
	"time"
)

// Days of all years, and every day of two centuries, are read as time.Parse reads it, and what is none is
// left to that.
func TestPlainDays(t *testing.T) {
	const from, to = -73 * 366, 130 * 366
	for day := int32(minDay); day <= maxDay; day++ {
		if day < from || day > to {
			day = min(day+30, maxDay)
		}
		date := time.Unix(int64(day)*86400, 0).UTC()
		text := date.AppendFormat(nil, "2006-01-02 15:04:05")
		if got, ok := plainDay(text[:10]); got != day || !ok {
			t.Fatalf("%s is day %d, %v, want %d", text[:10], got, ok, day)
		}
		if got, ok := plainDay(text); got != day || !ok {
			t.Fatalf("%s is day %d, %v, want %d", text, got, ok, day)
		}
	}
	for _, text := range []string{"2026-02-29", "2026-00-10", "2026-10-00", "2026-11-31", "2026/11/21", "2026-11-21X00:00:00", "2026-11-21 00-00-00", "2026-1a-21", "2026-11-21 1a:00:00", "2026-11-21T00:00:00z"} {
		if day, ok := plainDay([]byte(text)); ok {
			t.Errorf("%q is day %d", text, day)
		}
	}
}
