package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/assurance/property"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// One other row in either table changes what is said of the meter points that
// it names, before or after, and of no other.
func TestPropertyOneRowConcernsItsOwnPoints(t *testing.T) {
	const snapshots, changes = 10, 5
	property.Property{Goal: "R3", Name: "one row concerns the meter points that it names", Unit: "changed rows", Seeds: 200}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random, folder, moved := rand.New(rand.NewPCG(uint64(seed), 7)), t.TempDir(), 0
			for range snapshots {
				h := newHostile(random, 0, 1)
				data, cfg := h.tables(), asking(readingOf(random), random)
				before := assess(t, data.inputs(t, folder), cfg)
				for range changes {
					changed, named := h.withOneOtherRow(data)
					others := before.others(assess(t, changed.inputs(t, folder), cfg))
					for m, p := range others {
						if !named[m] {
							t.Fatalf("a row that names %v changes meter point %s from %+v to %+v", named, m, p[0], p[1])
						}
					}
					moved += len(others)
					cases++
				}
			}
			if moved == 0 {
				t.Errorf("%d changed rows changed nothing", cases)
			}
			return cases
		})
}

// What a second row changes is not put down to the first.
func TestOthersFindsEveryPoint(t *testing.T) {
	data := tables{points: [][]string{{"1200023305967", "A", "", "", "", ""}, {"1030006718997", "A", "", "", "", ""}}}
	in, cfg := data.inputs(t, t.TempDir()), readingOf(rand.New(rand.NewPCG(0, 0)))
	before := assess(t, in, cfg)
	data.devices = [][]string{{"ESME", "Commissioned", "1200023305967", "", ""}, {"ESME", "Commissioned", "1030006718997", "", ""}}
	if others := before.others(assess(t, data.inputs(t, t.TempDir()), cfg)); len(others) != 2 {
		t.Errorf("two rows concern %v", others)
	}
}

// withOneOtherRow changes, adds or takes away a row. named are the meter
// points that it names, before and after.
func (h *hostile) withOneOtherRow(data tables) (changed tables, named map[meterpoint.MPxN]bool) {
	named = map[meterpoint.MPxN]bool{}
	one := func(rows [][]string, row []string, numbers ...int) [][]string {
		rows = slices.Clone(rows)
		at := h.IntN(len(rows) + 1)
		concerned := [][]string{row}
		if at == len(rows) {
			rows = append(rows, row)
		} else {
			concerned = append(concerned, rows[at])
			if rows[at] = row; h.IntN(4) == 0 {
				rows = slices.Delete(rows, at, at+1)
			}
		}
		for _, row := range concerned {
			for _, column := range numbers {
				if n, ok := integerOf(row[column]); ok {
					named[meterpoint.MPxN(n)] = true
				}
			}
		}
		return rows
	}
	if h.IntN(3) == 0 {
		data.points = one(data.points, h.point(), 0)
	} else {
		data.devices = one(data.devices, h.device(), 2, 3, 4)
	}
	return data, named
}

// others are the points that another run lists otherwise, here and there; a
// point that is not listed has the zero.
func (a *assessment) others(b *assessment) map[meterpoint.MPxN][2]listedPoint {
	others := map[meterpoint.MPxN][2]listedPoint{}
	for _, listed := range []map[meterpoint.MPxN]listedPoint{a.listed, b.listed} {
		for m := range listed {
			if a.listed[m] != b.listed[m] {
				others[m] = [2]listedPoint{a.listed[m], b.listed[m]}
			}
		}
	}
	return others
}

// Snapshots that name no meter point in common give, together, the sum of what
// each gives: lines, facts, and every count.
func TestPropertyDisjointSnapshotsAddUp(t *testing.T) {
	const rounds = 10
	property.Property{Goal: "R3", Name: "disjoint snapshots add up", Unit: "snapshots", Seeds: 200}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random, folder := rand.New(rand.NewPCG(uint64(seed), 8)), t.TempDir()
			for range rounds {
				cfg, pools, parts := asking(readingOf(random), random), 2+random.Uint64N(4), []tables(nil)
				for pool := range pools {
					parts = append(parts, newHostile(random, pool, pools).tables())
				}
				if diff := addedUp(t, folder, cfg, parts); diff != "" {
					t.Fatalf("under %+v (- the parts, + the whole):\n%s", cfg, diff)
				}
				cases += int64(len(parts))
			}
			return cases
		})
}

// Snapshots that name the same meter points do not add up.
func TestAddedUpFindsOverlaps(t *testing.T) {
	random := rand.New(rand.NewPCG(0, 0))
	part := hostileTables(random)
	if diff := addedUp(t, t.TempDir(), readingOf(random), []tables{part, part}); diff == "" {
		t.Error("a snapshot beside itself gives twice the counts")
	}
}

// addedUp compares what the parts give, in sum, with what they give together.
func addedUp(t *testing.T, folder string, cfg engine.Config, parts []tables) string {
	t.Helper()
	var whole tables
	listed, counts := map[meterpoint.MPxN]listedPoint{}, map[string]int64{}
	for _, part := range parts {
		whole = whole.and(part)
		found := assess(t, part.inputs(t, folder), cfg)
		maps.Copy(listed, found.listed)
		for name, n := range countsOf(t, found) {
			counts[name] += n
		}
	}
	found := assess(t, whole.inputs(t, folder), cfg)
	return cmp.Diff(counts, countsOf(t, found)) + cmp.Diff(listed, found.listed, cmp.AllowUnexported(listedPoint{}))
}

// countsOf gives every count of a run by its name; what is not there is 0.
func countsOf(t *testing.T, a *assessment) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	text, err := json.Marshal(map[string]any{"read": a.Read, "reportable": a.Summary.Reportable})
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	flatten(counts, "", read)
	s := &a.Summary
	for _, transition := range s.Transitions {
		counts[fmt.Sprint(transition.Fuel, transition.From, " to ", transition.To)] = transition.Count
	}
	for _, rule := range s.Rules {
		counts[fmt.Sprint(rule.Fuel, " rule ", rule.Rule)] = rule.Count
	}
	for _, total := range s.Ambiguities {
		counts["depend on "+total.Name] = total.Count
		for _, alternative := range total.Alternatives {
			counts["changed under "+total.Name+" "+alternative.Policy] = alternative.Changed
			counts["reportable under "+total.Name+" "+alternative.Policy] = alternative.Reportable
		}
	}
	for table := range a.Exceptions.All {
		for code := range engine.Code(engine.Codes) {
			counts[fmt.Sprint(engine.Table(table), code)] = a.Exceptions.All[table][code]
			counts[fmt.Sprint("warnings ", engine.Table(table), code)] = a.Exceptions.Warnings[table][code]
		}
	}
	for _, c := range a.Facts {
		counts[fmt.Sprintf("%s %q %+v", c.Fuel, c.RDP, c.Point)] = c.Count
	}
	maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
	return counts
}

func flatten(counts map[string]int64, path string, tree map[string]any) {
	for name, value := range tree {
		switch v := value.(type) {
		case float64:
			counts[path+name] = int64(v)
		case map[string]any:
			flatten(counts, path+name+" ", v)
		}
	}
}
