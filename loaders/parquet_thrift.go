package loaders

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// Bounds on what a footer or page header may claim. The thrift decoder
// allocates a list by its stated length and skips unknown fields by recursion,
// so both are checked before it sees the bytes.
const (
	maxThriftDepth = 32
	maxThriftItems = 1 << 19 // in all lists together: ten columns in ten thousand row groups have as many
)

var errThrift = errors.New("its metadata is not well-formed")

// decodeThrift decodes a struct of the compact protocol from the start of b
// and returns how many bytes it takes.
func decodeThrift(b []byte, into any) (int, error) {
	walk := thriftWalk{itemsLeft: maxThriftItems}
	rest, err := walk.skipStruct(b, maxThriftDepth)
	if err != nil {
		return 0, err
	}
	n := len(b) - len(rest)
	protocol := thrift.CompactProtocol{}
	if err := thrift.NewDecoder(protocol.NewReaderFromBytes(b[:n])).Decode(into); err != nil {
		return 0, fmt.Errorf("cannot decode its metadata: %w", err)
	}
	return n, nil
}

// thriftWalk walks metadata without decoding it. A list item of one byte may
// become a struct of 560, so items are counted.
type thriftWalk struct{ itemsLeft uint64 }

// skipStruct walks a struct and returns what follows it. It decodes nothing; it
// proves that every list is as long as it says and nothing nests too deep.
func (w *thriftWalk) skipStruct(b []byte, depth int) ([]byte, error) {
	if depth == 0 {
		return nil, errThrift
	}
	for {
		if len(b) == 0 {
			return nil, errThrift
		}
		head := b[0]
		b = b[1:]
		if head == byte(thrift.STOP) {
			return b, nil
		}
		var err error
		if head>>4 == 0 { // the field's id follows instead of its distance
			if b, err = skipVarint(b); err != nil {
				return nil, err
			}
		}
		if t := thrift.Type(head & 0xF); t != thrift.TRUE && t != thrift.FALSE { // a bool is its type
			if b, err = w.skipValue(b, t, depth-1); err != nil {
				return nil, err
			}
		}
	}
}

func (w *thriftWalk) skipValue(b []byte, t thrift.Type, depth int) ([]byte, error) {
	switch t {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		return skipBytes(b, 1)
	case thrift.I16, thrift.I32, thrift.I64:
		return skipVarint(b)
	case thrift.DOUBLE:
		return skipBytes(b, 8)
	case thrift.UUID:
		return skipBytes(b, 16)
	case thrift.BINARY:
		size, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errThrift
		}
		return skipBytes(b[n:], size)
	case thrift.LIST, thrift.SET:
		return w.skipList(b, depth)
	case thrift.MAP:
		return w.skipMap(b, depth)
	case thrift.STRUCT:
		return w.skipStruct(b, depth)
	}
	return nil, errThrift
}

func (w *thriftWalk) skipList(b []byte, depth int) ([]byte, error) {
	if len(b) == 0 || depth == 0 {
		return nil, errThrift
	}
	size, t := uint64(b[0]>>4), thrift.Type(b[0]&0xF)
	b = b[1:]
	if size == 0xF {
		n := 0
		if size, n = binary.Uvarint(b); n <= 0 {
			return nil, errThrift
		}
		b = b[n:]
	}
	return w.skipItems(b, size, depth, t)
}

func (w *thriftWalk) skipMap(b []byte, depth int) ([]byte, error) {
	size, n := binary.Uvarint(b)
	if n <= 0 || depth == 0 {
		return nil, errThrift
	}
	b = b[n:]
	if size == 0 {
		return b, nil
	}
	if len(b) == 0 {
		return nil, errThrift
	}
	return w.skipItems(b[1:], size, depth, thrift.Type(b[0]>>4), thrift.Type(b[0]&0xF))
}

func (w *thriftWalk) skipItems(b []byte, size uint64, depth int, types ...thrift.Type) ([]byte, error) {
	if size > w.itemsLeft {
		return nil, errThrift
	}
	w.itemsLeft -= size
	for range size {
		for _, t := range types {
			var err error
			if b, err = w.skipValue(b, t, depth-1); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func skipVarint(b []byte) ([]byte, error) {
	_, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, errThrift
	}
	return b[n:], nil
}

func skipBytes(b []byte, n uint64) ([]byte, error) {
	if n > uint64(len(b)) {
		return nil, errThrift
	}
	return b[n:], nil
}
