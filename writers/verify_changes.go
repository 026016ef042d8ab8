package writers

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// readChanges proves changes.parquet: its form, its rows one by one, their
// counts against the facts. Digests of the emitted rows are kept by shard.
func (v *verifier) readChanges(ctx context.Context, r io.ReaderAt, size int64) error {
	content := &v.manifest.Content
	file, err := openTable(r, size, changesSchema)
	if err != nil {
		return err
	}
	if file.NumRows() != content.Changes.Rows {
		return fmt.Errorf("it has %d rows, where manifest.json states %d", file.NumRows(), content.Changes.Rows)
	}
	reader, err := newChangesReader(content.Shards)
	if err != nil {
		return err
	}
	audit, err := newChangesAudit(content, reader)
	if err != nil {
		return err
	}
	for _, group := range file.RowGroups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := reader.read(group); err != nil {
			return err
		}
		if err := audit.check(&reader.block, reader.fuel); err != nil {
			return err
		}
	}
	if err := audit.compare(content); err != nil {
		return err
	}
	copy(v.rowDigests, audit.sums())
	return nil
}

// changesReader reads row groups back into the form they were written from.
type changesReader struct {
	block  changesBlock
	fuel   []meterpoint.Fuel
	names  []string // of RDPs, by code; names[0] stands for null
	codes  map[string]uint8
	shards map[string]int32
}

func newChangesReader(shards []Shard) (*changesReader, error) {
	r := &changesReader{names: []string{""}, codes: map[string]uint8{}, shards: map[string]int32{}}
	for i, s := range shards {
		r.shards[s.Path] = int32(i)
		if _, err := r.rdp([]byte(s.RDP)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// rdp gives a name its code.
func (r *changesReader) rdp(name []byte) (uint8, error) {
	code, known := r.codes[string(name)]
	if !known {
		if len(r.names) > 255 || len(name) == 0 {
			return 0, errors.New("it names an empty RDP, or too many")
		}
		code = uint8(len(r.names))
		r.names = append(r.names, string(name))
		r.codes[string(name)] = code
	}
	return code, nil
}

func (r *changesReader) read(group parquet.RowGroup) error {
	n, chunks, b := int(group.NumRows()), group.ColumnChunks(), &r.block
	b.resize(n)
	r.fuel = resized(r.fuel, n)
	reads := []func() error{
		mpxnColumn:        func() error { return readMPxNs(chunks[mpxnColumn], b.mpxn) },
		fuelColumn:        func() error { return readWords(chunks[fuelColumn], r.fuel, 0, word(fuelNamed)) },
		rdpColumn:         func() error { return readWords(chunks[rdpColumn], b.rdp, 0, r.rdp) },
		oldColumn:         func() error { return readWords(chunks[oldColumn], b.old, meterpoint.Null, word(reportedNamed)) },
		newColumn:         func() error { return readWords(chunks[newColumn], b.new, meterpoint.Null, word(reportedNamed)) },
		ruleColumn:        func() error { return readWords(chunks[ruleColumn], b.rule, 0, word(ruleNamed)) },
		effectiveOnColumn: func() error { return readDays(chunks[effectiveOnColumn], b.effectiveOn, engine.NoDay) },
		dispositionColumn: func() error {
			return readWords(chunks[dispositionColumn], b.disposition, 0, word(dispositionNamed))
		},
		shardColumn: func() error { return readWords(chunks[shardColumn], b.shard, noShard, r.shard) },
	}
	for column, read := range reads {
		if err := read(); err != nil {
			return fmt.Errorf("column %s: %w", changesSchema.Columns()[column][0], err)
		}
	}
	return nil
}

func (r *changesReader) shard(path []byte) (int32, error) {
	if i, known := r.shards[string(path)]; known {
		return i, nil
	}
	return 0, errors.New("it names a shard that manifest.json does not list")
}

// word turns a look-up by name into a decoder of words.
func word[T any](named func(string) (T, bool)) func([]byte) (T, error) {
	return func(text []byte) (T, error) {
		value, known := named(string(text))
		if !known {
			return value, errors.New("it holds a word that does not belong there")
		}
		return value, nil
	}
}

func reportedNamed(name string) (meterpoint.ServiceStatus, bool) {
	s, known := statusNamed(name)
	return s, known && s.Reported()
}

func ruleNamed(name string) (meterpoint.Rule, bool) {
	for rule := range meterpoint.Rule(meterpoint.RuleCount) {
		if rule.String() == name {
			return rule, true
		}
	}
	return 0, false
}

func dispositionNamed(name string) (engine.Disposition, bool) {
	i := slices.Index(engine.Dispositions(), name)
	return engine.Disposition(max(i, 0)), i >= 0
}

func readMPxNs(chunk parquet.ColumnChunk, dst []meterpoint.MPxN) error {
	err := eachPage(chunk, len(dst), func(first int, page parquet.Page, present []byte) error {
		text, ends, err := textsOf(page)
		if err != nil {
			return err
		}
		return spreadWords(dst[first:first+int(page.NumRows())], present, text, ends, 0,
			func(text []byte) (meterpoint.MPxN, error) { return numberIn(text), nil })
	})
	if err != nil {
		return err
	}
	if slices.Contains(dst, 0) {
		return errors.New("a value is no MPxN in canonical form")
	}
	return nil
}

// numberIn is the MPxN in canonical form that text is; 0 for anything else.
func numberIn(text []byte) meterpoint.MPxN {
	n := len(text)
	if n == 0 || n > mpxnDigits || text[0] == '0' {
		return 0
	}
	var low uint64 // of two words of eight digits
	var behind int // the digits that it adds
	high := uint64(zeroDigits)
	if n < 8 {
		for i, c := range text {
			low |= uint64(c) << (8 * (8 - n + i))
		}
		low |= zeroDigits >> (8 * n)
	} else {
		behind = n - 8
		high, low = binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[behind:])
		low = low>>(8*(8-behind))<<(8*(8-behind)) | zeroDigits>>(8*behind)
	}
	high, low = high^zeroDigits, low^zeroDigits
	if noDigits(high)|noDigits(low) != 0 {
		return 0
	}
	return meterpoint.MPxN(numberOf(high)*powersOf10[behind] + numberOf(low))
}
