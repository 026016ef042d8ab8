package main

import (
	"testing"
	"time"

	"flagfill/engine"
)

// What a flag takes is within its bounds, and reads the same when it is written
// again.
func FuzzFlags(f *testing.F) {
	for _, text := range []string{"0.1%", "100%", "-1%", "NaN%", "12", "-1", "2GiB", "0.5B", "1e9TB", "Inf", "0x10MiB",
		"devices=1,meter_points=2", "devices=", ",", "2026-11-21T02:00:00Z", "2026-11-21T02:00:00.5Z", "2026-11-21T02:00:00+24:00", "1969-12-31T23:59:59Z", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		limit, again := engine.Limit{}, engine.Limit{}
		if (limitFlag{&limit}).Set(text) == nil {
			if limit.Share < 0 || limit.Share > 1 || limit.Count < -1 {
				t.Errorf("%q is the limit %+v", text, limit)
			}
			written := limitFlag{&limit}.String()
			if err := (limitFlag{&again}).Set(written); err != nil || (again.Count != limit.Count) {
				t.Errorf("%q is written as %q: %+v, %v", text, written, again, err)
			}
		}
		bytes := int64(0)
		if (sizeFlag{&bytes}).Set(text) == nil && (bytes < 1 || bytes >= 1<<60) {
			t.Errorf("%q is %d bytes", text, bytes)
		}
		var rows map[engine.Table]int64
		if (rowsFlag{&rows}).Set(text) == nil {
			for table, n := range rows {
				if n < 0 || table > engine.MeterPoints {
					t.Errorf("%q is %v", text, rows)
				}
			}
		}
		var at, atAgain time.Time
		if (timeFlag{&at}).Set(text) == nil {
			written := timeFlag{&at}.String()
			if err := (timeFlag{&atAgain}).Set(written); err != nil || !at.Equal(atAgain) || at.Location() != time.UTC {
				t.Errorf("%q is written as %q: %v, %v", text, written, atAgain, err)
			}
		}
	})
}
