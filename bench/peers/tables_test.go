package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tablesOf makes tables in a folder of their own and gives README and chart.
func tablesOf(t *testing.T, results string) (readme, chart string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"peers.txt", "formats.txt", "reconcile.txt", "publish.txt"} {
		text, err := os.ReadFile(filepath.Join(results, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "README.md")
	marks := "before\n<!-- peers: made by x -->\nold\n<!-- peers: end -->\n<!-- formats: made by x -->\n<!-- formats: end -->\n<!-- reconcile: made by x -->\n<!-- reconcile: end -->\n<!-- publish: made by x -->\n<!-- publish: end -->\nafter\n"
	if err := os.WriteFile(path, []byte(marks), 0o600); err != nil {
		t.Fatal(err)
	}
	b := bench{results: dir, readme: path}
	if err := b.tables(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := os.ReadFile(filepath.Join(dir, jobChart))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text), string(drawn)
}

func TestTablesOfASample(t *testing.T) {
	readme, _ := tablesOf(t, "testdata")
	for _, line := range []string{
		"before",
		"**Parquet, faults planted, every check made**, 2 turns",
		"| `flagfill run` | 1.00 s | 1.10 s | – | 2.10 s | 305 MiB | 1.00× |",
		"| DuckDB, all checks, exceptions listed | 16.00 s | 17.00 s | 16.50 s | 32.00 s | 1450 MiB | 15.45× |",
		"| `flagfill run` | 1.00 s | 1.00 s | – | 2.00 s | – | 1.00× |",
		"| Go with maps, no checks | 5.00 s | 5.00 s | – | 6.00 s | 900 MiB | 5.00× |",
		"| sort, join and awk, no checks | 20.00 s | 20.00 s | – | 40.00 s | 1000 MiB | 10.00× |",
		"| Parquet: DuckDB with all checks takes 15 times as long | 15.45×, 15.00× without its start-up | yes |",
		"| CSV: DuckDB with all checks takes 6 times as long | 5.00×, 4.75× without its start-up | **no** |",
		"| CSV in gzip | 45.0 MB | 1.00 s | 1.50 s | 3.00 s | 9.00 s | 9.00 s | 12.00 s | 6.00× | 5.67× |",
		"| Arrow, LZ4 | 45.0 MB | 2.00 s | 2.00 s | 4.00 s | – | – | – | – | – |",
		"| Arrow, LZ4 | 0.50 s | 0.50 s | 1.00 s | 4.00× |",
		"| 10 % | DuckDB, full outer join | 12.00 s | 11.00 s | 22.00 s | 2000 MiB | 10.00× |",
		"| the full outer join takes 10 times as long, whatever the share | 7.50× at least | **no** |",
		"| the slowest share takes at most 1.5 times as long as the fastest | 1.60× | **no** |",
		"| everything changes and is sent | 12,000,000 | 11,900,000 | 450.0 MB | 9.00 s | 15.00 s | 500 MiB |",
		"| flow files written, hashed and verified in at most 2 times `cat` through `sha256sum`: first line less second | 2.00 s, 2.00× | yes |",
		"| 3 M rows of changes.parquet a second: second line less third | 3.00 s, 4.0 M rows/s | yes |",
		"| `flagfill verify` of what the first published | – | – | – | 2.00 s | 3.80 s | 300 MiB |",
		"| `flagfill verify` takes at most 1 times `sha256sum --check` | 0.80× | yes |",
		"after",
	} {
		if !strings.Contains(readme, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if t.Failed() {
		t.Log(readme)
	}
}

func TestTablesSayWhatIsNotMeasured(t *testing.T) {
	readme, chart := tablesOf(t, t.TempDir())
	for _, command := range []string{"make bench-peers", "make bench-formats", "make bench-publish"} {
		if !strings.Contains(readme, "Not measured yet: `"+command+"` does it.\n") {
			t.Errorf("nothing says that %s is to be run:\n%s", command, readme)
		}
	}
	if chart != "" {
		t.Error("a chart of nothing")
	}
}

// The chart is a well-formed picture that says its figures in words and
// draws bars in proportion.
func TestChartOfASample(t *testing.T) {
	_, chart := tablesOf(t, "testdata")
	decoder := xml.NewDecoder(strings.NewReader(chart))
	widths := map[string]bool{}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "rect" {
			for _, a := range element.Attr {
				widths[a.Value] = widths[a.Value] || a.Name.Local == "width"
			}
		}
	}
	for _, width := range []string{"340.0", "170.0", "34.0"} { // 20, 10 and 2 seconds
		if !widths[width] {
			t.Errorf("no bar is %s wide", width)
		}
	}
	if !strings.Contains(chart, "CSV, no faults; flagfill checks all the same: flagfill run 2.00 s; sort, join and awk, no checks 20.00 s.") {
		t.Error("the description lacks figures")
	}
}
