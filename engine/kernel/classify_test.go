package kernel

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"flagfill/engine/meterpoint"
)

// plainClass is Classify by the business rules.
func plainClass(digits meterpoint.Digits, number uint64) uint8 {
	m := meterpoint.MPxN(number)
	switch {
	case number == Absent:
		return NoValue
	case !digits.Valid(m):
		return NoMPxN
	case m.Fuel() == meterpoint.Electricity && m.CheckOK():
		return MPAN
	case m.Fuel() == meterpoint.Electricity:
		return MPANWrongDigit
	case m.CheckOK():
		return MPRN
	}
	return MPRNWrongDigits
}

func checkClasses(t interface{ Fatalf(string, ...any) }, digits meterpoint.Digits, numbers []uint64) {
	classes := make([]uint8, len(numbers)+1)
	classes[len(numbers)] = 99
	NewClassifier(digits).Classify(classes, numbers)
	for i, n := range numbers {
		if want := plainClass(digits, n); classes[i] != want {
			t.Fatalf("%d under %+v: class %d, want %d", n, digits, classes[i], want)
		}
	}
	if classes[len(numbers)] != 99 {
		t.Fatalf("wrote past the numbers")
	}
}

var bounds = []meterpoint.Digits{meterpoint.DefaultDigits, {MPRNMin: 3, MPRNMax: 11}, {MPRNMin: 1, MPRNMax: 12}, {MPRNMin: 8, MPRNMax: 8}}

func TestClassify(t *testing.T) {
	for number, want := range map[uint64]uint8{
		1030006718997: MPAN, 2000055901355: MPAN, 1050000588215: MPAN,
		1030006718998: MPANWrongDigit, 1312345678111: MPANWrongDigit,
		3938424403: MPRN, 3938424404: MPRNWrongDigits,
		0: NoMPxN, 99999: NoMPxN, 10000000000: NoMPxN, 999999999999: NoMPxN, 10000000000000: NoMPxN, 9999999999999999: NoMPxN,
		NotNumber: NoMPxN, Absent: NoValue, 1<<64 - 1: NoMPxN,
	} {
		var got [1]uint8
		NewClassifier(meterpoint.DefaultDigits).Classify(got[:], []uint64{number})
		if got[0] != want {
			t.Errorf("%d: class %d, want %d", number, got[0], want)
		}
	}
	checkClasses(t, meterpoint.DefaultDigits, nil)
}

// The numbers around every power of ten and of two, where bounds and tables
// change.
func TestClassifyEdges(t *testing.T) {
	var edges []uint64
	around := func(n uint64) {
		for d := uint64(0); d < 200; d++ {
			edges = append(edges, n+d, n-d)
		}
	}
	for n := uint64(1); n < 1e19; n *= 10 {
		around(n)
		around(2 * n)
	}
	for bit := range 64 {
		around(1 << bit)
	}
	for _, digits := range bounds {
		checkClasses(t, digits, edges)
	}
}

// Each digit by itself in each place, so that every entry of the tables is met.
func TestClassifyEveryThreeDigits(t *testing.T) {
	var numbers []uint64
	for place := uint64(1); place <= 1e9; place *= 1e3 {
		for group := range uint64(1000) {
			for last := range uint64(10) {
				numbers = append(numbers, 1e12+group*place*10+last, (group*place%1e10*100+last)%1e12)
			}
		}
	}
	for _, digits := range bounds {
		checkClasses(t, digits, numbers)
	}
}

// Numbers spread evenly, half of them with the right check digits: sums of
// every size are met.
func TestClassifySpread(t *testing.T) {
	e := newEstate(20_000)
	numbers := slices.Clone(e.numbers)
	for i, n := range e.numbers {
		numbers = append(numbers, n/10*10+(n+uint64(i))%10)
	}
	checkClasses(t, meterpoint.DefaultDigits, numbers)
}

func TestClassifyAgainstPlainTwin(t *testing.T) {
	number := rapid.OneOf(rapid.Uint64Range(1e12, 1e13-1), rapid.Uint64Range(1e5, 1e10-1), rapid.Uint64Range(0, 1e16), rapid.Uint64(),
		rapid.SampledFrom([]uint64{Absent, NotNumber}),
		rapid.Map(rapid.Uint64Range(1e11, 1e12-1), func(stem uint64) uint64 { // a right check digit
			return stem*10 + uint64(meterpoint.MPxN(stem*10).CheckDigit())
		}))
	rapid.Check(t, func(t *rapid.T) {
		checkClasses(t, rapid.SampledFrom(bounds).Draw(t, "bounds"), rapid.SliceOf(number).Draw(t, "numbers"))
	})
}

func FuzzClassify(f *testing.F) {
	for _, n := range []uint64{0, 99999, 100000, 3938424403, 9999999999, 1e12 - 1, 1e12, 1030006718997, 1e13 - 1, 1e13, NotNumber, Absent} {
		f.Add(n, uint8(6), uint8(10))
	}
	f.Fuzz(func(t *testing.T, n uint64, low, high uint8) {
		digits := meterpoint.Digits{MPRNMin: 1 + int(low)%12, MPRNMax: 1 + int(high)%12}
		if digits.MPRNMax < digits.MPRNMin {
			digits.MPRNMin, digits.MPRNMax = digits.MPRNMax, digits.MPRNMin
		}
		checkClasses(t, digits, []uint64{n, n % 1e13, n % 1e10})
	})
}
