package engine

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"flagfill/engine/meterpoint"
)

// A date that is read stands in the text as it was written.
func FuzzDay(f *testing.F) {
	for _, text := range []string{"", " ", "2024-02-29", "2023-02-29", "20240229", "2024-02-29T01:02:03Z", "2024-02-29 23:59:59+14:00", "0000-01-01", "9999-12-31", "10000-01-01", "-0001-01-01",
		"2026-11-21 23:59:60", "2026-11-21T24:00:00", "2026-13-01", "2026-04-31 00:00:00Z", "1900-02-29", "2000-02-29T00:00:00"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		day, trimmed := parseDay(text), meterpoint.Trim(text)
		switch day {
		case NoDay:
			if len(trimmed) > 0 {
				t.Errorf("%q is no date", text)
			}
		case parseDayByLayout(trimmed):
		default:
			t.Fatalf("%q gives day %d, and by layout %d", text, day, parseDayByLayout(trimmed))
		}
		if day != NoDay && day != badDay {
			date := time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
			if !bytes.HasPrefix(trimmed, []byte(date)) && !bytes.HasPrefix(trimmed, []byte(strings.ReplaceAll(date, "-", ""))) {
				t.Errorf("%q gives %s", text, date)
			}
		}
	})
}

// A truth reads the same in capitals and with spaces around.
func FuzzEver(f *testing.F) {
	for _, text := range []string{"", "true", "T", "1", "yes", "false", "f", "0", "No", "maybe", "tr ue", "01"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ever, err := parseEver([]byte(text))
		if err != nil || ever > everBad {
			t.Fatalf("%q gives %d, %v", text, ever, err)
		}
		upper := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r - 'a' + 'A'
			}
			return r
		}, text)
		if other, _ := parseEver([]byte("  " + upper + " ")); other != ever {
			t.Errorf("%q gives %d, in capitals %d", text, ever, other)
		}
	})
}
