package engine

import (
	"bytes"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/bitutil"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// numberDecoder reads identifier columns. A dictionary is parsed once and kept
// while batches go on using it.
type numberDecoder struct {
	entries arrow.ArrayData
	numbers []uint64 // by dictionary code
}

// decode writes the number of each of the rows, kernel.NotNumber or
// kernel.Absent; rows may be nil for all, whose nulls are then Absent.
func (d *numberDecoder) decode(dst []uint64, c *column, rows []int32) error {
	switch {
	case c.codes != nil:
		if d.entries != c.entries {
			d.entries = c.entries
			d.numbers = make([]uint64, max(c.dict.len(), 1))
			if c.dict.len() > 0 {
				kernel.ParseTexts(d.numbers, c.dict.offsets, c.dict.data, nil)
			}
		}
		if err := look(dst, d.numbers, c, rows); err != nil {
			return err
		}
	case c.integers != nil:
		for i := range dst {
			v := c.integers[at(rows, i)]
			dst[i] = uint64(v)
			if v < 0 {
				dst[i] = kernel.NotNumber
			}
		}
	default:
		kernel.ParseTexts(dst, c.texts.offsets, c.texts.data, rows)
	}
	if rows == nil {
		override(dst, c, kernel.Absent)
	}
	return nil
}

func at(rows []int32, i int) int32 {
	if rows == nil {
		return int32(i)
	}
	return rows[i]
}

// codeDecoder reads columns with few different values into codes of 8 bits.
type codeDecoder struct {
	parse   func([]byte) (uint8, error)
	entries arrow.ArrayData
	codes   []uint8    // by dictionary code
	small   [256]uint8 // the same, of a dictionary that is not larger
	seen    map[string]uint8
	null    uint8 // what an absent value is: parse of empty text
}

func newCodeDecoder(parse func([]byte) (uint8, error)) *codeDecoder {
	d := &codeDecoder{parse: parse, seen: map[string]uint8{}}
	d.null, _ = parse(nil)
	return d
}

// rememberedTexts bounds the texts remembered of a column that turns out to
// have many different values.
const rememberedTexts = 4096

func (d *codeDecoder) lookUp(text []byte) (uint8, error) {
	if code, ok := d.seen[string(text)]; ok {
		return code, nil
	}
	code, err := d.parse(meterpoint.Trim(text))
	if err == nil && len(d.seen) < rememberedTexts {
		d.seen[string(text)] = code
	}
	return code, err
}

// decode writes the code of each row. Its only errors are those of parse.
func (d *codeDecoder) decode(dst []uint8, c *column) error {
	switch {
	case c.codes != nil:
		if err := d.decodeDictionary(dst, c); err != nil {
			return err
		}
	case c.texts.offsets != nil:
		last, lastCode := []byte(nil), d.null
		for i := range c.rows {
			text := c.texts.at(i)
			if !bytes.Equal(text, last) {
				code, err := d.lookUp(text)
				if err != nil {
					return err
				}
				last, lastCode = text, code
			}
			dst[i] = lastCode
		}
	case c.integers != nil:
		for i, v := range c.integers {
			code, err := d.parse([]byte{'0' + byte(min(uint64(v), 9))})
			if err != nil {
				return err
			}
			dst[i] = code
		}
	case c.bools != nil:
		bits, from := c.bools.Data().Buffers()[1].Bytes(), c.bools.Data().Offset()
		for i := range c.rows {
			dst[i] = everFalse
			if bitutil.BitIsSet(bits, from+i) {
				dst[i] = everTrue
			}
		}
	}
	override(dst, c, d.null)
	return nil
}

func (d *codeDecoder) decodeDictionary(dst []uint8, c *column) error {
	if d.entries != c.entries {
		d.codes = d.codes[:0]
		for i := range c.dict.len() {
			code, err := d.lookUp(c.dict.at(i))
			if err != nil {
				return err
			}
			d.codes = append(d.codes, code)
		}
		if len(d.codes) == 0 {
			d.codes = append(d.codes, d.null)
		}
		copy(d.small[:], d.codes)
		d.entries = c.entries
	}
	if most := kernel.LookUp(dst, &d.small, c.codes); int(most) < min(len(d.codes), len(d.small)) {
		return nil
	}
	return look(dst, d.codes, c, nil)
}

// What ever_installed says; a value that does not parse holds the point.
const (
	everNull uint8 = iota
	everTrue
	everFalse
	everBad
)

func parseEver(text []byte) (uint8, error) {
	switch meterpoint.Fold(text) {
	case "":
		return everNull, nil
	case "true", "t", "1", "yes":
		return everTrue, nil
	case "false", "f", "0", "no":
		return everFalse, nil
	}
	return everBad, nil
}

// badDay stands for a date that does not parse.
const badDay = NoDay + 1

// dayDecoder reads date columns; a dictionary is parsed once.
type dayDecoder struct {
	entries arrow.ArrayData
	days    []int32
}

// decode writes the day of each row, NoDay where absent, badDay where it does
// not parse.
func (d *dayDecoder) decode(dst []int32, c *column) error {
	switch {
	case c.codes != nil:
		if d.entries != c.entries {
			d.entries = c.entries
			d.days = append(d.days[:0], NoDay)
			for i := range c.dict.len() {
				d.days = append(d.days[:i], parseDay(c.dict.at(i)))
			}
		}
		if err := look(dst, d.days, c, nil); err != nil {
			return err
		}
	case c.days != nil:
		for i, day := range c.days {
			if day < minDay || day > maxDay {
				day = badDay
			}
			dst[i] = day
		}
	default:
		last, lastDay := []byte(nil), int32(NoDay)
		for i := range c.rows {
			if text := c.texts.at(i); !bytes.Equal(text, last) {
				last, lastDay = text, parseDay(text)
			}
			dst[i] = lastDay
		}
	}
	override(dst, c, NoDay)
	return nil
}

// dayLayouts are the ISO 8601 forms that are read; the date counts as it is
// written, whatever the offset.
var dayLayouts = []string{"2006-01-02", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z07", "2006-01-02T15:04", "2006-01-02 15:04", "20060102"}

func parseDay(text []byte) int32 {
	text = meterpoint.Trim(text)
	if len(text) == 0 {
		return NoDay
	}
	if day, ok := plainDay(text); ok {
		return day
	}
	return parseDayByLayout(text)
}

func parseDayByLayout(text []byte) int32 {
	for _, layout := range dayLayouts {
		t, err := time.Parse(layout, string(text))
		if err != nil {
			continue
		}
		y, m, d := t.Date()
		if y < 1 {
			return badDay
		}
		return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	return badDay
}
