package writers

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// readDifferencesOf proves a differences.parquet against a record that counts
// so many stale meter points and unreadable rows.
func readDifferencesOf(ctx context.Context, file []byte, stale, unreadable int64) (*verifier, error) {
	r := &ReconciliationRecord{Classes: map[string]int64{engine.Stale.String(): stale}, Rows: map[string]int64{engine.RowUnreadable.String(): unreadable}}
	r.DifferencesFile.Rows = stale + unreadable
	v := &verifier{record: r}
	return v, guard(func() error { return v.readDifferences(ctx, bytes.NewReader(file), int64(len(file))) })
}

// TestDifferencesThatAreNone are tables whose digests may be right.
func TestDifferencesThatAreNone(t *testing.T) {
	stale := func(mpxn string) differenceRow { return differenceRow{MPxN: orNil(mpxn), Class: engine.Stale.String()} }
	unreadable := func(mpxn string) differenceRow {
		return differenceRow{MPxN: orNil(mpxn), Class: engine.RowUnreadable.String()}
	}
	whole := written(t, stale("7"), stale("3938424403"), stale("3938424403"), stale("9999999999999"), unreadable("12-34"), unreadable(""))
	for _, c := range []struct {
		what              string
		file              []byte
		stale, unreadable int64
		says              string // "" for none
	}{
		{"lines in order", whole, 4, 2, ""},
		{"fewer lines", whole, 3, 2, "it has 6 rows"},
		{"lines of another class", whole, 3, 3, "it has 4 lines of class stale"},
		{"an MPxN before a lower one", written(t, stale("200"), stale("100")), 2, 0, "not in order"},
		{"text in place of the first MPxN", written(t, stale("12x"), stale("200")), 2, 0, "not in order"},
		{"no first MPxN", written(t, stale(""), stale("200")), 2, 0, "not in order"},
		{"an MPxN after what cannot be read", written(t, unreadable("100"), stale("9999999999999")), 1, 1, "not in order"},
		{"a class that is none", written(t, stale("100"), differenceRow{MPxN: orNil("200"), Class: "fine"}), 1, 1, "column class"},
		{"another table", written(t, struct{ MPxN string }{"7"}), 1, 0, "its columns are not"},
		{"no page of MPxNs", withoutPage(t, whole, "mpxn"), 4, 2, "column mpxn"},
	} {
		_, err := readDifferencesOf(t.Context(), c.file, c.stale, c.unreadable)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: got %v", c.what, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := readDifferencesOf(ended, whole, 4, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// staleTable is a table of stale lines with these MPxNs, and of two rows that
// cannot be read.
func staleTable(t *testing.T, numbers []meterpoint.MPxN) []byte {
	t.Helper()
	var file bytes.Buffer
	w := newDifferencesFile(newStagedFile(differencesName, nopFile{&file}))
	d := &engine.Differences{RDPs: testRDPs}
	for _, m := range numbers {
		d.Lines = append(d.Lines, engine.Difference{MPxN: m, Class: engine.Stale})
	}
	if err := errors.Join(w.write(d), w.writeUnreadable(make([]engine.UnreadableRow, 2)), w.finish()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestDifferencesOfTwoRowGroups: the lines that the report shows are found in
// the second as in the first, and the second begins no lower than the first
// ends.
func TestDifferencesOfTwoRowGroups(t *testing.T) {
	n := rowGroupRows + 3
	numbers := slices.Repeat([]meterpoint.MPxN{3938424403}, n)
	v, err := readDifferencesOf(t.Context(), staleTable(t, numbers), int64(n), 2)
	if err != nil {
		t.Fatal(err)
	}
	var want differenceRows
	want[engine.Stale] = []int64{0, 1, 2, 3, 4}
	want[lineOf(engine.RowUnreadable)] = []int64{int64(n), int64(n) + 1}
	for class := range want {
		if !slices.Equal(v.differenceRows[class], want[class]) {
			t.Errorf("lines of %s stand in %d, want %d", engine.LineClass(engine.Class(class)), v.differenceRows[class], want[class])
		}
	}
	numbers[rowGroupRows]--
	if _, err := readDifferencesOf(t.Context(), staleTable(t, numbers), int64(n), 2); !errors.Is(err, errUnordered) {
		t.Errorf("a second row group that begins below the end of the first: got %v", err)
	}
}
