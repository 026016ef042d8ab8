package forecast

import "errors"

// Pace is how a receiver takes files: one after another, each for an hour's
// FilesPerHour-th part, wholly within a window, and none while InFlight of them
// are not acknowledged yet. Acknowledgements come at any hour.
type Pace struct {
	FilesPerHour           int64
	InFlight               int64
	AcknowledgementSeconds int64
	calendar               calendar
}

// Within one receiver time is counted in ticks, of which a second has
// FilesPerHour: so a file takes a whole number of them, and nothing is rounded.
const ticksPerFile = 60 * 60

const daySeconds = 24 * 60 * 60

// horizonSeconds is how far a schedule looks: about ten years.
const horizonSeconds = 3660 * daySeconds

var (
	errHorizon      = errors.New("it would need more than ten years: does a file fit into a window?")
	errTooManyFiles = errors.New("there would be more files than a forecast counts")
)

// schedule is when each file of a receiver is sent and acknowledged.
type schedule struct {
	perSecond int64   // ticks
	first     int64   // Unix seconds; tick 0
	starts    []int64 // ticks; a file is taken ticksPerFile later
	acks      []int64 // ticks
}

// newSchedule places files in their order, each as early as can be: not before
// its release (seconds after first), the end of the file before it, or the acknowledgement
// that makes room for it. At most 2⁶³ ticks are ten years at any pace allowed.
func newSchedule(p *Pace, first int64, releases []int64) (*schedule, error) {
	s := &schedule{perSecond: p.FilesPerHour, first: first, starts: make([]int64, len(releases)), acks: make([]int64, len(releases))}
	open, at := p.calendar.from(first), 0
	ready := int64(0)
	for i, release := range releases {
		ready = max(ready, release*s.perSecond)
		if before := i - int(min(p.InFlight, int64(len(releases)))); before >= 0 {
			ready = max(ready, s.acks[before])
		}
		for look := ready; ; look += daySeconds * s.perSecond {
			if look > horizonSeconds*s.perSecond {
				return nil, errHorizon
			}
			open.until(first + (look+ticksPerFile)/s.perSecond)
			for at < len(open.open) && (open.open[at].to-first)*s.perSecond < s.earliest(open.open[at], ready)+ticksPerFile {
				at++
			}
			if at < len(open.open) {
				break
			}
		}
		s.starts[i] = s.earliest(open.open[at], ready)
		ready = s.starts[i] + ticksPerFile
		s.acks[i] = ready + p.AcknowledgementSeconds*s.perSecond
	}
	return s, nil
}

// earliest is the first tick of an open time at which a file may start that is
// ready at a tick.
func (s *schedule) earliest(open span, ready int64) int64 {
	return max(ready, (open.from-s.first)*s.perSecond)
}

// seconds is the first whole second, in Unix time, that is not before a tick.
func (s *schedule) seconds(tick int64) int64 {
	return s.first + (tick+s.perSecond-1)/s.perSecond
}

// finish is when the last file is acknowledged; the first start where there is
// no file.
func (s *schedule) finish() int64 {
	if len(s.acks) == 0 {
		return s.first
	}
	return s.seconds(s.acks[len(s.acks)-1])
}

// busy joins the times at which files are being sent, in Unix seconds.
func (s *schedule) busy() []span {
	var all []span
	for i := 0; i < len(s.starts); {
		last := i
		for last+1 < len(s.starts) && s.starts[last+1] == s.starts[last]+ticksPerFile {
			last++
		}
		all = append(all, span{s.first + s.starts[i]/s.perSecond, s.seconds(s.starts[last] + ticksPerFile)})
		i = last + 1
	}
	return all
}
