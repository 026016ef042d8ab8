package synth

import (
	"fmt"
	"slices"
)

// word is a value of a column that has few: its place in words. The first word
// is empty and stands for null.
type word uint8

const maxWords = 256

// words are all words there are. Files do not depend on their order.
var words = collectWords()

var wordNumbers = func() map[string]word {
	numbers := map[string]word{}
	for i, text := range words {
		numbers[text] = word(i)
	}
	return numbers
}()

// wordOf finds a text among the words; one that is not there is a mistake of
// this package.
func wordOf(text string) word {
	w, ok := wordNumbers[text]
	if !ok {
		panic(fmt.Sprintf("%q is not among the words", text))
	}
	return w
}

// collectWords takes the words from where they are used: stories, registrar,
// quirks, extracts and truth.
func collectWords() []string {
	all := []string{"A", "I", "N", "S", "W", "Q", "true", "false", "perhaps", badGasRDP,
		match, notCovered, onHold, duplicate, dateOff, inFlight, missing, unexpected, legacy, stale,
		unreadable, unknownPoint, misrouted, repeated}
	stories := slices.Concat(faults, unvisited, []story{stray})
	for _, p := range profiles {
		stories = append(stories, p.homes...)
	}
	for _, s := range stories {
		for _, p := range s.points {
			all = append(all, string(p.recorded))
		}
		for _, d := range s.devices {
			all = append(all, d.kind, d.status)
		}
	}
	all = append(all, registrar.Gas...)
	for _, rdp := range registrar.Distributors {
		all = append(all, rdp, badDistributorRDP(rdp))
	}
	all = append(all, badMPxNs[:]...)
	slices.Sort(all)
	return slices.Compact(all)
}
