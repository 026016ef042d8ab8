package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// A snapshot may name as many RDPs as fit eight bits, those that everybody
// knows among them.
func TestRDPsAtTheirLimit(t *testing.T) {
	registrar := meterpoint.NewRegistrar()
	known := len(newDeliveries(&registrar).rdps) - 1
	for more := range 2 {
		refused := more > 0
		points := &memoryTable{columns: pointColumns}
		for i := range maxRDPs - known + more {
			points.rows = append(points.rows, []string{fmt.Sprint(100_000 + i), "A", fmt.Sprintf("Z%03d", i), "", "", ""})
		}
		cfg := testConfig()
		cfg.Limits = noLimits()
		_, err := Run(t.Context(), cfg, Inputs{&memoryTable{columns: deviceColumns}, points}, &memorySink{}, &Progress{})
		var refusal *Refusal
		if !refused && err != nil || refused && (!errors.As(err, &refusal) || refusal.Kind != RefusedInput || !strings.Contains(err.Error(), "names 255 different RDPs, and 254 are the most")) {
			t.Errorf("%d RDPs: %v", maxRDPs+more, err)
		}
	}
	// Far more are refused while they are read.
	points := &memoryTable{columns: pointColumns}
	for i := range maxRDPs + 1 {
		points.rows = append(points.rows, []string{fmt.Sprint(100_000 + i), "A", fmt.Sprintf("Z%03d", i), "", "", ""})
	}
	_, err := Run(t.Context(), testConfig(), Inputs{&memoryTable{columns: deviceColumns}, points}, &memorySink{}, &Progress{})
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Kind != RefusedInput || refusal.Next == "" {
		t.Errorf("%d RDPs of nobody: %v", maxRDPs+1, err)
	}
}

func TestDatesAtTheirLimits(t *testing.T) {
	for text, want := range map[string]int32{"0001-01-01": minDay, "9999-12-31": maxDay, "0000-12-31": badDay, "10000-01-01": badDay} {
		if got := parseDay([]byte(text)); got != want {
			t.Errorf("%s is day %d, want %d", text, got, want)
		}
	}
	days := []int32{minDay - 1, minDay, maxDay, maxDay + 1}
	got := make([]int32, len(days))
	if err := new(dayDecoder).decode(got, &column{rows: len(days), days: days}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{badDay, minDay, maxDay, badDay}, got); diff != "" {
		t.Error(diff)
	}
	for _, instant := range []struct {
		seconds int64
		want    int32
	}{{minDay * 86400, minDay}, {minDay*86400 - 1, minDay - 1}, {maxDay*86400 + 86399, maxDay}, {maxDay*86400 + 86400, maxDay + 1}, {1 << 62, maxDay + 1}} {
		if day := dayOf(instant.seconds, 86400); day != instant.want {
			t.Errorf("%d s is day %d, want %d", instant.seconds, day, instant.want)
		}
	}
}

func TestQuotedValuesAtTheirLimit(t *testing.T) {
	whole := strings.Repeat("x", maxValueBytes)
	if got := printable([]byte(whole)); got != whole {
		t.Errorf("%d bytes come as %d", len(whole), len(got))
	}
	if got := printable([]byte(whole + "y")); got != whole {
		t.Errorf("a byte more comes as %q", got)
	}
}

// Of exceptions and of unreadable rows as many are listed as memory is set aside
// for; one more ends the run with its limits.
func TestListsAtTheirLimits(t *testing.T) {
	for more := range 2 {
		refused := more > 0
		r := &run{result: &Result{}}
		r.result.Exceptions.All[Devices][BadMPxN] = maxListed - 5
		r.result.Exceptions.All[MeterPoints][BadMPxN] = int64(5 + more)
		mustBeOver(t, r.checkListed(), refused, "10,000,000 are the most")

		r = &run{gatherers: []*gatherer{{held: &heldGatherer{heldReader: &heldReader{}}}, {held: &heldGatherer{heldReader: &heldReader{}}}}}
		for i, n := range []int{maxUnreadable - 1, 1 + more} {
			r.gatherers[i].held.unreadable = make([]unreadableRow, n)
		}
		mustBeOver(t, r.refuseUnreadable(), refused, "more than 1,000,000 extract rows")
	}
}

func mustBeOver(t *testing.T, err error, over bool, part string) {
	t.Helper()
	var refusal *Refusal
	if !over && err != nil || over && (!errors.As(err, &refusal) || refusal.Kind != RefusedLimit || !strings.Contains(err.Error(), part)) {
		t.Errorf("over the limit %v: %v", over, err)
	}
}

func TestPublicationsAtTheirLimit(t *testing.T) {
	for more := range 2 {
		refused := more > 0
		plan := &Plan{Files: []File{{Publication: kernel.MaxPublications + more}}}
		r := &run{held: &table{name: Extract, plan: plan}}
		_, err := newComparison(r, Terms{}, nil)
		var refusal *Refusal
		if !refused && err != nil || refused && (!errors.As(err, &refusal) || refusal.Kind != RefusedUsage || !strings.Contains(err.Error(), "more than 511 publications")) {
			t.Errorf("%d publications: %v", kernel.MaxPublications+more, err)
		}
	}
}
