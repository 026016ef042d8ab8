package writers

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// rowGenerator makes rows of any shape: columns of one word or of many, without
// nulls, full of them, or with some.
type rowGenerator struct{ random *rand.Rand }

func newRowGenerator(seed uint64) *rowGenerator {
	return &rowGenerator{rand.New(rand.NewPCG(seed, 7))}
}

// column gives n codes below limit, of few or many kinds, in runs or not.
func column[T ~uint8 | ~int32](g *rowGenerator, n, limit int) []T {
	kinds, run := 1+g.random.IntN(limit), 1+g.random.IntN(1+g.random.IntN(2000))
	codes, code := make([]T, n), 0
	for i := range codes {
		if i%run == 0 {
			code = g.random.IntN(kinds)
		}
		codes[i] = T(code)
	}
	return codes
}

// points are n MPxNs in ascending order, some of them equal where that may be.
func (g *rowGenerator) points(n int, repeat bool) []meterpoint.MPxN {
	points, widest := make([]meterpoint.MPxN, n), uint64(1)<<g.random.IntN(38)
	m := meterpoint.MPxN(g.random.Uint64N(200_000_000))
	for i := range points {
		if i == n/2 && g.random.IntN(2) == 0 {
			m += 1e12
		}
		if m += meterpoint.MPxN(g.random.Uint64N(widest)); !repeat {
			m++
		}
		points[i] = m
	}
	return points
}

func (g *rowGenerator) days(n int) []int32 {
	days := column[int32](g, n, 3000)
	for i := range days {
		if days[i] += testDay - 3000; days[i]%7 == 0 {
			days[i] = engine.NoDay
		}
	}
	return days
}

func (g *rowGenerator) changes(n int) *changesBlock {
	b := &changesBlock{mpxn: g.points(n, false), rdp: column[uint8](g, n, len(testRDPs)), old: column[meterpoint.ServiceStatus](g, n, 7),
		new: column[meterpoint.ServiceStatus](g, n, 4), rule: column[meterpoint.Rule](g, n, meterpoint.RuleCount),
		disposition: column[engine.Disposition](g, n, len(engine.Dispositions())), effectiveOn: g.days(n), shard: column[int32](g, n, 1+len(testPaths))}
	for i := range b.shard {
		b.shard[i]--
	}
	return b
}

// part of a block.
func (b *changesBlock) part(from, to int) *changesBlock {
	return &changesBlock{mpxn: b.mpxn[from:to], rdp: b.rdp[from:to], old: b.old[from:to], new: b.new[from:to], rule: b.rule[from:to],
		disposition: b.disposition[from:to], effectiveOn: b.effectiveOn[from:to], shard: b.shard[from:to]}
}

// plainRows are the rows of a block, one by one.
func (b *changesBlock) plainRows() []changeRow {
	rows := make([]changeRow, b.len())
	for i := range rows {
		row := &rows[i]
		row.MPxN, row.Fuel = b.mpxn[i].String(), b.mpxn[i].Fuel().String()
		row.RDP, row.Old, row.New = orNil(testRDPs[b.rdp[i]]), statusOrNil(b.old[i]), statusOrNil(b.new[i])
		row.Rule, row.Disposition, row.EffectiveOn = b.rule[i].String(), b.disposition[i].String(), dayOrNil(b.effectiveOn[i])
		if b.shard[i] != noShard {
			row.Shard = &testPaths[b.shard[i]]
		}
	}
	return rows
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func statusOrNil(s meterpoint.ServiceStatus) *string {
	if !s.Reported() {
		return nil
	}
	return orNil(s.String())
}

func dayOrNil(day int32) *int32 {
	if day == engine.NoDay {
		return nil
	}
	return &day
}

// sameAsTwin reads a file and what parquet-go writes of the same rows.
func sameAsTwin[Row any](t *testing.T, file []byte, rows []Row) {
	t.Helper()
	read := func(file []byte) []Row {
		rows, err := parquet.Read[Row](bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	got, twin := read(file), read(written(t, rows...))
	if !reflect.DeepEqual(twin, rows) {
		t.Error("the twin does not read back")
	}
	if len(got) != len(twin) {
		t.Fatalf("%d rows, and %d of the twin", len(got), len(twin))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], twin[i]) {
			t.Fatalf("row %d is %+v, and of the twin %+v", i, got[i], twin[i])
		}
	}
}

// encodeParts writes a block in parts, each of which gives a page to every
// column, and drops what the encoder was given.
func encodeParts(t *testing.T, b *changesBlock, length int) []byte {
	t.Helper()
	var file bytes.Buffer
	e := newChangesEncoder(&file)
	for from := 0; from < b.len(); from += length {
		if err := e.write(b.part(from, min(from+length, b.len())), testRDPs, testPaths); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func FuzzChangesFile(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, uint16(seed*seed), uint16(1+seed%9*100))
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, length uint16) {
		b := newRowGenerator(seed).changes(int(rows) % 5000)
		sameAsTwin(t, encodeParts(t, b, 1+int(length)), b.plainRows())
	})
}

func FuzzDifferencesFile(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, uint16(seed*seed), uint16(seed%7*30))
	}
	f.Fuzz(func(t *testing.T, seed uint64, lines, unreadable uint16) {
		g := newRowGenerator(seed)
		d, texts := g.differences(int(lines)%5000), g.unreadable(int(unreadable)%500)
		var file bytes.Buffer
		w := newDifferencesFile(newStagedFile(differencesName, nopFile{&file}))
		if err := w.write(d); err != nil {
			t.Fatal(err)
		}
		if err := w.writeUnreadable(texts); err != nil {
			t.Fatal(err)
		}
		if err := w.finish(); err != nil {
			t.Fatal(err)
		}
		sameAsTwin(t, file.Bytes(), append(linesOf(d), unreadableLines(texts)...))

		samples, err := readDifferenceSamples(bytes.NewReader(file.Bytes()), int64(file.Len()), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(samples, w.encoder.samples) {
			t.Errorf("the samples are %+v, and read back %+v", w.encoder.samples, samples)
		}
	})
}

