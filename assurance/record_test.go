package main

import (
	"os"
	"testing"

	"flagfill/assurance/property"
)

func result(test string, runs ...property.Run) property.Result {
	return property.Result{Goal: "R2", Name: "n", Test: test, Seeds: 100, Runs: runs}
}

func seeds(from, to int, cases int64) property.Run {
	return property.Run{Span: property.Span{From: from, To: to}, Cases: cases}
}

func TestRunsOfTheSameCodeAddUp(t *testing.T) {
	var r record
	for _, step := range []struct {
		code  string
		run   property.Run
		cases int64
		seeds int
	}{
		{"a", seeds(0, 9, 100), 100, 10},
		{"a", seeds(20, 29, 50), 150, 20},
		{"a", seeds(0, 9, 100), 150, 20}, // again: once
		{"a", seeds(5, 24, 7), 7, 20},    // overlaps both
		{"b", seeds(1, 1, 3), 3, 1},      // other code begins anew
	} {
		r.add(step.code, []property.Result{result("TestPropertyX", step.run)})
		cases, tried, _, _ := totals(r.Properties[0].Result)
		if len(r.Properties) != 1 || cases != step.cases || tried != step.seeds {
			t.Errorf("after %v of %s: %d cases of %d seeds, want %d of %d", step.run.Span, step.code, cases, tried, step.cases, step.seeds)
		}
	}
}

// The table in the document is the one that the record gives.
func TestDocumentShowsTheRecord(t *testing.T) {
	r, err := readRecord("../assurance.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../docs/assurance.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := renewed(string(document), r)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(document) {
		t.Error("docs/assurance.md does not show assurance.json: make assurance makes both")
	}
	for _, p := range r.Properties {
		if _, tried, failures, _ := totals(p.Result); failures > 0 || tried == 0 {
			t.Errorf("%s, %s: %d seeds tried, %d failed", p.Goal, p.Name, tried, failures)
		}
	}
}
