package main

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/bench/measure"
)

var renew = flag.Bool("renew", false, "write testdata/tables.golden again")

const emptyReadme = `figures
<!-- surge: made by make -->
<!-- surge: end -->
<!-- rdps: made by make -->
<!-- rdps: end -->
<!-- scaling: made by make -->
<!-- scaling: end -->
<!-- shapes: made by make -->
<!-- shapes: end -->
<!-- memory: made by make -->
<!-- memory: end -->
<!-- reached: made by make -->
<!-- reached: end -->
`

// inFolder is a bench whose results are copies of the sample, or none.
func inFolder(t *testing.T, sample string) *bench {
	t.Helper()
	b := &bench{results: t.TempDir()}
	b.readme = filepath.Join(b.results, "README.md")
	if err := os.WriteFile(b.readme, []byte(emptyReadme), 0o600); err != nil {
		t.Fatal(err)
	}
	if sample != "" {
		if err := os.CopyFS(b.results, os.DirFS(sample)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.tables(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTablesOfASample(t *testing.T) {
	const golden = "testdata/tables.golden"
	b := inFolder(t, "testdata")
	got, err := os.ReadFile(b.readme)
	if err != nil {
		t.Fatal(err)
	}
	if *renew {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTablesOfNothingSayHowToMeasure(t *testing.T) {
	b := inFolder(t, "")
	text, err := os.ReadFile(b.readme)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "Not measured yet: `make bench-"); n != 6 {
		t.Errorf("%d of 6 sections say so:\n%s", n, text)
	}
	if _, err := os.Stat(filepath.Join(b.results, scalingChart)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a chart of nothing: %v", err)
	}
}

func TestChartIsWellFormedAndSaysItsFigures(t *testing.T) {
	b := inFolder(t, "testdata")
	text, err := os.ReadFile(filepath.Join(b.results, scalingChart))
	if err != nil {
		t.Fatal(err)
	}
	elements := map[string]int{}
	for decoder := xml.NewDecoder(strings.NewReader(string(text))); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
	if elements["polyline"] != 2 || elements["circle"] != 2 || elements["title"] != 1 {
		t.Errorf("elements: %v", elements)
	}
	if want := "With 2 workers: 1,000,000 meter points 0.11 s, 10,000,000 meter points 1.40 s."; !strings.Contains(string(text), want) {
		t.Errorf("the description lacks %q", want)
	}
}

func TestLogAxisSpacesRatiosEvenly(t *testing.T) {
	axis := logAxis{1, 100, 50, 250}
	for value, want := range map[float64]float64{1: 50, 10: 150, 100: 250} {
		if got := axis.at(value); math.Abs(got-want) > 1e-9 {
			t.Errorf("%g at %g, want %g", value, got, want)
		}
	}
}

func TestRoundNumbersEncloseTheFigures(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{
		{0.11, 2.1, []float64{0.1, 0.2, 0.5, 1, 2, 5}},
		{1, 10, []float64{1, 2, 5, 10}},
		{3, 3, []float64{2, 5}},
	} {
		got := roundNumbers(c.low, c.high)
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9*b })); diff != "" {
			t.Errorf("%g to %g: -want +got:\n%s", c.low, c.high, diff)
		}
	}
}

func TestFitPowerLaw(t *testing.T) {
	x := []float64{1, 2, 5, 10}
	y := make([]float64, len(x))
	for i := range x {
		y[i] = 3 * math.Pow(x[i], 1.2)
	}
	if slope, r2 := fitPowerLaw(x, y); math.Abs(slope-1.2) > 1e-9 || math.Abs(r2-1) > 1e-9 {
		t.Errorf("slope %g, R² %g of a true power law", slope, r2)
	}
	y[1] *= 2
	if _, r2 := fitPowerLaw(x, y); r2 > 0.95 {
		t.Errorf("R² %g with a point far off", r2)
	}
	if slope, _ := fitPowerLaw(x[:1], y[:1]); !math.IsNaN(slope) {
		t.Errorf("slope %g of one point", slope)
	}
}

func TestGoalsAreReachedUpToTheirBounds(t *testing.T) {
	memory, err := measure.ReadSheetFile("testdata/memory.txt")
	if err != nil {
		t.Fatal(err)
	}
	text, err := goalsTable(measure.Sheet{}, memory)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"768 MiB | 768 MiB | yes", "589 MiB | 600 MiB | **no**", "2.50× as long | 2.00× | yes"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}
