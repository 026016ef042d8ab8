package kernel

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// fieldRows is text as a meter_points file has it.
func fieldRows(rows int) string {
	var text strings.Builder
	for i := range rows {
		fmt.Fprintf(&text, "%d,%s,EELC,2025-%02d-%02d,%v,A\n", 1000000000000+int64(i)*7919, []string{"A", "", "Null"}[i*i/3%3], 1+i%12, 1+i%28, i%2 == 0)
	}
	return text.String()
}

func BenchmarkFieldEnds(b *testing.B) {
	const rows = 4096
	text := []byte(fieldRows(rows))
	ends := make([]int32, len(text)+64)
	compare(b, rows,
		form{"masks", func() { FieldEnds(ends, text, 0, ',', false) }},
		form{"masks, quotes too", func() { FieldEnds(ends, text, 0, ',', true) }},
		form{"plain", func() {
			n := 0
			for i, c := range text {
				if c == ',' || c == '\n' {
					ends[n] = int32(i)
					n++
				}
			}
		}},
		form{"IndexByte", func() {
			n := 0
			for at := 0; ; n++ {
				i := bytes.IndexByte(text[at:], ',')
				if i < 0 {
					break
				}
				at += i + 1
				ends[n] = int32(at)
			}
		}},
		copying(len(text)))
}

func BenchmarkParseFields(b *testing.B) {
	const rows = 4096
	f := fieldsOf(fieldRows(rows), ',', 6)
	numbers, valid := make([]int64, rows), make([]byte, rows/8)
	compare(b, rows,
		form{"right-aligned", func() { ParseFields(numbers, valid, f, 0, 0) }},
		form{"plain", func() {
			for i := range numbers {
				n := int64(0)
				for _, c := range f.Cell(i, 0) {
					n = n*10 + int64(c-'0')
				}
				numbers[i] = n
			}
		}},
		copying(8*rows))
}
