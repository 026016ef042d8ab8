package synth

import (
	"encoding/binary"
	"slices"
	"time"

	"flagfill/engine/meterpoint"
)

// cell is a value of a table as a number; how to read it is the column's kind.
// 0 is null.
type cell uint64

// row is the cells of a row in file order; a table with fewer columns leaves
// the last empty.
type row [columns]cell

// kind says what the cells of a column are.
type kind uint8

const (
	enumeration kind = iota // a word
	identifier              // an EUI-64
	mpxn                    // a number, or a word where it stands for one: every MPxN is greater
	date                    // days since 1970-01-01
)

// The columns of devices and of meter_points.
const (
	deviceIDColumn = iota
	deviceTypeColumn
	deviceStatusColumn
	importColumn
	secondaryColumn
	exportColumn
	columns
)

const (
	mpxnColumn = iota
	serviceStatusColumn
	rdpColumn
	changedOnColumn
	everColumn
	reportedColumn
)

const longestText = 23 // bytes, of an EUI-64; dates and words are shorter

// append writes the text of a value.
func (k kind) append(to []byte, c cell) []byte {
	switch {
	case k == identifier:
		return appendEUI64(to, uint64(c))
	case k == date:
		return time.Unix(int64(c)*secondsPerDay, 0).UTC().AppendFormat(to, time.DateOnly)
	case k == enumeration || c < maxWords:
		return append(to, words[c]...)
	}
	return appendMPxN(to, meterpoint.MPxN(c))
}

const secondsPerDay = 86_400

// deviceID makes an EUI-64: a manufacturer's prefix, then 40 bits that differ
// from row to row.
func deviceID(key, number uint64) cell {
	const low40 = 1<<40 - 1
	serial := (number*0x5851F42D4D + key) & low40
	serial ^= serial >> 21
	makers := [4]uint64{0x887384, 0x00DB12, 0x001D24, 0x90B3D5}
	return cell(makers[serial>>1%4]<<40 | serial)
}

// octets are all octets as an EUI-64 has them: two digits and a hyphen, in the
// lower bytes.
var octets = func() (texts [256]uint32) {
	const hex = "0123456789ABCDEF"
	for i := range texts {
		texts[i] = uint32(hex[i>>4]) | uint32(hex[i&15])<<8 | '-'<<16
	}
	return texts
}()

// appendEUI64 writes an EUI-64 as the inventory does: 88-73-84-57-00-2F-96-1E.
// Every octet is written four bytes wide, and the next goes over the fourth.
func appendEUI64(to []byte, eui uint64) []byte {
	const width = 3
	at := len(to)
	to = slices.Grow(to, 8*width+1)[:at+8*width+1]
	text := to[at:]
	for i := range 8 {
		binary.LittleEndian.PutUint32(text[i*width:], octets[byte(eui>>(56-8*i))])
	}
	return to[:at+8*width-1]
}
