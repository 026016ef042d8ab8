package engine

import (
	"context"
	"slices"
	"sync/atomic"

	"flagfill/engine/kernel"
)

// explaining is the state of one Explain: a run that is planned and not done,
// what is asked of it, and the rows that hold what is asked.
type explaining struct {
	run     *run
	numbers []uint64 // asked for
	sought  *kernel.Sought

	workers  []*finder
	verdicts *verdicts // made with the first decision

	expected  *verdicts  // of what an RDP should hold, made with the first comparison
	comparing *heldRange // likewise

	points  map[uint64][]pointFound // by number
	devices map[uint64][]deviceFound
	held    map[uint64][]heldFound
}

// finder is one worker's part of the search.
type finder struct {
	of      *explaining
	devices *deviceScanner
	points  *pointScanner
	held    *heldReader // nil without an extract
	marks   numberMarks
	read    [3]KeySearch // by Table: splits and rows
	hits    []int64      // scratch: rows of a split

	foundDevices []deviceFound
	foundPoints  []pointFound
	foundHeld    []heldFound
}

// deviceFound is one association with a number that is asked for.
type deviceFound struct {
	place  place
	number uint64
	row    DeviceRow
	word   uint64 // 0 where the row says nothing of the point
}

// pointFound is a row of meter_points with such a number.
type pointFound struct {
	place  place
	number uint64
	row    PointRow
	class  uint8
	rdp    uint8 // code of its rdp_id
	kept   bool
	word   uint64
	day    int32
	bad    field // the column of a value that does not parse; fields where none
}

func newFinder(e *explaining) *finder {
	f := &finder{of: e,
		devices: newDeviceScanner(&e.run.cfg, e.run.devices, e.run.associations, e.run.checks),
		points:  newPointScanner(e.run.points, e.run.rdpCodes, e.run.checks)}
	if e.isCompared() {
		f.held = newHeldReader(e.run)
	}
	return f
}

