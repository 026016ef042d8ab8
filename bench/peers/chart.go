package main

import (
	_ "embed"
	"fmt"
	"html"
	"strings"

	"flagfill/bench/measure"
)

const chartTitle = "The same job by several programs: seconds of wall clock"

// The chart's measures in its own units. Names stand left of the bars, figures
// right of them.
const (
	chartWidth            = 760
	barsLeft, longestBar  = 280, 340
	barHeight, barStep    = 16, 22
	headingStep, topSpace = 34, 36
)

// chartStyle has colours for light and dark.
//
//go:embed chart.css
var chartStyle string

// barChart draws the median wall of every program, all on one scale from zero.
func barChart(results []result) string {
	longest, height := 0.0, topSpace
	for _, r := range results {
		height += headingStep + barStep*len(r.programs)
		for _, s := range r.programs {
			longest = max(longest, s.wallSeconds)
		}
	}
	height += barStep / 2
	var b, inWords strings.Builder
	y := topSpace
	for _, r := range results {
		heading := title(r.format) + ", " + kinds[r.kind]
		fmt.Fprintf(&b, `<text class="heading" x="16" y="%d">%s</text>`+"\n", y+20, html.EscapeString(heading))
		fmt.Fprintf(&inWords, "%s:", heading)
		y += headingStep
		for i, s := range r.programs {
			class := map[bool]string{true: "ours", false: "theirs"}[s.program == flagfillRun]
			name := strings.ReplaceAll(words[s.program], "`", "")
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", barsLeft-8, y+13, html.EscapeString(name))
			width := max(s.wallSeconds/longest*longestBar, 1)
			fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>`+"\n", class, barsLeft, y, width, barHeight)
			fmt.Fprintf(&b, `<text x="%.1f" y="%d">%s, %s</text>`+"\n", barsLeft+width+8, y+13, measure.Seconds(s.wallSeconds), measure.Times(s.timesOurs))
			fmt.Fprintf(&inWords, " %s %s%s", name, measure.Seconds(s.wallSeconds), map[bool]string{true: ". ", false: ";"}[i == len(r.programs)-1])
			y += barStep
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title description">`+"\n", chartWidth, height, chartWidth, height) +
		fmt.Sprintf("<title id=\"title\">%s</title>\n<desc id=\"description\">%s</desc>\n", chartTitle, html.EscapeString(strings.TrimSpace(inWords.String()))) +
		"<style>\n" + chartStyle + "</style>\n" +
		fmt.Sprintf(`<rect class="background" width="%d" height="%d"/>`+"\n", chartWidth, height) +
		fmt.Sprintf(`<text x="16" y="24">%s, median; × is against flagfill</text>`+"\n", chartTitle) +
		b.String() + "</svg>\n"
}
