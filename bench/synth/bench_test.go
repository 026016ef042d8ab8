package synth

import (
	"fmt"
	"io"
	"testing"
)

// BenchmarkTables writes both tables of a million meter points to nowhere. Rows
// are those of meter points, as the goal for the generator counts them.
func BenchmarkTables(b *testing.B) {
	const meterPoints = 1_000_000
	for _, c := range []struct {
		format, order string
		cfg           Config
	}{
		{"parquet", "shuffled", Config{Shuffled: true}},
		{"parquet", "sorted", Config{}},
		{"csv", "shuffled", Config{Shuffled: true, Format: CSV}},
	} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("format=%s/order=%s/rows=%d/workers=%d", c.format, c.order, meterPoints, workers), func(b *testing.B) {
				c.cfg.MeterPoints, c.cfg.Seed, c.cfg.ErrorRate = meterPoints, 1, DefaultErrorRate
				e, err := newEstate(c.cfg)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					for t := range tables {
						if err := writeTable(b.Context(), io.Discard, e, t, workers); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(meterPoints)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}
