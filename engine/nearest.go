package engine

import (
	"strings"

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
