package page

import "fmt"

// Flow is a balanced picture of how many go where: what comes into a place
// goes out of it, or ends there.
type Flow struct {
	Places []Place // by level
	Bands  []Band  // by level of where they begin, from top to bottom
	Fan    bool    // one place leads to more than stand beside each other on a phone; where nothing is, nothing is drawn
}

// Place is where a number of things come together.
type Place struct {
	Level int
	Name  string
	Count int64
	Tone  Tone
}

// Band leads from one place to another, by their places in Flow.Places.
type Band struct {
	From, To int
	Count    int64
	Tone     Tone
}

// Tone says what becomes of things. It is told by a place's name too, never by
// colour alone.
type Tone uint8

// The tones.
const (
	Calm    Tone = iota
	News         // of which somebody is told
	Stopped      // kept back: hatched
)

func (t Tone) class() string { return [...]string{"calm", "news", "stopped"}[t] }

// geometry of a flow. Along is the way in which things go, across the other.
type geometry struct {
	upright   bool // things go down, not to the right
	width     int  // of the drawing, where things go to the right
	along     int  // from one level to the next
	bar       int  // how thick a place is along
	whole     int  // how long the largest place is across
	slot      int  // that a place with its label takes across at least
	gap       int  // between places
	skipEmpty bool
}

var (
	wideFlow   = geometry{width: wideWidth, along: 232, bar: 10, whole: 250, gap: 62}
	slimFlow   = geometry{width: narrowWidth, bar: 8, whole: 190, gap: 54, skipEmpty: true}
	narrowFlow = geometry{upright: true, along: 124, bar: 8, whole: 0, slot: 84, gap: 6, skipEmpty: true}
)

// leastBand is the thickness below which no band is drawn: it would not be
// seen. leastPlace is the same for places.
const (
	leastBand  = 2
	leastPlace = 6
)

const (
	wideWidth   = 820
	narrowWidth = 340
	labelHeight = 40 // above the bar of a place
	labelShift  = 20 // the length up to which a label gives way
	labelWidth  = 124
)

// Wide draws the flow from left to right.
func (f Flow) Wide() *Drawing {
	if f.Fan {
		g := f.stretched(wideFlow)
		g.skipEmpty = true
		return f.draw(g)
	}
	return f.draw(wideFlow)
}

// Narrow draws the flow without places where nothing is, from top to bottom, or
// a fan from left to right.
func (f Flow) Narrow() *Drawing {
	if f.Fan {
		return f.draw(f.stretched(slimFlow))
	}
	return f.draw(f.fitted(narrowFlow))
}

// stretched sets the levels so far apart that the last has room for its labels.
func (f Flow) stretched(g geometry) geometry {
	g.along = (g.width - labelWidth) / max(f.levels()-1, 1)
	return g
}

// fitted makes the largest place as long as the fullest level leaves room for.
func (f Flow) fitted(g geometry) geometry {
	g.whole = narrowWidth
	for level := range f.levels() {
		room := narrowWidth
		for _, p := range f.Places {
			if p.Level == level && p.Count > 0 {
				room -= g.slot + g.gap
			}
		}
		g.whole = min(g.whole, room+g.slot+g.gap)
	}
	g.whole = max(g.whole, g.slot)
	return g
}

func (f Flow) levels() int {
	n := 0
	for _, p := range f.Places {
		n = max(n, p.Level+1)
	}
	return n
}

// placed is a place with its corner and length, and how much of it is taken by
// bands that come and go.
type placed struct {
	Place
	at, length int // across
	in, out    int
}

func (f Flow) draw(g geometry) *Drawing {
	places, breadth := f.place(g)
	d := &Drawing{Width: g.width, Height: breadth}
	if g.upright {
		d.Width, d.Height = narrowWidth, labelHeight+(f.levels()-1)*g.along+g.bar+2
	}
	for _, b := range f.Bands {
		if b.Count == 0 {
			continue
		}
		from, to := &places[b.From], &places[b.To]
		thick := f.thickness(b.Count, g)
		start, end := from.at+from.out, to.at+to.in
		from.out, to.in = from.out+thick, to.in+thick
		d.Shapes = append(d.Shapes, Shape{Class: "band " + b.Tone.class(),
			Path: g.band(from.Level, start, to.Level, end, thick)})
	}
	for _, p := range places {
		if p.Count == 0 && g.skipEmpty {
			continue
		}
		d.Shapes = append(d.Shapes, g.bars(p)...)
	}
	return d
}

// thickness of a number of things.
func (f Flow) thickness(n int64, g geometry) int {
	whole := int64(1)
	for _, p := range f.Places {
		whole = max(whole, p.Count)
	}
	return int(scaled(n, whole, int64(g.whole), leastBand))
}

// place gives every place its corner and length: as long as the bands that come
// or go, whichever is more. It also gives the breadth of the whole picture.
func (f Flow) place(g geometry) (places []placed, breadth int) {
	places = make([]placed, len(f.Places))
	in, out := make([]int, len(f.Places)), make([]int, len(f.Places))
	for _, b := range f.Bands {
		thick := f.thickness(b.Count, g)
		out[b.From], in[b.To] = out[b.From]+thick, in[b.To]+thick
	}
	next := make([]int, f.levels())
	for i, p := range f.Places {
		if p.Count == 0 && g.skipEmpty {
			continue
		}
		length := max(in[i], out[i], f.thickness(p.Count, g))
		if p.Count > 0 {
			length = max(length, leastPlace)
		}
		at := next[p.Level]
		if !g.upright {
			at += labelHeight
		}
		places[i] = placed{Place: p, at: at, length: length}
		end := at + length + g.gap - labelHeight
		if g.upright {
			end = at + max(length, g.slot) + g.gap
		}
		next[p.Level] = end
		breadth = max(breadth, at+length+4)
	}
	return places, breadth
}

// bars are the shapes of a place: its bar, its number and its name.
func (g geometry) bars(p placed) []Shape {
	bar := Shape{Class: "place " + p.Tone.class(), Hatched: p.Tone == Stopped && p.Count > 0}
	if p.Count == 0 {
		bar.Class = "place none"
	}
	length := max(p.length, 1)
	x, y := p.Level*g.along, p.at
	bar.Rect = &Rect{x, y, g.bar, length}
	if g.upright {
		x, y = p.at, labelHeight+p.Level*g.along
		bar.Rect = &Rect{x, y, length, g.bar}
		if length < labelShift && p.Level > 0 {
			x += length // the bands that come stand beside the label, not in it
		}
	}
	return []Shape{bar,
		{Class: "count", Label: &Label{X: x, Y: y - 22, Text: Grouped(p.Count)}},
		{Class: "name", Label: &Label{X: x, Y: y - 7, Text: p.Name}}}
}

// band is the path of a band between two levels, thick across.
func (g geometry) band(level, start, toLevel, end, thick int) string {
	a, b := level*g.along+g.bar, toLevel*g.along
	if g.upright {
		a, b = a+labelHeight, b+labelHeight
	}
	middle := (a + b) / 2
	point := func(along, across int) string {
		if g.upright {
			along, across = across, along
		}
		return fmt.Sprintf("%d %d", along, across)
	}
	return "M" + point(a, start) + "C" + point(middle, start) + " " + point(middle, end) + " " + point(b, end) +
		"L" + point(b, end+thick) + "C" + point(middle, end+thick) + " " + point(middle, start+thick) + " " + point(a, start+thick) + "Z"
}
