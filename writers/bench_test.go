package writers

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

func reportRows(b *testing.B, rows int) {
	b.ReportMetric(float64(b.N)*float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

const flowRows = DefaultMaxRecords

// BenchmarkFlowEncode reports bytes of flow file a second, and records.
func BenchmarkFlowEncode(b *testing.B) {
	for _, l := range bothLayouts(b) {
		for _, days := range []uint64{1, 2000} {
			b.Run(fmt.Sprintf("layout=%s/days=%d/rows=%d", l.Name, days, flowRows), func(b *testing.B) {
				records := randomRecords(flowRows, days)
				buffer := make([]byte, 0, 8<<20)
				b.ReportAllocs()
				for b.Loop() {
					enc := l.newRecordEncoder()
					buffer = buffer[:0]
					for _, r := range records {
						buffer, _ = enc.append(buffer, r)
					}
				}
				b.SetBytes(int64(len(buffer)))
				reportRows(b, flowRows)
			})
		}
		benchPlainEncode(b, l)
	}
}

// benchPlainEncode is the plain twin, the same lines made by fmt, and the ceiling:
// their bytes copied.
func benchPlainEncode(b *testing.B, l *Layout) {
	records := randomRecords(flowRows, 2000)
	var text bytes.Buffer
	plain := func() {
		text.Reset()
		for i, r := range records {
			date := dateOf(r.EffectiveOn).Format("20060102")
			if l.Fuel == meterpoint.Gas {
				fmt.Fprintf(&text, "\"E46\",%d,\"%s\",%s\n", uint64(r.MPxN), r.Status, date)
			} else {
				fmt.Fprintf(&text, "901|%d|DC01|\n902|%d|%s|%s|\n", i+1, uint64(r.MPxN), r.Status, date)
			}
		}
	}
	plain()
	to := make([]byte, text.Len())
	for _, form := range []struct {
		name string
		work func()
	}{{"plain", plain}, {"copy", func() { copy(to, text.Bytes()) }}} {
		b.Run(fmt.Sprintf("layout=%s/form=%s/rows=%d", l.Name, form.name, flowRows), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(to)))
			for b.Loop() {
				form.work()
			}
			reportRows(b, flowRows)
		})
	}
}

func BenchmarkFlowParse(b *testing.B) {
	for _, l := range bothLayouts(b) {
		b.Run(fmt.Sprintf("layout=%s/rows=%d", l.Name, flowRows), func(b *testing.B) {
			text, err := encodeFlow(l, testEnvelope(l), randomRecords(flowRows, 2000))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				digest := newRecordDigest()
				if _, err := l.Parse(bytes.NewReader(text), testEnvelope(l), func(r Record) error { digest.add(r); return nil }); err != nil {
					b.Fatal(err)
				}
			}
			reportRows(b, flowRows)
		})
	}
}

// BenchmarkChanges writes one row group of changes.parquet.
func BenchmarkChanges(b *testing.B) {
	c := randomChanges(rowGroupRows)
	b.Run(fmt.Sprintf("format=parquet/rows=%d", c.Len()), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encodeChanges(b, io.Discard, c, 1<<16)
		}
		reportRows(b, c.Len())
	})
	b.Run(fmt.Sprintf("format=parquet/form=plain/rows=%d", c.Len()), func(b *testing.B) {
		rows := make([]changeRow, 0, c.Len())
		for i, m := range c.MPxN {
			old, next, day := c.Old[i].String(), c.New[i].String(), c.EffectiveOn[i]
			rows = append(rows, changeRow{MPxN: m.String(), Fuel: m.Fuel().String(), RDP: &c.RDPs[c.RDP[i]], Old: &old, New: &next,
				Rule: c.Rule[i].String(), EffectiveOn: &day, Disposition: c.Disposition[i].String()})
		}
		b.ReportAllocs()
		for b.Loop() {
			w := parquet.NewGenericWriter[changeRow](io.Discard, parquetOptions()...)
			if _, err := w.Write(rows); err != nil {
				b.Fatal(err)
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		}
		reportRows(b, c.Len())
	})
}

