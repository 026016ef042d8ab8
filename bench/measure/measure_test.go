package measure

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The test binary measures itself: as a child it takes memory that it touches.
const memoryVariable = "MEASURE_TEST_MIB"

func TestMain(m *testing.M) {
	if text := os.Getenv(memoryVariable); text != "" {
		mebibytes, err := strconv.Atoi(text)
		if err != nil {
			os.Exit(2)
		}
		memory := make([]byte, mebibytes<<20)
		for i := range memory {
			memory[i] = byte(i)
		}
		fmt.Print("took ", text)
		os.Exit(int(memory[256]))
	}
	os.Exit(m.Run())
}

func TestRunTakesTheMemoryOfTheProcessThatRan(t *testing.T) {
	t.Setenv(memoryVariable, "200")
	cost, stdout, err := Run(t.Context(), os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if string(stdout) != "took 200" {
		t.Errorf("stdout: %q", stdout)
	}
	if mebibytes := cost.PeakBytes >> 20; mebibytes < 200 || mebibytes > 300 {
		t.Errorf("peak of %d MiB, want a little above 200", mebibytes)
	}
	if cost.Wall <= 0 || cost.CPU <= 0 {
		t.Errorf("no time: %+v", cost)
	}
}

// A process smaller than we are is seen as large as we were.
func TestRunGivesNoPeakBelowOurOwn(t *testing.T) {
	memory := make([]byte, 64<<20)
	for i := range memory {
		memory[i] = byte(i)
	}
	t.Setenv(memoryVariable, "1")
	cost, _, err := Run(t.Context(), os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if cost.PeakBytes != 0 {
		t.Errorf("peak of %d bytes beside our own %d", cost.PeakBytes, len(memory))
	}
}

func TestRunQuotesStderrOfAFailure(t *testing.T) {
	t.Setenv(memoryVariable, "")
	_, _, err := Run(t.Context(), os.Args[0], "-no-such-flag")
	if err == nil || !strings.Contains(err.Error(), "no-such-flag") {
		t.Errorf("got %v", err)
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		figures           []float64
		low, median, high float64
	}{
		{[]float64{7}, 7, 7, 7},
		{[]float64{4, 1, 3}, 1, 3, 4},
		{[]float64{4, 1, 3, 2}, 1, 2.5, 4},
	} {
		if low, median, high := Spread(c.figures); low != c.low || median != c.median || high != c.high {
			t.Errorf("%v: %g, %g, %g", c.figures, low, median, high)
		}
	}
}

func TestSheetIsReadAsWritten(t *testing.T) {
	var text strings.Builder
	w, err := NewSheetWriter(&text, []Note{{"machine", "two  cores, load 0.10"}, {"as-of", "now"}}, "points", "wall_seconds")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{{1000, 0.25}, {1000, 0.75}, {2000, 1.5}} {
		if err := w.Write(row...); err != nil {
			t.Fatal(err)
		}
	}
	s, err := ReadSheet(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	want := Sheet{
		Notes:   []Note{{"machine", "two  cores, load 0.10"}, {"as-of", "now"}},
		Columns: []string{"points", "wall_seconds"},
		Rows:    [][]string{{"1000", "0.2500"}, {"1000", "0.7500"}, {"2000", "1.5000"}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1000", "2000"}, s.Values("points")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if median, err := s.Where("points", "1000").Median("wall_seconds"); err != nil || median != 0.5 {
		t.Errorf("median %g, %v", median, err)
	}
	if _, err := s.Where("points", "3000").Median("wall_seconds"); err == nil {
		t.Error("a median of nothing")
	}
}

func TestSheetsRefuseWhatCannotBeReadBack(t *testing.T) {
	var text strings.Builder
	w, err := NewSheetWriter(&text, nil, "points", "name")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{{1}, {1, "two words"}, {1, ""}, {1, "#"}} {
		if w.Write(row...) == nil {
			t.Errorf("wrote %q", row)
		}
	}
	if _, err := ReadSheet(strings.NewReader("a b\n1 2\n1\n")); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a short row: %v", err)
	}
}

func TestRenewKeepsEverythingElse(t *testing.T) {
	document := "before\n<!-- figures: made by make bench -->\nold\n<!-- figures: end -->\nafter\n"
	got, err := Renew(document, "figures", "new\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n<!-- figures: made by make bench -->\nnew\n<!-- figures: end -->\nafter\n"
	if got != want {
		t.Errorf("got %q", got)
	}
	if _, err := Renew(document, "others", "new"); err == nil {
		t.Error("renewed what is not there")
	}
}

func TestVersionLineKeepsTheReaderAlone(t *testing.T) {
	got := versionLine("flagfill 0.1.0, commit abc\ngo       go1.26\nmodule   github.com/parquet-go/parquet-go v0.32.0\nmodule   golang.org/x/sync v0.1\n")
	if want := "flagfill 0.1.0, commit abc, go go1.26, module github.com/parquet-go/parquet-go v0.32.0"; got != want {
		t.Errorf("got %q", got)
	}
}
