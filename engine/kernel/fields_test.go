package kernel

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fieldsOf cuts a text, as the loaders do: with room on both sides.
func fieldsOf(text string, delimiter byte, columns int) *Fields {
	padded := slices.Concat(make([]byte, Headroom), []byte(text))
	ends := make([]int32, len(padded)+64)
	ends[0] = Headroom - 1
	n := FieldEnds(ends[1:], padded, Headroom, delimiter, true)
	return &Fields{append(padded, make([]byte, Tailroom)...), ends[:n], ends[1 : n+1], columns}
}

// fieldEndsPlainly is FieldEnds byte by byte.
func fieldEndsPlainly(text []byte, from int, delimiter byte) (ends []int32) {
	inside := false
	for at := from; at < len(text); at++ {
		switch {
		case text[at] == '"':
			inside = !inside
		case !inside && (text[at] == delimiter || text[at] == '\n'):
			ends = append(ends, int32(at))
		}
	}
	return ends
}

func sameFieldEnds(t *testing.T, text []byte, from int, delimiter byte) {
	t.Helper()
	ends := make([]int32, len(text)+64)
	n := FieldEnds(ends, text, from, delimiter, bytes.IndexByte(text[from:], '"') >= 0)
	if want := fieldEndsPlainly(text, from, delimiter); !slices.Equal(ends[:n], want) {
		t.Fatalf("%q from %d at %q: ends %v, want %v", text, from, delimiter, ends[:n], want)
	}
}

func TestFieldEnds(t *testing.T) {
	const alphabet = "abc,,;\n\"\r\x80\xac\x8a\x00\x2d\x0b"
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := make([]byte, random.IntN(400))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		if random.IntN(2) == 0 {
			text = bytes.ReplaceAll(text, []byte{'"'}, []byte{'x'})
		}
		sameFieldEnds(t, text, random.IntN(len(text)+1), ",;\t|"[random.IntN(4)])
	}
}

func FuzzFieldEnds(f *testing.F) {
	f.Add([]byte(strings.Repeat("1030006718997,A,\n", 20)), byte(','), uint8(3))
	f.Add([]byte(strings.Repeat("\"10\n,3\";A\n", 20)), byte(';'), uint8(0))
	f.Fuzz(func(t *testing.T, text []byte, delimiter byte, from uint8) {
		if delimiter != '"' {
			sameFieldEnds(t, text, min(int(from), len(text)), delimiter)
		}
	})
}

// parsePlainly says what a cell is worth: a number, nothing, or no number.
func parsePlainly(cell []byte) (number int64, present, plain bool) {
	if len(cell) == 0 {
		return 0, false, true
	}
	number, err := strconv.ParseInt(string(cell), 10, 64)
	digits := bytes.Trim(cell, "0123456789")
	return number, true, err == nil && len(digits) == 0 && len(cell) <= maxDigits && cell[0] != '0'
}

func sameNumbers(t *testing.T, f *Fields, row, column int) {
	t.Helper()
	numbers, valid := make([]int64, f.Rows()-row), make([]byte, f.Rows()/8+1)
	n, nulls := ParseFields(numbers, valid, f, row, column)
	empty := 0
	for i := range numbers {
		cell := f.Cell(row+i, column)
		number, present, plain := parsePlainly(cell)
		if plain != (i < n) {
			t.Fatalf("row %d, %q: %d rows were read", row+i, cell, n)
		}
		if !plain {
			return
		}
		if numbers[i] != number || n == len(numbers) && valid[i/8]>>(i%8)&1 == 1 != present {
			t.Fatalf("row %d, %q: %d and %08b", row+i, cell, numbers[i], valid[i/8])
		}
		if !present {
			empty++
		}
	}
	if nulls != empty {
		t.Fatalf("%d cells are empty, found %d", empty, nulls)
	}
}

func TestParseFields(t *testing.T) {
	for _, text := range []string{"1,\n,2\n", "1030006718997,3938424403\n,\n", "1,12\n123,1234\n12345,123456\n1234567,12345678\n123456789,1234567890123456\n",
		"1,2\n01,3\n", "1,2\n12345678901234567,3\n", "1,2\n 3,4\n5,6\n", "1,2\n-3,4\n5,6 \n", strings.Repeat("7,\n,8\n", 99)} {
		f := fieldsOf(text, ',', 2)
		for row := range f.Rows() {
			sameNumbers(t, f, row, 0)
			sameNumbers(t, f, row, 1)
		}
	}
}

func FuzzParseFields(f *testing.F) {
	f.Add("1030006718997,12\n,\n007,x\n")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, `"`, "")
		fields := fieldsOf(text, ',', 1)
		if fields.Rows() > 0 {
			sameNumbers(t, fields, 0, 0)
		}
	})
}
