package page

// Matrix counts what went from one thing to another.
type Matrix struct {
	Caption  string
	Corner   string // above the rows
	From, To []string
	Counts   map[[2]string]int64 // by from and to
}

// Table shades each number by how much of the largest it is, and sums rows and
// columns.
func (m Matrix) Table() *Table {
	t := &Table{Caption: m.Caption, Square: true, Columns: []Column{{Heading: m.Corner}}}
	largest := int64(1)
	for _, n := range m.Counts {
		largest = max(largest, n)
	}
	sums, all := make([]int64, len(m.To)), int64(0)
	for _, to := range m.To {
		t.Columns = append(t.Columns, Column{Heading: "→ " + to, Kind: Numbers})
	}
	t.Columns = append(t.Columns, Column{Heading: "all", Kind: Numbers})
	for _, from := range m.From {
		row, sum := []Cell{Text(from)}, int64(0)
		for i, to := range m.To {
			n := m.Counts[[2]string{from, to}]
			cell := Number(n)
			if cell.Shade = int(scaled(n, largest, 9, 1)); from == to {
				cell = Cell{Text: "·", Quiet: true}
			}
			row, sum, sums[i] = append(row, cell), sum+n, sums[i]+n
		}
		t.Rows, all = append(t.Rows, append(row, Number(sum))), all+sum
	}
	t.Total = []Cell{Text("all")}
	for _, sum := range sums {
		t.Total = append(t.Total, Number(sum))
	}
	t.Total = append(t.Total, Number(all))
	return t
}
