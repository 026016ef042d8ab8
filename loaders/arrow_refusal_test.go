package loaders

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// aimed is a sound file whose numbers can be set one by one.
type aimed struct {
	soundArrow
	t testing.TB
}

func aim(t testing.TB, file []byte) aimed { return aimed{arrowApart(t, file), t} }

// message is the nth one of a type, and where its metadata begins.
func (a aimed) message(typ arrowMessageType, n int) (m arrowMessage, metadata int64) {
	for _, m := range a.messages {
		if m.typ != typ {
			continue
		}
		if n--; n < 0 {
			return m, m.at + 8
		}
	}
	a.t.Fatalf("no message of type %d", typ)
	return m, 0
}

func (a aimed) set(at int64, bytes int, value int64) []byte {
	out := slices.Clone(a.bytes)
	copy(out[at:], binary.LittleEndian.AppendUint64(nil, uint64(value))[:bytes])
	return out
}

// number sets a field of the last record batch.
func (a aimed) number(slot int, value int64) []byte {
	m, metadata := a.message(arrowRecordMessage, 1)
	return a.set(metadata+m.header.field(slot), 8, value)
}

// element sets one of the two numbers of a node (slot 1) or a buffer (slot 2)
// of the last record batch.
func (a aimed) element(slot, i int, second bool, value int64) []byte {
	m, metadata := a.message(arrowRecordMessage, 1)
	at := metadata + m.header.vector(slot, 16).element(i)
	if second {
		at += 8
	}
	return a.set(at, 8, value)
}

// data sets a number in a buffer of the last record batch.
func (a aimed) data(buffer int, at int64, bytes int, value int64) []byte {
	m, _ := a.message(arrowRecordMessage, 1)
	v := m.header.vector(2, 16)
	return a.set(m.body+v.of.int64(v.element(buffer))+at, bytes, value)
}

// schema sets a byte of the schema, or of a table in it.
func (a aimed) schema(field func(schema flatTable) int64, value int64) []byte {
	m, metadata := a.message(arrowSchemaMessage, 0)
	return a.set(metadata+field(m.header), 1, value)
}

func (a aimed) without(typ arrowMessageType, n int) []byte {
	m, _ := a.message(typ, n)
	return slices.Concat(a.bytes[:m.at], a.bytes[m.end:])
}

// block sets a number of a record batch's entry in the footer.
func (a aimed) block(i int, value int64) []byte {
	raw := a.bytes[a.footer.at:][:a.footer.bytes]
	v := (&flatbuffer{bytes: raw}).root().vector(3, 24)
	return a.set(a.footer.at+v.element(i), 8, value)
}

// Two record batches of four and five rows: buffers 0–2 are text, 3–4 numbers,
// 5–6 codes.
func aimedFile(t testing.TB, stream bool, options ...ipc.Option) aimed {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "text", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "number", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "word", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	var records []arrow.Record
	for _, rows := range []int{4, 5} {
		for i := range rows {
			b.Field(0).(*array.StringBuilder).Append([]string{"one", "two"}[i%2])
			b.Field(1).(*array.Int64Builder).Append(int64(i))
			must(b.Field(2).(*array.BinaryDictionaryBuilder).AppendString([]string{"A", "N"}[i%2]))
		}
		records = append(records, b.NewRecord())
	}
	return aim(t, arrowWriting{"", stream, options}.write(t, records...))
}

