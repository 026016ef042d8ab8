package loaders

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	// arrowContinuation begins every message since version 0.15 of the format.
	arrowContinuation = 0xFFFFFFFF

	// maxArrowMetadataBytes bounds the metadata of a message, and the footer.
	maxArrowMetadataBytes = 64 << 20

	arrowVersion4 = 3 // of the metadata, as the format numbers them
	arrowVersion5 = 4
)

// arrowMessageType says what a message holds.
type arrowMessageType byte

const (
	arrowSchemaMessage     arrowMessageType = 1
	arrowDictionaryMessage arrowMessageType = 2
	arrowRecordMessage     arrowMessageType = 3
)

// arrowMessage is where a message stands in a file, and what it is.
type arrowMessage struct {
	at, body, end int64 // of the message, of its body, behind it
	typ           arrowMessageType
	version       int16
	header        flatTable // valid until the next message is read into the same bytes
}

// errArrowEnd is the mark that ends a stream.
var errArrowEnd = errors.New("the end of the stream")

// readArrowMessage reads the metadata of the message at a place into scratch;
// nothing of the file from end on is looked at.
func readArrowMessage(file io.ReaderAt, at, end int64, scratch *[]byte) (m arrowMessage, err error) {
	var prefix [8]byte
	if at < 0 || at > end-int64(len(prefix)) {
		return m, fmt.Errorf("a message is said to stand at byte %d, and bytes end at %d", at, end)
	}
	if _, err := file.ReadAt(prefix[:], at); err != nil {
		return m, fmt.Errorf("cannot read the message at byte %d: %w", at, err)
	}
	from, length := at+8, int64(binary.LittleEndian.Uint32(prefix[4:]))
	if binary.LittleEndian.Uint32(prefix[:]) != arrowContinuation {
		from, length = at+4, int64(binary.LittleEndian.Uint32(prefix[:]))
	}
	switch {
	case length == 0:
		m.end = from
		return m, errArrowEnd
	case length > end-from:
		return m, fmt.Errorf("the message at byte %d is said to have %d bytes of metadata, and bytes end at %d", at, length, end)
	case length > maxArrowMetadataBytes:
		return m, fmt.Errorf("the message at byte %d has %d bytes of metadata, more than the %d that are read", at, length, maxArrowMetadataBytes)
	}
	*scratch = grow(*scratch, int(length))
	raw := (*scratch)[:length]
	if _, err := file.ReadAt(raw, from); err != nil {
		return m, fmt.Errorf("cannot read the message at byte %d: %w", at, err)
	}
	root := (&flatbuffer{bytes: raw}).root()
	m = arrowMessage{at: at, body: from + length, version: root.int16(0, 0), typ: arrowMessageType(root.byte(1)), header: root.table(2)}
	bodyBytes := root.int64(3)
	switch {
	case root.of == nil || root.of.err != nil || !m.header.isThere():
		return m, fmt.Errorf("the message at byte %d: %w", at, errFlatbuffer)
	case m.version != arrowVersion4 && m.version != arrowVersion5:
		return m, fmt.Errorf("the message at byte %d has metadata of version %d, and versions 4 and 5 are read", at, m.version+1)
	case bodyBytes < 0 || bodyBytes > end-m.body:
		return m, fmt.Errorf("the message at byte %d is said to have %d bytes of data, and bytes end at %d", at, bodyBytes, end)
	}
	m.end = m.body + bodyBytes
	return m, nil
}

// arrowSpan is where a buffer stands in the body of its message.
type arrowSpan struct{ at, bytes int64 }

// arrowNode says how many values a field has, and how many of them are null.
type arrowNode struct{ rows, nulls int64 }

// arrowCodec says how the buffers of a record batch are compressed.
type arrowCodec int8

const (
	arrowPlain arrowCodec = iota - 1
	arrowLZ4
	arrowZstd
)

// recordMeta is the metadata of a record batch: of rows, or of the entries of a
// dictionary.
type recordMeta struct {
	rows    int64
	codec   arrowCodec
	nodes   []arrowNode
	buffers []arrowSpan
	views   []int64 // of each column of views, its further buffers
}

