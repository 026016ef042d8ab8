package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flagfill/assurance/property"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers"
)

// What the facts of one run, as a manifest holds them, give for other policies,
// switches, scope and baseline is what a run under these finds.
func TestPropertyFactsAnswerOtherQuestions(t *testing.T) {
	const snapshots, questions = 10, 10
	property.Property{Goal: "R3", Name: "facts give what a run under another question finds", Unit: "pairs of runs", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (pairs int64) {
			random, folder, others := rand.New(rand.NewPCG(uint64(seed), 5)), t.TempDir(), 0
			for range snapshots {
				in := hostileTables(random).inputs(t, folder)
				reading := readingOf(random)
				first := assess(t, in, asking(reading, random))
				facts := throughManifest(t, first.Facts)
				for range questions {
					cfg := asking(reading, random)
					run := assess(t, in, cfg)
					if diff := answers(facts, cfg, run); diff != "" {
						t.Fatalf("the facts of a run under %+v %+v\nunder %+v %+v (- facts, + run):\n%s",
							first.Config.Question, first.Config.Switches, cfg.Question, cfg.Switches, diff)
					}
					if !cmp.Equal(first.Summary, run.Summary) {
						others++
					}
					pairs++
				}
			}
			if others < snapshots*questions/4 {
				t.Errorf("only %d of %d questions have another answer", others, pairs)
			}
			return pairs
		})
}

func answers(facts engine.Facts, cfg engine.Config, run *assessment) string {
	if diff := cmp.Diff(facts, run.Facts); diff != "" {
		return diff
	}
	return cmp.Diff(facts.Summarise(cfg.Question, cfg.Switches), run.Summary)
}

// throughManifest is the facts as they come back from a manifest.
func throughManifest(t *testing.T, facts engine.Facts) engine.Facts {
	t.Helper()
	text, err := json.Marshal(writers.FactCells(facts))
	if err != nil {
		t.Fatal(err)
	}
	var back writers.FactCells
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return engine.Facts(back)
}

// Facts that forget which points a Pending device of the wrong fuel names are
// found out: under one policy it is nothing, under the other it blocks.
func TestFactsNeedEveryBit(t *testing.T) {
	data := tables{devices: [][]string{{"GSME", "Pending", "1200023305967", "", ""}},
		points: [][]string{{"1200023305967", "A", "", "2020-01-01", "", ""}}}
	in, cfg := data.inputs(t, t.TempDir()), readingOf(rand.New(rand.NewPCG(0, 0)))
	ignored := assess(t, in, cfg)
	cfg.Rules = cfg.Rules.With(meterpoint.PendingIgnored, meterpoint.ChooseOther)
	other := assess(t, in, cfg)
	if ignored.Summary.Changed != 1 || other.Summary.Held != 1 {
		t.Fatalf("where Pending is ignored %+v, and else %+v", ignored.Summary, other.Summary)
	}
	if diff := answers(ignored.Facts, cfg, other); diff != "" {
		t.Error(diff)
	}
	ignored.Facts[0].Point.Set &^= meterpoint.PendingFuelMismatch
	if diff := cmp.Diff(ignored.Facts.Summarise(cfg.Question, cfg.Switches), other.Summary); diff == "" {
		t.Error("facts without the bit give the same")
	}
}

// What a run says of each other choice of each policy is what a run with that
// choice finds, and the points that it says depend on the policy are those
// which come out differently.
func TestPropertyAlternativesAreRuns(t *testing.T) {
	const snapshots = 10
	property.Property{Goal: "R3", Name: "the alternatives of every open question are what runs find", Unit: "alternatives", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random, folder, differing := rand.New(rand.NewPCG(uint64(seed), 6)), t.TempDir(), 0
			for range snapshots {
				in := hostileTables(random).inputs(t, folder)
				cfg := asking(readingOf(random), random)
				run, hanging := assess(t, in, cfg), map[meterpoint.MPxN]bool{}
				for a, total := range run.Summary.Ambiguities {
					depend := map[meterpoint.MPxN]bool{}
					for _, alternative := range total.Alternatives {
						choice, known := meterpoint.Ambiguity(a).ParseChoice(alternative.Policy)
						if !known {
							t.Fatalf("%s knows no %s", total.Name, alternative.Policy)
						}
						changed := cfg
						changed.Rules = cfg.Rules.With(meterpoint.Ambiguity(a), choice)
						would := assess(t, in, changed)
						if s := would.Summary; s.Changed != alternative.Changed || s.Reportable.Total != alternative.Reportable {
							t.Fatalf("%s of %+v says %+v, and a run gives %d and %d", total.Name, cfg.Question, alternative, s.Changed, s.Reportable.Total)
						}
						run.differing(would, depend)
						cases++
					}
					if len(total.Alternatives) != len(meterpoint.Ambiguity(a).Choices())-1 || total.Count != int64(len(depend)) {
						t.Fatalf("%s of %+v says that %d points depend on it, and %d come out differently", total.Name, cfg.Question, total.Count, len(depend))
					}
					differing += len(depend)
					maps.Copy(hanging, depend)
				}
				if n := run.Facts.Ambiguous(cfg.Question); n != int64(len(hanging)) {
					t.Fatalf("%+v: %d points are said to hang on an open question, and %d come out differently", cfg.Question, n, len(hanging))
				}
			}
			if differing == 0 {
				t.Error("no meter point depends on any policy")
			}
			return cases
		})
}

