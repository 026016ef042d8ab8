package writers

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// changeRow is the schema of changes.parquet. Rows are never built.
type changeRow struct {
	MPxN        string  `parquet:"mpxn"`
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

// changesEncoder writes changes.parquet, block by block.
type changesEncoder struct {
	file                                   *parquetFile
	mpxn                                   numberColumn
	fuel, rdp, old, new, rule, disposition wordColumn
	effectiveOn                            dayColumn
	shard                                  wordColumn
	fuels                                  []meterpoint.Fuel // of the block
}

func newChangesEncoder(w io.Writer) *changesEncoder {
	f := newParquetFile(w, changesSchema)
	statuses := statusWords(meterpoint.Unknown)
	var rules []string
	for rule := range meterpoint.Rule(meterpoint.RuleCount) {
		rules = append(rules, rule.String())
	}
	return &changesEncoder{
		file:        f,
		mpxn:        numberColumn{parquetColumn: f.columns[mpxnColumn]},
		fuel:        newWordColumn(f.columns[fuelColumn], fuelWords()),
		rdp:         newWordColumn(f.columns[rdpColumn], nil),
		old:         newWordColumn(f.columns[oldColumn], statuses),
		new:         newWordColumn(f.columns[newColumn], statuses),
		rule:        newWordColumn(f.columns[ruleColumn], rules),
		effectiveOn: dayColumn{parquetColumn: f.columns[effectiveOnColumn]},
		disposition: newWordColumn(f.columns[dispositionColumn], engine.Dispositions()),
		shard:       newWordColumn(f.columns[shardColumn], nil),
	}
}

func fuelWords() []string {
	words := make([]string, 2)
	for _, fuel := range meterpoint.Fuels {
		words[fuel] = fuel.String()
	}
	return words
}

// statusWords are those of the statuses up to the last one given; only A, I and
// N have one.
func statusWords(last meterpoint.ServiceStatus) []string {
	words := make([]string, last+1)
	for s := range words {
		if status := meterpoint.ServiceStatus(s); status.Reported() {
			words[s] = status.String()
		}
	}
	return words
}

func fuelsOf(fuels []meterpoint.Fuel, points []meterpoint.MPxN) []meterpoint.Fuel {
	fuels = resized(fuels, len(points))
	for i, m := range points {
		fuels[i] = m.Fuel()
	}
	return fuels
}

// write encodes a block, which ends no later than its row group. rdps and
// paths name what its indexes mean.
func (e *changesEncoder) write(b *changesBlock, rdps, paths []string) error {
	e.rdp.words, e.shard.words = rdps, paths
	e.fuels = fuelsOf(e.fuels, b.mpxn)
	if err := errors.Join(
		e.mpxn.write(b.mpxn),
		writeWords(&e.fuel, e.fuels),
		writeWords(&e.rdp, b.rdp),
		writeWords(&e.old, b.old),
		writeWords(&e.new, b.new),
		writeWords(&e.rule, b.rule),
		e.effectiveOn.write(b.effectiveOn),
		writeWords(&e.disposition, b.disposition),
		writeWords(&e.shard, b.shard),
		e.file.endBlock(b.len()),
	); err != nil {
		return fmt.Errorf("cannot encode %s: %w", changesName, err)
	}
	return nil
}

// close writes the last row group and the footer.
func (e *changesEncoder) close() error {
	if err := e.file.close(); err != nil {
		return fmt.Errorf("cannot encode %s: %w", changesName, err)
	}
	return nil
}
