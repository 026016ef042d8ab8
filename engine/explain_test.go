package engine

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"flagfill/engine/meterpoint"
)

// What is explained of every number in a snapshot full of faults is what a run
// over it lists: the same decisions, the same exceptions at the same rows, and
// unchanged for what a run does not list.
func TestExplainAgreesWithRun(t *testing.T) {
	standings, reasons, effects := map[string]int{}, map[string]int{}, map[string]int{}
	skipped := 0
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 7))
		c := randomCase(random, 20+random.IntN(380)+500*int(seed%2))
		c.cfg.ListWarnings, c.cfg.Passes = true, 0
		var sink memorySink
		result, err := Run(context.Background(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, &sink, &Progress{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		asked := numbersIn(c)
		got, err := Explain(context.Background(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, nil, Terms{}, asked)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var listed []changeRow
		assessed := int64(0)
		for _, x := range got.All {
			standings[x.Standing]++
			for _, d := range x.Devices {
				effects[d.Effect]++
			}
			if x.Decision == nil {
				continue
			}
			assessed++
			reasons[x.Decision.Reason]++
			if x.Decision.Disposition != DispositionUnchanged {
				listed = append(listed, asChangeRow(&x))
			}
		}
		if assessed != result.Read.MeterPoints.Assessed {
			t.Errorf("seed %d: %d meter points have a decision, and the run assessed %d", seed, assessed, result.Read.MeterPoints.Assessed)
		}
		if diff := gocmp.Diff(sink.changes, listed); diff != "" {
			t.Errorf("seed %d: changes (-run +explained):\n%s", seed, diff)
		}
		if diff := gocmp.Diff(exceptionsOfNumbers(sink.exceptions), exceptionsExplained(got)); diff != "" {
			t.Errorf("seed %d: exceptions (-run +explained):\n%s", seed, diff)
		}
		for range 3 { // alone, by the splits that statistics leave, and twice
			i := random.IntN(len(asked))
			one, err := Explain(context.Background(), c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, nil, Terms{}, []string{asked[i], asked[i]})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if diff := gocmp.Diff([]Explanation{got.All[i], got.All[i]}, one.All); diff != "" {
				t.Errorf("seed %d: one of many, and alone:\n%s", seed, diff)
			}
			for _, search := range one.Search {
				skipped += search.Splits - search.SplitsRead
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if skipped == 0 {
		t.Error("no split was skipped")
	}
	for _, tried := range []struct {
		what string
		n    map[string]int
		want int
	}{{"standings", standings, 6}, {"reasons", reasons, 8}, {"effects", effects, 6}} {
		if len(tried.n) != tried.want {
			t.Errorf("only these %s came up: %v", tried.what, tried.n)
		}
	}
}

// numbersIn lists every number that an identifier of the snapshot holds, in
// order.
func numbersIn(c *agreementCase) []string {
	numbers := map[meterpoint.MPxN]bool{}
	for _, row := range c.points.rows {
		if m, ok := meterpoint.ParseMPxN([]byte(row[0])); ok {
			numbers[m] = true
		}
	}
	for _, row := range c.devices.rows {
		for _, text := range row[2:] {
			if m, ok := meterpoint.ParseMPxN([]byte(text)); ok {
				numbers[m] = true
			}
		}
	}
	var list []meterpoint.MPxN
	for m := range numbers {
		list = append(list, m)
	}
	slices.Sort(list)
	var texts []string
	for _, m := range list {
		texts = append(texts, "00"+m.String()+" ")
	}
	return texts
}

func asChangeRow(x *Explanation) changeRow {
	d, day := x.Decision, int32(NoDay)
	if d.EffectiveOn != nil {
		day = parseDay([]byte(*d.EffectiveOn))
	}
	return changeRow{x.MPxN, d.RDP, d.Old, d.New, d.Rule, d.Disposition, day}
}

// exceptionsOfNumbers are those that a number of an identifier leads to, as
// lines: text that is no number at all cannot be asked for.
func exceptionsOfNumbers(all []Exception) []string {
	var lines []string
	for _, e := range all {
		if _, ok := meterpoint.ParseMPxN([]byte(e.Value)); e.Code == BadMPxN && !ok {
			continue
		}
		lines = append(lines, exceptionLine(e.Table, e.File, e.Row, e.Column, e.Code.String(), e.Value))
	}
	slices.Sort(lines)
	return lines
}

func exceptionsExplained(all *Explanations) []string {
	var lines []string
	for _, x := range all.All {
		for _, p := range x.MeterPoints {
			for _, e := range p.Exceptions {
				lines = append(lines, exceptionLine(MeterPoints, p.File, p.Row, e.Column, e.Code, e.Value))
			}
		}
		for _, d := range x.Devices {
			for _, e := range d.Exceptions {
				lines = append(lines, exceptionLine(Devices, d.File, d.Row, e.Column, e.Code, e.Value))
			}
		}
	}
	slices.SortFunc(lines, cmp.Compare[string])
	return lines
}

func exceptionLine(table Table, file string, row int64, column, code, value string) string {
	return fmt.Sprintf("%s %s row %d, %s: %s %q", table, file, row, column, code, value)
}
