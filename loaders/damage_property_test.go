package loaders

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"flagfill/assurance/property"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

const (
	filesPerSeed  = 1000
	runsEvery     = 20 // of those files, one goes through a run and an inspection too
	longestMillis = 5000
)

// Whatever the bytes, reading ends in rows or in a refusal that says where:
// without a panic, within five seconds and within 1 GiB.
func TestPropertyDamagedParquet(t *testing.T) {
	p := property.Property{Goal: "R7", Name: "damaged Parquet is read or refused, within 5 s and 1 GiB", Unit: "damaged files", Seeds: 100}
	inLimitedProcess(t, p, func(t *testing.T, seed int) {
		var all []soundFile
		for _, file := range damageSeeds(t) {
			all = append(all, takenApart(t, file))
		}
		r := damageRun{
			devices:     &mutator{files: duckdbFiles(t, "devices")},
			meterPoints: &mutator{files: duckdbFiles(t, "meter_points")},
			damage:      (*mutator).parquet, ending: ".parquet",
		}
		r.any = &mutator{files: append(append(all, r.devices.files...), r.meterPoints.files...)}
		r.try(t, seed)
	})
}

func TestPropertyDamagedCSV(t *testing.T) {
	p := property.Property{Goal: "R7", Name: "damaged CSV is read or refused, within 5 s and 1 GiB", Unit: "damaged files", Seeds: 50}
	inLimitedProcess(t, p, func(t *testing.T, seed int) {
		devices, points := &mutator{texts: firstLines(t, "devices.csv")}, &mutator{texts: firstLines(t, "meter_points.csv")}
		odd := &mutator{texts: append(append([][]byte{}, devices.texts...), points.texts...)}
		for _, text := range csvOddities {
			if text != "" {
				odd.texts = append(odd.texts, []byte(text))
			}
		}
		r := damageRun{any: odd, devices: devices, meterPoints: points, damage: (*mutator).csv, ending: ".csv"}
		r.try(t, seed)
	})
}

// damageRun damages files one after the other and reads each.
type damageRun struct {
	any, devices, meterPoints *mutator
	damage                    func(*mutator) []byte
	ending                    string
}

func (r *damageRun) try(t *testing.T, seed int) {
	random := rand.New(rand.NewPCG(uint64(seed), 7))
	r.any.random, r.devices.random, r.meterPoints.random = random, random, random
	folder := t.TempDir()
	path := filepath.Join(folder, "damaged"+r.ending)
	refused := 0
	for i := range filesPerSeed {
		from := r.any
		if i%runsEvery == 0 {
			from = []*mutator{r.devices, r.meterPoints}[i/runsEvery%2]
		}
		content := r.damage(from)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(longestMillis*time.Millisecond, func() {
			panic(fmt.Sprintf("seed %d: reading file %d takes more than %d ms", seed, i, longestMillis))
		})
		before := allocated()
		sound := t.Run(fmt.Sprintf("%d/%d", seed, i), func(t *testing.T) {
			if mustReadOrRefuse(t, path) {
				refused++
			}
			switch from {
			case r.devices:
				mustRunOrRefuse(t, engine.Devices, path, duckdbFolder+"/meter_points-snappy.parquet")
			case r.meterPoints:
				mustRunOrRefuse(t, engine.MeterPoints, path, duckdbFolder+"/devices-snappy.parquet")
			}
		})
		late.Stop()
		if bytes := allocated() - before; bytes > allocatedAtMost(len(content)) {
			t.Errorf("seed %d: reading file %d of %d bytes allocates %d", seed, i, len(content), bytes)
			sound = false
		}
		if !sound {
			t.Fatalf("seed %d: file %d is damaged so that the claim does not hold", seed, i)
		}
	}
	if refused < filesPerSeed/4 || refused == filesPerSeed {
		t.Errorf("%d of %d files were refused", refused, filesPerSeed)
	}
}

// allocated is how many bytes this process has ever allocated.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// allocatedAtMost bounds what reading a file may allocate, with a run and an
// inspection of it.
func allocatedAtMost(fileBytes int) uint64 { return 64<<20 + 64*uint64(fileBytes) }

var placeInFile = regexp.MustCompile(`row group \d+|record batch \d+|line \d+|footer|it holds|bytes`)

// mustReadOrRefuse: whatever the bytes are, reading ends in rows or a refusal
// of the input that says where.
func mustReadOrRefuse(t *testing.T, path string) (refused bool) {
	t.Helper()
	source, err := Open([]string{path}, engine.Devices, Options{})
	if err == nil {
		err = readThrough(source)
	}
	mustBeRefusal(t, err, path, engine.RefusedInput)
	if err != nil && !placeInFile.MatchString(err.Error()) {
		t.Errorf("%v does not say where in the file", err)
	}
	return err != nil
}

