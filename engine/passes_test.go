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
				t.Fatalf("seed %d, %d passes: %v", seed, passes, err)
			}
			r.result.Config, r.result.Stages = Config{}, nil
			got := fmt.Sprint(sink, r.result.Read, r.result.Facts, r.result.Summary, r.result.Exceptions, r.result.Margins, r.result.RDPs)
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("seed %d: %d passes give something else", seed, passes)
			}
			spared += len(r.passes.all)*r.passes.splits(MeterPoints) - r.passes.reads(MeterPoints)
		}
	}
	if spared == 0 {
		t.Error("no split was ever spared a pass")
	}
}

// A split whose statistics exclude a value that it holds is refused where a
// pass would have missed it.
func TestWrongBoundsAreRefused(t *testing.T) {
	refused := 0
	for seed := range 40 {
		random := rand.New(rand.NewPCG(uint64(seed), 13))
		devices, points := randomRows(random, 300, 400, 400, true)
		sortByIdentifiers(points)
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
			if n < kernel.NotNumber && !b.mayHold(n, n) {
				t.Fatalf("%+v excludes %q", b, row[0])
			}
		}
		if n := plainNumber(r.number()); n < kernel.NotNumber && !b.mayHold(n, n) {
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
