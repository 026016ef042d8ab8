package kernel

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"flagfill/engine/meterpoint"
)

// estate is a batch of rows as Great Britain has them: three MPANs to two
// MPRNs, clustered by distributor, in no order.
type estate struct {
	numbers       []uint64
	offsets       []int32 // texts of the numbers
	data          []byte
	prefixed      []byte  // the texts, each after its length
	spacedOffsets []int32 // the same with a space in front
	spacedData    []byte
	rows          []int32 // every row
	kinds         []uint8
	classes       []uint8
	days          []int32
	words         []uint64 // in row order
	sorted        []uint64 // in key order
}

func newEstate(rows int) *estate {
	random := rand.New(rand.NewPCG(57, 120))
	e := &estate{offsets: []int32{Headroom}, data: make([]byte, Headroom), spacedOffsets: []int32{Headroom}, spacedData: make([]byte, Headroom)}
	for row := range rows {
		m := meterpoint.MPxN(10+random.Uint64N(14))*1e11 + meterpoint.MPxN(random.Uint64N(4e8))*10
		m += m.CheckDigit()
		if random.IntN(5) < 2 {
			m = meterpoint.MPxN(1e7+random.Uint64N(8e7)) * 100
			m += m.CheckDigits()
		}
		e.numbers = append(e.numbers, uint64(m))
		e.data = strconv.AppendUint(e.data, uint64(m), 10)
		e.offsets = append(e.offsets, int32(len(e.data)))
		e.prefixed = append(e.prefixed, prefixed([]string{m.String()})...)
		e.spacedData = strconv.AppendUint(append(e.spacedData, ' '), uint64(m), 10)
		e.spacedOffsets = append(e.spacedOffsets, int32(len(e.spacedData)))
		e.rows = append(e.rows, int32(row))
		e.kinds = append(e.kinds, uint8(random.IntN(40)))
		e.classes = append(e.classes, uint8(1-m.Fuel()))
		e.days = append(e.days, int32(19000+random.IntN(2000)))
		e.words = append(e.words, Word(uint64(m), random.Uint32N(1<<PayloadBits)))
	}
	e.sorted = slices.Sorted(slices.Values(e.words))
	return e
}

// inOneRange gives so many words of one range, wide enough for a range of
// many cut over the whole estate.
func inOneRange(rows int) []uint64 {
	random := rand.New(rand.NewPCG(12, 4096))
	words := make([]uint64, rows)
	for i := range words {
		words[i] = Word(14e11+random.Uint64N(3e6)*10, random.Uint32N(1<<PayloadBits))
	}
	return words
}

// firstKeys cuts the estate into so many ranges, as equal as can be.
func (e *estate) firstKeys(ranges int) []uint64 {
	var keys []uint64
	for i := 1; i < ranges; i++ {
		keys = append(keys, Key(e.sorted[len(e.sorted)*i/ranges]))
	}
	return slices.Compact(keys)
}
