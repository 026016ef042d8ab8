package writers

import (
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// samplesOfCode is how many rows of each code a report shows.
const samplesOfCode = 5

// samples are the first rows of exceptions.parquet of each code.
type samples map[string][]exceptionRow

// full tells whether no more rows of the code are wanted.
func (s samples) full(code string) bool { return len(s[code]) >= samplesOfCode }

func (s samples) add(row exceptionRow) {
	if !s.full(row.Code) {
		s[row.Code] = append(s[row.Code], row)
	}
}

// clone gives a row that outlives the page it was read from.
func (x exceptionRow) clone() exceptionRow {
	for _, text := range []*string{&x.Table, &x.File, &x.Column, &x.Code, &x.Value} {
		*text = strings.Clone(*text)
	}
	return x
}

// readSamples takes them from a table whose bytes are proven. It reads the
// column of codes, and rows only where one is wanted.
func readSamples(r io.ReaderAt, size int64) (s samples, err error) {
	err = guard(func() error {
		file, err := openTable(r, size, exceptionsSchema)
		if err != nil {
			return err
		}
		s = samples{}
		for _, group := range file.RowGroups() {
			if err := s.readGroup(group); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

func (s samples) readGroup(group parquet.RowGroup) error {
	leaf, _ := exceptionsSchema.Lookup("code")
	codes := make([]string, group.NumRows())
	err := readWords(group.ColumnChunks()[leaf.ColumnIndex], codes, "", func(word []byte) (string, error) { return string(word), nil })
	if err != nil {
		return fmt.Errorf("column code: %w", err)
	}
	rows := parquet.NewGenericRowGroupReader[exceptionRow](group)
	defer func() { _ = rows.Close() }()
	for i, code := range codes {
		if s.full(code) {
			continue
		}
		row := make([]exceptionRow, 1)
		if err := rows.SeekToRow(int64(i)); err != nil {
			return err
		}
		if n, err := rows.Read(row); n != 1 {
			return fmt.Errorf("row %d: %w", i, err)
		}
		s.add(row[0].clone())
	}
	return nil
}
