package synth

import (
	"context"
	"io"
	"testing"
)

// BenchmarkTables writes both tables of a million meter points to nowhere.
func BenchmarkTables(b *testing.B) {
	const meterPoints = 1_000_000
	for name, shuffled := range map[string]bool{"shuffled": true, "sorted": false} {
		b.Run(name, func(b *testing.B) {
			e, err := newEstate(Config{MeterPoints: meterPoints, Seed: 1, ErrorRate: DefaultErrorRate, Shuffled: shuffled})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				for t := range tables {
					if err := writeTable(context.Background(), io.Discard, e, t, 2); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(meterPoints)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpoints/s")
		})
	}
}
