package main

import (
	"fmt"
	"io"
	"strings"

	"flagfill/engine"
)

// labelledLines are lines of a label and what it says, aligned and wrapped.
type labelledLines struct{ to io.Writer }

const (
	labelWidth = 14
	lineWidth  = 110
)

func (l labelledLines) say(label, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	indent := len(text) - len(strings.TrimLeft(text, " "))
	for _, line := range wrapped(text, lineWidth-labelWidth, indent) {
		fmt.Fprintf(l.to, "%-*s%s\n", labelWidth, label, line)
		label = ""
	}
}

// quote shows text of a file as it is, on one line.
func (l labelledLines) quote(text string) {
	fmt.Fprintf(l.to, "%*s%s\n", labelWidth+4, "", engine.OneLine(text))
}

// wrapped cuts text at spaces into lines of so many characters at most, all
// with the same indent. A longer word has a line of its own.
func wrapped(text string, width, indent int) (lines []string) {
	line := ""
	for _, word := range strings.Split(strings.TrimLeft(text, " "), " ") {
		switch {
		case line == "":
			line = strings.Repeat(" ", indent) + word
		case len([]rune(line))+1+len([]rune(word)) > width:
			lines = append(lines, line)
			line = strings.Repeat(" ", indent) + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

func sourceWords(r engine.SourceRow) string {
	return fmt.Sprintf("%s, row %d", engine.ShownPath(r.File), r.Row)
}

// shownColumns are the values of a row but for those columns that no file has,
// which given tells by the first row that has one.
func shownColumns[T any](rows []T, columns func(T) []*string) (given []bool, shown func(T) []any) {
	for _, row := range rows {
		for i, text := range columns(row) {
			if len(given) <= i {
				given = append(given, false)
			}
			given[i] = given[i] || text != nil
		}
	}
	return given, func(row T) (cells []any) {
		for i, text := range columns(row) {
			switch {
			case given[i] && text == nil:
				cells = append(cells, "–")
			case given[i]:
				cells = append(cells, shownText(*text))
			}
		}
		return cells
	}
}

// headings are those of the columns given.
func headings(first string, given []bool, names ...string) []any {
	all := []any{first}
	for i, name := range names {
		if given[i] {
			all = append(all, name)
		}
	}
	return all
}

func shownText(text string) string {
	if text == "" {
		return "(empty)"
	}
	return engine.OneLine(text)
}
