package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/writers"
)

// tamper changes a publication where identifiers stand, or puts one where none
// belongs.
func (w *watched) tamper(t *testing.T, dir string) {
	t.Helper()
	flows, err := filepath.Glob(filepath.Join(dir, "flows", "*", "*", "*"))
	if err != nil || len(flows) == 0 {
		t.Fatalf("there are no flow files: %v", err)
	}
	flow := flows[w.IntN(len(flows))]
	canary := w.all[w.IntN(len(w.all))]
	switch w.IntN(8) {
	case 0, 1:
		w.rewrite(t, dir, flow, func(text []byte) []byte { return w.tamperedFlow(text, canary) })
	case 2:
		w.rewrite(t, dir, filepath.Join(dir, "changes.parquet"), w.damagedBytes)
	case 3:
		w.rewrite(t, dir, filepath.Join(dir, "exceptions.parquet"), w.damagedBytes)
	case 4: // identifiers as codes of exceptions
		w.rewrite(t, dir, filepath.Join(dir, "exceptions.parquet"), func([]byte) []byte { return w.otherExceptions(t, canary) })
	case 5: // another publication's rows
		w.rewrite(t, dir, filepath.Join(dir, "changes.parquet"), func([]byte) []byte {
			return asParquet(t, w.Rand, []string{"mpxn", canary}, [][]string{{canary, "x"}})
		})
	case 6:
		tamperManifest(t, dir, func(m *writers.Manifest) { w.tamperedManifest(m, canary) })
	default: // a number or a text where something else belongs
		path := filepath.Join(dir, "manifest.json")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		places := jsonText.FindAllIndex(text, -1)
		at := places[w.IntN(len(places))]
		instead := []string{canary, strconv.Quote(canary), "[" + canary + "]", canary + canary}[w.IntN(4)]
		writeNew(t, path, slices.Concat(text[:at[0]], []byte(instead), text[at[1]:]))
	}
}

func (w *watched) tamperedFlow(text []byte, canary string) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	at := w.IntN(len(lines))
	switch w.IntN(5) {
	case 0: // a line twice
		lines = slices.Insert(lines, at, lines[at], []byte("902|"+canary+"|A|20261121|\n"))
	case 1: // none
		lines = slices.Delete(lines, at, at+1)
	case 2: // a field in place of another
		lines[at] = bytes.ReplaceAll(lines[at], []byte("A"), []byte(canary))
	case 3:
		return append(text, []byte(canary)...)
	default:
		return w.damagedBytes(text)
	}
	return append(bytes.Join(lines, nil), '\n')
}

// otherExceptions is a table of exceptions of which the code is an identifier.
func (w *watched) otherExceptions(t *testing.T, canary string) []byte {
	t.Helper()
	type row struct {
		Table  string `parquet:"table,dict"`
		File   string `parquet:"file,dict"`
		Row    int64  `parquet:"row"`
		Column string `parquet:"column,dict"`
		Code   string `parquet:"code,dict"`
		Value  string `parquet:"value"`
	}
	var out bytes.Buffer
	if err := parquet.Write(&out, []row{{"devices", "x.csv", 0, "mpxn", canary, canary}}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (w *watched) tamperedManifest(m *writers.Manifest, canary string) {
	c := &m.Content
	shard, fact := &c.Shards[w.IntN(len(c.Shards))], &c.Facts[w.IntN(len(c.Facts))]
	places := []*string{&shard.RDP, &shard.Fuel, &shard.Flow, &fact.RDP, &c.Layouts[0].Name, &c.Layouts[0].Source, &c.Layouts[0].Flow,
		&c.Scope, &c.Baseline, &c.Flows.TestFlag, &c.Totals.Transitions[0].From, &c.Totals.Rules[0].Rule, &c.Totals.Ambiguities[0].Policy}
	*places[w.IntN(len(places))] = canary
	switch w.IntN(4) {
	case 0:
		c.Rules[canary] = canary
		c.Totals.Exceptions[canary] = 7
	case 1:
		c.Rules["mixed"] = canary
	}
}

// rewrite changes a file, and half of the time what the listings say of it, so
// that its content is looked into.
func (w *watched) rewrite(t *testing.T, dir, path string, change func([]byte) []byte) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	after := change(bytes.Clone(before))
	if bytes.Equal(before, after) {
		after = append(after, 'x')
	}
	writeNew(t, path, after)
	if w.IntN(4) == 0 {
		return
	}
	name, _ := filepath.Rel(dir, path)
	was, is := fmt.Sprintf("%x", sha256.Sum256(before)), fmt.Sprintf("%x", sha256.Sum256(after))
	replaceIn(t, filepath.Join(dir, "SHA256SUMS"), was, is)
	tamperManifest(t, dir, func(m *writers.Manifest) {
		text, _ := json.Marshal(m)
		text = bytes.ReplaceAll(text, []byte(was), []byte(is))
		*m = writers.Manifest{}
		_ = json.Unmarshal(text, m) // of what was a manifest
		for i, f := range m.Files {
			if f.Path == filepath.ToSlash(name) {
				m.Files[i].Bytes = int64(len(after))
			}
		}
		for i, s := range m.Content.Shards {
			if s.Path == filepath.ToSlash(name) {
				m.Content.Shards[i].Bytes = int64(len(after))
			}
		}
		if m.Content.Changes.Path == name {
			m.Content.Changes.Bytes = int64(len(after))
		}
	})
}

func replaceIn(t *testing.T, path, was, is string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeNew(t, path, bytes.ReplaceAll(text, []byte(was), []byte(is)))
}
