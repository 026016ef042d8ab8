package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"flagfill/assurance/property"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// A snapshot that was brought up to date from changes.parquet has nothing left
// to change. What is still news under the baseline is told with the same
// status, date and fate as before; once it was told, it is no news.
func TestPropertyRunAgainChangesNothing(t *testing.T) {
	const snapshots = 3
	property.Property{Goal: "R3", Name: "a run on the updated snapshot changes nothing", Unit: "snapshots", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 9))
			for range snapshots {
				data, cfg := hostileTables(random), asking(readingOf(random), random)
				before := publishRows(t, data, cfg)
				after := publishRows(t, before.applied(data), cfg)
				if faults := before.again(after, cfg); len(faults) > 0 {
					t.Fatalf("under %s:\n%s", settingsOf(cfg), strings.Join(faults, "\n"))
				}
				cases++
			}
			return cases
		})
}

// A point that was not brought up to date is found.
func TestAgainFindsWhatWasNotApplied(t *testing.T) {
	data := tables{devices: [][]string{{"ESME", "Commissioned", "1200023305967", "", ""}},
		points: [][]string{{"1200023305967", "N", "", "2020-01-01", "", ""}}}
	cfg := readingOf(rand.New(rand.NewPCG(0, 0)))
	before := publishRows(t, data, cfg)
	if len(before.rows) != 1 || before.changed != 1 {
		t.Fatalf("the first run changes %+v", before)
	}
	if faults := before.again(before, cfg); len(faults) != 2 {
		t.Errorf("of a second run on the same snapshot it says %v", faults)
	}
	if faults := (publishedRows{}).again(publishedRows{rows: before.rows}, cfg); len(faults) != 1 {
		t.Errorf("of news out of nothing it says %v", faults)
	}
}

// changesRow is a row of changes.parquet.
type changesRow struct {
	MPxN        string  `parquet:"mpxn"`
	Old         *string `parquet:"old_status,optional"`
	New         *string `parquet:"new_status,optional"`
	EffectiveOn *int32  `parquet:"effective_on,optional,date"`
	Disposition string  `parquet:"disposition"`
}

func (r changesRow) was() string     { return statusText(r.Old) }
func (r changesRow) becomes() string { return statusText(r.New) }

func statusText(status *string) string {
	if status == nil {
		return ""
	}
	return *status
}

func (r changesRow) moves() bool {
	return r.was() != r.becomes() && r.Disposition != "held" && r.Disposition != "left"
}

// publishedRows is what one publication says.
type publishedRows struct {
	rows    []changesRow
	changed int64
}

// publishRows runs the real program.
func publishRows(t *testing.T, data tables, cfg engine.Config) publishedRows {
	t.Helper()
	folder := t.TempDir()
	devices, points := data.plainly(t, folder)
	config, out := filepath.Join(folder, "config.toml"), filepath.Join(folder, "out")
	if err := os.WriteFile(config, []byte(settingsOf(cfg)), 0o644); err != nil {
		t.Fatal(err)
	}
	o := flagfill(t, append([]string{"run", "--devices", devices, "--meter-points", points, "--out", out, "--config", config}, flagsOf(cfg)...)...)
	if o.code != 0 {
		t.Fatalf("exit code %d under\n%s\n%s", o.code, settingsOf(cfg), o.stderr)
	}
	rows, err := parquet.ReadFile[changesRow](filepath.Join(out, "changes.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Content struct {
			Totals struct {
				MeterPoints struct{ Changed int64 } `json:"meter_points"`
			}
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	return publishedRows{rows, manifest.Content.Totals.MeterPoints.Changed}
}

// applied brings the meter points up to date, as their owner would: what was
// changed is recorded with its date, and what was sent is what the RDP knows.
func (p publishedRows) applied(data tables) tables {
	byNumber := map[string]changesRow{}
	for _, row := range p.rows {
		byNumber[row.MPxN] = row
	}
	data.points = slices.Clone(data.points)
	for i, point := range data.points {
		n, _ := integerOf(point[0])
		row, listed := byNumber[fmt.Sprint(n)]
		if !listed {
			continue
		}
		point = slices.Clone(point)
		if row.moves() {
			point[1], point[3] = row.becomes(), time.Unix(int64(*row.EffectiveOn)*86400, 0).UTC().Format(time.DateOnly)
		}
		if row.Disposition == "emitted" {
			point[5] = row.becomes()
		}
		data.points[i] = point
	}
	return data
}

// again says where a second run is not what it must be after the first.
func (p publishedRows) again(second publishedRows, cfg engine.Config) (faults []string) {
	if second.changed != 0 {
		faults = append(faults, fmt.Sprintf("%d meter points change again", second.changed))
	}
	left := map[string]changesRow{}
	for _, row := range second.rows {
		left[row.MPxN] = row
	}
	for _, row := range p.rows {
		again, listed := left[row.MPxN]
		delete(left, row.MPxN)
		isKnown := row.Disposition == "recorded" || cfg.Baseline == meterpoint.BaselineRecorded && row.moves() ||
			cfg.Baseline == meterpoint.BaselineReported && row.Disposition == "emitted" ||
			cfg.Baseline == meterpoint.BaselineGoLive && row.becomes() == "A" && row.moves()
		isAsBefore := listed && again.becomes() == row.becomes() && again.Disposition == row.Disposition &&
			(row.EffectiveOn == nil) == (again.EffectiveOn == nil) && (row.EffectiveOn == nil || *row.EffectiveOn == *again.EffectiveOn)
		if isKnown && listed || !isKnown && !isAsBefore {
			faults = append(faults, fmt.Sprintf("meter point %s from %q to %q, %s: again from %q to %q, %q",
				row.MPxN, row.was(), row.becomes(), row.Disposition, again.was(), again.becomes(), again.Disposition))
		}
	}
	for number := range left {
		faults = append(faults, "meter point "+number+" is news in the second run")
	}
	return faults
}
