package measure

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestSheetFileAppearsWhenWhole(t *testing.T) {
	failure := errors.New("the third run failed")
	for _, failed := range []error{nil, failure} {
		path := filepath.Join(t.TempDir(), "results", "sheet.txt")
		f, err := CreateSheetFile(path, io.Discard, []Note{{"command", "make bench"}}, "turn", "wall_seconds")
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Write(1, 2.5); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file stands there before it is whole: %v", err)
		}
		if err := f.Finish(failed); !errors.Is(err, failed) {
			t.Errorf("finishing gave %v, want %v", err, failed)
		}
		s, err := ReadSheetFile(path)
		if failed != nil {
			if !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a measurement that failed left figures: %v", err)
			}
			continue
		}
		if err != nil || s.Note("command") != "make bench" || len(s.Rows) != 1 {
			t.Errorf("read back %+v, %v", s, err)
		}
	}
}
