package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The newest day until as-of, and how many are later, whatever the batches.
func TestChangeDatesAgainstPlainTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.OneOf(rapid.SampledFrom([]int32{NoDay, badDay, minDay, maxDay}), rapid.Int32Range(20770, 20790))
		days, asOf := rapid.SliceOf(day).Draw(t, "days"), rapid.Int32Range(20770, 20790).Draw(t, "as of")
		seen := changeDates{newest: NoDay}
		cut := rapid.IntRange(0, len(days)).Draw(t, "cut")
		seen.note(days[:cut], asOf)
		seen.note(days[cut:], asOf)
		until := slices.DeleteFunc(slices.Clone(days), func(day int32) bool { return day > asOf })
		if seen.later != int64(len(days)-len(until)) || seen.newest != max(NoDay, slices.Max(append(until, NoDay))) {
			t.Fatalf("of %v as of %d: %+v", days, asOf, seen)
		}
	})
}

func TestCoherenceCautions(t *testing.T) {
	asOf := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		instant, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	for _, c := range []struct {
		name, devices, points, newest string
		later                         int64
		want                          []string // the beginnings of the cautions
	}{
		{"nobody says anything", "", "", "", 0, nil},
		{"a day apart is allowed", "2026-11-20 02:00", "2026-11-21 02:00", "2026-11-20", 0, nil},
		{"a minute more is not", "2026-11-20 01:59", "2026-11-21 02:00", "2026-11-20", 0, []string{"snapshots apart: devices were taken at 2026-11-20T01:59:00Z and meter_points at 2026-11-21T02:00:00Z, 24 h 1 min apart"}},
		{"nor the other way round", "2026-11-21 02:00", "2026-11-20 01:59", "2026-11-19", 0, []string{"snapshots apart"}},
		{"only devices, and points know nothing later", "2026-11-19 00:00", "", "2026-11-20", 0, nil},
		{"only devices, and points know a change a day later", "2026-11-18 23:59", "", "2026-11-20", 0, []string{"snapshots apart"}},
		{"only devices, and points know nothing", "2026-11-01 00:00", "", "", 0, nil},
		{"only points", "", "2026-11-20 00:00", "2026-11-20", 0, nil},
		{"points that know the future", "", "2026-11-19 23:59", "2026-11-20", 0, []string{"snapshot time"}},
		{"in summer London's day begins an hour earlier", "", "2026-06-30 23:00", "2026-07-01", 0, nil},
		{"both", "2026-11-10 00:00", "2026-11-12 00:00", "2026-11-20", 0, []string{"snapshots apart", "snapshot time"}},
		{"changes after as-of", "", "", "2026-11-21", 1234, []string{"rows of meter_points whose service_status_changed_on is after as-of (2026-11-21T02:00:00Z): 1,234"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := Coherence{TakenAt: [2]time.Time{at(c.devices), at(c.points)}, MaxSkew: DefaultMaxSkew, NewestChange: NoDay, LaterChanges: c.later}
			if c.newest != "" {
				known.NewestChange = parseDay([]byte(c.newest))
			}
			cautions, err := known.cautions(asOf)
			if err != nil {
				t.Fatal(err)
			}
			if len(cautions) != len(c.want) {
				t.Fatalf("cautions %q, want %q", cautions, c.want)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(cautions[i], want) {
					t.Errorf("caution %q, want %q", cautions[i], want)
				}
			}
		})
	}
}

// unchecked is a table in Parquet files without page checksums.
type unchecked struct{ *memoryTable }

func (u unchecked) Plan(ctx context.Context) (*Plan, error) {
	plan, err := u.memoryTable.Plan(ctx)
	if err == nil {
		for i := range plan.Files {
			plan.Files[i].PagesUnchecked = true
		}
	}
	return plan, err
}

// Pages without checksums are one caution, however many files have them, and
// none where the bytes are proven otherwise.
func TestUncheckedPagesAreOneCaution(t *testing.T) {
	devices := &memoryTable{columns: deviceColumns, splitRows: 1, batchRows: 1, rows: [][]string{{"ESME", "Commissioned", "1030006718997", "", ""}}}
	points := &memoryTable{columns: pointColumns, splitRows: 1, batchRows: 1, rows: [][]string{{"1030006718997", "A", "EELC", "2026-11-01", "", ""}}}
	for _, c := range []struct {
		in     Inputs
		proven bool
		want   []string
	}{
		{Inputs{devices, points}, false, nil},
		{Inputs{devices, unchecked{points}}, false, []string{"no page checksums in Parquet files, 1 of meter_points: a bit that flipped in them goes unseen; --expect-inputs finds it"}},
		{Inputs{unchecked{devices}, unchecked{points}}, false, []string{"no page checksums in Parquet files, 1 of devices, 1 of meter_points: a bit that flipped in them goes unseen; --expect-inputs finds it"}},
		{Inputs{unchecked{devices}, unchecked{points}}, true, nil},
	} {
		cfg := testConfig()
		cfg.Limits, cfg.InputsProven = noLimits(), c.proven
		var sink memorySink
		result, err := Run(context.Background(), cfg, c.in, &sink, &Progress{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(result.Cautions, c.want) {
			t.Errorf("cautions %q, want %q", result.Cautions, c.want)
		}
		if known := result.Coherence.NewestChange; known != parseDay([]byte("2026-11-01")) {
			t.Errorf("the newest change is %d", known)
		}
	}
}
