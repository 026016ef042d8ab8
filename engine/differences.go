package engine

import (
	"math/bits"
	"slices"
	"strings"

	"flagfill/engine/meterpoint"
)

// Flags are the flags that an RDP holds for one meter point, a bit each.
type Flags uint8

func flagsOf(s meterpoint.ServiceStatus) Flags {
	if s == meterpoint.Null {
		return 0
	}
	return 1 << s
}

// first is the flag held, Null for none, and one of several.
func (f Flags) first() meterpoint.ServiceStatus {
	if f == 0 {
		return meterpoint.Null
	}
	return meterpoint.ServiceStatus(bits.TrailingZeros8(uint8(f)))
}

func (f Flags) several() bool { return f&(f-1) != 0 }

func (f Flags) String() string {
	var held []string
	for s := meterpoint.Active; s <= meterpoint.LegacyW; s++ {
		if f&flagsOf(s) != 0 {
			held = append(held, s.String())
		}
	}
	return strings.Join(held, ",")
}

// Difference is a line of differences.parquet.
type Difference struct {
	MPxN       meterpoint.MPxN
	ExpectedOn int32                    // days since 1970-01-01, or NoDay
	HeldOn     int32                    // the same
	RDP        uint8                    // the responsible one, an index into RDPs; 0 in the lines of unknown points
	HeldBy     uint8                    // likewise; 0 where nothing is held, or nobody known holds it
	Expected   meterpoint.ServiceStatus // Null too where it is on hold, and in the lines of rows
	Held       Flags
	Class      Class // of a point's line; Classes and above: the class of a row
}

// Differences is a run of lines in MPxN order: for a meter point its own line,
// where its class is a difference, then a line for each row of it that is one, in
// the order of class, holder, flag and day.
type Differences struct {
	Lines []Difference
	RDPs  []string // RDPs[0] is ""; later runs may add names at the end
}

// Len is the number of lines.
func (d *Differences) Len() int { return len(d.Lines) }

// LineClass names what stands in Differences.Class.
func LineClass(c Class) string {
	if c < Classes {
		return c.String()
	}
	return RowClass(c - Classes).String()
}

// LineClasses are the names of all that can stand in Differences.Class.
const LineClasses = Classes + RowClasses

// IsLineDifference tells of a value of Differences.Class whether lines with it
// occur.
func IsLineDifference(c Class) bool {
	if c < Classes {
		return c.IsDifference()
	}
	return RowClass(c - Classes).IsDifference()
}

// reset forgets all lines and keeps their memory.
func (d *Differences) reset(rdps []string) { d.RDPs, d.Lines = rdps, d.Lines[:0] }

// add appends a line and gives where it stands, for its number and its days to be
// set. It goes by no copy on the stack: to read in wide pieces what was just
// written in others stalls.
func (d *Differences) add(l *Difference) *Difference {
	n := len(d.Lines)
	if n == cap(d.Lines) {
		d.Lines = slices.Grow(d.Lines, 1)
	}
	d.Lines = d.Lines[:n+1]
	to := &d.Lines[n]
	*to = *l
	return to
}

// shownDay is a day as it may be written: one that does not parse is none.
func shownDay(day int32) int32 {
	if day == badDay {
		return NoDay
	}
	return day
}

// UnreadableRow is an extract row whose MPxN or flag is none, as the extract has
// it.
type UnreadableRow struct {
	MPxN, Flag string
	HeldBy     string // "" where nobody known holds it
	HeldOn     int32  // or NoDay
	Fuel       string // "" without a usable MPxN
}

// ReconciliationSink takes what a reconciliation finds: its differences, and,
// as a Sink, the corrections and the exceptions. One goroutine calls it; slices
// are valid during the call only.
type ReconciliationSink interface {
	Sink
	WriteDifferences(*Differences) error
	// WriteUnreadable takes rows in the order of all their values.
	WriteUnreadable([]UnreadableRow) error
}
