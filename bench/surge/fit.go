package main

import "math"

// fitPowerLaw fits y = c·x^slope through positive points by least squares of the
// logarithms; r2 is the share of their variance that it explains. NaN where all
// x are the same.
func fitPowerLaw(x, y []float64) (slope, r2 float64) {
	n := float64(len(x))
	var meanX, meanY float64
	for i := range x {
		meanX += math.Log(x[i]) / n
		meanY += math.Log(y[i]) / n
	}
	var xx, xy, yy float64
	for i := range x {
		dx, dy := math.Log(x[i])-meanX, math.Log(y[i])-meanY
		xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
	}
	return xy / xx, xy * xy / (xx * yy)
}
