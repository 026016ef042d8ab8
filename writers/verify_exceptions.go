package writers

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// readExceptions proves the rows of exceptions.parquet, counted by code and by
// table, against the totals.
func (v *verifier) readExceptions(r io.ReaderAt, size int64) error {
	file, err := openTable(r, size, exceptionsSchema)
	if err != nil {
		return err
	}
	byCode, err := countWords(file, "code")
	if err != nil {
		return err
	}
	totals, warningsListed := &v.manifest.Content.Totals, v.manifest.Exceptions.WarningsListed
	for code, n := range totals.Exceptions {
		if byCode[code] -= n; !warningsListed {
			byCode[code] += totals.Warnings[code]
		}
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		if byCode[code] != 0 {
			return fmt.Errorf("it has not as many rows of %s as manifest.json counts", engine.Shown(code))
		}
	}
	byTable, err := countWords(file, "table")
	if err != nil {
		return err
	}
	devices, points := byTable[engine.Devices.String()], byTable[engine.MeterPoints.String()]
	switch notUsed := totals.Devices.NotUsed; {
	case devices+points != file.NumRows():
		return errors.New("it names a table that is neither devices nor meter_points")
	case devices < notUsed || devices > notUsed && !warningsListed:
		return fmt.Errorf("it has %d rows of devices, and manifest.json states that %d associations were not used", devices, notUsed)
	case points < totals.MeterPoints.NotUsed:
		return fmt.Errorf("it has %d rows of meter_points, and manifest.json states that %d rows were not used", points, totals.MeterPoints.NotUsed)
	}
	return nil
}

// countWords counts the rows of a table by the words of a text column.
func countWords(file *parquet.File, column string) (map[string]int64, error) {
	leaf, _ := file.Schema().Lookup(column)
	counts := map[string]int64{}
	var words []string
	for _, group := range file.RowGroups() {
		words = resized(words, int(group.NumRows()))
		err := readWords(group.ColumnChunks()[leaf.ColumnIndex], words, "", func(word []byte) (string, error) { return string(word), nil })
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", column, err)
		}
		for _, w := range words {
			counts[w]++
		}
	}
	return counts, nil
}