// What is wrong is said with its place and what was found; nothing is guessed.
func TestArrowRefusals(t *testing.T) {
	stream, file, packed := aimedFile(t, true), aimedFile(t, false), aimedFile(t, true, ipc.WithZstd())
	dictionary, _ := stream.message(arrowDictionaryMessage, 0)
	second, metadata := stream.message(arrowRecordMessage, 1)
	firstField := func(slot int) func(flatTable) int64 {
		return func(schema flatTable) int64 { return schema.vector(1, 4).table(0).field(slot) }
	}
	const batch = "record batch 1: column "
	for _, c := range []struct {
		name    string
		content []byte
		part    string
	}{
		{"a stream in order", stream.bytes, ""},
		{"a file in order", file.bytes, ""},
		{"values and rows differ", stream.element(1, 0, false, 6), batch + "text: has 6 values, its record batch 5 rows"},
		{"more nulls than values", stream.element(1, 1, true, 6), batch + "number: is said to have 6 nulls among 5 values"},
		{"negative nulls", stream.element(1, 1, true, -1), "is said to have -1 nulls"},
		{"nulls without a bitmap", stream.element(1, 1, true, 2), batch + "number: buffer 3 has 0 bytes, and 5 values need 1"},
		{"a buffer behind the data", stream.element(2, 4, false, 1<<40), "record batch 1: buffer 4 is said to stand at byte 1099511627776"},
		{"a buffer longer than the data", stream.element(2, 4, true, 1<<62), "record batch 1: buffer 4 is said to stand at byte"},
		{"a buffer too short", stream.element(2, 4, true, 39), batch + "number: buffer 4 has 39 bytes, and 5 values need 40"},
		{"offsets too short", stream.element(2, 1, true, 20), batch + "text: buffer 1 has 20 bytes, and 5 values need 24"},
		{"rows without data", stream.number(0, 1<<50), "record batch 1: is said to have 1125899906842624 rows, in"},
		{"negative rows", stream.number(0, -1), "record batch 1: is said to have -1 rows"},
		{"an offset falls", stream.data(1, 8, 4, 1), batch + "text: an offset of its texts is lower than the one before it"},
		{"a negative offset", stream.data(1, 0, 4, -1), batch + "text: an offset of its texts is lower"},
		{"an offset at the limit of text", stream.data(1, 20, 4, maxTextBytes), batch + "text: its data ends before its last value"},
		{"an offset past the limit of text", stream.data(1, 20, 4, maxTextBytes+1), batch + "text: 5 rows hold more than 536870912 bytes"},
		{"an offset behind the text", stream.data(1, 20, 4, 1<<30), batch + "text: 5 rows hold more than"},
		{"the text is short", stream.data(1, 20, 4, 1<<20), batch + "text: its data ends before its last value"},
		{"a code over the dictionary", stream.data(6, 4, 1, 2), batch + "word: code 2 is outside its dictionary of 2 entries"},
		{"a negative code", stream.data(6, 4, 1, -1), batch + "word: code -1 is outside"},
		{"no dictionary", stream.without(arrowDictionaryMessage, 0), "column word: dictionary 0 does not stand before it"},
		{"metadata longer than the stream", stream.set(second.at+4, 4, 1<<30), "record batch 1: the message at byte"},
		{"a version that nobody writes", stream.set(metadata+rootField(stream, second, 0), 2, 2), "has metadata of version 3, and versions 4 and 5 are read"},
		{"data longer than the stream", stream.set(metadata+rootField(stream, second, 3), 8, 1<<40), "is said to have 1099511627776 bytes of data"},
		{"a message of another kind", stream.set(metadata+rootField(stream, second, 1), 1, 4), "a message of type 4 is not expected there"},
		{"no schema", stream.without(arrowSchemaMessage, 0), "a message of type 2 is not expected there"},
		{"two schemas", slices.Concat(stream.bytes[:dictionary.at], stream.bytes), "message 1, record batch 0: a message of type 1 is not expected there"},
		{"a type that is to come", stream.schema(firstField(2), 99), "column text: type 99 of the Arrow format is not known"},
		{"high bytes first", withEndianness(stream), "high bytes first"},
		{"the end is missing", stream.bytes[:second.end], "the mark that ends a stream is not: its end is missing"},
		{"half a message", stream.bytes[:second.end-1], "bytes of data, and bytes end at"},
		{"two streams", slices.Concat(stream.bytes, stream.bytes), "bytes follow the mark that ends the stream"},
		{"the mark alone", []byte("\xff\xff\xff\xff\x00\x00\x00\x00"), "the mark that ends a stream stands where a message is expected"},
		{"a file cut off", file.bytes[:len(file.bytes)-1], "are not ARROW1: its end is missing"},
		{"the magic alone", []byte("ARROW1\x00\x00"), "8 bytes are too few"},
		{"a footer longer than the file", file.set(file.footer.at+file.footer.bytes, 4, 1<<30), "its footer is said to take 1073741824 bytes"},
		{"a footer of nothing", file.set(file.footer.at+file.footer.bytes, 4, 0), "footer: an offset or a length"},
		{"a batch named twice", file.block(1, file.messages[2].at), "footer: the messages at bytes"},
		{"a batch outside the file", file.block(1, 1<<40), "record batch 1: a message is said to stand at byte 1099511627776"},
		{"a dictionary for a batch", file.block(1, file.messages[1].at), "record batch 1: a message of type 2 stands where a record batch is expected"},
		{"a compressed buffer without end", packed.data(4, 0, 8, 1<<40), batch + "number: a compressed buffer is said to hold 1099511627776 bytes"},
		{"a compressed buffer at its limit", packed.data(4, 0, 8, maxUnpackedBytes), ""},
		{"a compressed buffer past its limit", packed.data(4, 0, 8, maxUnpackedBytes+1), "and 1073741824 are read at most"},
		{"a compressed buffer is short", packed.data(4, 0, 8, 39), batch + "number: its data ends before its last value"},
		{"a compressed buffer goes on", packed.data(1, 0, 8, 25), batch + "text: its data ends before"},
		{"zstd that is none", packed.data(1, 8, 4, 7), batch + "text:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := saved(t, "x.arrow", c.content)
			err := readThrough(open(t, path))
			if c.part == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			mustRefuse(t, err, path, c.part)
		})
	}
}

