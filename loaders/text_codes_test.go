package loaders

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"flagfill/engine/kernel"
)

// codesOf takes the codes of a column of texts, one a row.
func codesOf(t testing.TB, c *textCodes, texts []string) (codes []int32, taken bool) {
	t.Helper()
	s := newCSVScanner(strings.NewReader(strings.Join(texts, "\t,\n")+"\t,\n"), '\t', 1<<20)
	var fields kernel.Fields
	if found, err := s.block(&fields, 2); !found || err != nil || fields.Rows() != len(texts) {
		t.Fatalf("no block: %v", err)
	}
	codes = make([]int32, len(texts))
	return codes, c.take(codes, &fields, 0, 0)
}

// sameTexts wants each code to lead to its text, and one code a text.
func sameTexts(t *testing.T, c *textCodes, texts []string) {
	t.Helper()
	codes, taken := codesOf(t, c, texts)
	if !taken {
		t.Fatalf("%q are not taken", texts)
	}
	entries := array.MakeFromData(c.dictionary().text).(*array.String)
	defer entries.Release()
	if entries.ValueOffsets()[0] != textPad {
		t.Errorf("the first text stands at %d", entries.ValueOffsets()[0])
	}
	codeOf := map[string]int32{}
	for i, text := range texts {
		if got := entries.Value(int(codes[i])); got != text {
			t.Errorf("%q comes as %q", text, got)
		}
		if code, seen := codeOf[text]; seen && code != codes[i] {
			t.Errorf("%q has the codes %d and %d", text, code, codes[i])
		}
		codeOf[text] = codes[i]
	}
}

func TestTextCodes(t *testing.T) {
	c := &textCodes{}
	texts := []string{"", "A", "B", "A", "", "AB", "a", "ESME", "ESME ", "12345678", "123456789", "1234567890123456", "12345678901234567",
		"12345678901234568", "InstalledNotCommissioned", "InstalledNotCommissione2", "12345678", strings.Repeat("x", 4000), strings.Repeat("x", 3999) + "y"}
	sameTexts(t, c, texts)
	same := c.dictionary().text
	sameTexts(t, c, texts[5:])
	if c.dictionary().text != same {
		t.Error("the dictionary is another, though no text joined it")
	}
	for i := range maxDistinctTexts - len(texts) {
		texts = append(texts, fmt.Sprint("new ", i))
	}
	sameTexts(t, c, texts)
	if c.dictionary().text == same {
		t.Error("the dictionary is the same, though texts joined it")
	}
}

func TestTextCodesLimits(t *testing.T) {
	var texts []string
	for i := range maxDistinctTexts {
		texts = append(texts, fmt.Sprint(i))
	}
	long := slices.Repeat([]string{strings.Repeat("x", 1000)}, 900)
	for i := range long {
		long[i] += fmt.Sprint(i)
	}
	for _, c := range []struct {
		name  string
		texts []string
		taken bool
	}{
		{"as many texts", texts, true},
		{"one more", append(slices.Clone(texts), "x"), false},
		{"as many, repeated", append(slices.Clone(texts), texts[:100]...), true},
		{"under a MiB", long, true},
	} {
		if _, taken := codesOf(t, &textCodes{}, c.texts); taken != c.taken {
			t.Errorf("%s: taken %v", c.name, taken)
		}
	}
	full := &textCodes{}
	codesOf(t, full, long)
	if _, taken := codesOf(t, full, []string{strings.Repeat("y", maxDistinctBytes-len(full.values))}); !taken {
		t.Error("as many bytes are not taken")
	}
	if _, taken := codesOf(t, full, []string{"z"}); taken {
		t.Error("a byte more is taken")
	}
}

// A column that turns out to have too many texts for codes goes on as texts.
func TestTextCodesGiveWay(t *testing.T) {
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range 3 * maxDistinctTexts {
		fmt.Fprintf(&text, "%d,%d\n", i%7, i)
	}
	_, rows, err := readCSVText(t, text.String(), Options{})
	if err != nil || len(rows) != 3*maxDistinctTexts {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if want := []string{fmt.Sprint(i % 7), fmt.Sprint(i)}; !slices.Equal(row, want) {
			t.Fatalf("row %d is %q", i, row)
		}
	}
}
