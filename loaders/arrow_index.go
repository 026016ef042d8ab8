package loaders

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
)

const (
	arrowMagic    = "ARROW1"
	arrowFileHead = 8 // the magic, and two zero bytes
	arrowFileTail = 4 + len(arrowMagic)
)

// arrowIndex says where the messages of an Arrow file or stream stand.
type arrowIndex struct {
	isStream     bool
	schema       *arrowSchema
	batches      []arrowBatch
	firstRows    []int64 // of each batch, and the row count at the end
	dictionaries []arrowDictionaryBatch
	fingerprint  string // of size and metadata
}

// arrowBatch is a record batch with rows.
type arrowBatch struct {
	at, end      int64
	dictionaries int // how many messages of dictionaries come before it
	isPacked     bool
}

// arrowDictionaryBatch is a message with entries of a dictionary: a new one, or
// more of the one before.
type arrowDictionaryBatch struct {
	at, end int64
	number  int64
	isMore  bool
}

func (x *arrowIndex) rows() int64 { return x.firstRows[len(x.batches)] }

// batchAt finds the record batch that a row of the file stands in.
func (x *arrowIndex) batchAt(row int64) int {
	return sort.Search(len(x.batches), func(i int) bool { return x.firstRows[i+1] > row })
}

// readArrowIndex reads the metadata of a file of size bytes, and no data.
func readArrowIndex(file io.ReaderAt, size int64) (*arrowIndex, error) {
	var head [len(arrowMagic)]byte
	if size < int64(len(head)) {
		return nil, fmt.Errorf("%d bytes are too few for an Arrow file or stream", size)
	}
	if _, err := file.ReadAt(head[:], 0); err != nil {
		return nil, fmt.Errorf("cannot read its first bytes: %w", err)
	}
	if string(head[:]) == arrowMagic {
		return indexArrowFile(file, size)
	}
	return indexArrowStream(file, size)
}

// indexArrowFile goes by the footer.
func indexArrowFile(file io.ReaderAt, size int64) (*arrowIndex, error) {
	raw, err := arrowFooter(file, size)
	if err != nil {
		return nil, err
	}
	x := &arrowIndex{fingerprint: fingerprint(raw, size), firstRows: []int64{0}}
	footer := (&flatbuffer{bytes: raw}).root()
	if !footer.isThere() {
		return nil, fmt.Errorf("footer: %w", errFlatbuffer)
	}
	version := footer.int16(0, 0)
	if x.schema, err = readArrowSchema(footer.table(1), version); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	const blockBytes = 24
	end := size - int64(arrowFileTail+len(raw))
	dictionaries, batches := footer.vector(2, blockBytes), footer.vector(3, blockBytes)
	var scratch []byte
	for i := range dictionaries.len {
		at := footer.of.int64(dictionaries.element(i))
		m, err := readArrowMessage(file, at, end, &scratch)
		if err == nil {
			err = x.addDictionary(&m)
		}
		if err != nil {
			return nil, fmt.Errorf("dictionary %d of the footer: %w", i, notTheEnd(err))
		}
	}
	for i := range batches.len {
		at := footer.of.int64(batches.element(i))
		m, err := readArrowMessage(file, at, end, &scratch)
		if err == nil {
			err = x.addBatch(&m)
		}
		if err != nil {
			return nil, fmt.Errorf("record batch %d: %w", i, notTheEnd(err))
		}
	}
	if footer.of.err != nil {
		return nil, fmt.Errorf("footer: %w", footer.of.err)
	}
	return x, x.checkApart()
}

