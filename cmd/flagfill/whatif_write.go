package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"flagfill/engine"
	"flagfill/writers"
)

func (w *whatIf) name(i int) string {
	if i == 0 {
		return "as chosen"
	}
	return strings.Join(w.scenarios[i].Against(w.scenarios[0]), ", ")
}

func (w *whatIf) write(out io.Writer, dir string, m *writers.Manifest, by int) {
	fmt.Fprintf(out, "What if %s had been published otherwise?\nas of %s, fuel %s, %s meter points assessed\n\nchosen\n",
		engine.ShownPath(dir), m.Content.AsOf.Format(time.RFC3339), m.Content.Fuel, count(m.Content.Totals.MeterPoints.Assessed))
	group := ""
	for _, d := range engine.Dimensions() {
		switch {
		case d.Group == group:
			fmt.Fprint(out, ", ")
		case group == "":
			fmt.Fprint(out, "  ")
		default:
			fmt.Fprint(out, "\n  ")
		}
		group = d.Group
		fmt.Fprint(out, d.Words(w.scenarios[0]))
	}
	fmt.Fprint(out, "\n\n")
	w.writeLargest(out)
	if by == 0 {
		w.writeTotals(out)
	} else {
		w.writeBreakdown(out, engine.Breakdown(by-1))
	}
	fmt.Fprintln(out, "\n± is against what was chosen. Reportable points are emitted where their RDP is known and their fuel's switch lets them pass.")
	if by == 0 {
		fmt.Fprintln(out, "Otherwise: meter points that come out with another status, held or not, left or not, told or not.")
	}
}

// writeLargest names the answer that differs most, for those who read no table.
func (w *whatIf) writeLargest(out io.Writer) {
	largest := 0
	for i := range w.answers {
		if w.answers[i].Otherwise > w.answers[largest].Otherwise {
			largest = i
		}
	}
	if largest == 0 {
		fmt.Fprint(out, "No meter point would come out otherwise.\n\n")
		return
	}
	come := "meter points come"
	if w.answers[largest].Otherwise == 1 {
		come = "meter point comes"
	}
	fmt.Fprintf(out, "Most would change under %s: %s %s out otherwise.\n\n", w.name(largest), count(w.answers[largest].Otherwise), come)
}

func (w *whatIf) writeTotals(out io.Writer) {
	t := newTable(out, "what if", "changed", "±", "reportable", "±", "emitted", "±", "held", "±", "left", "otherwise")
	alignNumbers(t, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	for i := range w.answers {
		a, d := &w.answers[i], w.answers[i].Minus(w.answers[0].Tally)
		t.AppendRow(append(append(table.Row{w.name(i)}, tallyCells(a.Tally, d, i == 0)...),
			count(a.Held), signed(a.Held-w.answers[0].Held, i == 0), count(a.Left), otherwise(a.Otherwise, i == 0)))
		if i == 0 {
			t.AppendSeparator()
		}
	}
	t.Render()
}

// writeBreakdown shows all groups of what was chosen, and of every other answer
// those that differ.
func (w *whatIf) writeBreakdown(out io.Writer, by engine.Breakdown) {
	header := map[engine.Breakdown][]any{
		engine.ByFuel: {"what if", "fuel"}, engine.ByRDP: {"what if", "fuel", "RDP"}, engine.ByTransition: {"what if", "fuel", "transition"}}[by]
	t := newTable(out, append(header, "changed", "±", "reportable", "±", "emitted", "±")...)
	first := len(header) + 1
	alignNumbers(t, first, first+1, first+2, first+3, first+4, first+5)
	chosen := w.answers[0].By(by)
	for i := range w.answers {
		groups, name := w.answers[i].By(by), w.name(i)
		for _, move := range engine.SortedMoves(groups, chosen) {
			if d := groups[move].Minus(chosen[move]); i == 0 || d != (engine.Tally{}) {
				t.AppendRow(append(append(table.Row{name}, moveCells(move, by)...), tallyCells(groups[move], d, i == 0)...))
				name = ""
			}
		}
		if name != "" {
			t.AppendRow(table.Row{name, "no difference"})
		}
		t.AppendSeparator()
	}
	t.Render()
}

func moveCells(m engine.Move, by engine.Breakdown) table.Row {
	switch by {
	case engine.ByRDP:
		rdp := m.RDP
		if rdp == "" {
			rdp = "(none known)"
		}
		return table.Row{m.Fuel.String(), rdp}
	case engine.ByTransition:
		if m.From == m.To {
			return table.Row{m.Fuel.String(), m.To.String() + " as it stands"}
		}
		return table.Row{m.Fuel.String(), m.From.String() + " → " + m.To.String()}
	}
	return table.Row{m.Fuel.String()}
}

func tallyCells(t, d engine.Tally, chosen bool) table.Row {
	return table.Row{count(t.Changed), signed(d.Changed, chosen), count(t.Reportable), signed(d.Reportable, chosen), count(t.Emitted), signed(d.Emitted, chosen)}
}

// signed is a difference with its sign; a dot for none.
func signed(n int64, chosen bool) string {
	switch {
	case chosen:
		return ""
	case n == 0:
		return "·"
	case n > 0:
		return "+" + count(n)
	}
	return "−" + count(-n)
}

func otherwise(n int64, chosen bool) string {
	if chosen {
		return ""
	}
	return count(n)
}
