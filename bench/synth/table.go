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
	required int // that many columns, from the first, are never null
	date     int // the column that is a date; -1 for none
}

var layouts = [...]layout{
	devicesTable:     {[]string{"device_id", "device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan"}, 3, -1},
	meterPointsTable: {[]string{"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed", "reported_status"}, 0, changedOnColumn},
	extractTable:     {[]string{"mpxn", "dcc_service_flag", "dcc_service_flag_efd", "rdp_id"}, 0, flagDateColumn},
	truthTable:       {[]string{"mpxn", "rdp_id", "class", "class_with_devices", "row_class"}, 0, -1},
}

// Format is how the files of a snapshot are written.
type Format uint8

// The formats. Rows are the same in either.
const (
	Parquet Format = iota
	CSV
)

func (f Format) file(name string) string { return name + [...]string{".parquet", ".csv"}[f] }

// encoder writes one table. Its groups are filled by workers at the same time
// and committed in order.
type encoder interface {
	group() groupEncoder
	close() error // when all groups are committed; leaves the file open
}

// groupEncoder holds one group of rows at a time. One worker uses it.
type groupEncoder interface {
	write(b *batch) error // takes the rows and empties the batch
	finish() error        // the group has no more rows
	commit() error
}

func newEncoder(out io.Writer, cfg Config, t table) (encoder, error) {
	if cfg.Format == CSV {
		return newCSVEncoder(out, t), nil
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
		makers[i] = &tableMaker{e, batch{table: t}, enc.group()}
	}
	if err := inTurn(ctx, e.groups(t), makers); err != nil {
		return err
	}
	return enc.close()
}

// tableMaker makes the groups of devices or of meter_points.
type tableMaker struct {
	estate *estate
	batch  batch
	out    groupEncoder
}

func (m *tableMaker) make(ctx context.Context, group int64) error {
	var err error
	m.estate.eachOf(m.batch.table, group, func(p place) bool {
		m.estate.fill(&m.batch, p)
		if m.batch.rows == batchRows {
			if err = m.out.write(&m.batch); err == nil {
				err = ctx.Err()
			}
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	if err := m.out.write(&m.batch); err != nil {
		return err
	}
	return m.out.finish()
}

func (m *tableMaker) commit() error { return m.out.commit() }

// groups is the number of row groups of a table. In MPxN order a group is a run
// of MPxNs, and its rows vary.
func (e *estate) groups(t table) int64 {
	n := e.rows(t)
	if !e.cfg.Shuffled {
		n = e.slots(meterpoint.Gas) + e.slots(meterpoint.Electricity)
	}
	return (n + e.groupRows - 1) / e.groupRows
}

// eachOf visits the rows of one row group in file order, while visit says to go
// on.
func (e *estate) eachOf(t table, group int64, visit func(place) bool) {
	from, to := group*e.groupRows, (group+1)*e.groupRows
	if e.cfg.Shuffled {
		for row := from; row < min(to, e.rows(t)); row++ {
			if !visit(e.at(t, e.rowOrder[t].at(row))) {
				return
			}
		}
		return
	}
	gas := e.slots(meterpoint.Gas)
	for rank := from; rank < min(to, gas+e.slots(meterpoint.Electricity)); rank++ {
		fuel, within := meterpoint.Gas, rank
		if rank >= gas {
			fuel, within = meterpoint.Electricity, rank-gas
		}
		if !e.beside(t, fuel, within, visit) {
			return
		}
	}
}
