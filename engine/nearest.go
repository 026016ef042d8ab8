package engine

import (
	"slices"
	"strings"
	"unicode"

	"flagfill/engine/meterpoint"
)

// Nearest finds the name that a misspelt word most likely means: the one with
// the fewest edits after folding, the first of equals. It reports false where
// none is close, since a wild guess is worse than none. A name that is a part
// of the word is close too, as status is of service_status, if it is the only
// one.
func Nearest(word string, among []string) (string, bool) {
	folded := meterpoint.Fold([]byte(word))
	nearest, fewest := "", -1
	for _, name := range among {
		other := meterpoint.Fold([]byte(name))
		n := edits(folded, other)
		if 5*n <= 2*max(len(folded), len(other)) && (fewest < 0 || n < fewest) {
			nearest, fewest = name, n
		}
	}
	if fewest >= 0 {
		return nearest, true
	}
	parts := 0
	for _, name := range among {
		if part := meterpoint.Fold([]byte(name)); len(part) >= shortestPart && strings.Contains(folded, part) {
			nearest = name
			parts++
		}
	}
	if parts != 1 {
		return "", false
	}
	return nearest, true
}

// shortestPart is how many letters a part must have to mean something.
const shortestPart = 4

// edits is the optimal string alignment distance in bytes: insertions,
// deletions, substitutions and swaps of neighbours.
func edits(a, b string) int {
	rows := [3][]int{}
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			substitution := last[j]
			if a[i] != b[j] {
				substitution++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, substitution)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// nearestColumn finds the column of a file that a field most likely means: one
// of nearly its name or, as SMI_STATUS_CD for device_status, the only one with a
// word of it. A column that the table uses for another field, or whose type the
// field cannot have, is none.
func nearestColumn(table Table, file File, mapping map[string]string, f field, wanted string) (string, bool) {
	var names []string
	for _, c := range file.Columns {
		fits := false
		if c.Type != nil {
			fits, _ = f.accepts(c.Type.ID())
		}
		if fits && !usedForAnother(table, mapping, f, c.Name) {
			names = append(names, c.Name)
		}
	}
	if nearest, ok := Nearest(wanted, names); ok {
		return nearest, true
	}
	nearest, most, ties := "", 0, 0
	for _, name := range names {
		switch n := sharedWords(f.String(), name); {
		case n > most:
			nearest, most, ties = name, n, 0
		case n == most:
			ties++
		}
	}
	return nearest, most > 0 && ties == 0
}

// usedForAnother tells whether a column stands for another field of the table.
func usedForAnother(table Table, mapping map[string]string, f field, name string) bool {
	required, optional := fieldsOf(table)
	for _, other := range slices.Concat(required, optional) {
		if other != f && strings.EqualFold(columnName(mapping, other), name) {
			return true
		}
	}
	return false
}

// sharedWords counts the words of one name that stand in another too. An MPAN
// and an MPRN are MPxNs.
func sharedWords(ours, theirs string) int {
	n, among := 0, words(theirs)
	for _, word := range words(ours) {
		if len(word) >= shortestPart && slices.Contains(among, word) {
			n++
		}
	}
	return n
}

// words are those of a column's name, in lower case: of SMI_STATUS_CD, of
// smiStatusCd.
func words(name string) []string {
	var spaced strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		before = r
	}
	split := strings.FieldsFunc(strings.ToLower(spaced.String()), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range split {
		if word == "mpan" || word == "mprn" {
			split[i] = "mpxn"
		}
	}
	return split
}
