package forecast

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
	"time"

	"flagfill/engine"
)

// The chart's measures in its own units. The left margin holds the receivers'
// names, the right one durations.
const (
	chartWidth              = 1000
	leftMargin              = 170
	rightMargin             = 150
	topMargin               = 64
	barHeight, rowGap       = 14, 8
	backlogHeight           = 220
	axisHeight              = 44
	backlogPoints           = 340
	mostTicks         int64 = 8
)

// chartStyle has colours for light and dark. Columns differ in place, label and
// dashes too.
//
//go:embed chart.css
var chartStyle string

// timeAxis places instants.
type timeAxis struct{ from, to int64 }

func (a timeAxis) at(instant int64) float64 {
	return leftMargin + float64(instant-a.from)/float64(max(a.to-a.from, 1))*(chartWidth-leftMargin-rightMargin)
}

// step is how far apart the axis is marked.
func (a timeAxis) step() int64 {
	for _, s := range steps {
		if (a.to-a.from)/s < mostTicks {
			return s
		}
	}
	return (a.to - a.from) / mostTicks
}

// SVG draws who is busy when, and the records that are still to be acknowledged.
// It asks for nothing outside itself.
func (f *Forecast) SVG() string {
	x := timeAxis{f.Instants[0], f.Instants[len(f.Instants)-1]}
	rows := f.Columns[0].Receivers
	rowHeight := barHeight*len(f.Columns) + rowGap
	backlogTop := topMargin + rowHeight*len(rows) + axisHeight + 40
	height := backlogTop + backlogHeight + axisHeight

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title description">`+"\n",
		chartWidth, height, chartWidth, height)
	fmt.Fprintf(&b, "<title id=\"title\">How long the receivers need</title>\n<desc id=\"description\">%s</desc>\n", html.EscapeString(f.description()))
	b.WriteString("<style>\n" + chartStyle + "</style>\n")
	fmt.Fprintf(&b, `<rect class="background" width="%d" height="%d"/>`+"\n", chartWidth, height)
	fmt.Fprintf(&b, `<text class="heading" x="16" y="24">Receivers, the last to finish first; full colour: files are being sent</text>`+"\n")
	f.drawLegend(&b)
	drawAxis(&b, x, topMargin, topMargin+rowHeight*len(rows))
	for i, r := range rows {
		top := topMargin + rowHeight*i + rowGap/2
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", leftMargin-8, top+barHeight*len(f.Columns)/2+5, html.EscapeString(r.String()))
		for n := range f.Columns {
			drawBar(&b, x, f.Columns[n].Of(r.Receiver), n, top+barHeight*n)
		}
	}
	f.drawBacklog(&b, x, backlogTop)
	b.WriteString("</svg>\n")
	return b.String()
}

// Of finds a receiver's row in another column: each has all.
func (c *Column) Of(r Receiver) *Reception {
	for i := range c.Receivers {
		if c.Receivers[i].Receiver == r {
			return &c.Receivers[i]
		}
	}
	return nil
}

func (f *Forecast) drawLegend(b *strings.Builder) {
	at := leftMargin
	for n, c := range f.Columns {
		label := engine.Shown(c.Label)
		fmt.Fprintf(b, `<line class="c%d line" x1="%d" x2="%d" y1="43" y2="43" stroke-width="4"/><text x="%d" y="48">%s</text>`+"\n",
			n, at, at+28, at+36, html.EscapeString(label))
		at += 72 + 7*len(label)
	}
}

// drawAxis draws a line at each step of whole UTC time, and its label below.
func drawAxis(b *strings.Builder, x timeAxis, top, bottom int) {
	step := x.step()
	for at := (x.from + step - 1) / step * step; at <= x.to; at += step {
		t := time.Unix(at, 0).UTC()
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`+"\n", x.at(at), x.at(at), top, bottom)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n",
			x.at(at), bottom+18, t.Format("2 Jan"), x.at(at), bottom+34, t.Format("15:04"))
	}
}

func drawBar(b *strings.Builder, x timeAxis, r *Reception, n, top int) {
	bar := func(class string, from, to int64) {
		fmt.Fprintf(b, `<rect class="c%d %s" x="%.1f" y="%d" width="%.1f" height="%d"/>`+"\n", n, class, x.at(from), top, max(x.at(to)-x.at(from), 1), barHeight-2)
	}
	bar("span", r.FirstStart, r.Finish)
	for _, busy := range merged(r.schedule.busy(), (x.to-x.from)/(chartWidth/2)) {
		bar("busy", busy.from, busy.to)
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d">%s</text>`+"\n", x.at(r.Finish)+6, top+barHeight-2, Duration(r.Elapsed()))
}

// merged joins what would be drawn as one.
func merged(busy []span, gap int64) []span {
	var all []span
	for _, s := range busy {
		if n := len(all); n > 0 && s.from-all[n-1].to <= gap {
			all[n-1].to = s.to
			continue
		}
		all = append(all, s)
	}
	return all
}

func (f *Forecast) drawBacklog(b *strings.Builder, x timeAxis, top int) {
	var most int64 = 1
	for i := range f.Columns {
		records, _ := f.Columns[i].Backlog(x.from)
		most = max(most, records)
	}
	y := func(records int64) float64 {
		return float64(top) + (1-float64(records)/float64(most))*backlogHeight
	}
	fmt.Fprintf(b, `<text class="heading" x="16" y="%d">Records that are not acknowledged yet, and when (UTC)</text>`+"\n", top-16)
	drawAxis(b, x, top, top+backlogHeight)
	for _, share := range []int64{0, 1, 2, 3, 4} {
		at := most * share / 4
		fmt.Fprintf(b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n",
			leftMargin, chartWidth-rightMargin, y(at), y(at), leftMargin-8, y(at)+4, engine.Grouped(at))
	}
	for n := range f.Columns {
		var path []string
		for i := range int64(backlogPoints + 1) {
			at := x.from + (x.to-x.from)*i/backlogPoints
			records, _ := f.Columns[n].Backlog(at)
			path = append(path, fmt.Sprintf("%.1f,%.1f", x.at(at), y(records)))
		}
		fmt.Fprintf(b, `<polyline class="c%d line" points="%s"/>`+"\n", n, strings.Join(path, " "))
	}
}
