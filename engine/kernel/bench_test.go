package kernel

import (
	"fmt"
	"slices"
	"testing"

	"flagfill/engine/meterpoint"
)

const benchRows = 16384

// form is one way to do a kernel's work: the kernel itself, its plain twin, or
// copying its input as the ceiling that memory sets.
type form struct {
	name string
	work func()
}

func compare(b *testing.B, rows int, forms ...form) {
	for _, f := range forms {
		b.Run(fmt.Sprintf("form=%s/rows=%d", f.name, rows), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.work()
			}
			done := float64(b.N) * float64(rows)
			b.ReportMetric(done/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/done, "ns/row")
		})
	}
}

// copying sets the ceiling: so many bytes read and written for each row.
func copying(bytes int) form {
	from, to := make([]byte, bytes), make([]byte, bytes)
	return form{"copy", func() { copy(to, from) }}
}

func BenchmarkParseTexts(b *testing.B) {
	e, numbers := newEstate(benchRows), make([]uint64, benchRows)
	compare(b, benchRows,
		form{"swar", func() { ParseTexts(numbers, e.offsets, e.data, nil) }},
		form{"rows", func() { ParseTexts(numbers, e.offsets, e.data, e.rows) }},
		form{"spaced", func() { ParseTexts(numbers, e.spacedOffsets, e.spacedData, nil) }},
		form{"plain", func() {
			for i := range numbers {
				numbers[i] = plainParse(string(e.data[e.offsets[i]:e.offsets[i+1]]))
			}
		}},
		copying(len(e.data)))
}

func BenchmarkParsePrefixed(b *testing.B) {
	e, numbers := newEstate(benchRows), make([]int64, benchRows)
	compare(b, benchRows,
		form{"swar", func() { ParsePrefixed(numbers, e.prefixed, 0, len(e.prefixed)) }},
		form{"plain", func() { parsePrefixedPlainly(benchRows, e.prefixed, 0, len(e.prefixed)) }},
		copying(len(e.prefixed)))
}

func BenchmarkClassify(b *testing.B) {
	e, classes := newEstate(benchRows), make([]uint8, benchRows)
	checks := NewClassifier(meterpoint.DefaultDigits)
	mpans := make([]uint64, benchRows)
	for i := range mpans {
		mpans[i] = max(e.numbers[i], 1e12)
	}
	compare(b, benchRows,
		form{"table", func() { checks.Classify(classes, e.numbers) }},
		form{"table-mpans", func() { checks.Classify(classes, mpans) }},
		form{"plain", func() {
			for i, n := range e.numbers {
				classes[i] = plainClass(meterpoint.DefaultDigits, n)
			}
		}},
		copying(8*benchRows))
}

func BenchmarkRangesFind(b *testing.B) {
	e, found := newEstate(1<<18), make([]uint16, benchRows)
	for _, ranges := range []int{64, 2048, MaxRanges} {
		firstKeys := e.firstKeys(ranges)
		r, words := NewRanges(firstKeys), e.words[:benchRows]
		b.Run(fmt.Sprintf("ranges=%d", ranges), func(b *testing.B) {
			compare(b, benchRows,
				form{"slots", func() { r.Find(found, words) }},
				form{"plain", func() {
					for i, w := range words {
						found[i] = uint16(plainRange(firstKeys, Key(w)))
					}
				}},
				copying(8*benchRows))
		})
	}
}

func BenchmarkScatter(b *testing.B) {
	e := newEstate(1 << 20)
	for _, ranges := range []int{64, 1024} {
		firstKeys := e.firstKeys(ranges)
		r, found := NewRanges(firstKeys), make([]uint16, len(e.words))
		b.Run(fmt.Sprintf("ranges=%d", ranges), func(b *testing.B) {
			scatter := func(days []int32) func() {
				return func() {
					buckets := NewBuckets(&Slab{WithDays: days != nil}, r.Count())
					for from := 0; from < len(e.words); from += benchRows {
						if days == nil {
							buckets.Scatter(r, e.words[from:from+benchRows], nil, e.rows[:benchRows], int64(from))
						} else {
							buckets.Scatter(r, e.words[from:from+benchRows], days[from:from+benchRows], e.rows[:benchRows], int64(from))
						}
					}
				}
			}
			compare(b, len(e.words),
				form{"chunks", scatter(nil)},
				form{"chunks-days", scatter(e.days)},
				form{"plain", func() {
					parts := make([][]uint64, r.Count())
					r.Find(found, e.words)
					for i, w := range e.words {
						parts[found[i]] = append(parts[found[i]], w)
					}
				}},
				copying(8*len(e.words)))
		})
	}
}

func BenchmarkSort(b *testing.B) {
	for _, rows := range []int{1000, 12288, 24576} {
		words, days := inOneRange(rows), make([]int32, rows)
		given, givenDays := make([]uint64, rows), make([]int32, rows)
		var sorter, sorterWithDays Sorter
		compare(b, rows,
			form{"radix", func() {
				copy(given, words)
				given, _ = sorter.Sort(given, nil)
			}},
			form{"radix-days", func() {
				copy(given, words)
				given, givenDays = sorterWithDays.Sort(given, givenDays)
			}},
			form{"plain", func() {
				copy(given, words)
				slices.Sort(given)
			}},
			form{"copy", func() {
				copy(given, words)
				copy(givenDays, days)
			}})
	}
}

func BenchmarkGather(b *testing.B) {
	points := inOneRange(benchRows)
	devices := slices.Concat(points, points[:benchRows/4])
	slices.Sort(points)
	points, sets, days := slices.Grow(points, indexNear), make([]uint32, benchRows), make([]int32, len(devices))
	var x Index
	var beside Beside
	compare(b, len(points),
		form{"build", func() { x.Build(points) }},
		form{"index", func() {
			x.Build(points)
			x.Gather(sets, devices, nil, 1)
		}},
		form{"beside", func() {
			beside.Reset(len(points))
			beside.Put(&x, devices, days)
		}},
		form{"plain", func() {
			byKey := make(map[uint64]uint32, len(points))
			for _, w := range devices {
				byKey[Key(w)] |= Payload(w)
			}
			for i, w := range points {
				sets[i] |= byKey[Key(w)]
			}
		}},
		copying(8*(len(points)+len(devices))))
}
