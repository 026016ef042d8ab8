package page

import (
	"math"
	"strconv"

	"flagfill/engine"
)

// Table is a table with a caption, which is its name for those who hear it.
type Table struct {
	Caption string
	Quiet   bool // the caption is heard, not seen
	Square  bool // columns are of one width
	Columns []Column
	Rows    [][]Cell
	Total   []Cell // a last row that sums up; nil: none
}

// Column says how the cells below its heading stand.
type Column struct {
	Heading string
	Kind    Kind
	Spare   bool // left out on a phone
}

// Kind of a column.
type Kind uint8

// The kinds.
const (
	Words   Kind = iota
	Numbers      // to the right, digits below digits
	Codes        // for machines: digests, paths
	Bars
)

// Class is what the style calls the column.
func (c Column) Class() string {
	class := [...]string{"words", "numbers", "codes", "bars"}[c.Kind]
	if c.Spare {
		class += " spare"
	}
	return class
}

// IsBar tells whether the column is seen, and not heard.
func (c Column) IsBar() bool { return c.Kind == Bars }

// Cell is what stands in a table. The first cell of a row is its name.
type Cell struct {
	Text  string
	Note  string // of less weight, after Text
	Quiet bool   // of less weight, such as a zero
	Shade int    // 0 to 9: how much of the largest number it is, in a matrix
	Bar   *Bar
}

// Bar is drawn to scale in its cell, beside the number that it stands for: it
// is not heard.
type Bar struct {
	PerMille int // of the whole width
}

// Text is a cell of words.
func Text(text string) Cell { return Cell{Text: text} }

// Number is a cell of a number.
func Number(n int64) Cell { return Cell{Text: Grouped(n), Quiet: n == 0} }

// Beside is a cell of a number, and how much it is more or less than another.
func Beside(n, other int64) Cell {
	c := Cell{Text: Grouped(n), Note: "±0"}
	switch {
	case n > other:
		c.Note = "+" + Grouped(n-other)
	case n < other:
		c.Note = "−" + Grouped(other-n)
	}
	return c
}

// BarOf is a cell with a bar of n, where the longest stands for most.
func BarOf(n, most int64) Cell { return Cell{Bar: &Bar{PerMille: int(scaled(n, most, 1000, 4))}} }

// cellShown is a cell as the template sees it.
type cellShown struct {
	Class, Text, Note string
	Bar               *Bar
	IsName, IsCode    bool
}

func cellsShown(columns []Column, cells []Cell) []cellShown {
	shown := make([]cellShown, 0, len(cells))
	for i, c := range cells {
		class := columns[i].Class()
		if c.Quiet {
			class += " quiet"
		}
		if c.Shade > 0 {
			class += " shade-" + strconv.Itoa(c.Shade)
		}
		shown = append(shown, cellShown{class, c.Text, c.Note, c.Bar, i == 0, columns[i].Kind == Codes})
	}
	return shown
}

// Grouped is a number as everywhere in this program.
func Grouped(n int64) string { return engine.Grouped(n) }

// Share of a whole, in per cent with one digit; below a thousandth it says so.
func Share(n, whole int64) string {
	if whole <= 0 {
		return "–"
	}
	tenths := int64(math.Round(float64(n) / float64(whole) * 1000))
	switch {
	case tenths == 0 && n > 0:
		return "< 0.1 %"
	case tenths == 1000 && n < whole:
		return "> 99.9 %"
	}
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + " %"
}

// scaled is n on a scale where whole is length, and at least least where n is
// not 0.
func scaled(n, whole, length, least int64) int64 {
	if n <= 0 || whole <= 0 {
		return 0
	}
	return min(max(int64(float64(n)/float64(whole)*float64(length)), least), max(length, least))
}
