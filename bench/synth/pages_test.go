package synth

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

// Runs give back the numbers they were made of, read bit by bit.
func TestRunsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 8).Draw(t, "width")
		numbers := rapid.SliceOfN(rapid.ByteMax(byte(1<<width-1)), 1, 100).Draw(t, "numbers")
		runs := appendRuns(nil, numbers, width)
		header, n := binary.Uvarint(runs)
		runs = runs[n:]
		var got []byte
		if header&1 == 0 {
			got = bytes.Repeat(runs[:1], int(header>>1))
			runs = runs[1:]
		} else {
			for i := range int(header>>1) * 8 {
				number := byte(0)
				for bit := range width {
					at := i*width + bit
					number |= runs[at/8] >> (at % 8) & 1 << bit
				}
				got = append(got, number)
			}
			runs = runs[int(header>>1)*width:]
		}
		if len(got) < len(numbers) || !bytes.Equal(got[:len(numbers)], numbers) || len(runs) > 0 {
			t.Fatalf("%v at %d bits came back as %v, and %d bytes are left", numbers, width, got, len(runs))
		}
	})
}

// A dictionary numbers every word once, in the order of their appearance.
func TestDictionaryNumbersWords(t *testing.T) {
	var d dictionary
	for range 2 {
		for i := range 128 {
			if code := d.code(word(255 - i)); int(code) != i {
				t.Fatalf("word %d is code %d", 255-i, code)
			}
		}
	}
	if d.width() != 7 {
		t.Errorf("128 words take %d bits", d.width())
	}
	if d.reset(); d.code(200) != 0 || d.width() != 1 {
		t.Error("a reset dictionary is not empty")
	}
}
