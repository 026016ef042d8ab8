package synth

import "testing"

func TestCellsReadAsText(t *testing.T) {
	for want, is := range map[string]struct {
		kind kind
		cell cell
	}{
		"88-73-84-57-00-2F-96-1E": {identifier, 0x88738457002F961E},
		"2026-09-29":              {date, firstChange + changeDays - 1},
		"Commissioned":            {enumeration, cell(wordOf(commissioned))},
		"1030006718997":           {mpxn, 1030006718997},
		"100005":                  {mpxn, 100005},
		"n/a":                     {mpxn, cell(wordOf("n/a"))},
	} {
		if got := string(is.kind.append([]byte("after "), is.cell)); got != "after "+want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Null is the first word, and every word has a number of eight bits and a code
// in a dictionary of all of them.
func TestWordsFit(t *testing.T) {
	if words[0] != "" || len(words) >= maxWords {
		t.Errorf("%d words, the first %q", len(words), words[0])
	}
}
