package writers

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Published is a publication in which single meter points are looked up. Its
// manifest proves itself; the flow files that are looked into are held against
// it. Verify proves the rest.
type Published struct {
	fs       FS
	dir      string
	manifest *Manifest
	layouts  [2]*Layout
}

// PublishedPoint is what a publication says of one meter point.
type PublishedPoint struct {
	Row  *PublishedRow  `json:"changes_row"` // nil: changes.parquet does not list it, so it is unchanged
	Line *PublishedLine `json:"flow_line"`   // nil: it stands in no flow file
	// Problems are what does not fit together, in plain words: none where the
	// publication says what was asked of it.
	Problems []string `json:"problems"`
}

// PublishedRow is its row of changes.parquet.
type PublishedRow struct {
	Row         int64   `json:"row"` // 0-based
	RDP         string  `json:"rdp_id"`
	Old         string  `json:"old_status"`
	New         string  `json:"new_status"`
	Rule        string  `json:"rule"`
	EffectiveOn *string `json:"effective_on"`
	Disposition string  `json:"disposition"`
	Shard       string  `json:"shard"` // "" where it is in no flow file
}

// PublishedLine is where it stands in its flow file.
type PublishedLine struct {
	Path       string   `json:"path"`
	Flow       string   `json:"flow"`
	Line       int      `json:"line"`        // the first of its lines, from 1
	ByteOffset int64    `json:"byte_offset"` // of that line, from 0
	Lines      []string `json:"lines"`
}

// OpenPublished reads the manifest of a publication. A folder that is missing
// or no publication, or whose manifest is not what it says, is an
// *engine.Refusal of kind RefusedInput.
func OpenPublished(fsys FS, dir string) (*Published, error) {
	refuse := func(err error) error {
		return &engine.Refusal{Kind: engine.RefusedInput, Err: err,
			Problem: fmt.Sprintf("cannot look into %s: %s", engine.ShownPath(dir), engine.OneLine(err.Error())),
			Next:    "Name the folder that a run published; flagfill verify says what is wrong with one."}
	}
	p := &Published{fs: fsys, dir: dir}
	text, err := p.readManifest()
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return nil, refuse(errors.New("it holds no manifest.json, so it is no publication"))
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", filepath.Join(dir, manifestName), err)
	}
	err = guard(func() error {
		if p.manifest, err = DecodeManifest(text); err != nil {
			return err
		}
		p.layouts, err = p.manifest.Content.layoutsInForce()
		return err
	})
	if err != nil {
		return nil, refuse(fmt.Errorf("manifest.json: %w", err))
	}
	return p, nil
}

func (p *Published) readManifest() ([]byte, error) {
	f, err := p.fs.Open(filepath.Join(p.dir, manifestName))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxTextBytes))
	return text, errors.Join(err, f.Close())
}

// Find looks up meter points. The result stands beside them.
func (p *Published) Find(points []meterpoint.MPxN) ([]PublishedPoint, error) {
	found := make([]PublishedPoint, len(points))
	for i := range found {
		found[i].Problems = []string{}
	}
	if err := p.findRows(points, found); err != nil {
		return nil, err
	}
	for i, s := range p.manifest.Content.Shards {
		var here []int // the points of this shard
		for j := range found {
			if found[j].Row != nil && found[j].Row.Shard == s.Path {
				here = append(here, j)
			}
		}
		if len(here) == 0 {
			continue
		}
		if err := p.findLines(i, here, points, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// open opens a file that the manifest lists.
func (p *Published) open(name string) (ReadFile, error) {
	f, err := p.fs.Open(filepath.Join(p.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, p.damaged(name, errors.New("it is missing"))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", filepath.Join(p.dir, name), err)
	}
	return f, nil
}

func (p *Published) damaged(name string, err error) error {
	return &engine.Refusal{Kind: engine.RefusedInput, Err: err,
		Problem: fmt.Sprintf("cannot read %s: %v", engine.ShownPath(filepath.Join(p.dir, name)), err),
		Next:    "The publication is not what was published: flagfill verify says what is wrong with it."}
}

func (p *PublishedPoint) note(format string, args ...any) {
	p.Problems = append(p.Problems, engine.OneLine(fmt.Sprintf(format, args...)))
}

func newPublishedLine(s Shard, at recordPlace) *PublishedLine {
	line := &PublishedLine{Path: s.Path, Flow: s.Flow, Line: at.line, ByteOffset: at.offset}
	for text := range strings.Lines(string(at.text)) {
		line.Lines = append(line.Lines, strings.TrimRight(text, "\r\n"))
	}
	return line
}

// compare holds the line against the row of changes.parquet.
func (p *PublishedPoint) compare(r Record) {
	on := dateOf(r.EffectiveOn).Format(time.DateOnly)
	if r.Status.String() != p.Row.New {
		p.note("the flow line says %s, and changes.parquet %s", r.Status, p.Row.New)
	}
	if p.Row.EffectiveOn == nil || *p.Row.EffectiveOn != on {
		p.note("the flow line takes effect on %s, which changes.parquet does not say", on)
	}
}

// Expect notes where the publication says something else than a decision made
// under its settings on its rows; nil is no decision, which has no row.
func (p *PublishedPoint) Expect(r *engine.Ruling) {
	want, got := "nothing", "nothing"
	if r != nil && r.Disposition != engine.DispositionUnchanged {
		want = rowWords(PublishedRow{RDP: r.RDP, Old: reportedWord(r.Old), New: reportedWord(r.New), Rule: r.Rule,
			EffectiveOn: r.EffectiveOn, Disposition: r.Disposition})
	}
	if p.Row != nil {
		got = rowWords(*p.Row)
	}
	if got != want {
		p.note("changes.parquet says %s, where the same settings and files give %s", got, want)
	}
}

// reportedWord is a status as changes.parquet has it, which knows no other than
// A, I and N.
func reportedWord(status string) string {
	if _, known := reportedNamed(status); known {
		return status
	}
	return meterpoint.Null.String()
}

func rowWords(r PublishedRow) string {
	words := fmt.Sprintf("%s by %s, %s to %s", r.Disposition, r.Rule, r.Old, r.New)
	if r.EffectiveOn != nil {
		words += " on " + *r.EffectiveOn
	}
	if r.RDP != "" {
		words += " for " + r.RDP
	}
	return words
}
