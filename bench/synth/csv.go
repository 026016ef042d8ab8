package synth

import (
	"io"
	"strings"
)

// csvEncoder writes lines that end in LF, after one of column names. Null is
// empty. No value holds a comma, a quote or a line end, so none is quoted.
type csvEncoder struct {
	out    io.Writer
	kinds  []kind
	header string
}

func newCSVEncoder(out io.Writer, t table) *csvEncoder {
	return &csvEncoder{out, layouts[t].kinds, strings.Join(layouts[t].names, ",") + "\n"}
}

func (c *csvEncoder) group() groupEncoder { return &csvGroup{encoder: c} }

func (c *csvEncoder) close() error { return c.begin() }

// begin writes the header, once. Whoever holds the turn to commit calls it.
func (c *csvEncoder) begin() error {
	_, err := io.WriteString(c.out, c.header)
	c.header = ""
	return err
}

// csvGroup holds the lines of one group.
type csvGroup struct {
	encoder *csvEncoder
	lines   []byte
}

func (g *csvGroup) write(rows []row) error {
	for i := range rows {
		for column, kind := range g.encoder.kinds {
			if column > 0 {
				g.lines = append(g.lines, ',')
			}
			if value := rows[i][column]; value != 0 {
				g.lines = kind.append(g.lines, value)
			}
		}
		g.lines = append(g.lines, '\n')
	}
	return nil
}

func (g *csvGroup) finish() error { return nil }

func (g *csvGroup) commit() error {
	if err := g.encoder.begin(); err != nil {
		return err
	}
	_, err := g.encoder.out.Write(g.lines)
	g.lines = g.lines[:0]
	return err
}
