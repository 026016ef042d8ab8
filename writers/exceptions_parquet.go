package writers

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

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

// exceptionsEncoder writes exceptions in the order in which they come.
type exceptionsEncoder struct {
	writer *parquet.GenericWriter[exceptionRow]
	rows   []exceptionRow
	count  int64
}

func newExceptionsEncoder(w io.Writer) *exceptionsEncoder {
	options := append(parquetOptions(), parquet.MaxRowsPerRowGroup(rowGroupRows))
	return &exceptionsEncoder{writer: parquet.NewGenericWriter[exceptionRow](w, options...)}
}

func (e *exceptionsEncoder) write(exceptions []engine.Exception) error {
	e.rows = e.rows[:0]
	for _, x := range exceptions {
		e.rows = append(e.rows, exceptionRow{x.Table.String(), x.File, x.Row, x.Column, x.Code.String(), x.Value})
	}
	e.count += int64(len(exceptions))
	return guard(func() error {
		if _, err := e.writer.Write(e.rows); err != nil {
			return fmt.Errorf("cannot encode exceptions: %w", err)
		}
		return nil
	})
}

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
// stays when a limit refuses the run. It is written beside its path and moved
// there by Commit; a Commit that fails and Abort leave nothing.
type ExceptionsFile struct {
	fs      FS
	path    string
	partial string
	file    File
	encoder *exceptionsEncoder
	ended   bool
}

// CreateExceptionsFile begins the copy. The suffix is as Settings.StagingSuffix.
func CreateExceptionsFile(fsys FS, path, suffix string) (*ExceptionsFile, error) {
	if info, err := fsys.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &engine.Refusal{Kind: engine.RefusedUsage,
			Problem: fmt.Sprintf("cannot write exceptions to %s: it exists and is not a file", path),
			Next:    "Name a file."}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot write exceptions to %s: %w", path, err)
	}
	x := &ExceptionsFile{fs: fsys, path: path,
		partial: filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".partial-"+suffix)}
	var err error
	if x.file, err = fsys.Create(x.partial); err != nil {
		return nil, fmt.Errorf("cannot write exceptions to %s: %w", path, err)
	}
	x.encoder = newExceptionsEncoder(x.file)
	return x, nil
}

// Write appends exceptions.
func (x *ExceptionsFile) Write(exceptions []engine.Exception) error {
	return x.encoder.write(exceptions)
}

// Commit makes the file durable and visible at its path, in place of one that
// stood there.
func (x *ExceptionsFile) Commit() error {
	err := x.encoder.close()
	if err == nil {
		err = x.file.Sync()
	}
	x.ended = true
	err = errors.Join(err, x.file.Close())
	if err == nil {
		err = x.fs.Rename(x.partial, x.path)
	}
	if err == nil {
		err = x.fs.SyncDir(filepath.Dir(x.path))
	}
	if err != nil {
		err = errors.Join(err, x.fs.RemoveAll(x.partial))
		return fmt.Errorf("cannot write exceptions to %s: %w", x.path, err)
	}
	return nil
}

// Abort removes what was written so far. After Commit or Abort it does nothing.
func (x *ExceptionsFile) Abort() error {
	if x.ended {
		return nil
	}
	x.ended = true
	if err := errors.Join(x.file.Close(), x.fs.RemoveAll(x.partial)); err != nil {
		return fmt.Errorf("cannot remove %s: %w", x.partial, err)
	}
	return nil
}
