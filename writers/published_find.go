package writers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// findRows looks points up in changes.parquet, which is sorted: by halves, row
// group by row group, of which the MPxNs alone are read.
func (p *Published) findRows(points []meterpoint.MPxN, found []PublishedPoint) error {
	path := filepath.Join(p.dir, changesName)
	f, err := p.open(changesName)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := p.fs.Lstat(path)
	if err != nil {
		return fmt.Errorf("cannot look at %s: %w", path, err)
	}
	source := &source{file: f}
	err = guard(func() error { return p.lookUp(source, info.Size(), points, found) })
	if failure := source.failure(); failure != nil {
		return fmt.Errorf("cannot read %s: %w", path, failure)
	}
	if err != nil {
		return p.damaged(changesName, err)
	}
	return nil
}

func (p *Published) lookUp(r io.ReaderAt, size int64, points []meterpoint.MPxN, found []PublishedPoint) error {
	file, err := openTable(r, size, changesSchema)
	if err != nil {
		return err
	}
	reader, err := newChangesReader(p.manifest.Content.Shards)
	if err != nil {
		return err
	}
	groups := file.RowGroups()
	keys := make([][]meterpoint.MPxN, len(groups))
	var failure error
	keysOf := func(group int) []meterpoint.MPxN {
		if keys[group] == nil && failure == nil {
			keys[group] = make([]meterpoint.MPxN, groups[group].NumRows())
			failure = readMPxNs(groups[group].ColumnChunks()[mpxnColumn], keys[group])
		}
		return keys[group]
	}
	at := map[int][]int{} // points by row group
	rows := make([]int, len(points))
	for i, m := range points {
		group := sort.Search(len(groups), func(g int) bool { k := keysOf(g); return k[len(k)-1] >= m })
		if failure != nil {
			return failure
		}
		if group == len(groups) {
			continue
		}
		row, there := slices.BinarySearch(keysOf(group), m)
		if there {
			at[group], rows[i] = append(at[group], i), row
		}
	}
	for group, here := range at {
		if err := reader.read(groups[group]); err != nil {
			return err
		}
		for _, i := range here {
			row := reader.row(rows[i], p.manifest.Content.Shards)
			row.Row = int64(group)*rowGroupRows + int64(rows[i])
			found[i].Row = &row
		}
	}
	return nil
}

// row spells one row of the row group at hand.
func (r *changesReader) row(i int, shards []Shard) PublishedRow {
	b := &r.block
	row := PublishedRow{RDP: r.names[b.rdp[i]], Old: b.old[i].String(), New: b.new[i].String(), Rule: b.rule[i].String(),
		Disposition: b.disposition[i].String()}
	if day := b.effectiveOn[i]; day != engine.NoDay {
		text := dateOf(day).Format(time.DateOnly)
		row.EffectiveOn = &text
	}
	if b.shard[i] != noShard {
		row.Shard = shards[b.shard[i]].Path
	}
	return row
}

// findLines reads one flow file whole, by its layout, and holds it against the
// manifest.
func (p *Published) findLines(shard int, here []int, points []meterpoint.MPxN, found []PublishedPoint) error {
	s := p.manifest.Content.Shards[shard]
	path := filepath.Join(p.dir, filepath.FromSlash(s.Path))
	f, err := p.open(s.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	fuel, _ := fuelNamed(s.Fuel)
	layout := p.layouts[fuel]
	if layout == nil {
		return p.damaged(manifestName, fmt.Errorf("it has no layout for %s", s.Fuel))
	}
	wanted := map[meterpoint.MPxN][]int{}
	for _, i := range here {
		wanted[points[i]] = append(wanted[points[i]], i)
	}
	source, sum := &source{file: f}, sha256.New()
	whole := io.TeeReader(source, sum)
	_, misread := layout.parseAt(whole, p.manifest.Content.envelope(s), func(r Record, at recordPlace) error {
		for _, i := range wanted[r.MPxN] {
			found[i].Line = newPublishedLine(s, at)
			found[i].compare(r)
		}
		return nil
	})
	_, err = io.Copy(io.Discard, whole)
	if err := errors.Join(err, source.failure()); err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	for _, i := range here {
		if misread != nil {
			found[i].note("%s: %v", s.Path, misread)
		}
		if hex.EncodeToString(sum.Sum(nil)) != s.SHA256 {
			found[i].note("the bytes of %s are not those that manifest.json lists", s.Path)
		}
		if found[i].Line == nil {
			found[i].note("changes.parquet says that it stands in %s, and it does not", s.Path)
		}
	}
	return nil
}