// rootField is where a field of a message stands in its metadata.
func rootField(a aimed, m arrowMessage, slot int) int64 {
	return (&flatbuffer{bytes: a.bytes[m.at+8 : m.body]}).root().field(slot)
}

// withEndianness has the schema name its byte order, which every writer here
// leaves out, and name the other one: the field is laid over one that is there.
func withEndianness(a aimed) []byte {
	const slotsHeader, firstField = 4, 4
	m, metadata := a.message(arrowSchemaMessage, 0)
	return a.set(metadata+m.header.slots+slotsHeader, 2, firstField)
}

// The limits that a file can come near without being damaged.
func TestArrowLimits(t *testing.T) {
	nested := func(levels int) []byte {
		typ := arrow.PrimitiveTypes.Int8
		for range levels {
			typ = arrow.ListOf(typ)
		}
		var out bytes.Buffer
		w := ipc.NewWriter(&out, ipc.WithSchema(arrow.NewSchema([]arrow.Field{{Name: "deep", Type: typ}}, nil)))
		must(w.Close())
		return out.Bytes()
	}
	if _, err := open(t, saved(t, "x.arrows", nested(maxArrowDepth))).Plan(t.Context()); err != nil {
		t.Error(err)
	}
	_, err := open(t, saved(t, "x.arrows", nested(maxArrowDepth+1))).Plan(t.Context())
	mustRefuse(t, err, "column deep", "64 levels")

	for length, part := range map[uint32]string{maxArrowMetadataBytes: "an offset or a length", maxArrowMetadataBytes + 1: "has 67108865 bytes of metadata, more than the 67108864 that are read"} {
		path := saved(t, "x.arrows", binary.LittleEndian.AppendUint32([]byte{0xff, 0xff, 0xff, 0xff}, length))
		must(os.Truncate(path, maxArrowMetadataBytes+100)) // nothing of it is on disk
		_, err = open(t, path).Plan(t.Context())
		mustRefuse(t, err, part)
	}
}

// In a file a dictionary is begun once, and what adds to one needs one.
func TestArrowDictionariesOfFiles(t *testing.T) {
	grown := arrowWritings[6]
	content := grown.write(t, grown.records(rand.New(rand.NewPCG(5, 5)), everyArrowType, 3, 30, 30)...)
	index, err := readArrowIndex(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	more := slices.IndexFunc(index.dictionaries, func(d arrowDictionaryBatch) bool { return d.isMore })
	if more < 0 {
		t.Fatal("no dictionary grows")
	}
	number := index.dictionaries[more].number
	if all, err := index.messagesOf(number, len(index.dictionaries)); err != nil || len(all) < 2 {
		t.Errorf("dictionary %d is made of %v, %v", number, all, err)
	}
	index.dictionaries[more].isMore = false
	if all, err := index.messagesOf(number, more+1); err != nil || !slices.Equal(all, []int{more}) {
		t.Errorf("a dictionary that is replaced is made of %v, %v", all, err)
	}
	index.isStream = false
	if _, err := index.messagesOf(number, more+1); err == nil {
		t.Error("a file replaced a dictionary")
	}
	index.dictionaries = []arrowDictionaryBatch{{number: number, isMore: true}}
	if _, err := index.messagesOf(number, 1); err == nil {
		t.Error("nothing was added to")
	}
}
