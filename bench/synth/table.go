package synth

import (
	"context"
	"fmt"
	"io"
	"os"

	"flagfill/engine/meterpoint"
)

// table is one of the two tables of a snapshot, or of what comes with it.
type table uint8

const (
	devicesTable table = iota
	meterPointsTable
	tables // of a snapshot
)

// What comes with a snapshot: what RDPs hold, and what is wrong with it.
const (
	extractTable = tables + iota
	truthTable
)

// layout says what the columns of a table are.
type layout struct {
	names    []string
	kinds    []kind
	required int // that many columns, from the first, are never null
}

var layouts = [...]layout{
	devicesTable: {
		[]string{"device_id", "device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan"},
		[]kind{identifier, enumeration, enumeration, mpxn, mpxn, mpxn}, 3},
	meterPointsTable: {
		[]string{"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed", "reported_status"},
		[]kind{mpxn, enumeration, enumeration, date, enumeration, enumeration}, 0},
	extractTable: {
		[]string{"mpxn", "dcc_service_flag", "dcc_service_flag_efd", "rdp_id"},
		[]kind{mpxn, enumeration, date, enumeration}, 0},
	truthTable: {
		[]string{"mpxn", "rdp_id", "class", "class_with_devices", "row_class"},
		[]kind{mpxn, enumeration, enumeration, enumeration, enumeration}, 0},
}

// Format is how the files of a snapshot are written.
type Format uint8

// The formats. Rows are the same in each.
const (
	Parquet Format = iota
	Arrow
	CSV
)

func (f Format) file(name string) string { return name + [...]string{".parquet", ".arrow", ".csv"}[f] }

// encoder writes one table. Its groups are filled by workers at the same time
// and committed in order.
type encoder interface {
	group() groupEncoder
	close() error // when all groups are committed; leaves the file open
}

// groupEncoder holds one group of rows at a time. One worker uses it.
type groupEncoder interface {
	write(rows []row) error // keeps none of them
	finish() error          // the group has no more rows
	commit() error
}

func newEncoder(out io.Writer, cfg Config, t table) (encoder, error) {
	switch cfg.Format {
	case CSV:
		return newCSVEncoder(out, t), nil
	case Arrow:
		return newArrowEncoder(out, cfg, t)
	}
	return newParquetEncoder(out, cfg, t)
}

// writeFile creates a file and removes it when it cannot be written whole.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("cannot create a table of the snapshot: %w", err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			os.Remove(path)
			err = fmt.Errorf("cannot write %s: %w", path, err)
		}
	}()
	return write(file)
}

// writeTable writes the devices or the meter_points.
func writeTable(ctx context.Context, out io.Writer, e *estate, t table, workers int) error {
	enc, err := newEncoder(out, e.cfg, t)
	if err != nil {
		return err
	}
	makers := make([]*tableMaker, workers)
	for i := range makers {
		makers[i] = &tableMaker{estate: e, table: t, out: enc.group()}
	}
	if err := inTurn(ctx, e.groups(t), makers); err != nil {
		return err
	}
	return enc.close()
}

// tableMaker makes the groups of devices or of meter_points.
type tableMaker struct {
	estate *estate
	table  table
	out    groupEncoder
	places []place // scratch
	rows   []row   // scratch
}

func (m *tableMaker) make(ctx context.Context, group int64) error {
	e := m.estate
	from := group * e.groupRows
	to := min(from+e.groupRows, e.steps(m.table))
	for ; from < to; from += batchRows {
		m.places = e.appendPlaces(m.places[:0], m.table, from, min(from+batchRows, to))
		m.rows = e.appendRows(m.rows[:0], m.table, m.places)
		if err := m.out.write(m.rows); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return m.out.finish()
}

func (m *tableMaker) commit() error { return m.out.commit() }

// steps to make a table: a row each, or in MPxN order the rows beside an MPxN
// each.
func (e *estate) steps(t table) int64 {
	if e.cfg.Shuffled {
		return e.rows(t)
	}
	return e.slots(meterpoint.Gas) + e.slots(meterpoint.Electricity)
}

// groups is the number of row groups of a table. In MPxN order a group is a run
// of MPxNs, and its rows vary.
func (e *estate) groups(t table) int64 { return (e.steps(t) + e.groupRows - 1) / e.groupRows }

// appendPlaces gives the rows of some steps, in file order.
func (e *estate) appendPlaces(to []place, t table, from, end int64) []place {
	if e.cfg.Shuffled {
		for row := from; row < end; row++ {
			to = append(to, e.at(t, e.rowOrder[t].at(row)))
		}
		return to
	}
	gas := e.slots(meterpoint.Gas)
	for rank := from; rank < end; rank++ {
		if rank < gas {
			to = e.appendBeside(to, t, meterpoint.Gas, rank)
		} else {
			to = e.appendBeside(to, t, meterpoint.Electricity, rank-gas)
		}
	}
	return to
}
