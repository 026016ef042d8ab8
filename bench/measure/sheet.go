package measure

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Sheet is raw figures as text. Notes, which figures must be read with, stand
// in lines that begin with #, a name before each; then the names of the columns,
// then a row a line, with spaces between the cells and none in them.
type Sheet struct {
	Notes   []Note
	Columns []string
	Rows    [][]string // as long as Columns
}

// Note is a name and a text of one line.
type Note struct{ Name, Text string }

// ReadSheet reads what a SheetWriter wrote.
func ReadSheet(in io.Reader) (Sheet, error) {
	var s Sheet
	lines := bufio.NewScanner(in)
	for number := 1; lines.Scan(); number++ {
		if note, ok := strings.CutPrefix(lines.Text(), "#"); ok {
			name, text, _ := strings.Cut(strings.TrimSpace(note), " ")
			s.Notes = append(s.Notes, Note{name, strings.TrimSpace(text)})
			continue
		}
		cells := strings.Fields(lines.Text())
		switch {
		case len(cells) == 0:
		case s.Columns == nil:
			s.Columns = cells
		case len(cells) != len(s.Columns):
			return Sheet{}, fmt.Errorf("line %d has %d cells, and there are %d columns", number, len(cells), len(s.Columns))
		default:
			s.Rows = append(s.Rows, cells)
		}
	}
	return s, lines.Err()
}

// ReadSheetFile reads a sheet from a file.
func ReadSheetFile(path string) (Sheet, error) {
	file, err := os.Open(path)
	if err != nil {
		return Sheet{}, fmt.Errorf("cannot read figures: %w", err)
	}
	defer file.Close()
	s, err := ReadSheet(file)
	if err != nil {
		return Sheet{}, fmt.Errorf("cannot read figures from %s: %w", path, err)
	}
	return s, nil
}

// Note gives the text of a note; empty where there is none.
func (s Sheet) Note(name string) string {
	for _, n := range s.Notes {
		if n.Name == name {
			return n.Text
		}
	}
	return ""
}

// Values of a column in the order of the first appearance, without repeats.
func (s Sheet) Values(column string) []string {
	var values []string
	at := slices.Index(s.Columns, column)
	for _, row := range s.Rows {
		if at >= 0 && !slices.Contains(values, row[at]) {
			values = append(values, row[at])
		}
	}
	return values
}

// Where gives the rows that hold a value in a column.
func (s Sheet) Where(column, value string) Sheet {
	kept := Sheet{Notes: s.Notes, Columns: s.Columns}
	at := slices.Index(s.Columns, column)
	for _, row := range s.Rows {
		if at >= 0 && row[at] == value {
			kept.Rows = append(kept.Rows, row)
		}
	}
	return kept
}

// Figures of a column, a row each.
func (s Sheet) Figures(column string) ([]float64, error) {
	at := slices.Index(s.Columns, column)
	if at < 0 || len(s.Rows) == 0 {
		return nil, fmt.Errorf("there are no figures in a column %s", column)
	}
	var figures []float64
	for _, row := range s.Rows {
		figure, err := strconv.ParseFloat(row[at], 64)
		if err != nil {
			return nil, fmt.Errorf("%q in column %s is no figure", row[at], column)
		}
		figures = append(figures, figure)
	}
	return figures, nil
}

// Median of a column's figures.
func (s Sheet) Median(column string) (float64, error) {
	figures, err := s.Figures(column)
	if err != nil {
		return 0, err
	}
	return Median(figures), nil
}

// SheetWriter writes a sheet row by row, so that what was measured stays when
// the next measurement fails.
type SheetWriter struct {
	out     io.Writer
	columns []string
}

// NewSheetWriter writes the notes and the names of the columns.
func NewSheetWriter(out io.Writer, notes []Note, columns ...string) (*SheetWriter, error) {
	longest := 0
	for _, n := range notes {
		longest = max(longest, len(n.Name))
	}
	for _, n := range notes {
		if _, err := fmt.Fprintf(out, "# %-*s  %s\n", longest, n.Name, n.Text); err != nil {
			return nil, fmt.Errorf("cannot write the notes of a sheet: %w", err)
		}
	}
	w := &SheetWriter{out: out, columns: columns}
	names := make([]any, len(columns))
	for i, name := range columns {
		names[i] = name
	}
	return w, w.Write(names...)
}

// Write writes a row of one cell a column. Floats keep four decimals.
func (w *SheetWriter) Write(cells ...any) error {
	if len(cells) != len(w.columns) {
		return fmt.Errorf("cannot write %d cells under %d columns", len(cells), len(w.columns))
	}
	var line strings.Builder
	for i, cell := range cells {
		text := fmt.Sprint(cell)
		if figure, ok := cell.(float64); ok {
			text = strconv.FormatFloat(figure, 'f', 4, 64)
		}
		if text == "" || strings.ContainsAny(text, " \t\n#") {
			return fmt.Errorf("cannot write %q as a cell of %s", text, w.columns[i])
		}
		fmt.Fprintf(&line, "%-*s  ", max(len(w.columns[i]), 9), text)
	}
	_, err := fmt.Fprintln(w.out, strings.TrimRight(line.String(), " "))
	return err
}
