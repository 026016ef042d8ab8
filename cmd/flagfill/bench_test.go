package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
)

// BenchmarkRun is the command from the files to a verified publication.
func BenchmarkRun(b *testing.B) {
	const meterPoints, rows = 500_000, 1_100_000
	for _, format := range []string{"parquet", "csv"} {
		snapshot := filepath.Join(b.TempDir(), "snapshot")
		command(b, "generate", "--out", snapshot, "--meter-points", strconv.Itoa(meterPoints), "--format", format)
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("format=%s/rows=%d/workers=%d", format, rows, workers), func(b *testing.B) {
				out := b.TempDir()
				n := 0
				b.ReportAllocs()
				for b.Loop() {
					n++
					command(b, "run", "--devices", filepath.Join(snapshot, "devices."+format), "--meter-points", filepath.Join(snapshot, "meter_points."+format),
						"--out", filepath.Join(out, strconv.Itoa(n)), "--as-of", "2026-11-21T02:00:00Z", "--workers", strconv.Itoa(workers), "--progress", "none")
				}
				b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

// command carries a command line out, which must succeed.
func command(b *testing.B, args ...string) {
	b.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(b.Context(), args, &stdout, &stderr); code != exitDone {
		b.Fatalf("%v: exit code %d\n%s", args, code, stderr.String())
	}
}
