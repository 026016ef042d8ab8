package synth

import (
	"io"
	"strings"
	"time"
)

// csvEncoder writes lines that end in LF, after one of column names. Null is
// empty. No value holds a comma, a quote or a line end, so none is quoted.
type csvEncoder struct {
	out    io.Writer
	header string
}

func newCSVEncoder(out io.Writer, t table) *csvEncoder {
	return &csvEncoder{out, strings.Join(layouts[t].names, ",") + "\n"}
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

func (g *csvGroup) write(b *batch) error {
	l := &layouts[b.table]
	for i := range b.rows {
		for column := range l.names {
			if column > 0 {
				g.lines = append(g.lines, ',')
			}
			if column != l.date {
				t := &b.texts[column][i]
				g.lines = append(g.lines, t.bytes[:t.size]...)
			} else if b.days[i] != 0 {
				g.lines = time.Unix(int64(b.days[i])*secondsPerDay, 0).UTC().AppendFormat(g.lines, time.DateOnly)
			}
		}
		g.lines = append(g.lines, '\n')
	}
	b.rows = 0
	return nil
}

const secondsPerDay = 86_400

func (g *csvGroup) finish() error { return nil }

func (g *csvGroup) commit() error {
	if err := g.encoder.begin(); err != nil {
		return err
	}
	_, err := g.encoder.out.Write(g.lines)
	g.lines = g.lines[:0]
	return err
}
