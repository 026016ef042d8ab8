package main

import (
	"fmt"
	"strings"

	"flagfill/bench/measure"
)

// Kinds of rows of the sheet.
const (
	ofKeys    = "keys"
	ofExplain = "explain"
)

// table sets both side by side, with the ratio of their medians.
func table(s measure.Sheet) (string, error) {
	var text strings.Builder
	for _, n := range s.Notes {
		fmt.Fprintf(&text, "%s: %s\n", n.Name, n.Text)
	}
	text.WriteString("\n")
	rows := [][]string{}
	for _, of := range []struct{ name, words string }{{ofKeys, "decoding the identifiers"}, {ofExplain, "flagfill explain"}} {
		row := []string{of.words}
		for _, what := range []string{"wall", "cpu"} {
			figures, err := s.Where("of", of.name).Figures(what)
			if err != nil {
				return "", err
			}
			low, median, _ := measure.Spread(figures)
			row = append(row, fmt.Sprintf("%.3f s", low), fmt.Sprintf("%.3f s", median))
		}
		peak, err := s.Where("of", of.name).Median("peak")
		if err != nil {
			return "", err
		}
		rows = append(rows, append(row, measure.MiB(peak)))
	}
	ratio := []string{"ratio"}
	for _, what := range []string{"wall", "cpu"} {
		keys, _ := s.Where("of", ofKeys).Figures(what)
		explain, _ := s.Where("of", ofExplain).Figures(what)
		keysLow, keysMedian, _ := measure.Spread(keys)
		explainLow, explainMedian, _ := measure.Spread(explain)
		ratio = append(ratio, measure.Times(explainLow/keysLow), measure.Times(explainMedian/keysMedian))
	}
	rows = append(rows, append(ratio, ""), []string{"goal, at most", measure.Times(goal), measure.Times(goal), "", "", ""})
	text.WriteString(measure.Markdown([]string{"", "wall: min", "median", "user + system: min", "median", "peak"}, rows))
	return text.String(), nil
}
