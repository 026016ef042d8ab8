package main

import (
	"errors"
	"fmt"
	"math"

	"flagfill/bench/measure"
)

// The goals, for Great Britain on two cores.
const (
	slopeGoal, slopeTolerance = 1.00, 0.05
	speedUpGoal               = 1.85
	sortedPeakGoalMiB         = 768
	shuffledPeakGoalMiB       = 1.2 * 1024
	budgetPeakGoalMiB         = 1.15 * 512
	budgetTimeGoal            = 2.5
)

// goalsTable holds what was measured against the goals. Either sheet may be
// empty.
func goalsTable(growth, memory measure.Sheet) (string, error) {
	var rows [][]string
	add := func(goal, figure string, reached bool) {
		rows = append(rows, []string{goal, figure, measure.Reached(reached)})
	}
	if growth.Rows != nil {
		lines, err := growthLines(growth)
		if err != nil {
			return "", err
		}
		one, two := lines[0], lines[1]
		last := len(one.points) - 1
		for _, line := range lines {
			add(fmt.Sprintf("wall grows with %s to %s meter points to the power of %.2f ± %.2f, %s", millions(line.points[0]), millions(line.points[last]), slopeGoal, slopeTolerance, workersWords(line.workers)),
				fmt.Sprintf("%.3f", line.slope), math.Abs(line.slope-slopeGoal) <= slopeTolerance)
		}
		speedUp := one.gatherAndAssessSeconds[last] / two.gatherAndAssessSeconds[last]
		add(fmt.Sprintf("gather + assess with 2 workers at least %s as fast as with 1, %s meter points", measure.Times(speedUpGoal), millions(two.points[last])), measure.Times(speedUp), speedUp >= speedUpGoal)
	}
	peakGoals := map[string]float64{"sorted": sortedPeakGoalMiB, "shuffled": shuffledPeakGoalMiB}
	for _, order := range memory.Values("order") {
		ordered := memory.Where("order", order)
		usual, limited := taken{Sheet: ordered.Where("budget", "none")}, taken{Sheet: ordered.Where("budget", budget)}
		peak, limitedPeak := usual.high("peak_mib"), limited.high("peak_mib")
		ratio := limited.median("wall_seconds") / usual.median("wall_seconds")
		of := fmt.Sprintf("%s meter points, %s", millions(usual.median("point_rows")), order)
		if err := errors.Join(usual.err, limited.err); err != nil {
			return "", fmt.Errorf("cannot hold memory against its goals: %w", err)
		}
		add(of+": peak RSS at most "+measure.MiB(peakGoals[order]), measure.MiB(peak), peak > 0 && peak <= peakGoals[order])
		add(of+": peak RSS with `--memory "+budget+"` under "+measure.MiB(budgetPeakGoalMiB), measure.MiB(limitedPeak), limitedPeak > 0 && limitedPeak < budgetPeakGoalMiB)
		add(of+": with it at most "+measure.Times(budgetTimeGoal)+" as long", measure.Times(ratio), ratio <= budgetTimeGoal)
	}
	return measure.Markdown([]string{"goal", "figure", "reached"}, rows), nil
}
