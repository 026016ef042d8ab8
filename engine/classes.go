package engine

import "flagfill/engine/meterpoint"

// Class is what a reconciliation finds of a meter point.
type Class uint8

// Every assessed meter point has the first of these that applies.
const (
	NotCovered     Class = iota // nobody said what its RDP holds, or it has none
	ExpectedOnHold              // what the RDP should hold is in doubt
	Duplicate                   // the RDP has rows with different flags
	Match
	DateDiffers // the right flag since another day
	InFlight    // differs, and changed only just now
	NotSendable // differs, and the flag may not be sent: class withheld
	Missing     // holds nothing, where a flag is expected
	Unexpected  // holds a flag, where none is expected
	Legacy      // holds S or W
	Stale       // holds another of A, I and N
	Classes     = 11
)

var classNames = [Classes]string{"not_covered", "held", "duplicate", "match", "date", "in_flight", "withheld", "missing",
	"unexpected", "legacy", "stale"}

func (c Class) String() string { return classNames[c] }

// IsDifference tells whether somebody has to look at a meter point of the class.
func (c Class) IsDifference() bool {
	return c != NotCovered && c != Match && c != InFlight && c != NotSendable
}

// corrected tells whether sending the expected status puts the class right.
func (c Class) corrected() bool {
	return c == Missing || c == Stale || c == Legacy || c == Duplicate
}

// isTimeless tells of a class that it does not depend on when anything was.
func (c Class) isTimeless() bool {
	return c == NotCovered || c == ExpectedOnHold || c == Duplicate || c == Match
}

// RowClass is what a reconciliation makes of an extract row.
type RowClass uint8

// Every extract row has the first of these that applies.
const (
	RowNotEmitted RowClass = iota // of a publication, and in none of its flow files
	RowUnreadable                 // its MPxN or its flag
	RowOtherFuel                  // of a fuel that is not looked at
	RowSuperseded                 // a publication that is applied later says otherwise
	RowUnknown                    // no such meter point: class unknown_point
	RowMisrouted                  // a flag held by an RDP that is not responsible
	RowRepeat                     // equal to an earlier one
	RowUsed
	RowClasses = 8
)

var rowClassNames = [RowClasses]string{"not_emitted", "unreadable", "other_fuel", "superseded", "unknown_point", "misrouted", "repeat", "used"}

func (c RowClass) String() string { return rowClassNames[c] }

// IsDifference tells whether somebody has to look at a row of the class.
func (c RowClass) IsDifference() bool {
	return c == RowUnreadable || c == RowUnknown || c == RowMisrouted
}

// Counts are meter points by class and extract rows by class.
type Counts struct {
	Classes [Classes]int64
	Rows    [RowClasses]int64
}

// Differences counts the meter points and the rows that are differences.
func (c *Counts) Differences() (points, rows int64) {
	for class, n := range c.Classes {
		if Class(class).IsDifference() {
			points += n
		}
	}
	for class, n := range c.Rows {
		if RowClass(class).IsDifference() {
			rows += n
		}
	}
	return points, rows
}

// of a class as it stands in Differences.
func (c *Counts) of(class Class) int64 {
	if class < Classes {
		return c.Classes[class]
	}
	return c.Rows[class-Classes]
}

func (c *Counts) add(other *Counts) {
	for class, n := range other.Classes {
		c.Classes[class] += n
	}
	for class, n := range other.Rows {
		c.Rows[class] += n
	}
}

func (c *Counts) sums() (points, rows int64) {
	for _, n := range c.Classes {
		points += n
	}
	for _, n := range c.Rows {
		rows += n
	}
	return points, rows
}

// noFuel stands beside the two fuels for rows without a usable MPxN.
const (
	noFuel    = 2
	fuelSlots = 3
)

// tally is one worker's part of the counts, by RDP and fuel. Points count for
// the responsible RDP and rows for their holder, 0 where there is none.
type tally struct {
	counts   [256][fuelSlots]Counts
	stale    [meterpoint.Unknown + 1][meterpoint.NotActive + 1]int64 // by held and expected
	sendable int64                                                   // points that the corrections report, switches aside
	listed   int64                                                   // differences
	unlisted written                                                 // changes of usual cases that nobody takes
}

func newTally() *tally { return &tally{} }

// add counts points that are judged alike.
func (t *tally) add(j *judged, points int64) {
	t.counts[j.rdp][j.mpxn.Fuel()].Classes[j.class] += points
	if j.class == Stale {
		t.stale[j.held.first()][j.verdict.status] += points
	}
	if j.sendable {
		t.sendable += points
	}
}

func (t *tally) merge(other *tally) {
	for rdp := range t.counts {
		for fuel := range t.counts[rdp] {
			t.counts[rdp][fuel].add(&other.counts[rdp][fuel])
		}
	}
	for from := range t.stale {
		for to := range t.stale[from] {
			t.stale[from][to] += other.stale[from][to]
		}
	}
	t.sendable += other.sendable
	t.listed += other.listed
	t.unlisted.merge(&other.unlisted)
}
