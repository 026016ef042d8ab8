package kernel

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// layOut joins texts into offsets and data as an Arrow string array has them,
// with so many bytes of earlier rows in front.
func layOut(texts []string, front int) (offsets []int32, data []byte) {
	data = []byte(strings.Repeat("9", front))
	offsets = []int32{int32(front)}
	for _, text := range texts {
		data = append(data, text...)
		offsets = append(offsets, int32(len(data)))
	}
	return offsets, data
}

// plainParse is ParseTexts by the standard library.
func plainParse(text string) uint64 {
	text = strings.Trim(text, " ")
	if text == "" {
		return Absent
	}
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
	n, err := strconv.ParseUint(text, 10, 64)
	if !digits || err != nil || len(text) > 16 {
		return NotNumber
	}
	return n
}

func checkTexts(t interface{ Fatalf(string, ...any) }, texts []string, front int) {
	offsets, data := layOut(texts, front)
	before := slices.Clone(data)
	numbers := make([]uint64, len(texts))
	ParseTexts(numbers, offsets, data, nil)
	var someRows []int32
	for i, text := range texts {
		if want := plainParse(text); numbers[i] != want {
			t.Fatalf("text %d, %q after %d bytes: %#x, want %#x", i, text, offsets[i], numbers[i], want)
		}
		if i%3 != 1 {
			someRows = append([]int32{int32(i)}, someRows...)
		}
	}
	some := make([]uint64, len(someRows))
	ParseTexts(some, offsets, data, someRows)
	for i, row := range someRows {
		if some[i] != numbers[row] {
			t.Fatalf("row %d, %q, reads as %#x among some rows, %#x among all", row, texts[row], some[i], numbers[row])
		}
	}
	if !slices.Equal(before, data) {
		t.Fatalf("the data was changed")
	}
}

func TestParseTexts(t *testing.T) {
	for _, c := range []struct {
		text string
		want uint64
	}{
		{"1030006718997", 1030006718997},
		{"3938424403", 3938424403},
		{"123456", 123456},
		{"0", 0},
		{"9", 9},
		{"12345678", 12345678},
		{"123456789", 123456789},
		{"00000000", 0},
		{"9999999999999999", 9999999999999999},
		{"0000000000000001", 1},
		{"12345678901234567", NotNumber},
		{"00000000000000001", NotNumber},
		{" 1030006718997  ", 1030006718997},
		{"          1030006718997          ", 1030006718997},
		{"", Absent},
		{" ", Absent},
		{strings.Repeat(" ", 40), Absent},
		{"10300 6718997", NotNumber},
		{"103000671899x", NotNumber},
		{"/030006718997", NotNumber},
		{"103000671899:", NotNumber},
		{"\xb1030006718997", NotNumber},
		{"103000671899\x80", NotNumber},
		{"\x00", NotNumber},
		{"\xff\xff\xff\xff\xff\xff\xff\xff", NotNumber},
		{"１２３", NotNumber},
		{"٣٤٥", NotNumber},
		{"²", NotNumber},
		{"-1", NotNumber},
		{"+1", NotNumber},
		{"1.0", NotNumber},
	} {
		// Near the start of the data and far from it.
		for _, front := range []int{0, 1, 2, 8, 15, 16, 17, 100} {
			offsets, data := layOut([]string{c.text}, front)
			var got [1]uint64
			ParseTexts(got[:], offsets, data, nil)
			if got[0] != c.want {
				t.Errorf("%q after %d bytes: %#x, want %#x", c.text, front, got[0], c.want)
			}
		}
	}
}

func TestParseTextsReadsNothingElse(t *testing.T) {
	ParseTexts(nil, nil, nil, nil)
	numbers := []uint64{7, 7, 7}
	offsets, data := layOut([]string{"1", "2"}, 30)
	ParseTexts(numbers[:2], offsets, data, nil)
	if diff := cmp.Diff([]uint64{1, 2, 7}, numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Of a sliced array, the texts before and after are not looked at.
	offsets, data = layOut([]string{"x", "12", "y"}, 0)
	ParseTexts(numbers[:1], offsets[1:3], data, nil)
	if numbers[0] != 12 {
		t.Errorf("the middle text reads as %#x", numbers[0])
	}
}

// Every byte at every place of a text of every length that one step takes.
func TestParseTextsEveryByteEverywhere(t *testing.T) {
	const digits = "9876543210987654"
	for n := 1; n <= 16; n++ {
		for place := range n {
			for c := range 256 {
				text := []byte(digits[:n])
				text[place] = byte(c)
				checkTexts(t, []string{string(text)}, 20)
			}
		}
	}
}

var anyText = rapid.OneOf(
	rapid.StringMatching(`[0-9]{13}`),
	rapid.StringMatching(`[0-9]{0,17}`),
	rapid.StringMatching(` {0,3}[0-9]{0,17} {0,3}`),
	rapid.StringMatching(`[0-9 /:]{0,17}`),
	rapid.String(),
	rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
)

func TestParseTextsAgainstPlainTwin(t *testing.T) {
	texts := rapid.SliceOfN(anyText, 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		checkTexts(t, texts.Draw(t, "texts"), rapid.IntRange(0, 40).Draw(t, "front"))
	})
}

func FuzzParseTexts(f *testing.F) {
	f.Add("1030006718997", " 3938424403 ", "", uint8(0))
	f.Add("12345678", "123456789", "9999999999999999", uint8(3))
	f.Add("0000000000000000", "00000000000000000", " ", uint8(16))
	f.Add("１２３", "\xb1\xb2", "12:34", uint8(200))
	f.Fuzz(func(t *testing.T, a, b, c string, front uint8) {
		checkTexts(t, []string{a, b, c, a + b}, int(front))
	})
}

func TestDropRepeats(t *testing.T) {
	numbers := []uint64{5, 5, 0, 0, Absent, Absent, NotNumber, NotNumber, 9}
	earlier := []uint64{77, 5, 6, 77, 0, 1, Absent, 1, NotNumber, 3, 9, 77}
	DropRepeats(numbers, earlier, []int32{1, 2, 4, 5, 6, 7, 8, 9, 10})
	want := []uint64{Absent, 5, Absent, 0, Absent, Absent, NotNumber, NotNumber, Absent}
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	DropRepeats(nil, nil, nil)
}