func arrowFooter(file io.ReaderAt, size int64) ([]byte, error) {
	var tail [arrowFileTail]byte
	if size < int64(arrowFileHead+len(tail)) {
		return nil, fmt.Errorf("%d bytes are too few for an Arrow file", size)
	}
	if _, err := file.ReadAt(tail[:], size-int64(len(tail))); err != nil {
		return nil, fmt.Errorf("cannot read its last bytes: %w", err)
	}
	if string(tail[4:]) != arrowMagic {
		return nil, fmt.Errorf("%d bytes are there, and the last of them are not ARROW1: its end is missing", size)
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	if room := size - int64(arrowFileHead+len(tail)); length > room {
		return nil, fmt.Errorf("its footer is said to take %d bytes, and there is room for %d", length, room)
	}
	if length > maxArrowMetadataBytes {
		return nil, fmt.Errorf("its footer takes %d bytes, more than the %d that are read", length, maxArrowMetadataBytes)
	}
	raw := make([]byte, length)
	if _, err := file.ReadAt(raw, size-int64(len(tail))-length); err != nil {
		return nil, fmt.Errorf("cannot read its footer: %w", err)
	}
	return raw, nil
}

// indexArrowStream goes from message to message. A stream that does not end
// with its mark was cut off, or its writer never came to an end: nothing else
// would tell that rows are missing.
func indexArrowStream(file io.ReaderAt, size int64) (*arrowIndex, error) {
	x := &arrowIndex{isStream: true, firstRows: []int64{0}}
	hash := sha256.New()
	var scratch []byte
	for at, n := int64(0), 0; ; n++ {
		if at == size {
			return nil, fmt.Errorf("%d bytes are there, and the mark that ends a stream is not: its end is missing", size)
		}
		m, err := readArrowMessage(file, at, size, &scratch)
		if errors.Is(err, errArrowEnd) && x.schema != nil {
			x.fingerprint = fingerprint(hash.Sum(nil), size)
			if m.end != size {
				return nil, fmt.Errorf("%d bytes follow the mark that ends the stream", size-m.end)
			}
			return x, nil
		}
		switch {
		case err != nil:
		case x.schema == nil && m.typ == arrowSchemaMessage:
			x.schema, err = readArrowSchema(m.header, m.version)
		case x.schema != nil && m.typ == arrowDictionaryMessage:
			err = x.addDictionary(&m)
		case x.schema != nil && m.typ == arrowRecordMessage:
			err = x.addBatch(&m)
		default:
			err = fmt.Errorf("a message of type %d is not expected there", m.typ)
		}
		if err != nil {
			return nil, fmt.Errorf("message %d, record batch %d: %w", n, len(x.batches), notTheEnd(err))
		}
		hash.Write(scratch)
		at = m.end
	}
}

// notTheEnd turns the end mark into a fault, where a message is expected.
func notTheEnd(err error) error {
	if errors.Is(err, errArrowEnd) {
		return errors.New("the mark that ends a stream stands where a message is expected")
	}
	return err
}

func (x *arrowIndex) addDictionary(m *arrowMessage) error {
	if m.typ != arrowDictionaryMessage {
		return fmt.Errorf("a message of type %d stands where a dictionary is expected", m.typ)
	}
	x.dictionaries = append(x.dictionaries, arrowDictionaryBatch{m.at, m.end, m.header.int64(0), m.header.byte(2) != 0})
	return m.header.of.err
}

// maxArrowRows bounds the rows of a file, so that they can be added up.
const maxArrowRows = 1 << 40

func (x *arrowIndex) addBatch(m *arrowMessage) error {
	if m.typ != arrowRecordMessage {
		return fmt.Errorf("a message of type %d stands where a record batch is expected", m.typ)
	}
	meta, err := readRecordMeta(m.header, m, x.schema)
	if err != nil {
		return err
	}
	if err := meta.check(m, x.schema.columns); err != nil {
		return err
	}
	if meta.rows > maxArrowRows-x.rows() {
		return fmt.Errorf("makes the file one of more than %d rows", int64(maxArrowRows))
	}
	if meta.rows > 0 {
		x.firstRows = append(x.firstRows, x.rows()+meta.rows)
		x.batches = append(x.batches, arrowBatch{m.at, m.end, len(x.dictionaries), meta.codec != arrowPlain})
	}
	return nil
}

// checkApart makes sure that a footer names nothing twice: rows would be
// counted twice.
func (x *arrowIndex) checkApart() error {
	type span struct{ at, end int64 }
	var all []span
	for _, b := range x.batches {
		all = append(all, span{b.at, b.end})
	}
	for _, d := range x.dictionaries {
		all = append(all, span{d.at, d.end})
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(all); i++ {
		if all[i].at < all[i-1].end {
			return fmt.Errorf("footer: the messages at bytes %d and %d take the same bytes", all[i-1].at, all[i].at)
		}
	}
	return nil
}
