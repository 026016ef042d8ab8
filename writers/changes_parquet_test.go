package writers

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// randomChanges are the same every time: n rows, in all dispositions.
func randomChanges(n int) *engine.Changes {
	random := rand.New(rand.NewPCG(3, 4))
	c := &engine.Changes{RDPs: testRDPs}
	m := meterpoint.MPxN(1e12)
	for range n {
		m += meterpoint.MPxN(1 + random.Uint64N(90))
		d := engine.Disposition(random.Uint64N(6))
		c.MPxN = append(c.MPxN, m)
		c.RDP = append(c.RDP, uint8(1+m>>18%2))
		c.Old = append(c.Old, meterpoint.ServiceStatus(random.Uint64N(7)))
		c.New = append(c.New, meterpoint.ServiceStatus(1+random.Uint64N(3)))
		c.Rule = append(c.Rule, meterpoint.Rule(random.Uint64N(meterpoint.RuleCount)))
		c.Disposition = append(c.Disposition, d)
		day := testDay - int32(random.Uint64N(3))
		if d == engine.Held || d == engine.Left {
			day = engine.NoDay
		}
		c.EffectiveOn = append(c.EffectiveOn, day)
	}
	return c
}

// part of a run of changes.
func part(c *engine.Changes, from, to int) *engine.Changes {
	return &engine.Changes{MPxN: c.MPxN[from:to], RDP: c.RDP[from:to], Old: c.Old[from:to], New: c.New[from:to],
		Rule: c.Rule[from:to], Disposition: c.Disposition[from:to], EffectiveOn: c.EffectiveOn[from:to], RDPs: c.RDPs}
}

func shardsOf(c *engine.Changes) []int32 {
	shards := make([]int32, c.Len())
	for i, d := range c.Disposition {
		shards[i] = noShard
		if d == engine.Emitted {
			shards[i] = int32(i * 3 / c.Len())
		}
	}
	return shards
}

var testPaths = []string{"flows/electricity/EELC/a", "flows/electricity/EELC/b", "flows/electricity/LOND/c"}

// encodeChanges writes the rows in runs of the given length.
func encodeChanges(tb testing.TB, w io.Writer, c *engine.Changes, runLength int) {
	tb.Helper()
	shards := shardsOf(c)
	f := newChangesFile(newStagedFile(changesName, nopFile{w}))
	for from := 0; from < c.Len(); from += runLength {
		to := min(from+runLength, c.Len())
		if err := f.write(part(c, from, to), shards[from:to], testPaths); err != nil {
			tb.Fatal(err)
		}
	}
	if err := f.finish(c.RDPs, testPaths); err != nil {
		tb.Fatal(err)
	}
}

type nopFile struct{ io.Writer }

func (nopFile) Sync() error  { return nil }
func (nopFile) Close() error { return nil }

// TestChangesBytes has rows for more than one row group and cuts the runs in
// different ways: the bytes stay the same, and read back as the same rows.
func TestChangesBytes(t *testing.T) {
	c := randomChanges(rowGroupRows + 777)
	sums := map[[32]byte]bool{}
	var file bytes.Buffer
	for _, runLength := range []int{c.Len(), 100_003} {
		file.Reset()
		encodeChanges(t, &file, c, runLength)
		sums[sha256.Sum256(file.Bytes())] = true
	}
	if len(sums) != 1 {
		t.Error("the bytes depend on how runs are cut")
	}

	table, err := openTable(bytes.NewReader(file.Bytes()), int64(file.Len()), changesSchema)
	if err != nil {
		t.Fatal(err)
	}
	var stated []Shard
	for _, path := range testPaths {
		stated = append(stated, Shard{Path: path, RDP: "EELC"})
	}
	reader, err := newChangesReader(stated)
	if err != nil {
		t.Fatal(err)
	}
	row, shards := 0, shardsOf(c)
	for _, group := range table.RowGroups() {
		if err := reader.read(group); err != nil {
			t.Fatal(err)
		}
		b := &reader.block
		for i := range b.mpxn {
			old := c.Old[row]
			if !old.Reported() {
				old = meterpoint.Null
			}
			if b.mpxn[i] != c.MPxN[row] || reader.names[b.rdp[i]] != c.RDPs[c.RDP[row]] || b.old[i] != old || b.new[i] != c.New[row] ||
				b.rule[i] != c.Rule[row] || b.disposition[i] != c.Disposition[row] || b.effectiveOn[i] != c.EffectiveOn[row] || b.shard[i] != shards[row] {
				t.Fatalf("row %d reads back differently", row)
			}
			row++
		}
	}
	if row != c.Len() || len(table.RowGroups()) != 2 {
		t.Errorf("read %d rows in %d row groups", row, len(table.RowGroups()))
	}
	lookUpRows(t, file.Bytes(), c, stated)
}

