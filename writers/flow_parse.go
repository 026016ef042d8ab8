package writers

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// flowBufferBytes is the unit in which flow files are written and read.
const flowBufferBytes = 256 << 10

// Parse reads a flow file strictly: the header that the envelope calls for,
// records in sequence, the trailer that counts them, and nothing after it. Of
// any sequence of bytes it accepts exactly what the layout would have written.
// each gets the records in order; an error that it returns ends the reading.
// Error texts give line and field, never what stands there, since that may be
// an MPxN.
func (l *Layout) Parse(r io.Reader, e Envelope, each func(Record) error) (recordsRead int64, err error) {
	return l.parseAt(r, e, func(record Record, _ recordPlace) error { return each(record) })
}

// recordPlace is where the lines of a record stand in their file.
type recordPlace struct {
	line   int   // the first, from 1
	offset int64 // of its first byte
	text   []byte
}

// parseAt is Parse with the places of the records, whose text is valid during
// the call.
func (l *Layout) parseAt(r io.Reader, e Envelope, each func(Record, recordPlace) error) (recordsRead int64, err error) {
	p := parser{reader: r, buffer: make([]byte, 0, flowBufferBytes)}
	header := l.AppendHeader(nil, e)
	if err := p.expect(header, "the header", 1); err != nil {
		return 0, err
	}
	first := []byte(l.record.segments[0].text)
	var days dayParser
	longest := l.record.maxBytes()
	for {
		window, err := p.window(longest)
		if err != nil {
			return recordsRead, err
		}
		if !bytes.HasPrefix(window, first) {
			break
		}
		line := l.header.lines + int(recordsRead)*l.record.lines + 1
		record, size, err := l.record.parse(window, &days, recordsRead+1, line)
		if err != nil {
			return recordsRead, err
		}
		place := recordPlace{line, p.consumed, window[:size]}
		p.consume(size)
		recordsRead++
		if err := each(record, place); err != nil {
			return recordsRead, err
		}
	}
	line := l.header.lines + int(recordsRead)*l.record.lines + 1
	if err := p.expect(l.AppendTrailer(nil, e, recordsRead), "the trailer", line); err != nil {
		return recordsRead, err
	}
	if rest, err := p.window(1); err != nil || len(rest) > 0 {
		return recordsRead, errors.Join(err, fmt.Errorf("line %d: there is more after the trailer", line+l.trailer.lines))
	}
	return recordsRead, nil
}

// parser holds the part of a file that is being looked at.
type parser struct {
	reader io.Reader
	buffer []byte // what was read
	start  int    // of what is still to be parsed
	ended  bool

	consumed int64 // bytes of the file
}

// window gives at least want bytes, fewer only at the end of the file. They
// are valid until the next call.
func (p *parser) window(want int) ([]byte, error) {
	for len(p.buffer)-p.start < want && !p.ended {
		if p.start > 0 {
			p.buffer = p.buffer[:copy(p.buffer, p.buffer[p.start:])]
			p.start = 0
		}
		if want > cap(p.buffer) {
			p.buffer = append(make([]byte, 0, 2*want), p.buffer...)
		}
		n, err := p.reader.Read(p.buffer[len(p.buffer):cap(p.buffer)])
		p.buffer = p.buffer[:len(p.buffer)+n]
		p.ended = errors.Is(err, io.EOF)
		if err != nil && !p.ended {
			return nil, err
		}
	}
	return p.buffer[p.start:], nil
}

func (p *parser) consume(size int) { p.start, p.consumed = p.start+size, p.consumed+int64(size) }

// expect consumes exactly the given text, which is shown where it is missing:
// headers and trailers hold no MPxN.
func (p *parser) expect(text []byte, what string, line int) error {
	window, err := p.window(len(text))
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(window, text) {
		return fmt.Errorf("line %d: here should stand %s %q", line, what, text)
	}
	p.consume(len(text))
	return nil
}

// Longest texts of the values of a record.
const (
	mpxnDigits     = 13
	sequenceDigits = 19
	dayDigits      = 8
)

// maxBytes is the length of the longest record.
func (t *template) maxBytes() int {
	n := 0
	for _, s := range t.segments {
		switch s.value {
		case literal:
			n += len(s.text)
		case mpxn:
			n += mpxnDigits
		case sequence:
			n += sequenceDigits
		case status:
			n++
		case effectiveOn:
			n += dayDigits
		}
	}
	return n
}

