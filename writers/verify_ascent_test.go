package writers

import (
	"bytes"
	"testing"

	"flagfill/engine/meterpoint"
)

// climbPlainly is what an ascent does, by the numbers themselves; the word x is
// the end. It gives how many texts belong there.
func climbPlainly(texts [][]byte) (good int, first, last meterpoint.MPxN) {
	for i, text := range texts {
		m := numberIn(text)
		if string(text) == "x" {
			m = noNumber
		}
		if m == 0 || m < last {
			return i, first, last
		}
		if i == 0 {
			first = m
		}
		last = m
	}
	return len(texts), first, last
}

// checkAscent takes texts one by one, and several at once.
func checkAscent(t *testing.T, texts [][]byte) {
	t.Helper()
	for atOnce := 1; atOnce <= len(texts); atOnce += 2 {
		checkAscentBy(t, atOnce, texts)
	}
}

func checkAscentBy(t *testing.T, atOnce int, texts [][]byte) {
	t.Helper()
	good, first, last := climbPlainly(texts)
	var up ascent
	for from := 0; from < len(texts); {
		if string(texts[from]) == "x" {
			up.end()
			from++
			continue
		}
		all, ends, to := []byte("before"), []uint32{6}, from
		for ; to < min(from+atOnce, len(texts)) && string(texts[to]) != "x"; to++ {
			all = append(all, texts[to]...)
			ends = append(ends, uint32(len(all)))
		}
		if belong := up.next(all, ends); belong != (to <= good) {
			t.Fatalf("%q: texts %d to %d belong there: %v", texts, from, to, belong)
		} else if !belong {
			return
		}
		from = to
	}
	if up.first != first || up.last() != last {
		t.Fatalf("%q goes from %d to %d, not from %d to %d", texts, up.first, up.last(), first, last)
	}
}

// FuzzAscent takes texts that commas part.
func FuzzAscent(f *testing.F) {
	for _, texts := range []string{"1,1,2,10,9", "7,3938424403,3938424403,9999999999999,x,x", "x,1", "x,x", "5,x", "1234567,1234568", "12345678,12345677", "12345678,12345679", "1234567890123,1:34567890123",
		"12345678,12345679,12345670", "12345678,1234567:",
		"123456789,123456788", "1234567890123,1234567990123,1234567890123", "1234567890123,12345:7990123", "1234567890123,1234567990 23", "01,2", "",
		"12345678901234", "9999999,10000000,99999999,100000000", "100000001,12345678", "1234567890123,2234567890122,2234567890123,22345678901234", "5,4", "99999999,x,99999999"} {
		f.Add([]byte(texts))
	}
	f.Fuzz(func(t *testing.T, texts []byte) { checkAscent(t, bytes.Split(texts, []byte(","))) })
}
