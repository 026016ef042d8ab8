package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

var identifierColumns = []string{"mpxn", "import_mpxn", "secondary_import_mpan", "export_mpan"}

// bounds states of the rows from up to and without to what a Parquet file does.
func (m *memoryTable) bounds(from, to int) []Bounds {
	all := make([]Bounds, len(m.columns))
	for c, name := range m.columns {
		if all[c].Present = -1; !slices.Contains(identifierColumns, name) {
			continue
		}
		b := Bounds{Numeric: arrow.IsInteger(m.typeOf(name).ID())}
		for _, row := range m.rows[from:to] {
			if row[c] == "" {
				continue
			}
			if !b.Stated || b.less(row[c], b.Low) {
				b.Low = row[c]
			}
			if !b.Stated || b.less(b.High, row[c]) {
				b.High = row[c]
			}
			b.Present, b.Stated = b.Present+1, true
		}
		all[c] = b
	}
	return all
}

func (b Bounds) less(x, y string) bool {
	if !b.Numeric {
		return x < y
	}
	m, _ := strconv.ParseInt(x, 10, 64)
	n, _ := strconv.ParseInt(y, 10, 64)
	return m < n
}

// sortByIdentifiers puts rows into the order of the first number they name.
func sortByIdentifiers(m *memoryTable) {
	column := slices.IndexFunc(m.columns, func(name string) bool { return slices.Contains(identifierColumns, name) })
	number := func(row []string) meterpoint.MPxN {
		n, _ := meterpoint.ParseMPxN([]byte(row[column]))
		return n
	}
	slices.SortStableFunc(m.rows, func(a, b []string) int { return cmp.Compare(number(a), number(b)) })
}

// However often the tables are read, the run gives the same: changes, counts
// and listed exceptions, with their rows.
func TestPassesGiveTheSame(t *testing.T) {
	spared := 0
	for seed := range 50 {
		random := rand.New(rand.NewPCG(uint64(seed), 11))
		devices, points := randomRows(random, 1+random.IntN(400), random.IntN(500), random.IntN(500), random.IntN(4) == 0)
		if random.IntN(2) == 0 {
			sortByIdentifiers(devices)
			sortByIdentifiers(points)
		}
		for _, m := range []*memoryTable{devices, points} {
			m.splitRows, m.batchRows, m.stated = 1+random.IntN(60), 1+random.IntN(30), random.IntN(3) > 0
		}
		spared += passesGiveTheSame(t, random, fmt.Sprintf("seed %d", seed), devices, points)
	}
	if spared == 0 {
		t.Error("no split was ever spared a pass")
	}
}

// With hardly a meter point to cut by, the first pass has no ranges of its own.
// What it alone reads is counted all the same.
func TestFirstPassMayBeEmpty(t *testing.T) {
	points := &memoryTable{columns: []string{"mpxn", "service_status"}, splitRows: 1, stated: true,
		rows: [][]string{{"123450", "A"}, {"n/a", "unheard of"}, {"900000", "unheard of"}}}
	devices := &memoryTable{columns: []string{"device_type", "device_status", "import_mpxn"}, splitRows: 1, stated: true,
		rows: [][]string{{"ESME", "Commissioned", ""}, {"GSME", "Commissioned", "123450"}, {"GSME", "Commissioned", "123460"}}}
	passesGiveTheSame(t, rand.New(rand.NewPCG(1, 2)), "two points", devices, points)
}

// passesGiveTheSame gives how many readings of splits the passes were spared.
func passesGiveTheSame(t *testing.T, random *rand.Rand, name string, devices, points *memoryTable) (spared int) {
	t.Helper()
	cfg := testConfig()
	cfg.Limits, cfg.ListWarnings = noLimits(), true
	var want string
	for _, passes := range []int{0, 1, 2, 3, 7, 64} {
		cfg.Passes, cfg.Workers = passes, 1+random.IntN(3)
		var sink memorySink
		r, err := plan(context.Background(), cfg, Inputs{devices, points}, &Progress{})
		if err == nil {
			err = r.do(context.Background(), &sink)
		}
		if err != nil {
			t.Fatalf("%s, %d passes: %v", name, passes, err)
		}
		r.result.Config, r.result.Stages = Config{}, nil
		got := fmt.Sprint(sink, r.result.Read, r.result.Facts, r.result.Summary, r.result.Exceptions, r.result.Margins, r.result.RDPs)
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("%s: %d passes give something else", name, passes)
		}
		spared += len(r.passes.all)*r.passes.splits(MeterPoints) - r.passes.reads(MeterPoints)
	}
	return spared
}

// A split whose statistics exclude a value that it holds is refused where a
// pass would have missed it.
func TestWrongBoundsAreRefused(t *testing.T) {
	refused := 0
	for seed := range 40 {
		random := rand.New(rand.NewPCG(uint64(seed), 13))
		devices, points := randomRows(random, 300, 400, 400, true)
		for i, row := range points.rows { // falling: rising numbers would be surveyed, and no statement believed
			m := meterpoint.MPxN(2e12 - uint64(i)*1e9)
			row[0] = (m + m.CheckDigit()).String()
		}
		points.splitRows, points.batchRows = 40, 40
		cfg := testConfig()
		cfg.Limits = noLimits()
		run := func(passes int, in Source) (string, error) {
			cfg.Passes = passes
			var sink memorySink
			_, err := Run(context.Background(), cfg, Inputs{devices, in}, &sink, &Progress{})
			return fmt.Sprint(sink.changes), err
		}
		want, err := run(1, points)
		if err != nil {
			t.Fatal(err)
		}
		got, err := run(4, &lying{points, random})
		var refusal *Refusal
		switch {
		case err == nil && got != want:
			t.Errorf("seed %d: wrong bounds change what is found", seed)
		case err != nil && (!errors.As(err, &refusal) || refusal.Kind != RefusedInput || !strings.Contains(refusal.Problem, "statistics")):
			t.Errorf("seed %d: %v", seed, err)
		case err != nil:
			refused++
		}
	}
	if refused < 25 {
		t.Errorf("only %d of 40 were refused", refused)
	}
}

