package kernel

import (
	"slices"
	"testing"

	"flagfill/engine/meterpoint"
)

// TestKernelsAllocateNothingPerRow runs each kernel as the engine does, on
// buffers that are kept. Only Scatter may allocate, and by the slab.
func TestKernelsAllocateNothingPerRow(t *testing.T) {
	const rows = 4096
	e := newEstate(rows)
	checks, ranges := NewClassifier(meterpoint.DefaultDigits), NewRanges(e.firstKeys(1000))
	numbers, dense, classes := make([]uint64, rows), make([]uint64, rows), make([]uint8, rows)
	words, found := make([]uint64, 2*rows), make([]uint16, rows)
	payloads, into, everyRow := make([]uint32, rows), make([]int32, rows), make([]int32, 0, rows)
	var sorter, sorterWithDays Sorter
	sortable, _ := sorter.Sort(slices.Clone(e.words), nil)
	sortableToo, days := sorterWithDays.Sort(slices.Clone(e.words), slices.Clone(e.days))
	integers := make([]int64, rows)
	text := fieldRows(rows)
	fields, ends := fieldsOf(text, ',', 6), make([]int32, len(text)+64)
	var x Index
	indexed, sets, strays := slices.Clone(e.sorted), make([]uint32, rows), make([]uint64, 0, rows)
	var beside Beside
	var table [512]uint32
	var counts [512]int64
	var kinds [64]int64
	var classCounts [8]int64

	for name, kernel := range map[string]func(){
		"ParseTexts":         func() { ParseTexts(numbers, e.offsets, e.data, nil) },
		"ParseTexts of some": func() { ParseTexts(numbers, e.offsets, e.data, e.rows) },
		"ParseTexts slowly":  func() { ParseTexts(numbers, e.spacedOffsets, e.spacedData, nil) },
		"ParsePrefixed":      func() { ParsePrefixed(integers, e.prefixed, 0, len(e.prefixed)) },
		"FieldEnds":          func() { FieldEnds(ends, fields.Text, 0, ',', true) },
		"ParseFields":        func() { ParseFields(integers, classes, fields, 0, 0) },
		"DropRepeats":        func() { DropRepeats(numbers, e.numbers, e.rows) },
		"Classify":           func() { checks.Classify(classes, e.numbers) },
		"Find":               func() { ranges.Find(found, e.words) },
		"Combine":            func() { Combine(words, into, 0, 0, e.kinds, e.classes, e.numbers, e.rows, &table, 0, &counts) },
		"JoinKinds":          func() { JoinKinds(classes, e.classes, 2) },
		"PackPoints":         func() { PackPoints(payloads, e.classes, e.classes, e.classes, e.kinds) },
		"KeepPoints": func() {
			KeepPoints(words, days, into, 0, e.numbers, payloads, e.days, e.classes, &[8]bool{true}, &classCounts)
		},
		"Rows": func() { everyRow = Rows(everyRow[:0], e.data, 3, rows, true) },
		"OddPoints": func() {
			everyRow = OddPoints(everyRow[:0], e.classes, e.classes, e.classes, e.kinds, e.days, 0, 9, 9, 0)
		},
		"LookUp":     func() { LookUp(classes, &[256]uint8{1}, e.rows) },
		"Select":     func() { Select(classes, e.kinds, e.rows) },
		"Spread":     func() { Spread(dense, e.numbers, e.rows) },
		"CountKinds": func() { CountKinds(&kinds, e.kinds) },
		"Sort": func() {
			copy(sortable, e.words)
			sortable, _ = sorter.Sort(sortable, nil)
		},
		"Sort with days": func() {
			copy(sortableToo, e.words)
			sortableToo, days = sorterWithDays.Sort(sortableToo, days)
		},
		"Gather": func() {
			indexed = x.Build(indexed)
			strays, _ = x.Gather(sets, e.words, strays[:0], 1)
		},
		"Put": func() {
			indexed = x.Build(indexed)
			beside.Reset(len(indexed))
			beside.Put(&x, e.words, e.days)
			beside.Put(&x, e.words, e.days)
			beside.Put(&x, e.words, e.days)
		},
	} {
		if allocated := testing.AllocsPerRun(10, kernel); allocated != 0 {
			t.Errorf("%s allocates %v times in %d rows", name, allocated, rows)
		}
	}
}

// A slab makes many chunks at once, and the list of a range's chunks grows by
// doubling: less than one allocation a chunk.
func TestScatterAllocatesByTheChunk(t *testing.T) {
	const rows, ranges = 1 << 14, 256
	e := newEstate(rows)
	r := NewRanges(e.firstKeys(ranges))
	for _, withDays := range []bool{false, true} {
		b, days := NewBuckets(&Slab{WithDays: withDays}, r.Count()), e.days
		if !withDays {
			days = nil
		}
		allocated := testing.AllocsPerRun(20, func() { b.Scatter(r, e.words, days, e.rows, 0) })
		if allocated >= rows/ChunkWords {
			t.Errorf("days %v: %v allocations in %d rows", withDays, allocated, rows)
		}
	}
}