// search reads, in parallel, every split that may hold a number asked for.
func (e *explaining) search(ctx context.Context) error {
	var jobs []func(*finder) error
	add := func(t *table, look func(f *finder, at int) error) {
		for at := range t.plan.Splits {
			jobs = append(jobs, func(f *finder) error { return look(f, at) })
		}
	}
	add(e.run.points, (*finder).lookAtPoints)
	add(e.run.devices, (*finder).lookAtDevices)
	if e.isCompared() {
		add(e.run.held, (*finder).lookAtHeld)
	}
	e.workers = make([]*finder, min(e.run.cfg.Workers, max(len(jobs), 1)))
	var next atomic.Int64
	return each(ctx, len(e.workers), func(ctx context.Context, worker int) error {
		f := newFinder(e)
		e.workers[worker] = f
		for ctx.Err() == nil {
			i := int(next.Add(1) - 1)
			if i >= len(jobs) {
				return nil
			}
			if err := jobs[i](f); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

func (f *finder) lookAtPoints(at int) error {
	return f.look(&f.points.scanner, at, f.findPoints)
}

func (f *finder) lookAtDevices(at int) error {
	return f.look(&f.devices.scanner, at, f.findDevices)
}

// look goes through one split: its identifiers alone at first, and then the
// other columns of the rows that hold a number asked for. Text has to be read
// whole anyway.
func (f *finder) look(s *scanner, at int, use func(rows []int32) error) error {
	t := s.table
	isCounted := t.plan.Files[t.plan.Splits[at].File].Rows >= 0
	if isCounted && !f.mayHold(t, at) { // else the rows behind it would have no number
		return nil
	}
	useMatches := func() error {
		rows := f.matches(s, t.bound(at).fields)
		if len(rows) == 0 {
			return nil
		}
		return use(rows)
	}
	var err error
	if isCounted {
		err = f.readHits(s, at, useMatches)
	} else {
		err = s.scan(at, useMatches)
	}
	f.read[t.name].SplitsRead++
	f.read[t.name].RowsRead += t.readRows[at]
	return err
}

// hitsTogether is how far apart two rows may stand to be read at one go.
const hitsTogether = 1 << 12

// readHits finds the rows of a split by its identifiers, and reads them, a run
// of rows after another.
func (f *finder) readHits(s *scanner, at int, use func() error) error {
	keys := s.table.bound(at).identifiers()
	f.hits = f.hits[:0]
	err := s.scanColumns(at, &keys, func() error {
		for _, row := range f.matches(s, keys.fields) {
			f.hits = append(f.hits, s.first+int64(row))
		}
		return nil
	})
	for len(f.hits) > 0 && err == nil {
		n := 1
		for n < len(f.hits) && f.hits[n]-f.hits[n-1] < hitsTogether {
			n++
		}
		whole := s.table.plan.Splits[at]
		part, isPart := whole, false
		if source, ok := s.table.source.(PartSource); ok {
			part, isPart = source.Part(whole, f.hits[0], f.hits[n-1]-f.hits[0]+1)
		}
		if !isPart {
			n = len(f.hits)
		}
		_, err = s.scanPart(at, part, s.table.bound(at), use)
		f.hits = f.hits[n:]
	}
	return err
}

// mayHold tells whether the statistics of a split leave room for a number that
// is asked for.
func (f *finder) mayHold(t *table, at int) bool {
	return slices.ContainsFunc(t.keyBounds(at), func(b Bounds) bool {
		return slices.ContainsFunc(f.of.numbers, func(n uint64) bool { return b.MayHold(n, n) })
	})
}

// identifiers is the binding of the columns that hold MPxNs alone.
func (b *binding) identifiers() binding {
	var keys binding
	for i, f := range b.fields {
		if f.isIdentifier() {
			keys.columns, keys.fields, keys.names = append(keys.columns, b.columns[i]), append(keys.fields, f), append(keys.names, b.names[i])
		}
	}
	return keys
}

// findDevices keeps what the rows say, decided by the code of a run.
func (f *finder) findDevices(rows []int32) error {
	s, r := f.devices, f.of.run
	if err := s.readKinds(); err != nil {
		return err
	}
	bound := r.devices.bound(s.at)
	var counts [512]int64
	for slot, column := range bound.mpxns {
		found, err := s.readAssociations(slot, bound.mpxns)
		if err != nil {
			return err
		}
		for i, row := range found.rows {
			if _, isHit := slices.BinarySearch(rows, row); !isHit || f.of.sought.Index(found.numbers[i]) < 0 {
				continue
			}
			d := deviceFound{place: place{s.at, s.first + int64(row)}, number: found.numbers[i]}
			var words [2]uint64
			var into [2]int32
			if n, _ := kernel.Combine(words[:], into[:], 0, 0, found.kinds[i:i+1], found.classes[i:i+1], found.numbers[i:i+1],
				found.rows[i:i+1], &r.associations.payloads, uint32(slot)<<slotShift, &counts); n > 0 {
				d.word = words[0]
			}
			d.row = f.describeDevice(int(row), found.kinds[i], column, &r.associations.all[int(found.kinds[i])<<3|int(found.classes[i])])
			f.foundDevices = append(f.foundDevices, d)
		}
	}
	return nil
}

// findPoints keeps what the rows say, in the words of a run.
func (f *finder) findPoints(rows []int32) error {
	s, r := f.points, f.of.run
	numbers, classes, err := s.readPoints()
	if err != nil {
		return err
	}
	payloads := make([]uint32, s.rows)
	kernel.PackPoints(payloads, s.recordedCodes, s.reportedCodes, s.everCodes, s.rdpCodes)
	for _, row := range rows {
		i := int(row)
		p := pointFound{place: place{s.at, s.first + int64(row)}, number: numbers[i], class: classes[i], rdp: s.rdpCodes[i],
			kept: r.keepPoints[classes[i]], word: kernel.Word(numbers[i], payloads[i]), day: s.days[i], row: f.describePoint(i)}
		switch { // as the locator of a run's exceptions looks at them
		case s.everCodes[i] == everBad:
			p.bad = fieldEverInstalled
		case s.days[i] == badDay:
			p.bad = fieldChangedOn
		default:
			p.bad = fields
		}
		f.foundPoints = append(f.foundPoints, p)
	}
	return nil
}
