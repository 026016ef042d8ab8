package writers

import (
	"errors"
	"fmt"
	"slices"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// changesAudit looks at the rows of changes.parquet in order, counts them by
// kind and digests the emitted ones by shard.
type changesAudit struct {
	reader  *changesReader
	shards  []Shard
	fuels   []meterpoint.Fuel // of the shards
	rdps    []uint8           // of the shards
	counts  []int64           // by kindIndex
	digests []*recordDigest   // of the shards; nil before the first record
	records []int64           // of the shards
	last    meterpoint.MPxN
	rows    int64

	ids     *identifiers
	asOfDay int32         // the date of every change
	filling [2][256]int32 // the shard that rows of a fuel and an RDP go to
	opened  int32         // shards so far
}

// A row's kind as an index: fuel 1 bit, RDP 8, old 2, new 2, rule 4,
// disposition 3.
const kindBits = 1 + 8 + 2 + 2 + 4 + 3

func kindIndex(fuel meterpoint.Fuel, rdp uint8, old, new meterpoint.ServiceStatus, rule meterpoint.Rule, d engine.Disposition) int {
	return ((((int(fuel)<<8|int(rdp))<<2|int(old))<<2|int(new))<<4|int(rule))<<3 | int(d)
}

func newChangesAudit(content *Content, reader *changesReader) (*changesAudit, error) {
	shards := content.Shards
	a := &changesAudit{reader: reader, shards: shards, counts: make([]int64, 1<<kindBits),
		digests: make([]*recordDigest, len(shards)), records: make([]int64, len(shards))}
	for _, s := range shards {
		fuel, _ := fuelNamed(s.Fuel)
		a.fuels = append(a.fuels, fuel)
		a.rdps = append(a.rdps, reader.codes[s.RDP])
	}
	for fuel := range a.filling {
		for rdp := range a.filling[fuel] {
			a.filling[fuel][rdp] = noShard
		}
	}
	var err error
	if a.ids, err = content.identifiers(); err != nil {
		return nil, err
	}
	a.asOfDay, err = engine.LondonDay(content.AsOf)
	return a, err
}

// mayReceive tells whether the RDP of a row is one that the registrar gives
// its meter point.
func (a *changesAudit) mayReceive(m meterpoint.MPxN, rdp uint8) bool {
	name, registrar := a.reader.names[rdp], &a.ids.registrar
	if rdp == 0 || m.Fuel() == meterpoint.Gas || registrar.TrustColumn {
		return a.ids.mayTell(m.Fuel(), name)
	}
	return name == registrar.Distributors[m.Distributor()]
}

// check looks at the rows of one row group.
func (a *changesAudit) check(b *changesBlock, fuel []meterpoint.Fuel) error {
	for i, m := range b.mpxn {
		if m <= a.last {
			return fmt.Errorf("row %d: its MPxN is not larger than the one before", a.rows)
		}
		a.last = m
		d := b.disposition[i]
		switch {
		case fuel[i] != m.Fuel():
			return fmt.Errorf("row %d: its fuel is not that of its MPxN", a.rows)
		case (b.effectiveOn[i] == engine.NoDay) != (d == engine.Held || d == engine.Left):
			return fmt.Errorf("row %d: only held and left points have no date", a.rows)
		case (b.shard[i] != noShard) != (d == engine.Emitted):
			return fmt.Errorf("row %d: emitted points, and no others, have a shard", a.rows)
		case !a.ids.digits.Valid(m):
			return fmt.Errorf("row %d: its MPxN has too many or too few digits", a.rows)
		case a.ids.rejects[m.Fuel()] && !m.CheckOK():
			return fmt.Errorf("row %d: its MPxN has a wrong check digit, which the run rejects", a.rows)
		case !a.mayReceive(m, b.rdp[i]):
			return fmt.Errorf("row %d: its RDP is not the one that is told of its MPxN", a.rows)
		case b.effectiveOn[i] != a.asOfDay && b.old[i] != b.new[i] && d != engine.Held && d != engine.Left:
			return fmt.Errorf("row %d: it changes, and not on the date of as-of", a.rows)
		}
		if d == engine.Emitted {
			if err := a.emitted(b, i); err != nil {
				return fmt.Errorf("row %d: %w", a.rows, err)
			}
		}
		a.counts[kindIndex(fuel[i], b.rdp[i], b.old[i], b.new[i], b.rule[i], d)]++
		a.rows++
	}
	return nil
}

func (a *changesAudit) emitted(b *changesBlock, i int) error {
	shard := b.shard[i]
	if a.fuels[shard] != b.mpxn[i].Fuel() || a.rdps[shard] != b.rdp[i] {
		return errors.New("its shard is of another fuel or RDP")
	}
	if filling := &a.filling[a.fuels[shard]][b.rdp[i]]; *filling != shard {
		if shard != a.opened {
			return errors.New("its shard is not the one that is filled, nor the next")
		}
		*filling = shard
		a.opened++
	}
	if a.digests[shard] == nil {
		a.digests[shard] = newRecordDigest()
	}
	a.digests[shard].add(Record{b.mpxn[i], b.new[i], b.effectiveOn[i]})
	a.records[shard]++
	return nil
}

// compare holds the counts against what facts and shards call for.
func (a *changesAudit) compare(content *Content) error {
	for i, s := range a.shards {
		if a.records[i] != s.Records {
			return fmt.Errorf("it has %d rows for %s, which states %d records", a.records[i], s.Path, s.Records)
		}
	}
	q, switches, err := content.question()
	if err != nil {
		return err
	}
	surplus := map[rowKind]int64{}
	for index, n := range a.counts {
		if n > 0 {
			surplus[a.kind(index)] = n
		}
	}
	for kind, n := range rowsCalledFor(content.Facts, q, switches) {
		surplus[kind] -= n
	}
	var wrong []rowKind
	for kind, n := range surplus {
		if n != 0 {
			wrong = append(wrong, kind)
		}
	}
	if len(wrong) > 0 {
		first := slices.MinFunc(wrong, compareRowKinds)
		return fmt.Errorf("it has %+d rows beyond what the facts call for of this kind: %s", surplus[first], first)
	}
	return nil
}

func (a *changesAudit) kind(index int) rowKind {
	take := func(bits int) int {
		part := index & (1<<bits - 1)
		index >>= bits
		return part
	}
	k := rowKind{disposition: engine.Disposition(take(3)), rule: meterpoint.Rule(take(4))}
	k.new, k.old = meterpoint.ServiceStatus(take(2)), meterpoint.ServiceStatus(take(2))
	k.rdp = a.reader.names[take(8)]
	k.fuel = meterpoint.Fuel(take(1))
	return k
}

// sums are the digests of the emitted rows by shard.
func (a *changesAudit) sums() []string {
	sums := make([]string, len(a.digests))
	for i, d := range a.digests {
		sums[i] = d.sum()
	}
	return sums
}
