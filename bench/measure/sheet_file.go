package measure

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SheetFile is a sheet that is written to a file, and shown as it grows. The
// file appears under its name when the sheet is whole.
type SheetFile struct {
	*SheetWriter
	file *os.File
	path string
}

// CreateSheetFile begins a sheet as NewSheetWriter does, and writes it to show
// too. Its folder is made where it is missing.
func CreateSheetFile(path string, show io.Writer, notes []Note, columns ...string) (*SheetFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("cannot make a folder for figures: %w", err)
	}
	file, err := os.Create(path + ".partial")
	if err != nil {
		return nil, fmt.Errorf("cannot write figures: %w", err)
	}
	f := &SheetFile{file: file, path: path}
	if f.SheetWriter, err = NewSheetWriter(io.MultiWriter(file, show), notes, columns...); err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

// Finish closes the file, and gives it its name unless the measurement failed,
// whose error it gives back.
func (f *SheetFile) Finish(failed error) error {
	err := f.file.Close()
	if failed != nil {
		return failed
	}
	if err == nil {
		err = os.Rename(f.file.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("cannot keep figures: %w", err)
	}
	return nil
}
