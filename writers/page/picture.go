package page

// Picture is a drawing with its text alternative and the same numbers in a
// table behind it. ID is its name within the page: letters and -.
type Picture struct {
	ID          string
	Title       string
	Description string // what a reader sees, told to one who hears
	Legend      string
	Wide        *Drawing
	Narrow      *Drawing // for phones; nil: Wide, made smaller
	Table       *Table
}

// Drawing is an SVG in whole pixels.
type Drawing struct {
	Width, Height int
	Shapes        []Shape
}

// Shape is a rectangle, a path or a text: the one whose field is set. Class is
// one of the style's; Hatched fills it with lines instead of a colour.
type Shape struct {
	Class   string
	Hatched bool
	Rect    *Rect
	Path    string
	Label   *Label
}

// Rect is a rectangle by its upper left corner and size.
type Rect struct{ X, Y, Width, Height int }

// Label is a line of text by the left end of its base line, or the right end
// where it is Right.
type Label struct {
	X, Y  int
	Text  string
	Right bool
}

// drawingShown is a drawing as the template sees it.
type drawingShown struct {
	*Drawing
	ID, Class, Hatch, Title, Description string
}

// drawingsShown gives the drawings of a picture. One of them is seen.
func drawingsShown(p *Picture) []drawingShown {
	shown := func(d *Drawing, class string) drawingShown {
		id := p.ID + "-" + class
		return drawingShown{d, id, class, "url(#" + id + "-hatch)", p.Title, p.Description}
	}
	if p.Narrow == nil {
		return []drawingShown{shown(p.Wide, "any")}
	}
	return []drawingShown{shown(p.Wide, "wide"), shown(p.Narrow, "narrow")}
}
