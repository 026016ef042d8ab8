package synth

import "flagfill/engine/meterpoint"

// text is a short value held in place, so that a batch of rows needs no heap.
// Empty text is null.
type text struct {
	bytes [27]byte
	size  uint8
}

func (t *text) set(s string) { t.size = uint8(copy(t.bytes[:], s)) }

func (t *text) setMPxN(m meterpoint.MPxN) { t.size = uint8(len(m.Append(t.bytes[:0]))) }

func textOfMPxN(m meterpoint.MPxN) text {
	var t text
	t.setMPxN(m)
	return t
}

// setDeviceID makes an EUI-64 as the inventory writes it: a manufacturer's
// prefix, then 40 bits that differ from row to row.
func (t *text) setDeviceID(key, number uint64) {
	const hex = "0123456789ABCDEF"
	const low40 = 1<<40 - 1
	serial := (number*0x5851F42D4D + key) & low40
	serial ^= serial >> 21
	makers := [4]uint64{0x887384, 0x00DB12, 0x001D24, 0x90B3D5}
	eui := makers[serial>>1%4]<<40 | serial
	for i := range 8 {
		octet := eui >> (56 - 8*i) & 255
		t.bytes[3*i], t.bytes[3*i+1], t.bytes[3*i+2] = hex[octet>>4], hex[octet&15], '-'
	}
	t.size = 23
}

// The columns of the tables, in file order.
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
	changedOnColumn // the one that is a date
	everColumn
	reportedColumn
)

const (
	extractMPxNColumn = iota
	flagColumn
	flagDateColumn // the one that is a date
	holderColumn
)

const (
	truthMPxNColumn = iota
	truthRDPColumn
	classColumn
	classWithDevicesColumn
	rowClassColumn
)

const batchRows = 256

// batch is some rows of a table, column by column. One worker uses it.
type batch struct {
	table table
	rows  int
	texts [columns][batchRows]text
	days  [batchRows]int32 // since 1970-01-01; 0 is null
}
