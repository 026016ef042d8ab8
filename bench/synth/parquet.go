package synth

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The files are as a common extract job would write them: data pages of version
// 1, snappy but for device ids, enumerations dictionary-encoded, identifiers
// plain. A row group holds twice what DuckDB would put into one, and a page
// 1 MiB, as Spark and pyarrow do. The schema and the footer are parquet-go's;
// pages are made here (pages.go), because its writers take values one boxed
// value after another, and an estate is larger than that is fast.
const (
	rowGroupRows = 2 * 122_880
	pageBytes    = 1 << 20
)

type deviceColumns struct {
	DeviceID            string  `parquet:"device_id"`
	DeviceType          string  `parquet:"device_type"`
	DeviceStatus        string  `parquet:"device_status"`
	ImportMPxN          *string `parquet:"import_mpxn,optional"`
	SecondaryImportMPAN *string `parquet:"secondary_import_mpan,optional"`
	ExportMPAN          *string `parquet:"export_mpan,optional"`
}

type pointColumns struct {
	MPxN           *string `parquet:"mpxn,optional"`
	ServiceStatus  *string `parquet:"service_status,optional"`
	RDPID          *string `parquet:"rdp_id,optional"`
	ChangedOn      *int32  `parquet:"service_status_changed_on,optional,date"`
	EverInstalled  *string `parquet:"ever_installed,optional"`
	ReportedStatus *string `parquet:"reported_status,optional"`
}

type extractColumns struct {
	MPxN     *string `parquet:"mpxn,optional"`
	Flag     *string `parquet:"dcc_service_flag,optional"`
	FlagDate *int32  `parquet:"dcc_service_flag_efd,optional,date"`
	RDPID    *string `parquet:"rdp_id,optional"`
}

type truthColumns struct {
	MPxN             *string `parquet:"mpxn,optional"`
	RDPID            *string `parquet:"rdp_id,optional"`
	Class            *string `parquet:"class,optional"`
	ClassWithDevices *string `parquet:"class_with_devices,optional"`
	RowClass         *string `parquet:"row_class,optional"`
}

// parquetEncoder writes each group as a row group.
type parquetEncoder struct {
	out    io.Writer
	table  table
	offset int64 // where the next row group starts; 0 before anything is written
	footer *format.FileMetaData
}

func newParquetEncoder(out io.Writer, cfg Config, t table) (*parquetEncoder, error) {
	var empty bytes.Buffer
	w := parquet.NewWriter(&empty, parquet.SchemaOf([...]any{
		devicesTable: deviceColumns{}, meterPointsTable: pointColumns{}, extractTable: extractColumns{}, truthTable: truthColumns{},
	}[t]),
		parquet.CreatedBy("flagfill", "synth", ""),
		parquet.KeyValueMetadata("flagfill.synth.meter_points", strconv.FormatInt(cfg.MeterPoints, 10)),
		parquet.KeyValueMetadata("flagfill.synth.seed", strconv.FormatUint(cfg.Seed, 10)),
		parquet.KeyValueMetadata("flagfill.synth.error_rate", strconv.FormatFloat(cfg.ErrorRate, 'g', -1, 64)),
		parquet.KeyValueMetadata("flagfill.synth.shuffled", strconv.FormatBool(cfg.Shuffled)),
		parquet.KeyValueMetadata("flagfill.synth.settled", strconv.FormatFloat(cfg.Settled, 'g', -1, 64)),
		parquet.KeyValueMetadata("flagfill.synth.forgotten", strconv.FormatBool(cfg.Forgotten)),
		parquet.KeyValueMetadata("flagfill.synth.one_distributor", strconv.FormatBool(cfg.OneDistributor)),
		parquet.KeyValueMetadata("flagfill.synth.page_bytes", strconv.Itoa(pageBytes)),
	)
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("cannot make a Parquet schema: %w", err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(empty.Bytes()), int64(empty.Len()))
	if err != nil {
		return nil, fmt.Errorf("cannot make a Parquet schema: %w", err)
	}
	return &parquetEncoder{out: out, table: t, footer: file.Metadata()}, nil
}

func (p *parquetEncoder) group() groupEncoder {
	l := &layouts[p.table]
	g := &parquetGroup{encoder: p, chunks: make([]chunk, len(l.names))}
	for i, kind := range l.kinds {
		g.chunks[i] = chunk{kind: kind, optional: i >= l.required}
	}
	return g
}

// write appends bytes to the file. Whoever holds the turn to commit calls it.
func (p *parquetEncoder) write(b []byte) error {
	n, err := p.out.Write(b)
	p.offset += int64(n)
	return err
}

const magic = "PAR1"

func (p *parquetEncoder) begin() error {
	if p.offset > 0 {
		return nil
	}
	return p.write([]byte(magic))
}

func (p *parquetEncoder) close() error {
	if err := p.begin(); err != nil {
		return err
	}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), p.footer)
	if err != nil {
		return err
	}
	footer = appendUint32(footer, len(footer))
	return p.write(append(footer, magic...))
}

// parquetGroup makes and compresses the pages of one row group at a time.
type parquetGroup struct {
	encoder *parquetEncoder
	chunks  []chunk
	rows    int64
}

func (g *parquetGroup) write(rows []row) error {
	for i := range g.chunks {
		if err := g.chunks[i].add(rows, i); err != nil {
			return err
		}
	}
	g.rows += int64(len(rows))
	return nil
}

func (g *parquetGroup) finish() error {
	if g.rows == 0 {
		return nil
	}
	for i := range g.chunks {
		if err := g.chunks[i].finish(); err != nil {
			return err
		}
	}
	return nil
}

func (g *parquetGroup) commit() error {
	p := g.encoder
	if err := p.begin(); err != nil || g.rows == 0 {
		return err
	}
	group := format.RowGroup{NumRows: g.rows, FileOffset: p.offset, Ordinal: int16(len(p.footer.RowGroups))}
	for i := range g.chunks {
		c := &g.chunks[i]
		column := c.metadata(layouts[p.table].names[i], p.offset)
		group.Columns = append(group.Columns, format.ColumnChunk{MetaData: column})
		group.TotalByteSize += column.TotalUncompressedSize
		group.TotalCompressedSize += column.TotalCompressedSize
		if err := p.write(c.dictionaryPage); err != nil {
			return err
		}
		if err := p.write(c.pages); err != nil {
			return err
		}
		c.reset()
	}
	p.footer.RowGroups = append(p.footer.RowGroups, group)
	p.footer.NumRows += g.rows
	g.rows = 0
	return nil
}
