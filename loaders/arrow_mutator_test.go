package loaders

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// soundArrow is an Arrow file or stream, and where in it there is something to
// aim at.
type soundArrow struct {
	bytes    []byte
	messages []arrowMessage
	footer   arrowSpan // of a file
}

// arrowApart finds the messages of a sound file or stream.
func arrowApart(t testing.TB, file []byte) soundArrow {
	t.Helper()
	s := soundArrow{bytes: file}
	at := int64(0)
	if string(file[:len(arrowMagic)]) == arrowMagic {
		at = arrowFileHead
		raw, err := arrowFooter(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		s.footer = arrowSpan{int64(len(file) - arrowFileTail - len(raw)), int64(len(raw))}
	}
	for at != s.footer.at || at == 0 { // a file need not have the mark that ends a stream
		var scratch []byte
		m, err := readArrowMessage(bytes.NewReader(file), at, int64(len(file)), &scratch)
		if errors.Is(err, errArrowEnd) {
			return s
		}
		if err != nil {
			t.Fatal(err)
		}
		s.messages = append(s.messages, m)
		at = m.end
	}
	return s
}

// arrow is a damaged Arrow file or stream: some in one place, some in two.
func (m *mutator) arrow() []byte {
	file := &m.arrows[m.random.IntN(len(m.arrows))]
	kinds := []func(*soundArrow) []byte{m.arrowBytes, m.arrowCut, m.arrowSpliced, m.arrowNumber, m.arrowNumber, m.arrowNumber, m.arrowPrefix, m.arrowBody, m.arrowMessages}
	out := kinds[m.random.IntN(len(kinds))](file)
	if m.random.IntN(6) == 0 && len(out) > 0 {
		out = m.bytes(out)
	}
	return out
}

func (m *mutator) arrowBytes(file *soundArrow) []byte { return m.bytes(file.bytes) }

// arrowCut loses the end, the beginning, or something between.
func (m *mutator) arrowCut(file *soundArrow) []byte {
	at := m.random.IntN(len(file.bytes))
	switch m.random.IntN(3) {
	case 0:
		return file.bytes[:at]
	case 1:
		return file.bytes[at:]
	}
	return slices.Delete(slices.Clone(file.bytes), at, at+m.random.IntN(len(file.bytes)-at))
}

// arrowSpliced begins as one file and ends as another, or has a piece of
// another.
func (m *mutator) arrowSpliced(file *soundArrow) []byte {
	other := m.arrows[m.random.IntN(len(m.arrows))].bytes
	at, from := m.random.IntN(len(file.bytes)), m.random.IntN(len(other))
	if m.random.IntN(2) == 0 {
		return slices.Concat(file.bytes[:at], other[from:])
	}
	out := slices.Clone(file.bytes)
	copy(out[at:], other[from:min(len(other), from+1+m.random.IntN(4096))])
	return out
}

// arrowNumber changes a number of the metadata, where numbers stand: offsets of
// tables, lengths of vectors, row counts, places of buffers and of messages.
func (m *mutator) arrowNumber(file *soundArrow) []byte {
	out := slices.Clone(file.bytes)
	where := file.footer
	if m.random.IntN(4) > 0 || where.bytes == 0 {
		message := file.messages[m.random.IntN(len(file.messages))]
		where = arrowSpan{message.at + 8, message.body - message.at - 8}
	}
	for range 1 + m.random.IntN(2) {
		at := where.at + m.random.Int64N(where.bytes/4)*4
		if rest := out[at:]; m.random.IntN(2) == 0 && len(rest) >= 8 {
			binary.LittleEndian.PutUint64(rest, uint64(m.number(int64(binary.LittleEndian.Uint64(rest)))))
		} else {
			binary.LittleEndian.PutUint32(rest, uint32(m.number(int64(int32(binary.LittleEndian.Uint32(rest))))))
		}
	}
	return out
}

// arrowPrefix changes the length of a message's metadata, or of the footer.
func (m *mutator) arrowPrefix(file *soundArrow) []byte {
	out := slices.Clone(file.bytes)
	at := file.messages[m.random.IntN(len(file.messages))].at + 4*m.random.Int64N(2)
	if file.footer.bytes > 0 && m.random.IntN(3) == 0 {
		at = file.footer.at + file.footer.bytes
	}
	binary.LittleEndian.PutUint32(out[at:], uint32(m.number(int64(binary.LittleEndian.Uint32(out[at:])))))
	return out
}

// arrowBody damages data: offsets, codes, bitmaps, the lengths and the insides
// of compressed buffers.
func (m *mutator) arrowBody(file *soundArrow) []byte {
	message := file.messages[m.random.IntN(len(file.messages))]
	if message.body == message.end {
		return m.bytes(file.bytes)
	}
	out := slices.Clone(file.bytes)
	body := out[message.body:message.end]
	for range 1 + m.random.IntN(3) {
		switch at := m.random.IntN(len(body)/8) * 8; m.random.IntN(3) { // buffers begin at multiples of 8
		case 0:
			binary.LittleEndian.PutUint64(body[at:], uint64(m.number(int64(binary.LittleEndian.Uint64(body[at:])))))
		case 1:
			binary.LittleEndian.PutUint32(body[at:], uint32(m.number(int64(binary.LittleEndian.Uint32(body[at:])))))
		default:
			copy(body[at:], m.bytes(slices.Clone(body[at:min(at+40, len(body))])))
		}
	}
	return out
}

// arrowMessages loses a message, has one twice, or two in the other order.
func (m *mutator) arrowMessages(file *soundArrow) []byte {
	i, j := m.random.IntN(len(file.messages)), m.random.IntN(len(file.messages))
	a, b := file.messages[min(i, j)], file.messages[max(i, j)]
	first, second := file.bytes[a.at:a.end], file.bytes[b.at:b.end]
	switch m.random.IntN(3) {
	case 0:
		return slices.Concat(file.bytes[:a.at], file.bytes[a.end:])
	case 1:
		return slices.Concat(file.bytes[:b.at], first, file.bytes[b.at:])
	}
	if i == j {
		return slices.Concat(file.bytes[:a.at], first, first, file.bytes[a.end:])
	}
	return slices.Concat(file.bytes[:a.at], second, file.bytes[a.end:b.at], first, file.bytes[b.end:])
}
