package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// heldReader reads what RDPs hold, for one worker. It notes what can be said of
// a row before its meter point is known: that it is not compared, and that its
// RDP holds something.
type heldReader struct {
	*extractScanner
	run            *run
	apart          map[apartKey]int64 // rows that do not get as far as a meter point
	unreadable     []unreadableRow
	unreadableKept int       // at most; 0: they are counted alone
	named          [256]bool // codes of RDPs that rows name
	unnamed        [100]bool // distributors of rows that name none, 0 for gas
}

// apartKey is what rows are counted by before their holder is known.
type apartKey struct {
	class            RowClass
	fuel             uint8
	rdp, distributor uint8 // code of the RDP; of the MPxN where it is rdpAbsent
}

// unreadableRow is kept until its holder is known.
type unreadableRow struct {
	UnreadableRow
	place place
	field field
	code  Code
	key   apartKey
}

func newHeldReader(r *run) *heldReader {
	return &heldReader{extractScanner: newExtractScanner(r.held, r.rdpCodes, r.checks), run: r, apart: map[apartKey]int64{}}
}

// setApart makes no MPxN of the rows of a batch that are not compared, and notes
// the holders of all others. Where it counts, it does so once for a row.
func (h *heldReader) setApart(numbers []uint64, classes []uint8, count bool) {
	isExtract := h.publication() == 0
	for i, class := range classes {
		isPlain := class <= kernel.MPRN && h.flagCodes[i] < uint8(meterpoint.Unknown) && (isExtract || h.sentCodes[i] != 0) && h.run.keepPoints[class]
		if !isPlain {
			if rowClass, code, f := h.apartOf(i, class); rowClass != RowUsed {
				if count {
					h.countApart(i, h.keyOf(i, rowClass, numbers[i], class), code, f)
				}
				classes[i] = kernel.NoMPxN
				continue
			}
		}
		rdp := h.rdpCodes[i]
		h.named[rdp] = true
		if rdp == rdpAbsent {
			h.unnamed[meterpoint.MPxN(numbers[i]).Distributor()%100] = true
		}
	}
}

// apartOf is the class of a row of the batch that is not compared, and the
// exception of an unreadable one; RowUsed where the row is compared.
func (h *heldReader) apartOf(i int, class uint8) (RowClass, Code, field) {
	row := classifyPoint(&h.run.cfg, class)
	switch {
	case h.publication() > 0 && h.sentCodes[i] == 0:
		return RowNotEmitted, 0, 0
	case row.notUsed:
		return RowUnreadable, row.code, fieldMPxN
	case row.otherFuel:
		return RowOtherFuel, 0, 0
	case h.flagCodes[i] == uint8(meterpoint.Unknown):
		return RowUnreadable, UnknownServiceStatus, fieldFlag
	}
	return RowUsed, 0, 0
}

func (h *heldReader) keyOf(i int, rowClass RowClass, number uint64, class uint8) apartKey {
	key := apartKey{class: rowClass, fuel: noFuel, rdp: h.rdpCodes[i]}
	if class < kernel.NoMPxN {
		key.fuel = uint8(fuelOf(class))
		key.distributor = uint8(meterpoint.MPxN(number).Distributor())
	}
	return key
}

func (h *heldReader) countApart(i int, key apartKey, code Code, f field) {
	h.apart[key]++
	if key.class != RowUnreadable || len(h.unreadable) >= h.unreadableKept {
		return
	}
	u := unreadableRow{key: key, code: code, field: f, place: place{h.at, h.first + int64(i)},
		UnreadableRow: UnreadableRow{MPxN: h.columns[fieldMPxN].value(i), Flag: h.columns[fieldFlag].value(i), HeldOn: shownDay(h.days[i])}}
	if key.fuel != noFuel {
		u.Fuel = meterpoint.Fuel(key.fuel).String()
	}
	h.unreadable = append(h.unreadable, u)
}
