package engine

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flagfill/assurance/property"
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// joinedTables is one Source of several tables.
type joinedTables []*memoryTable

func (j joinedTables) Plan(ctx context.Context) (*Plan, error) {
	all := &Plan{}
	for i, table := range j {
		p, err := table.Plan(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range p.Splits {
			s.File += len(all.Files)
			s.Part = s.Part*len(j) + i
			all.Splits = append(all.Splits, s)
		}
		all.Files = append(all.Files, p.Files...)
	}
	return all, nil
}

func (j joinedTables) Open(split Split, columns []int) (Reader, error) {
	table := j[split.Part%len(j)]
	split.Part /= len(j)
	return table.Open(split, columns)
}

// differenceSink keeps what a reconciliation hands over.
type differenceSink struct {
	memorySink
	lines   []string
	numbers []meterpoint.MPxN
}

func dayOrNone(day int32) string {
	if day == NoDay {
		return ""
	}
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

func (s *differenceSink) WriteDifferences(d *Differences) error {
	for _, l := range d.Lines {
		expected := strings.Replace(l.Expected.String(), "Null", "", 1)
		s.lines = append(s.lines, oracleLine(l.MPxN.String(), l.MPxN.Fuel().String(), d.RDPs[l.RDP], expected, l.Held.String(),
			dayOrNone(l.ExpectedOn), dayOrNone(l.HeldOn), LineClass(l.Class), d.RDPs[l.HeldBy]))
		s.numbers = append(s.numbers, l.MPxN)
	}
	return nil
}

func (s *differenceSink) WriteUnreadable(rows []UnreadableRow) error {
	for _, row := range rows {
		s.lines = append(s.lines, oracleLine(row.MPxN, row.Fuel, "", "", row.Flag, "", dayOrNone(row.HeldOn), "unreadable", row.HeldBy))
	}
	return nil
}

// heldCase is a snapshot with what RDPs hold, for the engine and the oracle.
type heldCase struct {
	*agreementCase
	extracts, shaped []*memoryTable
	terms            Terms
}

func randomHeldCase(random *rand.Rand, size int) *heldCase {
	c := &heldCase{agreementCase: randomCase(random, size)}
	c.cfg.Scope, c.cfg.AsRecorded = meterpoint.Full, random.IntN(3) == 0
	c.settings.scope, c.settings.baseline = "full", "recorded"
	numeric := c.shapedPoints.typeOf("mpxn").Name() == "int64"
	c.extracts = randomExtracts(random, c.points, numeric)
	for _, table := range c.extracts {
		c.shaped = append(c.shaped, table.shape(random, numeric))
		c.shaped[len(c.shaped)-1].publication = table.publication
	}
	days := []int{-1, -1, 0, 40, 400, 1100} // as-of is up to 1,030 days after the dates of points
	c.terms = Terms{InFlightDays: days[random.IntN(len(days))], DateToleranceDays: days[random.IntN(len(days))], MaxDifferences: Limit{Share: 1, Count: -1}}
	if random.IntN(3) == 0 {
		c.terms.RDP = []string{"EELC", "XOSERVE"}[random.IntN(2)]
	}
	return c
}

// Random snapshots and extracts under random settings, whatever their shape,
// give what the oracle gives: every count, every line, every correction.
func TestPropertyReconciliationAgreesWithOracle(t *testing.T) {
	property.Property{Goal: "R2", Name: "reconcile gives what a naive oracle of maps gives", Unit: "meter points", Seeds: 100}.
		Check(t, func(t *testing.T, seed int) int64 {
			random := rand.New(rand.NewPCG(uint64(seed), 21))
			assessed, enough, classes := int64(0), int64(30_000), map[string]int{}
			if testing.Short() {
				enough /= 10
			}
			for size := 10_000; assessed < enough; size = random.IntN(400 << (3 * random.IntN(2))) {
				c := randomHeldCase(random, size)
				c.terms.Corrections = random.IntN(4) > 0
				want := &heldOracle{oracle: &oracle{oracleSettings: c.settings}, rdp: c.terms.RDP, inFlight: c.terms.InFlightDays,
					tolerance: c.terms.DateToleranceDays, asRecorded: c.cfg.AsRecorded}
				devices := c.devices
				if c.cfg.AsRecorded {
					devices = &memoryTable{columns: deviceColumns}
				}
				want.reconcile(devices, c.points, c.extracts)
				if diff := c.compare(want); diff != "" {
					t.Fatalf("after %d meter points, %+v, %+v (-oracle +engine):\n%s", assessed, c.terms, c.settings, diff)
				}
				assessed += want.meterPoints.Assessed
				for _, counts := range []map[string]int{want.classes, want.rowsBy} {
					for class, n := range counts {
						if !strings.Contains(class, " ") {
							classes[class] += n
						}
					}
				}
			}
			if len(classes) != Classes+RowClasses && !testing.Short() { // a tenth does not reach them all
				t.Errorf("only these classes came up: %v", classes)
			}
			return assessed
		})
}

func (c *heldCase) compare(want *heldOracle) string {
	var sink differenceSink
	found, err := Reconcile(context.Background(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, joinedTables(c.shaped), c.terms, &sink, &Progress{})
	if err != nil {
		return err.Error()
	}
	if !slices.IsSorted(sink.numbers) {
		return "the lines are not in MPxN order"
	}
	slices.Sort(sink.lines)
	var told []string
	for _, change := range sink.changes {
		if change.Disposition == "emitted" || change.Disposition == "withheld" {
			told = append(told, strings.Join([]string{change.MPxN, change.New, change.Disposition}, " "))
		}
	}
	slices.Sort(told)
	if !c.terms.Corrections {
		if len(sink.changes) > 0 {
			return "changes are handed on that nobody takes"
		}
		told = want.told
	}
	classes, rows := countsOf(found)
	stale := map[string]int{}
	for _, s := range found.Stale {
		stale[s.From+" "+s.To] = int(s.Count)
	}
	for _, part := range []struct {
		name      string
		want, got any
	}{
		{"classes", want.classes, classes}, {"rows", want.rowsBy, rows}, {"stale", want.stale, stale},
		{"lines", want.lines, sink.lines}, {"corrections", want.told, told},
	} {
		if diff := cmp.Diff(part.want, part.got); diff != "" {
			return part.name + ": " + diff
		}
	}
	return ""
}

// countsOf names counts as the oracle does.
func countsOf(r *Reconciliation) (classes, rows map[string]int) {
	classes, rows = map[string]int{}, map[string]int{}
	add := func(of string, c *Counts) {
		for class, n := range c.Classes {
			if n > 0 {
				classes[of+Class(class).String()] += int(n)
			}
		}
		for class, n := range c.Rows {
			if n > 0 {
				rows[of+RowClass(class).String()] += int(n)
			}
		}
	}
	add("", &r.Total)
	for _, named := range slices.Concat(r.ByFuel, r.ByRDP) {
		add(named.Name+" ", &named.Counts) // no fuel and no RDP have the same name
	}
	return classes, rows
}

// readWhole is a run of a reconciliation that has read all and decided nothing.
func readWhole(t *testing.T, c *heldCase) *run {
	r, err := plan(t.Context(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, &Progress{})
	if err != nil {
		t.Fatal(err)
	}
	r.cfg.Baseline = meterpoint.BaselineReported
	if r.held, err = planTable(t.Context(), Extract, joinedTables(c.shaped), nil); err != nil {
		t.Fatal(err)
	}
	if r.comparison, err = newComparison(r, c.terms, &differenceSink{}); err != nil {
		t.Fatal(err)
	}
	r.ranges = kernel.NewRanges(nil)
	if err := r.choosePasses(); err != nil {
		t.Fatal(err)
	}
	r.employ()
	if err := r.gather(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := r.deliveries.resolve(r.rdpCodes); err != nil {
		t.Fatal(err)
	}
	if err := r.comparison.resolve(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// The twin of a reconciliation finds every line, count and correction that is
// not as it should be.
func TestTwinOfReconciliation(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 22))
	c := randomHeldCase(random, 2000)
	c.cfg.AsRecorded, c.cfg.Passes, c.terms.RDP = false, 1, ""
	faults := map[string]func(*decider){
		"":                 func(*decider) {},
		"a line missing":   func(d *decider) { d.compare.to.Lines[0].Class = Unexpected + d.compare.to.Lines[0].Class%2 },
		"a holder":         func(d *decider) { d.compare.to.Lines[0].HeldBy++ },
		"a class":          func(d *decider) { d.compare.tally.counts[0][0].Classes[NotCovered]++ },
		"a row":            func(d *decider) { d.compare.tally.counts[1][1].Rows[RowUsed]++ },
		"what can be sent": func(d *decider) { d.compare.tally.sendable++ },
		"a correction":     func(d *decider) { d.changes.New[0] = meterpoint.Unknown },
	}
	for name, fault := range faults {
		r := readWhole(t, c)
		a, found := r.assessors[0], &assessed{changes: new(Changes)}
		found.changes.reset(r.deliveries.rdps)
		found.differences.reset(r.deliveries.rdps)
		a.take(0)
		before := copyRange(a.deviceWords, a.pointWords, a.days)
		points, days := a.points.Sort(a.pointWords, a.days)
		d := decider{run: r, cells: newHistogram(), verdicts: a.verdicts, ledger: &ledger{keep: a.ledger.keep}, changes: found.changes,
			meeting: &a.meeting}
		points = a.meeting.gather(points, a.deviceWords)
		d.compare = a.held.take(0, found, before, &a.meeting.index, len(points))
		d.decide(points, days)
		if d.compare.to.Len() == 0 || d.changes.Len() == 0 {
			t.Fatal("nothing differs")
		}
		fault(&d)
		if err := before.check(r, d); (err != nil) != (name != "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