func (g *rowGenerator) differences(n int) *engine.Differences {
	mpxn, rdp, heldBy, expected := g.points(n, true), column[uint8](g, n, len(testRDPs)), column[uint8](g, n, len(testRDPs)), column[meterpoint.ServiceStatus](g, n, 4)
	held, class := column[engine.Flags](g, n, 32), column[engine.Class](g, n, int(lineOf(engine.RowUnreadable)))
	expectedOn, heldOn := g.days(n), g.days(n)
	d := &engine.Differences{RDPs: testRDPs}
	for i, m := range mpxn {
		d.Lines = append(d.Lines, engine.Difference{MPxN: m, RDP: rdp[i], HeldBy: heldBy[i], Expected: expected[i], Held: held[i],
			ExpectedOn: expectedOn[i], HeldOn: heldOn[i], Class: class[i]})
	}
	return d
}

func (g *rowGenerator) unreadable(n int) []engine.UnreadableRow {
	texts := []string{"", "12x", "\xff", strings.Repeat("9", 64), "3938424403"}
	rows, days := make([]engine.UnreadableRow, n), g.days(n)
	for i := range rows {
		rows[i] = engine.UnreadableRow{MPxN: texts[g.random.IntN(len(texts))], Flag: texts[g.random.IntN(len(texts))],
			HeldBy: testRDPs[g.random.IntN(len(testRDPs))], HeldOn: days[i]}
	}
	return rows
}

func linesOf(d *engine.Differences) []differenceRow {
	rows := make([]differenceRow, d.Len())
	for i, l := range d.Lines {
		rows[i] = differenceRow{MPxN: orNil(l.MPxN.String()), Fuel: orNil(l.MPxN.Fuel().String()), RDP: orNil(d.RDPs[l.RDP]),
			Expected: statusOrNil(l.Expected), Held: orNil(l.Held.String()), ExpectedOn: dayOrNil(l.ExpectedOn),
			HeldOn: dayOrNil(l.HeldOn), Class: engine.LineClass(l.Class), HeldBy: orNil(d.RDPs[l.HeldBy])}
	}
	return rows
}

func unreadableLines(texts []engine.UnreadableRow) []differenceRow {
	rows := make([]differenceRow, len(texts))
	for i, text := range texts {
		rows[i] = differenceRow{MPxN: orNil(validUTF8(text.MPxN)), Held: orNil(validUTF8(text.Flag)), HeldOn: dayOrNil(text.HeldOn),
			HeldBy: orNil(text.HeldBy), Class: engine.LineClass(lineOf(engine.RowUnreadable))}
	}
	return rows
}

// TestPageIndexes: what they say of pages is what stands there, and a reader
// that trusts them comes to the right row.
func TestPageIndexes(t *testing.T) {
	b := newRowGenerator(11).changes(3000)
	file := encodeParts(t, b, 700)
	table, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	want := b.plainRows()
	chunks := table.RowGroups()[0].ColumnChunks()
	bounds, err := chunks[mpxnColumn].ColumnIndex()
	if err != nil || bounds.NumPages() != 5 {
		t.Fatalf("%v, %v", bounds, err)
	}
	textOf := func(r changeRow) string { return r.MPxN }
	for page := range bounds.NumPages() {
		var texts []string
		for _, row := range want[page*700 : min((page+1)*700, len(want))] {
			texts = append(texts, textOf(row))
		}
		least, most := bounds.MinValue(page).String(), bounds.MaxValue(page).String()
		if least != slices.Min(texts) || most != slices.Max(texts) || bounds.NullPage(page) || bounds.NullCount(page) != 0 {
			t.Errorf("page %d holds %s to %s", page, least, most)
		}
	}
	for column, chunk := range chunks {
		locations, err := chunk.OffsetIndex()
		if err != nil || locations.NumPages() != 5 || locations.FirstRowIndex(3) != 2100 {
			t.Errorf("column %d: %v", column, err)
		}
	}
	reader := parquet.NewGenericReader[changeRow](table)
	defer func() { _ = reader.Close() }()
	row := make([]changeRow, 1)
	if err := reader.SeekToRow(2345); err != nil {
		t.Fatal(err)
	}
	if n, err := reader.Read(row); n != 1 || !reflect.DeepEqual(row[0], want[2345]) {
		t.Errorf("row 2345 is %+v, %v", row[0], err)
	}
}

// TestEncodingAllocates nothing for a row: a block of many needs as many
// allocations as one of few.
func TestEncodingAllocates(t *testing.T) {
	g := newRowGenerator(5)
	few, many := g.changes(1000), g.changes(blockRows)
	allocations := func(b *changesBlock) float64 {
		e := newChangesEncoder(nopFile{&bytes.Buffer{}})
		for range 3 {
			if err := e.write(b, testRDPs, testPaths); err != nil {
				t.Fatal(err)
			}
		}
		return testing.AllocsPerRun(3, func() { _ = e.write(b, testRDPs, testPaths) })
	}
	if few, many := allocations(few), allocations(many); many > few+100 {
		t.Errorf("%v allocations for a thousand rows, %v for a whole block", few, many)
	}
}
