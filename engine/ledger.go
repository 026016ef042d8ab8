package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// ledger counts exceptions by code, and keeps the keys of those that only the
// meeting of both tables can show, until their rows are found.
type ledger struct {
	counts ExceptionCounts
	keep   kept
	orphan []uint64 // keys that usable associations name and meter_points lacks
	points []uint64 // keys of points with an exception, flags as payload

	conflicting int64 // points; their exceptions count rows
	used        int64 // associations that went into a status set, or were ignored
}

// A flagged key carries, below it, which point exceptions it has.
const (
	flagConflict = 1 << iota
	flagDuplicate
	flagUnknownService
	flagUnknownReported
	flagBadValue
	flagNoRDP
	flagBadRDP
	flagRDPMismatch
	flagMissingDate
)

// pointFlags says which code each flag stands for, and which are warnings.
var pointFlags = []struct {
	flag    uint32
	code    Code
	warning bool
}{
	{flagConflict, ConflictingMeterPoint, false},
	{flagDuplicate, DuplicateMeterPoint, false},
	{flagUnknownService, UnknownServiceStatus, false},
	{flagUnknownReported, UnknownReportedStatus, true},
	{flagBadValue, BadValue, false},
	{flagNoRDP, NoRDP, false},
	{flagBadRDP, BadRDP, false},
	{flagRDPMismatch, RDPMismatch, false},
	{flagMissingDate, MissingEffectiveDate, true},
}

var problemFlags = [...]uint32{meterpoint.RDPKnown: 0, meterpoint.NoRDP: flagNoRDP,
	meterpoint.BadRDP: flagBadRDP, meterpoint.RDPMismatch: flagRDPMismatch}

func (l *ledger) count(table Table, code Code, warning bool, n int64) {
	l.counts.All[table][code] += n
	if warning {
		l.counts.Warnings[table][code] += n
	}
}

// flag counts the exceptions of one point, which stands in rows rows, and
// keeps its key.
func (l *ledger) flag(key uint64, flags uint32, rows int64) {
	if flags == 0 {
		return
	}
	for _, f := range pointFlags {
		if flags&f.flag == 0 {
			continue
		}
		n := int64(1)
		switch f.flag {
		case flagConflict:
			n = rows
			l.conflicting++
		case flagDuplicate:
			n = rows - 1
		}
		l.count(MeterPoints, f.code, f.warning, n)
	}
	if flags &= l.keep.flags; flags != 0 && len(l.points) < l.keep.points {
		l.points = append(l.points, kernel.Word(key, flags))
	}
}

// orphaned keeps a key whose associations meet no point.
func (l *ledger) orphaned(key uint64) {
	if len(l.orphan) < l.keep.orphans {
		l.orphan = append(l.orphan, key)
	}
}

// kept says which keys a ledger keeps: those of listed exceptions, and no more
// than the limits allow, since past a limit nothing is listed.
type kept struct {
	flags           uint32
	points, orphans int
}

func (l *ledger) addDevices(g *gatherer, table *associations) {
	for at, n := range g.associations {
		if a := table.all[at]; a.notUsed {
			l.count(Devices, a.code, false, n)
		}
		if table.all[at].warned {
			l.count(Devices, BadCheckDigit, true, n)
		}
	}
}

func (l *ledger) addPoints(g *gatherer, cfg *Config) {
	for class := range uint8(kernel.Classes) {
		row, n := classifyPoint(cfg, class), g.pointClasses[class]
		if row.notUsed {
			l.count(MeterPoints, row.code, false, n)
		}
		if row.warned {
			l.count(MeterPoints, BadCheckDigit, true, n)
		}
	}
}

// merge adds another worker's ledger.
func (l *ledger) merge(other *ledger) {
	l.counts.merge(&other.counts)
	l.conflicting += other.conflicting
	l.used += other.used
}

func (c *ExceptionCounts) merge(other *ExceptionCounts) {
	for table := range c.All {
		for code := range c.All[table] {
			c.All[table][code] += other.All[table][code]
			c.Warnings[table][code] += other.Warnings[table][code]
		}
	}
}

// Serious counts the exceptions of a table, warnings aside.
func (c *ExceptionCounts) Serious(table Table) int64 {
	var n int64
	for code := range c.All[table] {
		n += c.All[table][code] - c.Warnings[table][code]
	}
	return n
}

// Total counts a code over all tables.
func (c *ExceptionCounts) Total(code Code) (all, warnings int64) {
	for table := range c.All {
		all += c.All[table][code]
		warnings += c.Warnings[table][code]
	}
	return all, warnings
}

func isMeterKind(kind int) bool {
	t := meterpoint.DeviceType(kind / statusesOfType)
	return t == meterpoint.ESME || t == meterpoint.GSME
}
