package measure

import "fmt"

// Seconds as a cell of a table; a dash for 0, which is what nobody took.
func Seconds(s float64) string {
	if s == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f s", s)
}

// MiB as a cell of a table; a dash for 0, as Run gives a peak that cannot be
// told.
func MiB(m float64) string {
	if m == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f MiB", m)
}

// Times is a ratio as a cell of a table.
func Times(ratio float64) string { return fmt.Sprintf("%.2f×", ratio) }

// Reached says whether a goal was.
func Reached(reached bool) string {
	if reached {
		return "yes"
	}
	return "**no**"
}
