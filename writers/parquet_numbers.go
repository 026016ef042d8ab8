package writers

import (
	"encoding/binary"
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/format"

	"flagfill/engine/meterpoint"
)

// numberColumn writes a column of MPxNs in ascending order as DELTA_BYTE_ARRAY:
// of each text the digits that it does not share with the one before.
type numberColumn struct {
	*parquetColumn
	shared, own []int32 // digits of each text
	digits      []byte  // those that are not shared
	body, runs  []byte
	least, most []byte // of the page, in the order of bytes
}

// zeroDigits are eight digits 0.
const zeroDigits = 0x3030303030303030

// noTenThousands are more than any number has.
const noTenThousands = 1 << 63

// maxNumberDigits is what a number may have, in two words of eight digits.
const maxNumberDigits = 16

// write adds a page.
func (c *numberColumn) write(points []meterpoint.MPxN) error {
	c.encode(points)
	c.body = c.body[:0]
	for _, lengths := range [][]int32{c.shared, c.own} {
		var err error
		if c.runs, err = (&delta.BinaryPackedEncoding{}).EncodeInt32(c.runs, lengths); err != nil {
			return err
		}
		c.body = append(c.body, c.runs...)
	}
	c.body = append(c.body, c.digits...)
	return c.add(parquetPage{rows: len(points), encoding: format.DeltaByteArray, values: c.body, bounded: true, least: c.least, most: c.most})
}

// encode sets the parts of the page. Neighbours mostly differ in their last four
// digits alone. Texts of different lengths share nothing: there are few neighbours
// of that kind.
func (c *numberColumn) encode(points []meterpoint.MPxN) {
	n := len(points)
	c.shared, c.own, c.digits = resized(c.shared, n), resized(c.own, n), resized(c.digits, n*maxNumberDigits+8)
	c.least, c.most = c.least[:0], c.most[:0]
	shared, owned, digits := c.shared[:n], c.own[:n], c.digits
	const eight = 100_000_000
	var quotient, high, low uint64 // of the number before: by eight, and the digits of both parts
	length, end := 0, 0
	var shortest, many uint64              // the least number of that length, and how many there are
	tenThousands := uint64(noTenThousands) // the number before without its last four digits
	for i, m := range points {
		if below := uint64(m) - tenThousands; below < 10_000 {
			four := uint32(digitsOfBoth(below))
			equal := bits.LeadingZeros32(four^uint32(low)) / 8
			low = low>>32<<32 | uint64(four)
			own := 4 - equal
			shared[i], owned[i] = int32(length-own), int32(own)
			binary.BigEndian.PutUint32(digits[end:], (four|zeroDigits>>32)<<(8*equal))
			end += own
			continue
		}
		equal := 8 // digits of sixteen
		if q := uint64(m) / eight; q != quotient {
			last := high
			quotient, high = q, eightDigits(q)
			equal = bits.LeadingZeros64(high^last) / 8
		}
		last := low
		low = eightDigits(uint64(m) - quotient*eight)
		if equal == 8 {
			equal += bits.LeadingZeros64(low^last) / 8
		}
		if uint64(m)-shortest >= many {
			if i > 0 {
				c.stretch(points[i-1])
			}
			c.stretch(m)
			length = decimalDigits(uint64(m))
			equal = maxNumberDigits - length
			shortest, many = powersOf10[length-1], 9*powersOf10[length-1]
		}
		if length > 4 { // else the next one may be longer
			tenThousands = uint64(m) - uint64(m)%10_000
		}
		own := maxNumberDigits - equal
		shared[i], owned[i] = int32(length-own), int32(own)
		if own > 8 {
			binary.BigEndian.PutUint64(digits[end:], (high|zeroDigits)<<(8*(maxNumberDigits-own)))
			end += own - 8
			own = 8
		}
		binary.BigEndian.PutUint64(digits[end:], (low|zeroDigits)<<(8*(8-own)))
		end += own
	}
	c.digits = digits[:end]
	if n > 0 {
		c.stretch(points[n-1])
	}
}

// stretch widens the bounds of the page to a number: of those of one length,
// ascending, the first and the last suffice.
func (c *numberColumn) stretch(m meterpoint.MPxN) {
	var buffer [20]byte
	text := appendNumber(buffer[:0], uint64(m), 0)
	if len(c.least) == 0 || string(text) < string(c.least) {
		c.least = append(c.least[:0], text...)
	}
	if string(text) > string(c.most) {
		c.most = append(c.most[:0], text...)
	}
}

// eightDigits are the digits of n, below 10⁸, a byte each, the first one highest.
func eightDigits(n uint64) uint64 { return digitsOfBoth(n/10_000<<32 | n%10_000) }

// digitsOfBoth are those of the numbers, below 10⁴, in the halves of n.
func digitsOfBoth(n uint64) uint64 {
	hundreds := n * 10_486 >> 20 & 0x7f_0000007f
	n = hundreds<<16 | (n - hundreds*100)
	tens := n * 103 >> 10 & 0x000f_000f_000f_000f
	return tens<<8 | (n - tens*10)
}
