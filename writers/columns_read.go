package writers

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// openTable opens a Parquet file that this package has written, and refuses
// another schema. The caller guards against panics of the decoder.
func openTable(r io.ReaderAt, size int64, schema *parquet.Schema, options ...parquet.FileOption) (*parquet.File, error) {
	file, err := parquet.OpenFile(r, size, append([]parquet.FileOption{parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true)}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("it is not a readable Parquet file: %w", err)
	}
	if got := file.Schema(); !parquet.EqualNodes(got, schema) {
		return nil, errors.New("its columns are not those that it should have")
	}
	for i, group := range file.RowGroups() {
		n, last := group.NumRows(), i == len(file.RowGroups())-1
		if n > rowGroupRows || n < 1 || n < rowGroupRows && !last {
			return nil, fmt.Errorf("row group %d has %d rows, where all but the last have %d", i, n, rowGroupRows)
		}
	}
	return file, nil
}

// eachPage gives the pages of a column chunk with the index of their first
// row: the values that are present, and for each row whether it has one (nil
// where the column has no nulls). Page and slices are valid during the call.
func eachPage(chunk parquet.ColumnChunk, rows int, use func(first int, page parquet.Page, present []byte) error) error {
	pages := chunk.Pages()
	defer func() { _ = pages.Close() }()
	first := 0
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		n, levels := int(page.NumRows()), page.DefinitionLevels()
		switch {
		case n > rows-first:
			err = errors.New("a column has more values than its row group has rows")
		case levels != nil && len(levels) != n:
			err = errors.New("a page lacks definition levels")
		default:
			err = use(first, page, levels)
		}
		parquet.Release(page)
		if err != nil {
			return err
		}
		first += n
	}
	if first != rows {
		return errors.New("a column has fewer values than its row group has rows")
	}
	return nil
}

// textsOf gives the texts of a page that has no dictionary, one after another,
// and where each ends: one entry more than there are texts.
func textsOf(page parquet.Page) (text []byte, ends []uint32, err error) {
	if page.Dictionary() != nil {
		return nil, nil, errors.New("it has a dictionary, which is not written so")
	}
	data := page.Data()
	text, ends = data.ByteArray()
	return text, ends, nil
}

var errShortPage = errors.New("a page holds fewer values than it states")

// checkPresent holds the values of a page, which lie beside each other, against
// the rows that have one: all, or those that present tells.
func checkPresent(present []byte, rows, values int) error {
	if present != nil {
		rows -= bytes.Count(present, []byte{0})
	}
	if values < rows {
		return errShortPage
	}
	return nil
}

// readWords reads a text column of few different words. decode is asked once
// for each entry of the dictionary.
func readWords[T any](chunk parquet.ColumnChunk, dst []T, null T, decode func(word []byte) (T, error)) error {
	var dictionary []T
	return eachPage(chunk, len(dst), func(first int, page parquet.Page, present []byte) error {
		rows := dst[first : first+int(page.NumRows())]
		data := page.Data()
		if page.Dictionary() == nil {
			text, ends := data.ByteArray()
			return spreadWords(rows, present, text, ends, null, decode)
		}
		if dictionary == nil {
			var err error
			if dictionary, err = decodeDictionary(page.Dictionary(), decode); err != nil {
				return err
			}
		}
		return spreadCodes(rows, present, data.Int32(), null, dictionary)
	})
}

func decodeDictionary[T any](d parquet.Dictionary, decode func(word []byte) (T, error)) ([]T, error) {
	words := make([]T, d.Len())
	for i := range words {
		var err error
		if words[i], err = decode(d.Index(int32(i)).ByteArray()); err != nil {
			return nil, err
		}
	}
	return words, nil
}

// spreadWords hands texts to the rows that have one; null stands where there is
// none. ends has one entry more than there are texts.
func spreadWords[T any](rows []T, present []byte, text []byte, ends []uint32, null T, decode func(word []byte) (T, error)) error {
	if err := checkPresent(present, len(rows), len(ends)-1); err != nil {
		return err
	}
	i := 0
	for row := range rows {
		if present != nil && present[row] == 0 {
			rows[row] = null
			continue
		}
		var err error
		if rows[row], err = decode(text[ends[i]:ends[i+1]]); err != nil {
			return err
		}
		i++
	}
	return nil
}

// spreadCodes does so with the words that codes stand for.
func spreadCodes[T any](rows []T, present []byte, codes []int32, null T, dictionary []T) error {
	if err := checkPresent(present, len(rows), len(codes)); err != nil {
		return err
	}
	i := 0
	for row := range rows {
		if present != nil && present[row] == 0 {
			rows[row] = null
			continue
		}
		code := codes[i]
		if uint(code) >= uint(len(dictionary)) {
			return errors.New("a code lies outside its dictionary")
		}
		rows[row] = dictionary[code]
		i++
	}
	return nil
}

// readDays reads a date column.
func readDays(chunk parquet.ColumnChunk, dst []int32, null int32) error {
	return eachPage(chunk, len(dst), func(first int, page parquet.Page, present []byte) error {
		if page.Dictionary() != nil {
			return errors.New("a date column has a dictionary, which is not written so")
		}
		data := page.Data()
		days, rows := data.Int32(), dst[first:first+int(page.NumRows())]
		if err := checkPresent(present, len(rows), len(days)); err != nil {
			return err
		}
		if present == nil {
			copy(rows, days)
			return nil
		}
		i := 0
		for row, there := range present {
			rows[row] = null
			if there != 0 {
				rows[row] = days[i]
				i++
			}
		}
		return nil
	})
}
