package loaders

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"sync"

	"flagfill/engine"
)

const (
	// splitRows is how many rows a split of small row groups gathers: enough to
	// make its start cheap, few enough to keep workers evenly busy.
	splitRows = 1 << 18
	// maxSplitRows is the size above which a row group is cut.
	maxSplitRows = 1 << 20
)

// parquetFile is a Parquet file of a source. Its footer is read once, by the
// first who needs it.
type parquetFile struct {
	path  string
	table engine.Table

	mutex  sync.Mutex // over what follows
	footer *footer
	info   fs.FileInfo // of the file that the footer belongs to
	pages  map[chunkKey][]pageStart
}

// chunkKey names a column chunk by row group and leaf column.
type chunkKey struct{ rowGroup, leaf int }

func (f *parquetFile) plan(context.Context) (description engine.File, splits []engine.Split, err error) {
	defer func() {
		if err != nil {
			err = refusal(f.table, f.path, err)
		}
	}()
	defer barrier(&err)
	file, foot, err := f.openChecked()
	if err != nil {
		return engine.File{}, nil, err
	}
	defer file.Close()
	description = engine.File{Path: f.path, Format: "parquet", Rows: foot.rows(), Bytes: f.info.Size(), Fingerprint: foot.fingerprint,
		PagesUnchecked: !foot.statesChecksums(file)}
	for _, c := range foot.columns {
		description.Columns = append(description.Columns, c.Column)
	}
	splits, err = f.cut(file, foot)
	foot.stateBounds(splits)
	return description, splits, err
}

// openChecked opens the file and makes sure that it is still the one whose
// footer is known.
func (f *parquetFile) openChecked() (file *os.File, foot *footer, err error) {
	if file, err = os.Open(f.path); err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.footer == nil {
		defer barrier(&err)
		if f.footer, err = readFooter(file, info.Size()); err != nil {
			return nil, nil, err
		}
		f.info, f.pages = info, map[chunkKey][]pageStart{}
	}
	if !os.SameFile(info, f.info) || info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
		return nil, nil, errChanged
	}
	return file, f.footer, nil
}

// cut groups whole row groups into splits, and cuts a large one in several.
func (f *parquetFile) cut(file *os.File, foot *footer) ([]engine.Split, error) {
	var splits []engine.Split
	open := false // the last split takes more row groups
	for i, g := range foot.rowGroups {
		switch {
		case g.NumRows == 0:
		case g.NumRows > maxSplitRows:
			parts, err := f.cutRowGroup(file, foot, i)
			if err != nil {
				return nil, err
			}
			splits = append(splits, parts...)
			open = false
		case open && splits[len(splits)-1].Rows+g.NumRows <= maxSplitRows:
			last := &splits[len(splits)-1]
			last.Rows += g.NumRows
			open = last.Rows < splitRows
		default:
			splits = append(splits, engine.Split{Part: i, FirstRow: foot.firstRows[i], Rows: g.NumRows})
			open = g.NumRows < splitRows
		}
	}
	return splits, nil
}

// cutRowGroup cuts a row group where pages of its largest column begin, so that
// no two splits decode the same large page.
func (f *parquetFile) cutRowGroup(file *os.File, foot *footer, rowGroup int) ([]engine.Split, error) {
	group := &foot.rowGroups[rowGroup]
	largest, most := -1, int64(-1)
	for _, c := range foot.columns {
		if c.Type != nil && group.Columns[c.leaf].MetaData.TotalUncompressedSize > most {
			largest, most = c.leaf, group.Columns[c.leaf].MetaData.TotalUncompressedSize
		}
	}
	pages := []pageStart{{}}
	if largest >= 0 {
		var err error
		if pages, err = f.pageStarts(file, foot, chunkKey{rowGroup, largest}); err != nil {
			return nil, fmt.Errorf("row group %d: %w", rowGroup, err)
		}
	}
	parts := (group.NumRows + maxSplitRows - 1) / maxSplitRows
	target := (group.NumRows + parts - 1) / parts
	var splits []engine.Split
	from := int64(0)
	for _, p := range append(pages[1:len(pages):len(pages)], pageStart{row: group.NumRows}) {
		if p.row-from >= target || p.row == group.NumRows && p.row > from {
			splits = append(splits, engine.Split{Part: rowGroup, FirstRow: foot.firstRows[rowGroup] + from, Rows: p.row - from})
			from = p.row
		}
	}
	return splits, nil
}

// pageStarts finds, once, where the pages of a chunk begin.
func (f *parquetFile) pageStarts(file *os.File, foot *footer, key chunkKey) ([]pageStart, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if pages, ok := f.pages[key]; ok {
		return pages, nil
	}
	from, to := chunkRange(&foot.rowGroups[key.rowGroup].Columns[key.leaf])
	pages, err := mapPages(file, from, to, foot.rowGroups[key.rowGroup].NumRows)
	if err != nil {
		return nil, err
	}
	f.pages[key] = pages
	return pages, nil
}

// rowGroupAt finds the row group that a row of the file stands in.
func (f *footer) rowGroupAt(row int64) int {
	return sort.Search(len(f.rowGroups), func(i int) bool { return f.firstRows[i+1] > row })
}
