package loaders

import (
	"encoding/binary"
	"errors"
)

// flatbuffer is a document in the encoding of Arrow metadata: tables that lead
// to each other by offsets. Every offset and every length is compared with the
// document before it is followed; once one leads out of it, err is set and all
// that is read is zero.
type flatbuffer struct {
	bytes []byte
	err   error
}

var errFlatbuffer = errors.New("an offset or a length in its metadata leads out of the metadata")

// holds tells whether n bytes stand at a place of the document.
func (f *flatbuffer) holds(at, n int64) bool {
	if f.err == nil && (at < 0 || n < 0 || n > int64(len(f.bytes)) || at > int64(len(f.bytes))-n) {
		f.err = errFlatbuffer
	}
	return f.err == nil
}

func (f *flatbuffer) uint16(at int64) uint16 {
	if !f.holds(at, 2) {
		return 0
	}
	return binary.LittleEndian.Uint16(f.bytes[at:])
}

func (f *flatbuffer) uint32(at int64) uint32 {
	if !f.holds(at, 4) {
		return 0
	}
	return binary.LittleEndian.Uint32(f.bytes[at:])
}

func (f *flatbuffer) int64(at int64) int64 {
	if !f.holds(at, 8) {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(f.bytes[at:]))
}

// follow is where the offset at a place leads.
func (f *flatbuffer) follow(at int64) int64 { return at + int64(f.uint32(at)) }

func (f *flatbuffer) root() flatTable { return f.table(f.follow(0)) }

func (f *flatbuffer) table(at int64) flatTable {
	slots := at - int64(int32(f.uint32(at)))
	size := int64(f.uint16(slots))
	if !f.holds(slots, max(size, 4)) {
		return flatTable{}
	}
	return flatTable{f, at, slots, size}
}

// flatTable is a table of a document. The zero value is one that is not there,
// whose fields have their defaults.
type flatTable struct {
	of    *flatbuffer
	at    int64
	slots int64 // where it says where its fields stand
	size  int64 // of that, in bytes
}

func (t flatTable) isThere() bool { return t.of != nil }

// field is where a field stands, 0 where the table does not have it.
func (t flatTable) field(slot int) int64 {
	const header = 4
	at := header + 2*int64(slot)
	if !t.isThere() || at+2 > t.size {
		return 0
	}
	if distance := t.of.uint16(t.slots + at); distance != 0 {
		return t.at + int64(distance)
	}
	return 0
}

func (t flatTable) byte(slot int) byte {
	if at := t.field(slot); at != 0 && t.of.holds(at, 1) {
		return t.of.bytes[at]
	}
	return 0
}

func (t flatTable) int16(slot int, absent int16) int16 {
	if at := t.field(slot); at != 0 {
		return int16(t.of.uint16(at))
	}
	return absent
}

func (t flatTable) int32(slot int, absent int32) int32 {
	if at := t.field(slot); at != 0 {
		return int32(t.of.uint32(at))
	}
	return absent
}

func (t flatTable) int64(slot int) int64 {
	if at := t.field(slot); at != 0 {
		return t.of.int64(at)
	}
	return 0
}

func (t flatTable) table(slot int) flatTable {
	if at := t.field(slot); at != 0 {
		return t.of.table(t.of.follow(at))
	}
	return flatTable{}
}

func (t flatTable) text(slot int) string {
	v := t.vector(slot, 1)
	if v.len == 0 {
		return ""
	}
	return string(v.of.bytes[v.at : v.at+int64(v.len)])
}

// vector is a field of many elements of so many bytes.
func (t flatTable) vector(slot int, elementBytes int64) flatVector {
	at := t.field(slot)
	if at == 0 {
		return flatVector{}
	}
	at = t.of.follow(at)
	n := int64(t.of.uint32(at))
	if !t.of.holds(at+4, n*elementBytes) {
		return flatVector{}
	}
	return flatVector{t.of, at + 4, elementBytes, int(n)}
}

// flatVector is a vector that lies within its document.
type flatVector struct {
	of           *flatbuffer
	at           int64
	elementBytes int64
	len          int
}

// element is where an element stands.
func (v flatVector) element(i int) int64 { return v.at + int64(i)*v.elementBytes }

// table is an element of a vector of tables.
func (v flatVector) table(i int) flatTable { return v.of.table(v.of.follow(v.element(i))) }
