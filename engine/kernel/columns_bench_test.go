package kernel

import "testing"

// The kernels over columns, each beside a loop as one would write it first.

func BenchmarkCombine(b *testing.B) {
	e, words, into := newEstate(benchRows), make([]uint64, benchRows+1), make([]int32, benchRows+1)
	var payloads [512]uint32
	var counts [512]int64
	for i := range payloads {
		payloads[i] = uint32(i % 5)
	}
	compare(b, benchRows,
		form{"branchless", func() { Combine(words, into, 0, 0, e.kinds, e.classes, e.numbers, e.rows, &payloads, 0, &counts) }},
		form{"plain", func() {
			n := 0
			for i, kind := range e.kinds {
				at := int(kind)*8 + int(e.classes[i])
				counts[at]++
				if payload := payloads[at] &^ Noted; payload != 0 {
					words[n], into[n] = Word(e.numbers[i], payload), e.rows[i]
					n++
				}
			}
		}},
		copying((1+1+8+4)*benchRows))
}

func BenchmarkPackPoints(b *testing.B) {
	e, payloads := newEstate(benchRows), make([]uint32, benchRows)
	compare(b, benchRows,
		form{"bounded", func() { PackPoints(payloads, e.classes, e.classes, e.classes, e.kinds) }},
		form{"plain", func() {
			for i := range payloads {
				payloads[i] = uint32(e.classes[i])<<recordedShift | uint32(e.classes[i])<<ReportedShift | uint32(e.classes[i])<<EverShift | uint32(e.kinds[i])<<RDPShift
			}
		}},
		copying(4*benchRows))
}

func BenchmarkKeepPoints(b *testing.B) {
	e, payloads := newEstate(benchRows), make([]uint32, benchRows)
	words, days, into := make([]uint64, benchRows+1), make([]int32, benchRows+1), make([]int32, benchRows+1)
	keep := [8]bool{true} // three in five
	var counts [8]int64
	compare(b, benchRows,
		form{"branchless", func() { KeepPoints(words, days, into, 0, e.numbers, payloads, e.days, e.classes, &keep, &counts) }},
		form{"plain", func() {
			n := 0
			for i, class := range e.classes {
				counts[class]++
				if keep[class] {
					words[n], days[n], into[n] = Word(e.numbers[i], payloads[i]), e.days[i], int32(i)
					n++
				}
			}
		}},
		copying((8+4+4)*benchRows))
}

// Both forms get the words anew each time, so both copy them.
func BenchmarkWithin(b *testing.B) {
	e := newEstate(benchRows)
	first, last := Key(e.sorted[benchRows/4]), Key(e.sorted[3*benchRows/4])
	words, days, rows := make([]uint64, benchRows), make([]int32, benchRows), make([]int32, benchRows)
	renew := func() {
		copy(words, e.words)
		copy(days, e.days)
		copy(rows, e.rows)
	}
	compare(b, benchRows,
		form{"branchless", func() {
			renew()
			Within(words, nil, rows, first, last)
		}},
		form{"branchless-days", func() {
			renew()
			Within(words, days, rows, first, last)
		}},
		form{"plain", func() {
			renew()
			n := 0
			for i, w := range words {
				if key := Key(w); key >= first && key <= last {
					words[n], days[n], rows[n] = w, days[i], rows[i]
					n++
				}
			}
		}},
		form{"copy", renew})
}

func BenchmarkJoinKinds(b *testing.B) {
	e, statuses := newEstate(benchRows), make([]uint8, benchRows)
	compare(b, benchRows,
		form{"bounded", func() { JoinKinds(statuses, e.classes, 10) }},
		form{"plain", func() {
			for i := range statuses {
				statuses[i] = e.classes[i]*10 + statuses[i]
			}
		}},
		copying(benchRows))
}

func BenchmarkOddPoints(b *testing.B) {
	e, odd := newEstate(benchRows), make([]int32, 0, benchRows)
	compare(b, benchRows,
		form{"bounded", func() {
			odd = OddPoints(odd[:0], e.classes, e.classes, e.classes, e.kinds, e.days, 3, 9, 255, 0)
		}},
		form{"plain", func() {
			odd = odd[:0]
			for i := range e.classes {
				if e.classes[i] > 3 || e.classes[i] == 9 || e.kinds[i] == 255 || e.days[i] == 0 {
					odd = append(odd, int32(i))
				}
			}
		}},
		copying((1+1+1+1+4)*benchRows))
}

func BenchmarkDropRepeats(b *testing.B) {
	e, numbers := newEstate(benchRows), make([]uint64, benchRows)
	compare(b, benchRows,
		form{"bounded", func() { DropRepeats(numbers, e.numbers, e.rows) }},
		form{"plain", func() {
			for i := range numbers {
				if numbers[i] == e.numbers[e.rows[i]] && numbers[i] != NotNumber {
					numbers[i] = Absent
				}
			}
		}},
		copying((8+4)*benchRows))
}

func BenchmarkSelect(b *testing.B) {
	e, kinds := newEstate(benchRows), make([]uint8, benchRows)
	compare(b, benchRows,
		form{"bounded", func() { Select(kinds, e.kinds, e.rows) }},
		form{"plain", func() {
			for i, row := range e.rows {
				kinds[i] = e.kinds[row]
			}
		}},
		copying((1+4)*benchRows))
}

func BenchmarkSpread(b *testing.B) {
	e, dense := newEstate(benchRows), make([]uint64, benchRows)
	compare(b, benchRows,
		form{"filled", func() { Spread(dense, e.numbers, e.rows) }},
		form{"plain", func() {
			next := 0
			for row := range dense {
				if dense[row] = Absent; next < len(e.rows) && int(e.rows[next]) == row {
					dense[row] = e.numbers[next]
					next++
				}
			}
		}},
		copying((8+4)*benchRows))
}

func BenchmarkRows(b *testing.B) {
	e, rows := newEstate(benchRows), make([]int32, 0, benchRows)
	validity := make([]byte, benchRows/8)
	for i := range validity {
		validity[i] = byte(e.numbers[i] * 0x9E3779B97F4A7C15 >> 56)
	}
	compare(b, benchRows,
		form{"words", func() { rows = Rows(rows[:0], validity, 0, benchRows, true) }},
		form{"plain", func() {
			rows = rows[:0]
			for i := range benchRows {
				if validity[i/8]>>(i%8)&1 == 1 {
					rows = append(rows, int32(i))
				}
			}
		}},
		copying(4*benchRows))
}

func BenchmarkCountKinds(b *testing.B) {
	e := newEstate(benchRows)
	var counts [64]int64
	byKind := map[uint8]int64{}
	compare(b, benchRows,
		form{"array", func() { CountKinds(&counts, e.kinds) }},
		form{"plain", func() {
			for _, kind := range e.kinds {
				byKind[kind]++
			}
		}},
		copying(benchRows))
}
