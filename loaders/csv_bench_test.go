package loaders

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
)

// BenchmarkScanCSV reads the meter points of BenchmarkScan as CSV, one column
// and all of them; plain, and with everything in quotes.
func BenchmarkScanCSV(b *testing.B) {
	rows := benchRows(1 << 19)
	for _, form := range []struct{ name, quote string }{{"plain", ""}, {"quoted", `"`}} {
		b.Run("format=csv/form="+form.name, func(b *testing.B) {
			text := benchCSV(rows, form.quote)
			path := saved(b, "x.csv", []byte(text))
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
