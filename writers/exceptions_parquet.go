package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// exceptionRow is one row of exceptions.parquet.
type exceptionRow struct {
	Table  string `parquet:"table,dict"`
	File   string `parquet:"file,dict"`
	Row    int64  `parquet:"row"` // 0-based in the file
	Column string `parquet:"column,dict"`
	Code   string `parquet:"code,dict"`
	Value  string `parquet:"value"`
}

var exceptionsSchema = parquet.SchemaOf(exceptionRow{})

// parquetOptions are for tables of few rows, which parquet-go encodes.
func parquetOptions() []parquet.WriterOption {
	return []parquet.WriterOption{
		parquet.Compression(&pageCodec),
		parquet.CreatedBy("flagfill", "1", ""), // not the build, as in the other tables
		parquet.PageBufferSize(1 << 20),
		parquet.DataPageStatistics(false),
		parquet.WriteBufferSize(flowBufferBytes),
	}
}

// exceptionsEncoder writes exceptions in the order in which they come.
type exceptionsEncoder struct {
	writer  *parquet.GenericWriter[exceptionRow]
	rows    []exceptionRow
	count   int64
	samples samples
}

func newExceptionsEncoder(w io.Writer) *exceptionsEncoder {
	options := append(parquetOptions(), parquet.MaxRowsPerRowGroup(rowGroupRows))
	return &exceptionsEncoder{writer: parquet.NewGenericWriter[exceptionRow](w, options...), samples: samples{}}
}

func (e *exceptionsEncoder) write(exceptions []engine.Exception) error {
	e.rows = e.rows[:0]
	for _, x := range exceptions {
		row := exceptionRow{x.Table.String(), validUTF8(x.File), x.Row, validUTF8(x.Column), x.Code.String(), validUTF8(x.Value)}
		e.rows = append(e.rows, row)
		e.samples.add(row)
	}
	e.count += int64(len(exceptions))
	return guard(func() error {
		if _, err := e.writer.Write(e.rows); err != nil {
			return fmt.Errorf("cannot encode exceptions: %w", err)
		}
		return nil
	})
}

// validUTF8 keeps text columns UTF-8, as their type says that they are: names of
// files and columns may be anything.
func validUTF8(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

func (e *exceptionsEncoder) close() error {
	if err := guard(e.writer.Close); err != nil {
		return fmt.Errorf("cannot encode exceptions: %w", err)
	}
	return nil
}

// exceptionsFile is exceptions.parquet of a publication.
type exceptionsFile struct {
	file    *stagedFile
	encoder *exceptionsEncoder
}

func newExceptionsFile(file *stagedFile) *exceptionsFile {
	return &exceptionsFile{file, newExceptionsEncoder(file)}
}

// ExceptionsFile is a copy of the exceptions outside the publication, which
// stays when a limit refuses the run. A Commit that fails and Abort leave
// nothing.
type ExceptionsFile struct {
	lone    *loneFile
	encoder *exceptionsEncoder
}

// CreateExceptionsFile begins the copy. The suffix is as Settings.StagingSuffix.
// A path that is no file, and a living run for it, are an *engine.Refusal of
// kind RefusedUsage.
func CreateExceptionsFile(ctx context.Context, fsys FS, path, suffix string) (*ExceptionsFile, error) {
	path = filepath.Clean(path)
	lone, err := createLoneFile(ctx, fsys, "write exceptions", path, path, suffix)
	if err != nil {
		return nil, err
	}
	return &ExceptionsFile{lone, newExceptionsEncoder(lone.file)}, nil
}

// Write appends exceptions.
func (x *ExceptionsFile) Write(exceptions []engine.Exception) error {
	return x.encoder.write(exceptions)
}

// Commit makes the file durable and visible at its path, in place of one that
// stood there.
func (x *ExceptionsFile) Commit() error {
	if x.lone.ended {
		return errors.New("cannot commit: the file of exceptions has ended")
	}
	return x.lone.commit(x.encoder.close())
}

// Abort removes what was written so far. After Commit or Abort it does nothing.
func (x *ExceptionsFile) Abort() error { return x.lone.abort() }
