package engine

import (
	"math/bits"
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

// Differences is a run of lines of differences.parquet as parallel columns, in
// MPxN order: for a meter point its own line, where its class is a difference,
// then a line for each row of it that is one, in the order of class, holder,
// flag and day.
type Differences struct {
	MPxN       []meterpoint.MPxN
	RDP        []uint8                    // the responsible one, an index into RDPs; 0 in the lines of unknown points
	Expected   []meterpoint.ServiceStatus // Null too where it is on hold, and in the lines of rows
	Held       []Flags
	ExpectedOn []int32 // days since 1970-01-01, or NoDay
	HeldOn     []int32
	Class      []Class  // of a point's line; Classes and above: the class of a row
	HeldBy     []uint8  // index into RDPs; 0 where nothing is held, or nobody known holds it
	RDPs       []string // RDPs[0] is ""; later runs may add names at the end
}

// Len is the number of lines.
func (d *Differences) Len() int { return len(d.MPxN) }

// ClassName of a line: of its point, or of its row.
func (d *Differences) ClassName(i int) string { return LineClass(d.Class[i]) }

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

// Take appends the lines from..to of another run, whose RDPs begin with ours.
func (d *Differences) Take(from *Differences, first, end int) {
	d.RDPs = from.RDPs
	d.MPxN = append(d.MPxN, from.MPxN[first:end]...)
	d.RDP = append(d.RDP, from.RDP[first:end]...)
	d.Expected = append(d.Expected, from.Expected[first:end]...)
	d.Held = append(d.Held, from.Held[first:end]...)
	d.ExpectedOn = append(d.ExpectedOn, from.ExpectedOn[first:end]...)
	d.HeldOn = append(d.HeldOn, from.HeldOn[first:end]...)
	d.Class = append(d.Class, from.Class[first:end]...)
	d.HeldBy = append(d.HeldBy, from.HeldBy[first:end]...)
}

// Reset forgets all lines and keeps their memory.
func (d *Differences) Reset() { d.reset(nil) }

func (d *Differences) reset(rdps []string) {
	d.RDPs = rdps
	d.MPxN, d.RDP, d.Expected, d.Held = d.MPxN[:0], d.RDP[:0], d.Expected[:0], d.Held[:0]
	d.ExpectedOn, d.HeldOn, d.Class, d.HeldBy = d.ExpectedOn[:0], d.HeldOn[:0], d.Class[:0], d.HeldBy[:0]
}

// line is one line of differences before it is appended.
type line struct {
	mpxn               meterpoint.MPxN
	rdp, heldBy        uint8
	expected           meterpoint.ServiceStatus
	held               Flags
	expectedOn, heldOn int32
	class              Class
}

func (d *Differences) line(i int) line {
	return line{d.MPxN[i], d.RDP[i], d.HeldBy[i], d.Expected[i], d.Held[i], d.ExpectedOn[i], d.HeldOn[i], d.Class[i]}
}

// add appends a line, which stays the caller's. It takes no copy: to read in wide
// pieces what was just written in small ones stalls.
func (d *Differences) add(l *line) {
	d.MPxN = append(d.MPxN, l.mpxn)
	d.RDP = append(d.RDP, l.rdp)
	d.Expected = append(d.Expected, l.expected)
	d.Held = append(d.Held, l.held)
	d.ExpectedOn = append(d.ExpectedOn, l.expectedOn)
	d.HeldOn = append(d.HeldOn, shownDay(l.heldOn))
	d.Class = append(d.Class, l.class)
	d.HeldBy = append(d.HeldBy, l.heldBy)
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
