package loaders

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// BenchmarkScanCSV reads the meter points of BenchmarkScan as CSV, one column
// and all of them: plain, with everything in quotes, with a quote in quotes in
// every row, and compressed.
func BenchmarkScanCSV(b *testing.B) {
	rows := benchRows(1 << 19)
	for _, form := range []struct{ name, quote, packing string }{{"plain", "", ""}, {"quoted", `"`, ""}, {"careful", `"""`, ""}, {"gzip", "", "gzip"}, {"zstd", "", "zstd"}} {
		b.Run("format=csv/form="+form.name, func(b *testing.B) {
			content := []byte(benchCSV(rows, form.quote))
			if form.packing != "" {
				content = packed(b, form.packing, string(content))
			}
			path := saved(b, "x.csv", content)
			source := open(b, path)
			all := make([]int, len(benchColumns))
			for i := range all {
				all[i] = i
			}
			benchScan(b, source, "key", all[:1], len(rows), 1)
			benchScan(b, source, "all", all, len(rows), 1)
			benchScan(b, source, "all", all, len(rows), 2)
			benchCopy(b, path, len(rows))
		})
	}
}

func benchCSV(rows []benchRow, quote string) string {
	var text strings.Builder
	text.WriteString(strings.Join(benchColumns, ",") + "\n")
	for _, r := range rows {
		export, rdp, date := "", "", ""
		if r.Export != nil {
			export = *r.Export
		}
		if r.RDP != nil {
			rdp, date = *r.RDP, fmt.Sprintf("2026-%02d-%02d", 1+*r.Date%12, 1+*r.Date%28)
		}
		cells := []string{r.Key, fmt.Sprint(r.Number), fmt.Sprint(r.Delta), export, r.Status, rdp, date}
		text.WriteString(quote + strings.Join(cells, quote+","+quote) + quote + "\n")
	}
	return text.String()
}

// BenchmarkCutCSV looks for places to cut a file at.
func BenchmarkCutCSV(b *testing.B) {
	text := []byte(benchCSV(benchRows(1<<20), ""))
	path := saved(b, "x.csv", text)
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := cutAtRows(b.Context(), file, 0, int64(len(text)), csvSplitBytes, ','); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingCSV is what the standard library makes of the same text.
func BenchmarkEncodingCSV(b *testing.B) {
	rows := benchRows(1 << 19)
	text := benchCSV(rows, "")
	b.Run(fmt.Sprintf("format=csv/form=plain/column=all/rows=%d/workers=1", len(rows)), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := csv.NewReader(strings.NewReader(text))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
		reportRows(b, len(rows))
	})
}