// BenchmarkDifferences writes one row group of differences.parquet.
func BenchmarkDifferences(b *testing.B) {
	d := newRowGenerator(1).differences(rowGroupRows)
	b.Run(fmt.Sprintf("format=parquet/rows=%d", d.Len()), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f := newDifferencesFile(newStagedFile(differencesName, nopFile{io.Discard}))
			if err := f.write(d); err != nil {
				b.Fatal(err)
			}
			if err := f.finish(); err != nil {
				b.Fatal(err)
			}
		}
		reportRows(b, d.Len())
	})
}

// BenchmarkExceptions writes exceptions.parquet.
func BenchmarkExceptions(b *testing.B) {
	const rows = 100_000
	exceptions := make([]engine.Exception, rows)
	for i := range exceptions {
		exceptions[i] = engine.Exception{Table: engine.Devices, File: "devices.parquet", Row: int64(37 * i), Column: "import_mpxn",
			Code: engine.BadCheckDigit, Value: (meterpoint.MPxN(1e12) + meterpoint.MPxN(11*i)).String()}
	}
	b.Run(fmt.Sprintf("format=parquet/rows=%d", rows), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e := newExceptionsEncoder(io.Discard)
			if err := e.write(exceptions); err != nil {
				b.Fatal(err)
			}
			if err := e.close(); err != nil {
				b.Fatal(err)
			}
		}
		reportRows(b, rows)
	})
}

// emittedChanges are all for flow files of one day.
func emittedChanges(rows int) *engine.Changes {
	c := randomChanges(rows)
	for i := range c.Disposition {
		c.Disposition[i], c.EffectiveOn[i] = engine.Emitted, testDay
	}
	return c
}

// BenchmarkPublish writes a publication of a million emitted points to a file
// system that discards it: flow files and changes.parquet side by side.
func BenchmarkPublish(b *testing.B) {
	c := emittedChanges(rowGroupRows)
	s := testSettings()
	s.DryRun, s.Flows.MaxRecords = true, DefaultMaxRecords
	b.Run(fmt.Sprintf("rows=%d", c.Len()), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p, err := Create(b.Context(), OS{}, filepath.Join(b.TempDir(), "out"), testConfig(), s)
			if err != nil {
				b.Fatal(err)
			}
			for from := 0; from < c.Len(); from += 1 << 16 {
				if err := p.Write(part(c, from, from+1<<16)); err != nil {
					b.Fatal(err)
				}
			}
			if err := p.finishTables(); err != nil {
				b.Fatal(err)
			}
			if err := p.Abort(); err != nil {
				b.Fatal(err)
			}
		}
		reportRows(b, c.Len())
	})
}

// BenchmarkVerify proves a publication of so many meter points, all of them
// emitted, beside hashing its bytes.
func BenchmarkVerify(b *testing.B) {
	const rows = 100_000
	points := make([]knownPoint, rows)
	for i := range points {
		m := meterpoint.MPxN(1e12) + meterpoint.MPxN(10*i)
		points[i] = knownPoint{m + m.CheckDigit(), "EELC", meterpoint.Point{Set: meterpoint.Of(meterpoint.Commissioned)}}
	}
	dir, s := filepath.Join(b.TempDir(), "publication"), testSettings()
	s.Flows.MaxRecords = 10_000
	if _, err := publish(b, OS{}, dir, testConfig(), s, points); err != nil {
		b.Fatal(err)
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("rows=%d/workers=%d", rows, workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v, err := Verify(b.Context(), OS{}, dir, workers)
				if err != nil {
					b.Fatal(err)
				}
				if len(v.Findings) > 0 {
					b.Fatal(v.Findings)
				}
				b.SetBytes(v.Bytes)
			}
			reportRows(b, rows)
		})
	}
	b.Run(fmt.Sprintf("form=hash/rows=%d", rows), func(b *testing.B) {
		for b.Loop() {
			n, err := hashFolder(dir)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(n)
		}
		reportRows(b, rows)
	})
}

// hashFolder reads and hashes every file, and counts the bytes.
func hashFolder(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		sha256.Sum256(text)
		bytes += int64(len(text))
		return err
	})
	return bytes, err
}
