package main

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"flagfill/bench/measure"
)

// The chart's size and margins in its own units. The right margin holds the
// names of the lines.
const (
	chartWidth, chartHeight               = 720, 420
	leftMargin, rightMargin               = 64, 96
	topMargin, bottomMargin               = 40, 56
	chartMarkerSize, chartLabelLineHeight = 4.0, 4.0
)

// chartStyle has colours for light and dark.
//
//go:embed chart.css
var chartStyle string

// logAxis places a value between two ends by its logarithm.
type logAxis struct{ low, high, from, to float64 }

func (a logAxis) at(value float64) float64 {
	if a.high == a.low {
		return (a.from + a.to) / 2
	}
	return a.from + (a.to-a.from)*math.Log(value/a.low)/math.Log(a.high/a.low)
}

// growthChart draws wall by meter points, both as logarithms, a line for each
// number of workers.
func growthChart(lines []growthLine) string {
	x := logAxis{math.Inf(1), 0, leftMargin, chartWidth - rightMargin}
	y := logAxis{math.Inf(1), 0, chartHeight - bottomMargin, topMargin}
	for _, line := range lines {
		for i := range line.points {
			x.low, x.high = min(x.low, line.points[i]), max(x.high, line.points[i])
			y.low, y.high = min(y.low, line.wallSeconds[i]), max(y.high, line.wallSeconds[i])
		}
	}
	ticks := roundNumbers(y.low, y.high)
	y.low, y.high = ticks[0], ticks[len(ticks)-1]

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title description">`+"\n",
		chartWidth, chartHeight, chartWidth, chartHeight)
	fmt.Fprintf(&b, "<title id=\"title\">Wall clock by meter points</title>\n<desc id=\"description\">%s</desc>\n", chartDescription(lines))
	b.WriteString("<style>\n" + chartStyle + "</style>\n")
	fmt.Fprintf(&b, `<rect class="background" width="%d" height="%d"/>`+"\n", chartWidth, chartHeight)
	fmt.Fprintf(&b, `<text x="%d" y="24">seconds, from start to a verified publication</text>`+"\n", leftMargin-48)
	for _, tick := range ticks {
		fmt.Fprintf(&b, `<line class="grid" x1="%.0f" x2="%.0f" y1="%.1f" y2="%.1f"/>`+"\n", x.from, x.to, y.at(tick), y.at(tick))
		fmt.Fprintf(&b, `<text x="%.0f" y="%.1f" text-anchor="end">%g</text>`+"\n", x.from-8, y.at(tick)+chartLabelLineHeight, tick)
	}
	for _, points := range lines[0].points {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.0f" y2="%.0f"/>`+"\n", x.at(points), x.at(points), y.from, y.to)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.0f" text-anchor="middle">%s</text>`+"\n", x.at(points), y.from+20, strings.Replace(millions(points), ".0", "", 1))
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="%d" text-anchor="middle">meter points</text>`+"\n", (x.from+x.to)/2, chartHeight-12)
	for i, line := range lines {
		drawLine(&b, line, [...]string{"first", "second"}[i%2], x, y)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// drawLine marks the first line with circles and the second with squares, so
// that they differ in more than colour.
func drawLine(b *strings.Builder, line growthLine, class string, x, y logAxis) {
	var path []string
	for i := range line.points {
		path = append(path, fmt.Sprintf("%.1f,%.1f", x.at(line.points[i]), y.at(line.wallSeconds[i])))
	}
	fmt.Fprintf(b, `<polyline class="%s" points="%s"/>`+"\n", class, strings.Join(path, " "))
	for i := range line.points {
		px, py := x.at(line.points[i]), y.at(line.wallSeconds[i])
		if class == "first" {
			fmt.Fprintf(b, `<circle class="first" cx="%.1f" cy="%.1f" r="%g"/>`+"\n", px, py, chartMarkerSize)
		} else {
			fmt.Fprintf(b, `<rect class="second" x="%.1f" y="%.1f" width="%g" height="%g"/>`+"\n", px-chartMarkerSize, py-chartMarkerSize, 2*chartMarkerSize, 2*chartMarkerSize)
		}
	}
	last := len(line.points) - 1
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f">%s</text>`+"\n", x.at(line.points[last])+12, y.at(line.wallSeconds[last])+chartLabelLineHeight, workersWords(line.workers))
}

// chartDescription says the chart's figures in words.
func chartDescription(lines []growthLine) string {
	var parts []string
	for _, line := range lines {
		var figures []string
		for i := range line.points {
			figures = append(figures, fmt.Sprintf("%s meter points %s", thousands(line.points[i]), measure.Seconds(line.wallSeconds[i])))
		}
		parts = append(parts, fmt.Sprintf("With %s: %s.", workersWords(line.workers), strings.Join(figures, ", ")))
	}
	return strings.Join(parts, " ")
}

// roundNumbers are 1, 2 and 5 times powers of ten, from the last at or below low to
// the first at or above high.
func roundNumbers(low, high float64) []float64 {
	var all []float64
	for power := math.Floor(math.Log10(low)); ; power++ {
		for _, digit := range []float64{1, 2, 5} {
			number := digit * math.Pow(10, power)
			if number <= low {
				all = all[:0]
			}
			all = append(all, number)
			if number >= high {
				return all
			}
		}
	}
}