// lookUpRows looks single rows up on both sides of where row groups end, and
// MPxNs that the table lacks before, between and behind them.
func lookUpRows(t *testing.T, file []byte, c *engine.Changes, stated []Shard) {
	t.Helper()
	last := c.Len() - 1
	rows := []int{last, 0, rowGroupRows - 1, rowGroupRows, 12_345}
	var points []meterpoint.MPxN
	for _, row := range rows {
		points = append(points, c.MPxN[row])
	}
	for _, m := range []meterpoint.MPxN{c.MPxN[0] - 1, c.MPxN[last] + 1, c.MPxN[rowGroupRows-1] + 1} {
		if _, there := slices.BinarySearch(c.MPxN, m); !there {
			points = append(points, m)
		}
	}
	p, found := &Published{manifest: &Manifest{Content: Content{Shards: stated}}}, make([]PublishedPoint, len(points))
	if err := p.lookUp(bytes.NewReader(file), int64(len(file)), points, found); err != nil {
		t.Fatal(err)
	}
	if len(points) < len(rows)+2 {
		t.Errorf("only %d points are looked up", len(points))
	}
	for i, row := range rows {
		if r := found[i].Row; r == nil || r.Row != int64(row) || r.Rule != c.Rule[row].String() || r.Disposition != c.Disposition[row].String() {
			t.Errorf("row %d is looked up as %+v", row, r)
		}
	}
	for i := len(rows); i < len(points); i++ {
		if found[i].Row != nil {
			t.Errorf("an MPxN that is not there is found: %+v", found[i].Row)
		}
	}
}

// TestForgedChanges rewrites changes.parquet, and then every digest.
func TestForgedChanges(t *testing.T) {
	cases := []struct {
		name    string
		forge   func(b *changesBlock)
		problem string
	}{
		{"two rows swapped", func(b *changesBlock) { b.mpxn[3], b.mpxn[4] = b.mpxn[4], b.mpxn[3] }, "not larger"},
		{"a row repeated", func(b *changesBlock) { b.mpxn[4] = b.mpxn[3] }, "not larger"},
		{"a row removed", func(b *changesBlock) { b.resize(b.len() - 1) }, "has 10 rows"},
		{"another status", func(b *changesBlock) { b.new[4] = meterpoint.Active }, "beyond what the facts call for"},
		{"another old status", func(b *changesBlock) { b.old[4] = meterpoint.Null }, "beyond what the facts call for"},
		{"another rule", func(b *changesBlock) { b.rule[4] = meterpoint.RuleMixed }, "beyond what the facts call for"},
		{"another RDP", func(b *changesBlock) { b.rdp[8] = b.rdp[10] }, "not the one that is told"},
		{"another date of a change", func(b *changesBlock) { b.effectiveOn[4]-- }, "not on the date of as-of"},
		{"no date", func(b *changesBlock) { b.effectiveOn[4] = engine.NoDay }, "no date"},
		{"a held point dated", func(b *changesBlock) { b.effectiveOn[6] = testDay }, "no date"},
		{"no shard", func(b *changesBlock) { b.shard[4] = noShard }, "have a shard"},
		{"a shard of another RDP", func(b *changesBlock) { b.shard[4] = b.shard[10] }, "another fuel or RDP"},
		{"another shard of the RDP", func(b *changesBlock) { b.shard[4] = b.shard[5] }, "which states"},
		{"withheld, not emitted", func(b *changesBlock) { b.disposition[4], b.shard[4] = engine.Withheld, noShard }, "which states"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, manifest := publishSmall(t)
			rewriteChanges(t, dir, manifest, c.forge)
			reseal(t, dir, manifest)
			wantFinding(t, dir, changesName, c.problem)
		})
	}
	t.Run("another date of what stood", func(t *testing.T) {
		dir, manifest := publishSmall(t)
		rewriteChanges(t, dir, manifest, func(b *changesBlock) { b.effectiveOn[1]-- })
		reseal(t, dir, manifest)
		wantFinding(t, dir, gas7, "not the rows")
	})
	t.Run("another schema", func(t *testing.T) {
		dir, manifest := publishSmall(t)
		if err := parquet.WriteFile(filepath.Join(dir, changesName), make([]struct{ A int }, manifest.Content.Changes.Rows)); err != nil {
			t.Fatal(err)
		}
		reseal(t, dir, manifest)
		wantFinding(t, dir, changesName, "its columns are not")
	})
	t.Run("no Parquet", func(t *testing.T) {
		dir, manifest := publishSmall(t)
		if err := os.WriteFile(filepath.Join(dir, changesName), []byte("PAR1"), 0o640); err != nil {
			t.Fatal(err)
		}
		reseal(t, dir, manifest)
		wantFinding(t, dir, changesName, "not a readable Parquet file")
	})
}

// rewriteChanges decodes changes.parquet, lets forge change its rows, and
// writes it again.
func rewriteChanges(t *testing.T, dir string, m *Manifest, forge func(b *changesBlock)) {
	t.Helper()
	text := []byte(readText(t, dir, changesName))
	table, err := openTable(bytes.NewReader(text), int64(len(text)), changesSchema)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := newChangesReader(m.Content.Shards)
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.read(table.RowGroups()[0]); err != nil {
		t.Fatal(err)
	}
	forge(&reader.block)
	var paths []string
	for _, s := range m.Content.Shards {
		paths = append(paths, s.Path)
	}
	var file bytes.Buffer
	encoder := newChangesEncoder(&file)
	if err := encoder.write(&reader.block, reader.names, paths); err != nil {
		t.Fatal(err)
	}
	if err := encoder.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, changesName), file.Bytes(), 0o640); err != nil {
		t.Fatal(err)
	}
}