// differing adds the points whose status, hold or reportability is another.
func (a *assessment) differing(other *assessment, points map[meterpoint.MPxN]bool) {
	for _, listed := range []map[meterpoint.MPxN]listedPoint{a.listed, other.listed} {
		for m := range listed {
			if a.standing(m, other) != other.standing(m, a) {
				points[m] = true
			}
		}
	}
}

type standing struct {
	status           meterpoint.ServiceStatus
	held, reportable bool
}

// standing of a point that this run or the other lists: one that is not listed
// is not changed, not held and not reportable.
func (a *assessment) standing(m meterpoint.MPxN, other *assessment) standing {
	p, listed := a.listed[m]
	if !listed {
		return standing{status: other.listed[m].old}
	}
	return standing{p.new, p.disposition == engine.Held, p.disposition <= engine.Undeliverable}
}

// Every answer of whatif, however it is broken down, is what a run under that
// scenario finds, counted here from the run's own list of meter points.
func TestPropertyWhatIfIsARun(t *testing.T) {
	const snapshots = 2
	property.Property{Goal: "R3", Name: "what-if answers are what runs under them find", Unit: "scenarios", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (scenarios int64) {
			random, folder, others := rand.New(rand.NewPCG(uint64(seed), 7)), t.TempDir(), 0
			for range snapshots {
				in := hostileTables(random).inputs(t, folder)
				cfg := asking(readingOf(random), random)
				first := assess(t, in, cfg)
				chosen := engine.Scenario{Question: cfg.Question, Switches: cfg.Switches}
				asked := append([]engine.Scenario{chosen}, engine.Alone(chosen, engine.Dimensions())...)
				asked = append(asked, engine.Crossed(chosen, engine.Dimensions()[:3])...)
				answers := throughManifest(t, first.Facts).Ask(asked)
				for i, s := range asked {
					cfg.Question, cfg.Switches = s.Question, s.Switches
					run := assess(t, in, cfg)
					if diff := cmp.Diff(counted(run, first), answers[i]); diff != "" {
						t.Fatalf("asked under %+v, a run under %+v (- run, + answer):\n%s", chosen, s, diff)
					}
					if answers[i].Otherwise > 0 {
						others++
					}
					scenarios++
				}
			}
			if others == 0 {
				t.Error("no scenario has another answer")
			}
			return scenarios
		})
}

// counted is the answer as the points listed by a run give it, against those of
// another run of the same snapshot.
func counted(run, first *assessment) engine.Answer {
	a := engine.Answer{Moves: map[engine.Move]engine.Tally{}}
	for m, p := range run.listed {
		t := engine.Tally{}
		switch p.disposition {
		case engine.Held:
			a.Held++
		case engine.Left:
			a.Left++
		case engine.Emitted:
			t.Emitted, t.Reportable = 1, 1
		case engine.Withheld, engine.Undeliverable:
			t.Reportable = 1
		}
		if p.disposition != engine.Held && p.disposition != engine.Left && p.old != p.new {
			t.Changed = 1
		}
		if t != (engine.Tally{}) {
			move := engine.Move{Fuel: m.Fuel(), RDP: p.rdp, From: p.old, To: p.new}
			sum := a.Moves[move]
			a.Moves[move] = engine.Tally{Changed: sum.Changed + t.Changed, Reportable: sum.Reportable + t.Reportable, Emitted: sum.Emitted + t.Emitted}
			a.Changed, a.Reportable, a.Emitted = a.Changed+t.Changed, a.Reportable+t.Reportable, a.Emitted+t.Emitted
		}
	}
	a.HeldBack = run.Summary.Reportable.HeldBack
	a.Otherwise = otherwise(run, first)
	return a
}

// otherwise counts the points that one of two runs lists and the other does
// not, or differently.
func otherwise(a, b *assessment) (n int64) {
	came := func(p listedPoint) [5]int {
		emitted := 0
		if p.disposition == engine.Emitted {
			emitted = 1
		}
		fate, reportable := 0, 0
		switch p.disposition {
		case engine.Held:
			fate = 1
		case engine.Left:
			fate = 2
		case engine.Emitted, engine.Withheld, engine.Undeliverable:
			reportable = 1
		}
		return [5]int{1, int(p.new), fate, reportable, emitted}
	}
	for m, p := range a.listed {
		if other, listed := b.listed[m]; !listed || came(p) != came(other) {
			n++
		}
	}
	for m := range b.listed {
		if _, listed := a.listed[m]; !listed {
			n++
		}
	}
	return n
}