// lying states the bounds of another split.
type lying struct {
	*memoryTable
	random *rand.Rand
}

func (l *lying) Plan(ctx context.Context) (*Plan, error) {
	plan, err := l.memoryTable.Plan(ctx)
	for i := range plan.Splits {
		from := l.random.IntN(len(l.rows) - 40)
		plan.Splits[i].Bounds = l.bounds(from, from+40)
	}
	return plan, err
}

// Bounds never exclude a number that a text between them says.
func TestBoundsEncloseWhatTheyHold(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 17))
	r := randomTexts{Rand: random}
	for range 40 {
		r.numbers = append(r.numbers, r.mpxn())
	}
	excluded := 0
	for range 5000 {
		m := memoryTable{columns: []string{"mpxn"}}
		for range 1 + random.IntN(4) {
			m.rows = append(m.rows, []string{r.number()})
		}
		b := m.bounds(0, len(m.rows))[0]
		for _, row := range m.rows {
			n := plainNumber(row[0])
			if n < kernel.NotNumber && !b.MayHold(n, n) {
				t.Fatalf("%+v excludes %q", b, row[0])
			}
		}
		if n := plainNumber(r.number()); n < kernel.NotNumber && !b.MayHold(n, n) {
			excluded++
		}
	}
	if excluded < 500 {
		t.Errorf("only %d numbers were ever excluded", excluded)
	}
}

func plainNumber(text string) uint64 {
	n, err := strconv.ParseUint(strings.Trim(text, " "), 10, 64)
	if err != nil || len(strings.Trim(text, " ")) > meterpoint.MaxDigits {
		return kernel.NotNumber
	}
	return n
}

// rowsOf is a table of which nothing but its rows and columns is known.
func rowsOf(name Table, rows int64, columns ...field) *table {
	return &table{name: name, bindings: []binding{{fields: columns, columns: make([]int, len(columns))}},
		plan: &Plan{Files: []File{{Rows: rows}}, Splits: []Split{{Rows: rows}}}}
}

// britishRun is of Great Britain's size, in 2,001 ranges.
func britishRun(cfg Config, held *table) *run {
	var cuts []uint64
	for i := range uint64(2000) {
		cuts = append(cuts, 1e12+i*1e9)
	}
	return &run{cfg: cfg, held: held, ranges: kernel.NewRanges(cuts),
		devices: rowsOf(Devices, 68e6, fieldImportMPxN), points: rowsOf(MeterPoints, 57e6, fieldMPxN)}
}

// The passes taken keep to the budget, are no more than that takes, and a
// budget that none keep to is refused with one that some do.
func TestPassesKeepToTheBudget(t *testing.T) {
	british := func(budget int64) (*run, error) {
		r := britishRun(Config{Workers: 2, MemoryBytes: budget}, absentTable(Extract))
		told := int64(0)
		r.cfg.NeedBytes = func(bytes int64) { told = bytes }
		err := r.choosePasses()
		if err == nil && (told == 0 || budget > 0 && told > budget) {
			t.Errorf("with %d bytes the run announces %d", budget, told)
		}
		return r, err
	}
	fewest := 0
	for _, budget := range []int64{0, 2 << 30, 1 << 30, 512 << 20, 300 << 20, 230 << 20} {
		r, err := british(budget)
		if err != nil {
			t.Fatalf("%d bytes: %v", budget, err)
		}
		n := len(r.passes.all)
		if n < fewest || n > 1 && r.need(n-max(n/4, 1), n-max(n/4, 1)) <= budget {
			t.Errorf("%d passes with %d bytes, after %d", n, budget, fewest)
		}
		fewest = n
	}
	if fewest < 10 {
		t.Errorf("%d passes with the least budget", fewest)
	}
	_, err := british(64 << 20)
	var refusal *Refusal
	var leastMiB int64
	if !errors.As(err, &refusal) {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(refusal.Next, "Run it with --memory %dMiB", &leastMiB); err != nil {
		t.Fatalf("%v: %s", err, refusal.Next)
	}
	if _, err := british(leastMiB << 20); err != nil {
		t.Errorf("the budget named, %d MiB, is refused: %v", leastMiB, err)
	}
}

// A reconciliation counts the differences that wait to be written: with one pass
// those of a few ranges a worker, with many no more than a pass has.
func TestPassesOfReconciliation(t *testing.T) {
	const points, held = 57_000_000, 78_000_000
	r := britishRun(Config{Workers: 2}, rowsOf(Extract, held, fieldMPxN))
	alone := r.need(1, 1)
	r.comparison = &comparison{}
	least := int64(bytesPerPoint*held + 2*aheadPerWorker*bytesPerLine*(points+held)/2001)
	if more := r.need(1, 1) - alone; more < least || more > least+least/50 { // the last chunk of each range
		t.Errorf("a reconciliation needs %d bytes more than a run, %d at least", more, least)
	}
	for passes := 2; passes <= maxPasses; passes *= 2 {
		if r.need(passes, passes) >= r.need(passes/2, passes/2) {
			t.Errorf("%d passes need no less than %d", passes, passes/2)
		}
	}
	if one := int64(bytesPerLine * (points + held) / maxPasses); r.waiting(maxPasses) > one+one/20 {
		t.Errorf("in %d passes %d bytes wait, of %d", maxPasses, r.waiting(maxPasses), one)
	}
}
