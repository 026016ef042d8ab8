package loaders

import (
	"bytes"

	"flagfill/engine/kernel"
)

// block finds the fields of all rows that lie whole in the window, many at a
// time, where nothing needs care: every row has so many columns, two at least,
// and ends in a line feed, no line is empty, no byte is 0, and quotes stand round whole fields
// or nowhere. It reports false where something does, or where no row lies whole
// in the window: then rows are taken one by one. The fields are valid until the
// scanner is used again.
func (s *csvScanner) block(fields *kernel.Fields, columns int) (bool, error) {
	if err := s.fillUp(); err != nil {
		return false, err
	}
	rest := s.window[s.at:min(len(s.window), s.at+maxFieldBytes)] // so that no field is longer
	size := bytes.LastIndexByte(rest, '\n') + 1
	quoted := bytes.IndexByte(rest[:size], '"') >= 0
	if size == 0 || bytes.IndexByte(rest[:size], 0) >= 0 {
		return false, nil
	}
	from := textPad + s.at // in store
	text := s.store[from-textPad : from+size+copySlack]
	s.marks = grow(s.marks, 1+len(text)+64)
	s.marks[0] = textPad - 1
	n := kernel.FieldEnds(s.marks[1:], text[:textPad+size], textPad, s.delimiter, quoted)
	found := kernel.Fields{Text: text, Before: s.marks[:n], Ends: s.marks[1 : n+1], Columns: columns}
	rows := bytes.Count(rest[:size], []byte{'\n'})
	if n != rows*columns || !endsInLines(&found) {
		return false, nil
	}
	if returns := bytes.IndexByte(rest[:size], '\r') >= 0; (quoted || returns) && !s.trim(&found, rest[:size]) {
		return false, nil
	}
	*fields = found
	s.at += size
	s.nextLine += int64(rows)
	return true, nil
}

// fillUp reads until the window is full, where less than half of it is left.
func (s *csvScanner) fillUp() error {
	for !s.ended && len(s.window)-s.at < cap(s.window)/2 {
		if err := s.fill(); err != nil {
			return err
		}
	}
	return nil
}

// endsInLines tells whether the last field of every row ends in a line feed.
// Where there are as many line feeds as rows, no other field does.
func endsInLines(f *kernel.Fields) bool {
	for at := f.Columns - 1; at < len(f.Ends); at += f.Columns {
		if f.Text[f.Ends[at]] != '\n' {
			return false
		}
	}
	return true
}

// trim takes carriage returns off the ends of lines, and quotes from round
// fields. It reports false where a quote stands anywhere else, or where a line
// holds nothing but a carriage return.
func (s *csvScanner) trim(f *kernel.Fields, text []byte) bool {
	s.before, s.ends = grow(s.before, len(f.Ends)), grow(s.ends, len(f.Ends))
	quotes, last := 0, f.Columns-1
	for i, end := range f.Ends {
		before := f.Before[i]
		if i == last {
			last += f.Columns
			if f.Text[end-1] == '\r' && before+1 < end {
				end--
			}
		}
		if f.Text[before+1] == '"' {
			if end-before < 3 || f.Text[end-1] != '"' {
				return false
			}
			quotes += 2
			before++
			end--
		}
		s.before[i], s.ends[i] = before, end
	}
	f.Before, f.Ends = s.before[:len(f.Before)], s.ends[:len(f.Ends)]
	return quotes == bytes.Count(text, []byte{'"'})
}
