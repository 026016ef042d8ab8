package writers

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// shownPage is a report as a program reads it: its elements in order, with
// their attributes' names, and its text.
type shownPage struct {
	skeleton []string
	outline  string              // what stands there, a block or a row to a line
	tables   map[string][]string // rows by caption, cells between |
}

// readPage reads a page strictly: every element but the void ones is closed,
// every text is escaped.
func readPage(t testing.TB, html string) shownPage {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(html))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	p := shownPage{tables: map[string][]string{}}
	var outline, block strings.Builder
	var open []string
	caption := ""
	endBlock := func() {
		if line := strings.Trim(strings.Join(strings.Fields(block.String()), " "), " |"); line != "" {
			outline.WriteString(line + "\n")
		}
		block.Reset()
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, html[max(0, d.InputOffset()-200):d.InputOffset()])
		}
		switch e := token.(type) {
		case xml.StartElement:
			element := e.Name.Local
			for _, a := range e.Attr {
				element += " " + a.Name.Local
			}
			p.skeleton = append(p.skeleton, element)
			open = append(open, e.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
			switch e.Name.Local {
			case "td", "th":
				block.WriteString(" | ")
			case "caption":
				caption = strings.TrimSpace(block.String())
				endBlock()
			case "tr":
				p.tables[caption] = append(p.tables[caption], strings.Trim(strings.Join(strings.Fields(block.String()), " "), " |"))
				endBlock()
			case "p", "h1", "h2", "h3", "li", "dt", "dd", "title", "desc", "text", "summary", "figcaption":
				endBlock()
			}
		case xml.CharData:
			if len(open) > 0 && open[len(open)-1] != "style" {
				block.Write(e)
			}
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %s", open)
	}
	p.outline = outline.String()
	return p
}