// mustBeRefusal wants no error, or a refusal of one of the kinds; one of the
// input names the file.
func mustBeRefusal(t *testing.T, err error, path string, kinds ...engine.RefusalKind) {
	t.Helper()
	if err == nil {
		return
	}
	var refused *engine.Refusal
	if !errors.As(err, &refused) {
		t.Fatalf("%T is no refusal: %v", err, err)
	}
	for _, kind := range kinds {
		if refused.Kind == kind {
			if kind == engine.RefusedInput && !strings.Contains(refused.Problem, filepath.Base(path)) {
				t.Errorf("%v does not name the file", err)
			}
			return
		}
	}
	t.Errorf("refused as %v: %v", refused.Kind, err)
}

// readThrough reads every column that can be given, and looks at every value.
func readThrough(source engine.Source) error {
	plan, err := source.Plan(context.Background())
	if err != nil {
		return err
	}
	for _, split := range plan.Splits {
		if err := readSplitThrough(source, plan, split); err != nil {
			return err
		}
	}
	return nil
}

func readSplitThrough(source engine.Source, plan *engine.Plan, split engine.Split) error {
	var columns []int
	for i, c := range plan.Files[split.File].Columns {
		if c.Type != nil {
			columns = append(columns, i)
		}
	}
	reader, err := source.Open(split, columns)
	if err != nil {
		return err
	}
	defer reader.Close()
	var batch engine.Batch
	for row := split.FirstRow; ; row += batch.Record.NumRows() {
		if err := reader.Next(&batch); err == io.EOF {
			if counted := plan.Files[split.File].Rows >= 0; counted && row != split.FirstRow+split.Rows {
				return fmt.Errorf("split %+v ends at row %d", split, row)
			}
			return reader.Close()
		} else if err != nil {
			return err
		}
		if batch.FirstRow != row || batch.Record.NumRows() > batchRows || batch.Record.NumRows() == 0 {
			return fmt.Errorf("a batch has rows %d and %d on, expected row %d", batch.FirstRow, batch.Record.NumRows(), row)
		}
		for _, column := range batch.Record.Columns() {
			for i := range column.Len() {
				_ = column.ValueStr(i) // a code or an offset that leads astray panics here
			}
		}
	}
}

// nowhere is a sink that keeps nothing.
type nowhere struct{}

func (nowhere) Write(*engine.Changes) error              { return nil }
func (nowhere) WriteExceptions([]engine.Exception) error { return nil }

// mustRunOrRefuse runs and inspects with one damaged table and one that is not.
func mustRunOrRefuse(t *testing.T, table engine.Table, path, other string) {
	t.Helper()
	cfg := engine.Config{AsOf: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), Workers: 2, MemoryBytes: 16 << 30, Limits: engine.DefaultLimits(),
		MPRNCheck: engine.Warn, Digits: meterpoint.DefaultDigits, Registrar: meterpoint.NewRegistrar()}
	cfg.Rules = meterpoint.DefaultRules()
	cfg.Limits.MaxExceptions = engine.Limit{Share: 1, Count: -1} // to the end, whatever the values
	damaged, err := Open([]string{path}, table, Options{})
	if err != nil {
		return // refused already, as reading showed
	}
	whole, err := Open([]string{other}, engine.MeterPoints-table, Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := engine.Inputs{Devices: damaged, MeterPoints: whole}
	if table == engine.MeterPoints {
		in = engine.Inputs{Devices: whole, MeterPoints: damaged}
	}
	_, err = engine.Run(context.Background(), cfg, in, nowhere{}, &engine.Progress{})
	mustBeRefusal(t, err, path, engine.RefusedInput, engine.RefusedLimit)
	_, err = engine.Inspect(context.Background(), cfg, table, damaged, 2)
	mustBeRefusal(t, err, path, engine.RefusedInput)
}

// damageSeeds are small files of every codec, page version and encoding that
// parquet-go writes.
func damageSeeds(t testing.TB) [][]byte {
	var files [][]byte
	for i, codec := range codecs {
		rows := everythingRows(80 + 5*i)
		for version := 1; version <= 2; version++ {
			files = append(files, writeParquet(t, rows, parquet.Compression(codec), parquet.DataPageVersion(version),
				parquet.PageBufferSize(300), parquet.MaxRowsPerRowGroup(50)))
		}
	}
	return append(files, writeParquet(t, keyedRows(40)), writeParquet(t, keyedRows(9), parquet.Compression(&parquet.Zstd)))
}

// duckdbFiles are the files of a table that DuckDB wrote.
func duckdbFiles(t testing.TB, table string) (files []soundFile) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(duckdbFolder, table+"-*.parquet"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of %s: %v", table, err)
	}
	for _, path := range paths {
		files = append(files, takenApart(t, contentOf(t, path)))
	}
	return files
}

// firstLines are the beginnings of a CSV file, of different lengths.
func firstLines(t testing.TB, name string) (texts [][]byte) {
	t.Helper()
	lines := bytes.SplitAfter(contentOf(t, filepath.Join(duckdbFolder, name)), []byte("\n"))
	for _, n := range []int{2, 20, 200} {
		texts = append(texts, bytes.Join(lines[:n], nil))
	}
	return texts
}

func contentOf(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
