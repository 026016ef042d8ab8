package loaders

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf16"
)

// csv is a damaged CSV file.
func (m *mutator) csv() []byte {
	text := m.texts[m.random.IntN(len(m.texts))]
	out := slices.Clone(text)
	for range 1 + m.random.IntN(3) {
		if len(out) == 0 {
			break
		}
		at := m.random.IntN(len(out))
		switch m.random.IntN(10) {
		case 0, 1, 2:
			out = slices.Insert(out, at, m.oddity()...)
		case 3:
			out = m.bytes(out)
		case 4:
			out = out[:at]
		case 5:
			out = out[at:]
		case 6:
			other := m.texts[m.random.IntN(len(m.texts))]
			out = slices.Concat(out[:at], other[m.random.IntN(len(other)):])
		case 7:
			out = m.otherLineEnds(out)
		case 8:
			out = m.otherUnicode(out)
		case 9:
			odd := m.oddity()
			out[at] = odd[0]
		}
	}
	if m.random.IntN(400) == 0 {
		out = m.large(out)
	}
	return out
}

// oddity is what no field, or not every field, may have in it.
func (m *mutator) oddity() []byte {
	odd := []string{`"`, `""`, `"""`, ",", ";", "\t", "|", "\n", "\r", "\r\n", "\n\n\n", "\"\n", "\n\"", "\x00", "\xff", "\xc3", "\xed\xa0\x80",
		byteOrderMark, "\xfe\xff", "\u2028", " ", "=1+1", "-", "0x1F", "1e12", "9999999999999999999", "NULL", `\N`, `\"`}
	return []byte(odd[m.random.IntN(len(odd))])
}

func (m *mutator) otherLineEnds(text []byte) []byte {
	var out []byte
	for _, b := range text {
		if b == '\n' {
			out = append(out, []string{"\n", "\r\n", "\r", "\n\r", "\r\r\n", ""}[m.random.IntN(6)]...)
			continue
		}
		out = append(out, b)
	}
	return out
}

// otherUnicode is the text in UTF-16, or with a mark in front that says so.
func (m *mutator) otherUnicode(text []byte) []byte {
	switch m.random.IntN(3) {
	case 0:
		return slices.Concat([]byte(byteOrderMark), text)
	case 1:
		return slices.Concat([]byte("\xff\xfe"), text)
	}
	var out []byte
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// large has one thing in it that is far larger than in any extract.
func (m *mutator) large(text []byte) []byte {
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	switch m.random.IntN(6) {
	case 0: // columns
		for i := range 200_000 + m.random.IntN(300_000) {
			line = strconv.AppendInt(append(line, ",c"...), int64(i), 36)
		}
	case 1: // fields of a row
		rest = slices.Concat(bytes.Repeat([]byte(","), 15<<20), []byte("\n"), rest)
	case 2: // a field
		rest = slices.Concat(bytes.Repeat([]byte("x"), 17<<20), rest)
	case 3: // a quote without end
		rest = slices.Concat([]byte("\""), bytes.Repeat([]byte("x,\n"), 6<<20), rest)
	case 4: // lines that hold nothing
		rest = slices.Concat(bytes.Repeat([]byte("\r\n"), 4<<20), rest)
	case 5: // a column's name
		line = append(line, bytes.Repeat([]byte("n"), 900<<10)...)
	}
	return slices.Concat(line, []byte("\n"), rest)
}
