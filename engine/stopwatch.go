package engine

import "time"

// step is a part of the work that workers share their time out among.
type step uint8

const (
	stepDecode  step = iota // bytes to record batches: reading, decompressing, decoding
	stepParse               // record batches to numbers, codes and exceptions, with check digits
	stepScatter             // words to their key ranges
	stepFold                // a range's words collected and sorted
	stepDecide              // points joined with devices, looked up, counted, listed
	stepLocate              // rows of exceptions found
	stepCheck               // the plain twin
	steps       = 7
)

var stepNames = [steps]string{"decode", "parse and check", "scatter", "fold", "look up", "locate exceptions", "self-check"}

// stopwatch counts one worker's time by step. Without a clock it counts nothing.
type stopwatch struct {
	clock func() time.Time
	last  time.Time
	spent [steps]time.Duration
}

// start begins to count; what came before belongs to no step.
func (w *stopwatch) start() {
	if w != nil && w.clock != nil {
		w.last = w.clock()
	}
}

// lap counts the time since the last start or lap for a step.
func (w *stopwatch) lap(s step) {
	if w == nil || w.clock == nil {
		return
	}
	now := w.clock()
	w.spent[s] += now.Sub(w.last)
	w.last = now
}

// work adds the workers' times up, in the order of the steps.
func (r *run) work() []Stage {
	work := make([]Stage, steps)
	for i := range work {
		work[i].Name = stepNames[i]
		for worker := range r.gatherers {
			work[i].Duration += r.gatherers[worker].watch.spent[i] + r.assessors[worker].watch.spent[i]
		}
	}
	return work
}
