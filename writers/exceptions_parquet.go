package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
		e.rows = append(e.rows, exceptionRow{x.Table.String(), validUTF8(x.File), x.Row, validUTF8(x.Column), x.Code.String(), validUTF8(x.Value)})
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
// stays when a limit refuses the run. It is staged as a publication is, and
// moved to its path by Commit; a Commit that fails and Abort leave nothing.
type ExceptionsFile struct {
	staging *staging
	file    *stagedFile
	encoder *exceptionsEncoder
	ended   bool
}

// CreateExceptionsFile begins the copy. The suffix is as Settings.StagingSuffix.
// A path that is no file, and a living run for it, are an *engine.Refusal of
// kind RefusedUsage.
func CreateExceptionsFile(ctx context.Context, fsys FS, path, suffix string) (*ExceptionsFile, error) {
	path = filepath.Clean(path)
	purpose := "write exceptions to " + path
	if info, err := fsys.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &engine.Refusal{Kind: engine.RefusedUsage,
			Problem: fmt.Sprintf("cannot %s: it exists and is not a file", purpose),
			Next:    "Name a file."}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot %s: %w", purpose, err)
	}
	s, err := claim(ctx, fsys, purpose, path, suffix)
	if err != nil {
		return nil, err
	}
	file, err := fsys.Create(filepath.Join(s.path, exceptionsName))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot %s: %w", purpose, err), s.remove())
	}
	staged := newStagedFile(path, file)
	return &ExceptionsFile{staging: s, file: staged, encoder: newExceptionsEncoder(staged)}, nil
}

// Write appends exceptions.
func (x *ExceptionsFile) Write(exceptions []engine.Exception) error {
	return x.encoder.write(exceptions)
}

// Commit makes the file durable and visible at its path, in place of one that
// stood there.
func (x *ExceptionsFile) Commit() error {
	if x.ended {
		return errors.New("cannot commit: the file of exceptions has ended")
	}
	err := x.encoder.close()
	if err == nil {
		err = x.file.sync()
	}
	if err == nil {
		err = x.publish()
	}
	return errors.Join(err, x.Abort()) // which removes the staging folder
}

func (x *ExceptionsFile) publish() error {
	s := x.staging
	err := s.fs.Rename(filepath.Join(s.path, exceptionsName), s.target)
	if err == nil {
		err = s.fs.SyncDir(filepath.Dir(s.target))
	}
	if err != nil {
		return fmt.Errorf("cannot write exceptions to %s: %w", s.target, err)
	}
	return nil
}

// Abort removes what was written so far. After Commit or Abort it does nothing.
func (x *ExceptionsFile) Abort() error {
	if x.ended {
		return nil
	}
	x.ended = true
	x.file.abandon()
	return x.staging.remove()
}
