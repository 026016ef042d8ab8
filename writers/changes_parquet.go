package writers

import (
	"context"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// changeRow is the schema of changes.parquet. Rows are never built: columns
// are written one after another.
type changeRow struct {
	MPxN        string  `parquet:"mpxn,plain"`
	Fuel        string  `parquet:"fuel,dict"`
	RDP         *string `parquet:"rdp_id,optional,dict"`
	Old         *string `parquet:"old_status,optional,dict"`
	New         *string `parquet:"new_status,optional,dict"`
	Rule        string  `parquet:"rule,dict"`
	EffectiveOn *int32  `parquet:"effective_on,optional,date"`
	Disposition string  `parquet:"disposition,dict"`
	Shard       *string `parquet:"shard,optional,dict"`
}

// Columns of changes.parquet.
const (
	mpxnColumn = iota
	fuelColumn
	rdpColumn
	oldColumn
	newColumn
	ruleColumn
	effectiveOnColumn
	dispositionColumn
	shardColumn
)

var changesSchema = parquet.SchemaOf(changeRow{})

// parquetOptions make the bytes of a Parquet file a function of its rows.
func parquetOptions() []parquet.WriterOption {
	return []parquet.WriterOption{
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.CreatedBy("flagfill", "1", ""), // not the build: content must not depend on it
		parquet.PageBufferSize(1 << 20),
		parquet.DataPageStatistics(false),
		parquet.WriteBufferSize(flowBufferBytes),
	}
}

// valueChunk is how many values are handed to a column at once. Where pages
// end depends on it, so it is fixed.
const valueChunk = 4096

// changesEncoder writes changes.parquet, block by block. A block's columns are
// encoded at the same time, in shares of about equal work.
type changesEncoder struct {
	writer *parquet.GenericWriter[changeRow]
	rows   int64
	shares [2]columnShare

	fuels, rules, dispositions, statuses []parquet.Value
	rdps, shards                         []parquet.Value // grow as names appear
}

// columnShare is the columns that one goroutine encodes, with what it reuses.
type columnShare struct {
	columns []int
	values  []parquet.Value
	text    []byte // of the MPxNs in values
}

func newColumnShare(columns ...int) columnShare {
	return columnShare{columns, make([]parquet.Value, 0, valueChunk), make([]byte, 0, valueChunk*mpxnDigits)}
}

func newChangesEncoder(w io.Writer) *changesEncoder {
	options := parquetOptions()
	for _, column := range changesSchema.Columns()[fuelColumn:] {
		options = append(options, parquet.SkipPageBounds(column...)) // of words they help nobody, and cost a sixth of the time
	}
	e := &changesEncoder{
		writer: parquet.NewGenericWriter[changeRow](w, options...),
		shares: [...]columnShare{
			newColumnShare(mpxnColumn, effectiveOnColumn, fuelColumn),
			newColumnShare(rdpColumn, oldColumn, newColumn, ruleColumn, dispositionColumn, shardColumn),
		},
	}
	for _, fuel := range []meterpoint.Fuel{meterpoint.Gas, meterpoint.Electricity} {
		e.fuels = append(e.fuels, required(fuelColumn, fuel.String()))
	}
	for rule := range meterpoint.Rule(meterpoint.RuleCount) {
		e.rules = append(e.rules, required(ruleColumn, rule.String()))
	}
	for _, name := range engine.Dispositions() {
		e.dispositions = append(e.dispositions, required(dispositionColumn, name))
	}
	for s := meterpoint.Null; s <= meterpoint.Unknown; s++ {
		value := parquet.Value{}
		if s.Reported() {
			value = optional(0, s.String())
		}
		e.statuses = append(e.statuses, value)
	}
	return e
}

func required(column int, text string) parquet.Value {
	return parquet.ByteArrayValue([]byte(text)).Level(0, 0, column)
}

func optional(column int, text string) parquet.Value {
	return parquet.ByteArrayValue([]byte(text)).Level(0, 1, column)
}

// write encodes a block, which ends no later than its row group. rdps and
// paths name what its indexes mean.
func (e *changesEncoder) write(b *changesBlock, rdps, paths []string) error {
	for len(e.rdps) < len(rdps) {
		e.rdps = append(e.rdps, optional(rdpColumn, rdps[len(e.rdps)]))
	}
	for len(e.shards) < len(paths) {
		e.shards = append(e.shards, optional(shardColumn, paths[len(e.shards)]))
	}
	jobs := make([]func() error, len(e.shares))
	for i := range e.shares {
		jobs[i] = func() error { return e.writeShare(&e.shares[i], b) }
	}
	if err := parallel(context.Background(), len(jobs), jobs); err != nil { // nobody waits: a block is small
		return fmt.Errorf("cannot encode %s: %w", changesName, err)
	}
	if e.rows += int64(b.len()); e.rows%rowGroupRows == 0 {
		if err := e.writer.Flush(); err != nil {
			return fmt.Errorf("cannot encode %s: %w", changesName, err)
		}
	}
	return nil
}

func (e *changesEncoder) writeShare(s *columnShare, b *changesBlock) error {
	writers := e.writer.ColumnWriters()
	for _, column := range s.columns {
		for from := 0; from < b.len(); from += valueChunk {
			to := min(from+valueChunk, b.len())
			if column == mpxnColumn {
				s.fillMPxNs(b.mpxn[from:to])
			} else {
				s.values = e.fill(s.values[:0], b, column, from, to)
			}
			if _, err := writers[column].WriteRowValues(s.values); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillMPxNs sets the values, which stay valid until the next call.
func (s *columnShare) fillMPxNs(points []meterpoint.MPxN) {
	s.values, s.text = s.values[:0], s.text[:0]
	for _, m := range points {
		start := len(s.text)
		s.text = appendNumber(s.text, uint64(m), 0)
		s.values = append(s.values, parquet.ByteArrayValue(s.text[start:]).Level(0, 0, mpxnColumn))
	}
}

// fill appends the values of rows from..to of a column other than mpxn.
func (e *changesEncoder) fill(values []parquet.Value, b *changesBlock, column, from, to int) []parquet.Value {
	switch column {
	case fuelColumn:
		for _, m := range b.mpxn[from:to] {
			values = append(values, e.fuels[m.Fuel()])
		}
	case rdpColumn:
		for _, rdp := range b.rdp[from:to] {
			values = append(values, orNull(e.rdps[rdp], rdp != 0))
		}
	case oldColumn:
		values = pick(values, e.statuses, b.old[from:to])
	case newColumn:
		values = pick(values, e.statuses, b.new[from:to])
	case ruleColumn:
		values = pick(values, e.rules, b.rule[from:to])
	case effectiveOnColumn:
		for _, day := range b.effectiveOn[from:to] {
			values = append(values, orNull(parquet.Int32Value(day).Level(0, 1, column), day != engine.NoDay))
		}
	case dispositionColumn:
		values = pick(values, e.dispositions, b.disposition[from:to])
	case shardColumn:
		for _, shard := range b.shard[from:to] {
			if shard == noShard {
				values = append(values, parquet.Value{})
			} else {
				values = append(values, e.shards[shard])
			}
		}
	}
	return values
}

func pick[T ~uint8](values, words []parquet.Value, codes []T) []parquet.Value {
	for _, code := range codes {
		values = append(values, words[code])
	}
	return values
}

func orNull(v parquet.Value, present bool) parquet.Value {
	if !present {
		return parquet.Value{}
	}
	return v
}

// close writes the last row group and the footer.
func (e *changesEncoder) close() error {
	if err := e.writer.Close(); err != nil {
		return fmt.Errorf("cannot encode %s: %w", changesName, err)
	}
	return nil
}
