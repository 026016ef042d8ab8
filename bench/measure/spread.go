package measure

import "slices"

// Spread is the least, the median and the greatest of some figures. There must
// be one at least.
func Spread(figures []float64) (low, median, high float64) {
	sorted := slices.Sorted(slices.Values(figures))
	middle := len(sorted) / 2
	median = sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[0], median, sorted[len(sorted)-1]
}

// Median of some figures. There must be one at least.
func Median(figures []float64) float64 {
	_, median, _ := Spread(figures)
	return median
}
