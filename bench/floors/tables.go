package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"flagfill/bench/measure"
)

// tables puts the figures into the document.
func (b *bench) tables() error {
	s, err := measure.ReadSheetFile(b.sheet())
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "floors: %s is not there: make bench-floors measures it\n", b.sheet())
		return nil
	}
	if err != nil {
		return err
	}
	for _, table := range []struct {
		name string
		make func(measure.Sheet) (string, error)
	}{{"floors", floorsTable}, {"stages", stagesTable}} {
		text, err := table.make(s)
		if err != nil {
			return fmt.Errorf("cannot make the table of %s: %w", table.name, err)
		}
		if err := measure.RenewFile(b.readme, table.name, text); err != nil {
			return err
		}
	}
	return nil
}

// goals for the ratios, in the order of the table.
const (
	scanToPages = 1.5
	runToScan   = 1.4
	runToPages  = 2.0
)

// floorsTable sets page floor, scan floor and run side by side, a line for each
// number of workers.
func floorsTable(s measure.Sheet) (string, error) {
	var text strings.Builder
	for _, n := range s.Notes {
		fmt.Fprintf(&text, "%s: %s  \n", n.Name, n.Text)
	}
	text.WriteString("\n| workers | page floor: min | median | scan floor: min | median | run: min | median | scan ÷ pages | run ÷ scan | run ÷ pages |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, workers := range s.Values("workers") {
		of := s.Where("workers", workers)
		pages, err := of.Where("of", ofPages).Where("what", "wall").Figures("seconds")
		if err != nil {
			return "", err
		}
		run, err := of.Where("of", ofRun).Where("what", "wall").Figures("seconds")
		if err != nil {
			return "", err
		}
		scan, err := scans(of, workers)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "| %s |", workers)
		for _, figures := range [][]float64{pages, scan, run} {
			low, median, _ := measure.Spread(figures)
			fmt.Fprintf(&text, " %.3f s | %.3f s |", low, median)
		}
		p, c, r := measure.Median(pages), measure.Median(scan), measure.Median(run)
		fmt.Fprintf(&text, " %.2f | %.2f | %.2f |\n", c/p, r/c, r/p)
	}
	fmt.Fprintf(&text, "| goal | | | | | | | %.1f | %.1f | %.1f |\n", scanToPages, runToScan, runToPages)
	return text.String(), nil
}

// scans gives the scan floor of each turn: what the workers took to decode, parse
// and check, shared out evenly among them.
func scans(s measure.Sheet, workers string) ([]float64, error) {
	var n float64
	if _, err := fmt.Sscan(workers, &n); err != nil || n < 1 {
		return nil, fmt.Errorf("%q is no number of workers", workers)
	}
	decode, err := s.Where("of", "workers").Where("what", "decode").Figures("seconds")
	if err != nil {
		return nil, err
	}
	parse, err := s.Where("of", "workers").Where("what", "parse_and_check").Figures("seconds")
	if err != nil {
		return nil, err
	}
	if len(decode) != len(parse) {
		return nil, errors.New("the last turn is not whole")
	}
	for i := range decode {
		decode[i] = (decode[i] + parse[i]) / n
	}
	return decode, nil
}

// stagesTable shows where the time of the run of median wall clock went, for the
// greatest number of workers. As the parts are of one run, they add up.
func stagesTable(s measure.Sheet) (string, error) {
	workers := s.Values("workers")
	if len(workers) == 0 {
		return "", errors.New("there are no figures")
	}
	of := s.Where("workers", workers[len(workers)-1])
	of, turn, err := medianTurn(of)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s workers, turn %s.\n\n| goroutines | step | seconds | share |\n|---|---|---|---|\n", workers[len(workers)-1], turn)
	for _, crew := range of.Values("of") {
		if crew == ofPages || crew == ofRun {
			continue
		}
		parts := of.Where("of", crew)
		figures, err := parts.Figures("seconds")
		if err != nil {
			return "", err
		}
		sum := 0.0
		for _, figure := range figures {
			sum += figure
		}
		name := strings.ReplaceAll(crew, "_", " ")
		if crew == ofStage {
			name = "all, stage by stage"
		}
		for i, figure := range figures {
			fmt.Fprintf(&text, "| %s | %s | %.3f | %.1f %% |\n", name, strings.ReplaceAll(parts.Values("what")[i], "_", " "), figure, 100*figure/sum)
			name = ""
		}
		fmt.Fprintf(&text, "|  | **together** | %.3f | 100.0 %% |\n", sum)
	}
	return text.String(), nil
}

// medianTurn keeps the rows of the turn whose run took the median time, or the
// one below it.
func medianTurn(s measure.Sheet) (of measure.Sheet, turn string, err error) {
	walls := s.Where("of", ofRun).Where("what", "wall")
	figures, err := walls.Figures("seconds")
	if err != nil {
		return s, "", err
	}
	median, best := measure.Median(figures), -1
	for i, figure := range figures {
		if figure <= median && (best < 0 || figure > figures[best]) {
			best = i
		}
	}
	turn = walls.Values("turn")[best]
	return s.Where("turn", turn), turn, nil
}