// readRecordMeta reads a table of the type RecordBatch, and makes sure that its
// buffers stand in the body of the message and that it has what a schema says.
func readRecordMeta(t flatTable, m *arrowMessage, schema *arrowSchema) (*recordMeta, error) {
	if !t.isThere() {
		return nil, errFlatbuffer
	}
	r := &recordMeta{rows: t.int64(0), codec: arrowPlain}
	if c := t.table(3); c.isThere() {
		r.codec = arrowCodec(c.byte(0))
		if r.codec != arrowLZ4 && r.codec != arrowZstd || c.byte(1) != 0 {
			return nil, fmt.Errorf("is compressed by method %d, %d of the Arrow format, and LZ4 and zstd by buffer are read", c.byte(1), c.byte(0))
		}
	}
	nodes, buffers, views := t.vector(1, 16), t.vector(2, 16), t.vector(4, 8)
	further := int64(0)
	for i := range views.len {
		n := t.of.int64(views.element(i))
		if n < 0 || n > int64(buffers.len)-further {
			return nil, fmt.Errorf("states %d further buffers for its views, and has %d buffers", n, buffers.len)
		}
		r.views, further = append(r.views, n), further+n
	}
	if nodes.len != schema.nodes || views.len != schema.views || int64(buffers.len) != int64(schema.buffers)+further {
		return nil, fmt.Errorf("has %d field nodes and %d buffers, the schema %d and %d", nodes.len, buffers.len, schema.nodes, int64(schema.buffers)+further)
	}
	for i := range nodes.len {
		n := arrowNode{t.of.int64(nodes.element(i)), t.of.int64(nodes.element(i) + 8)}
		r.nodes = append(r.nodes, n)
	}
	for i := range buffers.len {
		s := arrowSpan{t.of.int64(buffers.element(i)), t.of.int64(buffers.element(i) + 8)}
		if bodyBytes := m.end - m.body; s.at < 0 || s.bytes < 0 || s.bytes > bodyBytes || s.at > bodyBytes-s.bytes {
			return nil, fmt.Errorf("buffer %d is said to stand at byte %d of its data and to take %d, and there are %d", i, s.at, s.bytes, bodyBytes)
		}
		r.buffers = append(r.buffers, s)
	}
	return r, t.of.err
}

// place is the index of a column's first buffer.
func (r *recordMeta) place(c *arrowColumn) int {
	at := c.buffer
	for _, n := range r.views[:c.view] {
		at += int(n)
	}
	return at
}

// maxRowsPerByte is how many rows a byte of data can stand for: zstd packs
// 128 KiB into four bytes at best, and a row takes a byte of them at least.
const maxRowsPerByte = 1 << 15

// check makes sure that a record batch has as many values as rows in each
// column that can be given, and bytes enough for them.
func (r *recordMeta) check(m *arrowMessage, columns []arrowColumn) error {
	if bodyBytes := m.end - m.body; r.rows < 0 || r.rows/maxRowsPerByte > bodyBytes {
		return fmt.Errorf("is said to have %d rows, in %d bytes", r.rows, bodyBytes)
	}
	for i := range columns {
		c := &columns[i]
		if c.Type == nil {
			continue
		}
		if err := r.checkColumn(c); err != nil {
			return inColumn(c, err)
		}
	}
	return nil
}

func (r *recordMeta) checkColumn(c *arrowColumn) error {
	node := r.nodes[c.node]
	switch {
	case node.rows != r.rows:
		return fmt.Errorf("has %d values, its record batch %d rows", node.rows, r.rows)
	case node.nulls < 0 || node.nulls > node.rows:
		return fmt.Errorf("is said to have %d nulls among %d values", node.nulls, node.rows)
	case c.form == arrowNulls || node.rows == 0:
		return nil
	}
	first := r.place(c)
	needed := []int64{0, 0}
	if node.nulls > 0 {
		needed[0] = (node.rows + 7) / 8
	}
	switch c.form {
	case arrowBits:
		needed[1] = (node.rows + 7) / 8
	case arrowText:
		needed[1] = (node.rows + 1) * c.width
	default:
		needed[1] = node.rows * c.width
	}
	for i, bytes := range needed {
		found := r.buffers[first+i].bytes
		if r.codec != arrowPlain && bytes > 0 { // a length, and something packed
			bytes = packedPrefixBytes + 1
		}
		if found < bytes {
			return fmt.Errorf("buffer %d has %d bytes, and %d values need %d", first+i, found, node.rows, bytes)
		}
	}
	return nil
}
