package synth

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"

	"flagfill/engine/meterpoint"
)

// The files are as a common extract job would write them: snappy, data pages of
// version 1, enumerations dictionary-encoded, identifiers plain. A row group
// holds twice what DuckDB would put into one, and a page 1 MiB, as Spark and
// pyarrow do.
const (
	rowGroupRows = 2 * 122_880
	pageBytes    = 1 << 20
)

type deviceColumns struct {
	DeviceID            string  `parquet:"device_id,plain"`
	DeviceType          string  `parquet:"device_type,dict"`
	DeviceStatus        string  `parquet:"device_status,dict"`
	ImportMPxN          *string `parquet:"import_mpxn,optional,plain"`
	SecondaryImportMPAN *string `parquet:"secondary_import_mpan,optional,plain"`
	ExportMPAN          *string `parquet:"export_mpan,optional,plain"`
}

type pointColumns struct {
	MPxN           *string `parquet:"mpxn,optional,plain"`
	ServiceStatus  *string `parquet:"service_status,optional,dict"`
	RDPID          *string `parquet:"rdp_id,optional,dict"`
	ChangedOn      *int32  `parquet:"service_status_changed_on,optional,plain,date"`
	EverInstalled  *string `parquet:"ever_installed,optional,dict"`
	ReportedStatus *string `parquet:"reported_status,optional,dict"`
}

// enumerations get no page bounds: nobody looks for a page by them, and they are
// dear to make.
var enumerations = []string{"device_type", "device_status", "service_status", "rdp_id", "ever_installed", "reported_status"}

func writeDevices(ctx context.Context, path string, e *estate, workers int) error {
	return writeFile[deviceColumns](ctx, path, e, devicesTable, workers)
}

func writeMeterPoints(ctx context.Context, path string, e *estate, workers int) error {
	return writeFile[pointColumns](ctx, path, e, meterPointsTable, workers)
}

func writeFile[Columns any](ctx context.Context, path string, e *estate, t table, workers int) (err error) {
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
	return writeTable[Columns](ctx, file, e, t, workers)
}

// writeTable makes row groups in parallel and commits them in order: worker w
// makes the groups w, w+workers, …, and a baton goes round the workers with
// the right to commit. Workers end when their groups are done, or when another
// failed.
func writeTable[Columns any](ctx context.Context, out io.Writer, e *estate, t table, workers int) error {
	options := []parquet.WriterOption{
		parquet.Compression(&parquet.Snappy),
		parquet.DataPageVersion(1),
		parquet.PageBufferSize(pageBytes),
		parquet.CreatedBy("flagfill", "synth", ""),
		parquet.KeyValueMetadata("flagfill.synth.meter_points", strconv.FormatInt(e.cfg.MeterPoints, 10)),
		parquet.KeyValueMetadata("flagfill.synth.seed", strconv.FormatUint(e.cfg.Seed, 10)),
		parquet.KeyValueMetadata("flagfill.synth.error_rate", strconv.FormatFloat(e.cfg.ErrorRate, 'g', -1, 64)),
		parquet.KeyValueMetadata("flagfill.synth.shuffled", strconv.FormatBool(e.cfg.Shuffled)),
		parquet.KeyValueMetadata("flagfill.synth.page_bytes", strconv.Itoa(pageBytes)),
	}
	for _, name := range enumerations {
		options = append(options, parquet.SkipPageBounds(name))
	}
	w := parquet.NewGenericWriter[Columns](out, options...)
	groups := e.groups(t)
	batons := make([]chan struct{}, workers)
	for i := range batons {
		batons[i] = make(chan struct{}, 1)
	}
	batons[0] <- struct{}{}
	g, ctx := errgroup.WithContext(ctx)
	for i := range workers {
		rows, b := w.BeginRowGroup(), &batch{table: t}
		g.Go(func() error {
			for group := int64(i); group < groups; group += int64(workers) {
				if err := e.writeGroup(ctx, rows, b, group); err != nil {
					return err
				}
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case <-batons[i]:
				}
				if _, err := rows.Commit(); err != nil {
					return err
				}
				batons[(i+1)%workers] <- struct{}{}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return w.Close()
}

// writeGroup makes and compresses the pages of one row group.
func (e *estate) writeGroup(ctx context.Context, rows *parquet.ConcurrentRowGroupWriter, b *batch, group int64) error {
	var err error
	e.eachOf(b.table, group, func(p place) bool {
		e.fill(b, p)
		if b.rows == batchRows {
			if err = b.write(rows.ColumnWriters()); err == nil {
				err = ctx.Err()
			}
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	if err := b.write(rows.ColumnWriters()); err != nil {
		return err
	}
	return rows.Flush()
}

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
