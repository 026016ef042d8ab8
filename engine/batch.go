package engine

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// Table is one of the input tables.
type Table uint8

// The tables of a snapshot, and what an RDP holds.
const (
	Devices Table = iota
	MeterPoints
	Extract
)

func (t Table) String() string { return [...]string{"devices", "meter_points", "extract"}[t] }

// Source is one input table: any number of files, read as Arrow record
// batches. A split can be opened again and again: keys are sampled before the
// table is read.
type Source interface {
	// Plan lists the files with their columns, and the splits into which they
	// can be read independently. It reads footers, not data. What is missing,
	// unreadable or corrupt is a *Refusal of kind RefusedInput. Once ctx has
	// ended, readers of the splits may end with its error.
	Plan(ctx context.Context) (*Plan, error)
	// Open reads one split. columns are indexes into the Columns of the
	// split's file; records have just these, in this order.
	Open(split Split, columns []int) (Reader, error)
}

// PartSource is a Source of which some splits can be opened in part.
type PartSource interface {
	Source
	// Part gives the split of these rows alone, counted from the split's first,
	// where reading them costs hardly more than the rows; else false.
	Part(split Split, from, rows int64) (Split, bool)
}

// Plan is what a source consists of. Splits stand in (file, row) order and
// cover every row once.
type Plan struct {
	Files  []File
	Splits []Split
}

// Rows in all files; −1 where only reading tells.
func (p *Plan) Rows() int64 {
	var rows int64
	for _, f := range p.Files {
		if f.Rows < 0 {
			return -1
		}
		rows += f.Rows
	}
	return rows
}

// File is one file of a table.
type File struct {
	Path        string // as the user named it
	Format      string // "parquet", "arrow", "arrow stream", "csv", "csv.gz", "records"
	Rows        int64  // −1 where only reading tells
	GuessedRows int64  // where only reading tells: about as many
	Bytes       int64
	Fingerprint string   // of size and footer: tells a replaced file, proves nothing
	Columns     []Column // in file order
	Publication int      // of table Extract: 0 for an extract; changes.parquet of the first publication to be applied is 1, and so on
	// PagesUnchecked: a Parquet file whose pages have no checksum, so that damage
	// within them may go unseen.
	PagesUnchecked bool
}

// Column of a file. Type is nil where no loader can give the column as one of
// the Arrow types that the engine binds; Native names the file's own type.
type Column struct {
	Name     string
	Type     arrow.DataType
	Native   string // "BYTE_ARRAY (STRING)", "INT64"
	Obstacle string // why Type is nil, where Native does not say it: "it is encrypted"
}

// Split is a part of a file that one goroutine reads.
type Split struct {
	File     int   // index into Plan.Files
	FirstRow int64 // in the file; 0 until reading tells
	Rows     int64 // of a file whose rows only reading tells, as many as there can be
	Part     int   // the loader's own: a row group, a block

	Bounds []Bounds // by column of the file; nil where the file states nothing
}

// Batch is a run of consecutive rows of one split.
type Batch struct {
	Record   arrow.Record // owned by the reader, valid until the next call of Next or Close
	FirstRow int64        // in the file, counted from the split's
}

// Reader reads one split in row order. One goroutine uses it.
type Reader interface {
	// Next gives the next batch, or io.EOF. Damage is a *Refusal of kind
	// RefusedInput that names the file and row group or line.
	Next(batch *Batch) error
	Close() error
}

// NumberReader is a Reader that can save itself and the engine the text of
// identifiers.
type NumberReader interface {
	Reader
	// ReadNumbers allows a text column, by its position in the records, to come
	// as Int64 in batches where every value present is a plain number: 1 to 16
	// digits, the first not 0. It is called before the first Next.
	ReadNumbers(column int)
}

// RefusalKind says which exit code a refusal ends in.
type RefusalKind uint8

// The kinds of refusal, as the exit codes of the command line.
const (
	RefusedUsage RefusalKind = iota // 2
	RefusedLimit                    // 4
	RefusedInput                    // 5
)

// Refusal is an error that the user can mend: what was refused, where and why,
// and what to do next.
type Refusal struct {
	Kind    RefusalKind
	Problem string // "cannot read devices.parquet, row group 3, column device_status: …"
	Next    string // "ask for the extract again, …"
	Err     error  // the cause, where there is one; its text is part of Problem already
}

func (r *Refusal) Error() string {
	if r.Next == "" {
		return r.Problem
	}
	return fmt.Sprintf("%s\n%s", r.Problem, r.Next)
}

func (r *Refusal) Unwrap() error { return r.Err }
