package engine

import "time"

// Stopwatch shares one goroutine's time out among the steps of its work. One
// that is nil or has no clock counts nothing.
type Stopwatch struct {
	clock func() time.Time
	last  time.Time
	spent []time.Duration // by step
}

// NewStopwatch is for the steps 0 to steps−1.
func NewStopwatch(clock func() time.Time, steps int) *Stopwatch {
	return &Stopwatch{clock: clock, spent: make([]time.Duration, steps)}
}

// Start begins to count; what came before belongs to no step.
func (w *Stopwatch) Start() {
	if w != nil && w.clock != nil {
		w.last = w.clock()
	}
}

// Lap counts the time since the last Start or Lap for a step.
func (w *Stopwatch) Lap(step int) {
	if w == nil || w.clock == nil {
		return
	}
	now := w.clock()
	w.spent[step] += now.Sub(w.last)
	w.last = now
}

// Spent is the time of a step so far.
func (w *Stopwatch) Spent(step int) time.Duration {
	if w == nil {
		return 0
	}
	return w.spent[step]
}

// The steps that workers share their time out among.
const (
	stepDecode  = iota // bytes to record batches: reading, decompressing, decoding
	stepParse          // record batches to numbers, codes and exceptions, with check digits
	stepScatter        // words to their key ranges
	stepFold           // a range's words collected and sorted
	stepDecide         // points joined with devices, looked up, counted, listed
	stepLocate         // rows of exceptions found
	stepCheck          // the plain twin
	steps
)

var stepNames = [steps]string{"decode", "parse and check", "scatter", "fold", "look up", "locate exceptions", "self-check"}

// work adds the workers' times up, in the order of the steps.
func (r *run) work() []Stage {
	work := make([]Stage, steps)
	for step := range work {
		work[step].Name = stepNames[step]
		for worker := range r.gatherers {
			work[step].Duration += r.gatherers[worker].watch.Spent(step) + r.assessors[worker].watch.Spent(step)
		}
	}
	return work
}
