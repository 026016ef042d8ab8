package main

import (
	"path/filepath"
	"strings"
	"testing"

	"flagfill/bench/measure"
)

// sample is three turns by one worker and by two, in which pages take 1 s, the
// scan a quarter more and the run half as much again.
func sample(t *testing.T) measure.Sheet {
	t.Helper()
	s, err := measure.ReadSheetFile(filepath.Join("testdata", "sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFloorsTable(t *testing.T) {
	text, err := floorsTable(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"machine: a sample",
		"| 1 | 0.900 s | 1.000 s | 1.250 s | 1.250 s | 1.800 s | 2.000 s | 1.25 | 1.60 | 2.00 |\n",
		"| 2 | 0.500 s | 0.500 s | 0.650 s | 0.650 s | 0.910 s | 0.920 s | 1.30 | 1.42 | 1.84 |\n",
		"| goal | | | | | | | 1.5 | 1.4 | 2.0 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// The stages are those of the median turn, the second.
func TestStagesTable(t *testing.T) {
	text, err := stagesTable(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2 workers, turn 2.\n",
		"| all, stage by stage | read both tables | 0.700 | 77.8 % |\n|  | other | 0.200 | 22.2 % |\n|  | **together** | 0.900 | 100.0 % |\n",
		"| workers | decode | 1.000 | 55.6 % |\n|  | parse and check | 0.300 | 16.7 % |\n|  | idle | 0.500 | 27.8 % |\n|  | **together** | 1.800 | 100.0 % |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestTablesNeedWholeTurns(t *testing.T) {
	s := sample(t)
	s.Rows = s.Rows[:len(s.Rows)-2] // the last turn lacks its parsing
	if text, err := floorsTable(s); err == nil {
		t.Errorf("made a table:\n%s", text)
	}
}
