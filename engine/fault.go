package engine

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// Fault makes an error, on one line, of a panic that was recovered: of which
// type it is and where it arose. It is called in the deferred function. The
// panic's value may quote data, and the stack as the runtime prints it holds
// arguments: neither is kept, since an error text is no place for an MPxN.
func Fault(recovered any) error {
	return fmt.Errorf("internal fault (%T) in %s", recovered, strings.Join(places(), ", called by "))
}

// faultPlaces is how many functions of this program a fault names.
const faultPlaces = 6

// places are the functions that were at work, the innermost first: of other
// people's code that alone in which the fault arose.
func places() []string {
	var counters [64]uintptr
	var all []string
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters[:])])
	panicked := false
	for {
		frame, more := frames.Next()
		ours := strings.HasPrefix(frame.Function, "flagfill/") || strings.HasPrefix(frame.Function, "main.")
		switch {
		case strings.HasPrefix(frame.Function, "runtime."):
			panicked = panicked || frame.Function == "runtime.gopanic" || frame.Function == "runtime.sigpanic"
		case panicked && (ours || len(all) == 0) && len(all) < faultPlaces:
			all = append(all, fmt.Sprintf("%s (%s:%d)", path.Base(frame.Function), path.Base(frame.File), frame.Line))
		}
		if !more {
			return all
		}
	}
}
