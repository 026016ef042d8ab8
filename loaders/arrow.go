package loaders

import (
	"context"
	"io/fs"
	"os"
	"sync"

	"flagfill/engine"
)

// arrowFile is an Arrow IPC file or stream of a source. Where its messages stand
// is found once, by the first who needs it; from then on a stream is read as a
// file is.
type arrowFile struct {
	path  string
	table engine.Table

	mutex        sync.Mutex // over what follows
	index        *arrowIndex
	info         fs.FileInfo // of the file that the index belongs to
	dictionaries map[int64]*arrowDictionary
}

func (f *arrowFile) plan(context.Context) (description engine.File, splits []engine.Split, err error) {
	defer func() {
		if err != nil {
			err = refusal(f.table, f.path, err)
		}
	}()
	defer barrier(&err)
	file, err := f.openChecked()
	if err != nil {
		return engine.File{}, nil, err
	}
	defer file.Close()
	description = engine.File{Path: f.path, Format: "arrow", Rows: f.index.rows(), Bytes: f.info.Size(), Fingerprint: f.index.fingerprint}
	if f.index.isStream {
		description.Format = "arrow stream"
	}
	for _, c := range f.index.schema.columns {
		description.Columns = append(description.Columns, c.Column)
	}
	return description, f.index.cut(), nil
}

// openChecked opens the file, makes sure that it is still the one that was
// opened first, and finds its messages.
func (f *arrowFile) openChecked() (file *os.File, err error) {
	if file, err = os.Open(f.path); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.index == nil {
		defer barrier(&err)
		if f.index, err = readArrowIndex(file, info.Size()); err != nil {
			return nil, err
		}
		f.info, f.dictionaries = info, map[int64]*arrowDictionary{}
	}
	if !os.SameFile(info, f.info) || info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
		return nil, errChanged
	}
	return file, nil
}

// cut groups whole record batches into splits, and cuts a large one in several;
// not a compressed one, which would be unpacked from its beginning for each.
func (x *arrowIndex) cut() []engine.Split {
	var splits []engine.Split
	open := false // the last split takes more record batches
	for i := range x.batches {
		first, rows := x.firstRows[i], x.firstRows[i+1]-x.firstRows[i]
		last := len(splits) - 1
		switch {
		case open && splits[last].Rows+rows <= maxSplitRows:
			splits[last].Rows += rows
			open = splits[last].Rows < splitRows
			continue
		case x.batches[i].isPacked:
			splits = append(splits, engine.Split{Part: i, FirstRow: first, Rows: rows})
		default:
			for ; rows > maxSplitRows; first, rows = first+maxSplitRows, rows-maxSplitRows {
				splits = append(splits, engine.Split{Part: i, FirstRow: first, Rows: maxSplitRows})
			}
			splits = append(splits, engine.Split{Part: i, FirstRow: first, Rows: rows})
		}
		open = rows < splitRows
	}
	return splits
}
