package loaders

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"golang.org/x/sync/errgroup"

	"flagfill/engine"
)

// benchRow is a meter point as extracts have it. Keys are random: nothing for a
// codec to find but that they are digits.
type benchRow struct {
	Key    string  `parquet:"key,plain"`
	Number int64   `parquet:"number,plain"`
	Delta  int64   `parquet:"delta,delta"`
	Export *string `parquet:"export,optional,plain"` // four in ten
	Status string  `parquet:"status,dict"`
	RDP    *string `parquet:"rdp,optional,dict"`
	Date   *int32  `parquet:"date,optional,date,plain"`
}

func benchRows(n int) []benchRow {
	random := rand.New(rand.NewPCG(1, 2))
	statuses := []string{"Commissioned", "InstalledNotCommissioned", "Pending", "Suspended", "Withdrawn"}
	rdps := []string{"EELC", "EMEB", "LOND", "MANW", "MIDE", "NEEB", "NORW", "HYDE", "SPOW", "SEEB", "SOUT", "SWAE", "SWEB", "YELG"}
	rows := make([]benchRow, n)
	for i := range rows {
		number := 1e12 + random.Int64N(13e11)
		key, date := fmt.Sprint(number), 18000+random.Int32N(2500)
		rows[i] = benchRow{Key: key, Number: number, Delta: int64(1e12 + 37*i), Status: statuses[random.IntN(random.IntN(5)+1)]}
		if random.IntN(10) < 4 {
			rows[i].Export = &key
		}
		if random.IntN(10) < 9 {
			rows[i].RDP, rows[i].Date = &rdps[random.IntN(len(rdps))], &date
		}
	}
	return rows
}

var benchColumns = []string{"key", "number", "delta", "export", "status", "rdp", "date"}

// BenchmarkScan reads columns and throws them away; column=all reads all seven.
func BenchmarkScan(b *testing.B) {
	rows := benchRows(1 << 19)
	for _, codec := range codecs {
		b.Run(fmt.Sprintf("format=parquet/codec=%v", codec), func(b *testing.B) {
			file := writeParquet(b, rows, parquet.Compression(codec), parquet.MaxRowsPerRowGroup(1<<18))
			source := open(b, saved(b, "x.parquet", file))
			all := make([]int, len(benchColumns))
			for i, name := range benchColumns {
				all[i] = i
				benchScan(b, source, name, all[i:i+1], len(rows), 1)
			}
			benchScan(b, source, "all", all, len(rows), 1)
			benchScan(b, source, "all", all, len(rows), 2)
		})
	}
}

func benchScan(b *testing.B, source engine.Source, name string, columns []int, rows, workers int) {
	b.Run(fmt.Sprintf("column=%s/rows=%d/workers=%d", name, rows, workers), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n := scan(b, source, columns, workers); n != int64(rows) {
				b.Fatalf("%d rows", n)
			}
		}
		reportRows(b, rows)
	})
}

func reportRows(b *testing.B, rows int) {
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// scan reads the columns of all splits and counts rows.
func scan(b testing.TB, source engine.Source, columns []int, workers int) int64 {
	plan, err := source.Plan(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	var next, rows atomic.Int64
	var group errgroup.Group
	for range workers {
		group.Go(func() error {
			for at := next.Add(1) - 1; at < int64(len(plan.Splits)); at = next.Add(1) - 1 {
				n, err := scanSplit(source, plan.Splits[at], columns)
				if rows.Add(n); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return rows.Load()
}

func scanSplit(source engine.Source, split engine.Split, columns []int) (rows int64, err error) {
	reader, err := source.Open(split, columns)
	if err != nil {
		return 0, err
	}
	defer reader.Close()
	var batch engine.Batch
	for err = reader.Next(&batch); err == nil; err = reader.Next(&batch) {
		rows += batch.Record.NumRows()
	}
	if err == io.EOF {
		err = nil
	}
	return rows, err
}

// BenchmarkPages is the floor: reading and releasing the same pages with
// parquet-go's own reader, nothing looked at.
func BenchmarkPages(b *testing.B) {
	rows := benchRows(1 << 19)
	for _, codec := range codecs {
		if c := codec.CompressionCodec(); c == format.Lz4Raw || c == format.Lz4 {
			continue // its reader does not know the one, and does not always read back the other
		}
		b.Run(fmt.Sprintf("format=parquet/codec=%v", codec), func(b *testing.B) {
			path := saved(b, "x.parquet", writeParquet(b, rows, parquet.Compression(codec), parquet.MaxRowsPerRowGroup(1<<18)))
			for column, name := range benchColumns {
				b.Run(fmt.Sprintf("column=%s/rows=%d/workers=1", name, len(rows)), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						readPages(b, path, column)
					}
					reportRows(b, len(rows))
				})
			}
			benchCopy(b, path, len(rows))
		})
	}
}

// benchCopy is the ceiling that memory sets: the file's bytes, read from the page
// cache.
func benchCopy(b *testing.B, path string, rows int) {
	b.Run(fmt.Sprintf("form=copy/rows=%d", rows), func(b *testing.B) {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		buffer := make([]byte, 1<<20)
		for b.Loop() {
			if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, io.NewSectionReader(file, 0, 1<<40), buffer); err != nil {
				b.Fatal(err)
			}
		}
		reportRows(b, rows)
	})
}

func readPages(b testing.TB, path string, column int) {
	handle, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer handle.Close()
	info, err := handle.Stat()
	if err != nil {
		b.Fatal(err)
	}
	file, err := parquet.OpenFile(handle, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		b.Fatal(err)
	}
	for _, group := range file.RowGroups() {
		pages := group.ColumnChunks()[column].Pages()
		for {
			page, err := pages.ReadPage()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			parquet.Release(page)
		}
		pages.Close()
	}
}