// parse reads one record from the start of the window; the line is where it
// begins in the file.
func (t *template) parse(window []byte, days *dayParser, number int64, line int) (r Record, size int, err error) {
	rest := window
	for i := range t.segments {
		s := &t.segments[i]
		taken, problem := 0, ""
		switch s.value {
		case literal:
			if taken = len(s.text); len(rest) < taken || string(rest[:taken]) != s.text {
				problem = "the text before, between or after the fields is not as laid down"
				line += linesWithin(s.text, rest)
			}
		case sequence:
			var n uint64
			if n, taken = parseNumber(rest, sequenceDigits); taken == 0 || n != uint64(number) {
				problem = fmt.Sprintf("is not %d, the next in sequence", number)
			}
		case mpxn:
			var n uint64
			if n, taken = parseNumber(rest, mpxnDigits); taken == 0 {
				problem = "is no number of at most 13 digits without leading zeros"
			}
			r.MPxN = meterpoint.MPxN(n)
		case status:
			if r.Status, taken = parseStatus(rest); taken == 0 {
				problem = "is not A, I or N"
			}
		case effectiveOn:
			if r.EffectiveOn, taken = days.parse(rest); taken == 0 {
				problem = "is not a date YYYYMMDD"
			}
		}
		if problem != "" {
			return r, 0, s.complain(line, problem)
		}
		rest = rest[taken:]
	}
	return r, len(window) - len(rest), nil
}

// linesWithin counts the lines that end in text before it differs from what
// stands there.
func linesWithin(text string, found []byte) (lines int) {
	for i := 0; i < min(len(text), len(found)) && text[i] == found[i]; i++ {
		if text[i] == '\n' {
			lines++
		}
	}
	return lines
}

func (s *segment) complain(line int, problem string) error {
	if s.value == literal {
		return fmt.Errorf("line %d: %s", line+s.line, problem)
	}
	return fmt.Errorf("line %d: the %s %s", line+s.line, engine.Shown(s.name), problem)
}

// parseNumber reads a decimal number without leading zeros; taken is 0 where
// there is none or it has more digits (at most 19).
func parseNumber(text []byte, maxDigits int) (n uint64, taken int) {
	for digits := 8; digits == 8 && taken <= maxDigits; taken += digits {
		var word uint64
		switch {
		case len(text) >= taken+8:
			word = binary.LittleEndian.Uint64(text[taken:])
		case len(text) >= 8: // the last ones, but for those already taken
			word = binary.LittleEndian.Uint64(text[len(text)-8:]) >> (8 * (taken + 8 - len(text)))
		default:
			for i, c := range text[taken:] {
				word |= uint64(c) << (8 * i)
			}
		}
		var value uint64
		digits, value = leadingDigits(word)
		n = n*powersOf10[digits] + value
	}
	if taken > maxDigits || taken > 1 && text[0] == '0' {
		return 0, 0
	}
	return n, taken
}

// leadingDigits tells with how many digits a text of eight bytes begins, the
// first one lowest, and their number.
func leadingDigits(text uint64) (digits int, n uint64) {
	text ^= 0x3030303030303030
	digits = bits.TrailingZeros64(noDigits(text)) / 8
	return digits, numberOf(text << (8 * (8 - digits)))
}

// noDigits marks the bytes that are above 9, right up to the first.
func noDigits(text uint64) uint64 {
	return (text | (text + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0
}

// numberOf is the number of eight digits, a byte each, the first one lowest.
func numberOf(digits uint64) uint64 {
	pairs := digits*10 + digits>>8
	const pair = 0xff_000000ff
	return (pairs&pair*(100+1_000_000<<32) + pairs>>16&pair*(1+10_000<<32)) >> 32
}

func parseStatus(text []byte) (meterpoint.ServiceStatus, int) {
	if len(text) > 0 {
		for s := meterpoint.Active; s <= meterpoint.NotActive; s++ {
			if text[0] == statusLetters[s] {
				return s, 1
			}
		}
	}
	return meterpoint.Null, 0
}

// dayParser reads dates YYYYMMDD. Neighbouring records share theirs more often
// than not, so the last one is kept.
type dayParser struct {
	text [dayDigits]byte
	day  int32
}

func (p *dayParser) parse(text []byte) (day int32, taken int) {
	if len(text) < dayDigits {
		return 0, 0
	}
	if p.text[0] == 0 || string(p.text[:]) != string(text[:dayDigits]) { // 0: none was kept yet
		if p.day, taken = parseDay(text); taken == 0 {
			return 0, 0
		}
		copy(p.text[:], text)
	}
	return p.day, dayDigits
}

func parseDay(text []byte) (day int32, taken int) {
	n := uint32(0)
	for _, c := range text[:dayDigits] {
		if !isDigit(c) {
			return 0, 0
		}
		n = n*10 + uint32(c-'0')
	}
	year, month, dayOfMonth := n/10000, n/100%100, n%100
	if year == 0 || month == 0 || month > 12 || dayOfMonth == 0 || dayOfMonth > daysIn(year, month) {
		return 0, 0
	}
	return dayOf(year, month, dayOfMonth), dayDigits
}
