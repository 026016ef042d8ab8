package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/klauspost/compress/gzip"
	"go.uber.org/goleak"

	"flagfill/assurance/property"
	"flagfill/config"
	"flagfill/engine"
	"flagfill/loaders"
	"flagfill/writers"
)

// disturbance strikes at one of the operations that a run asks of its files.
type disturbance struct {
	at    int64
	calls atomic.Int64
	fault func() error
}

func (d *disturbance) strike() error {
	if d.calls.Add(1) == d.at {
		return d.fault()
	}
	return nil
}

// disturbedFS is the real file system, disturbed where a publication is made.
type disturbedFS struct {
	writers.OS
	*disturbance
}

func (f disturbedFS) Mkdir(name string) error {
	if err := f.strike(); err != nil {
		return err
	}
	return f.OS.Mkdir(name)
}

func (f disturbedFS) Create(name string) (writers.File, error) {
	if err := f.strike(); err != nil {
		return nil, err
	}
	file, err := f.OS.Create(name)
	return disturbedFile{file, f.disturbance}, err
}

func (f disturbedFS) Open(name string) (writers.ReadFile, error) {
	if err := f.strike(); err != nil {
		return nil, err
	}
	return f.OS.Open(name)
}

func (f disturbedFS) Rename(from, to string) error {
	if err := f.strike(); err != nil {
		return err
	}
	return f.OS.Rename(from, to)
}

func (f disturbedFS) SyncDir(name string) error {
	return errors.Join(f.strike(), f.OS.SyncDir(name))
}

type disturbedFile struct {
	writers.File
	*disturbance
}

func (f disturbedFile) Write(p []byte) (int, error) {
	if err := f.strike(); err != nil {
		return 0, err
	}
	return f.File.Write(p)
}

func (f disturbedFile) Sync() error { return errors.Join(f.strike(), f.File.Sync()) }

// disturbedSource is a table in files, disturbed before its batches.
type disturbedSource struct {
	engine.Source
	*disturbance
}

func (s disturbedSource) Open(split engine.Split, columns []int) (engine.Reader, error) {
	r, err := s.Source.Open(split, columns)
	return disturbedReader{r, s.disturbance}, err
}

type disturbedReader struct {
	engine.Reader
	*disturbance
}

func (r disturbedReader) Next(b *engine.Batch) error {
	if err := r.strike(); err != nil {
		return err
	}
	return r.Reader.Next(b)
}

var errDisturbed = errors.New("disturbed")

// disturbances are where a run is struck and how.
var disturbances = []struct {
	name             string
	reading, cancels bool
}{
	{"a source fails", true, false},
	{"the run is cancelled while it reads", true, true},
	{"the file system fails", false, false},
	{"the run is cancelled while it publishes", false, true},
}

// Engine, loaders and writers together leave no goroutine and no open file,
// however a run ends. Where a source or the file system fails, or the run is
// cancelled, at any of its operations, nothing stands in the folder either.
func TestPropertyNothingIsLeftOpen(t *testing.T) {
	property.Property{Goal: "R11", Name: "engine, loaders and writers leave no goroutine and no open file, however a run ends", Unit: "runs", Seeds: 20}.
		Check(t, func(t *testing.T, seed int) (runs int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 11))
			format := []string{"parquet", "csv", "csv.gz", "arrow", heldRecords}[seed%5]
			from := snapshotAs(t, format, 4000, seed/5%4)
			for _, kind := range disturbances {
				for at, reached := 1+random.Int64N(2), true; reached; at += 1 + random.Int64N(1+at/2) {
					d := &disturbance{at: at}
					disturbedRun(t, fmt.Sprintf("%s, %s at %d", format, kind.name, at), from, format, d, kind.reading, kind.cancels)
					reached = d.calls.Load() >= at
					runs++
				}
			}
			return runs
		})
}

// heldRecords is a format of no file: rows of CSV files, as Arrow records that
// another program holds.
const heldRecords = "records"

// snapshotAs is snapshot in any format.
func snapshotAs(t *testing.T, format string, meterPoints, seed int) string {
	t.Helper()
	switch format {
	case "parquet":
		return snapshot(t, meterPoints, seed)
	case "csv.gz":
		return inGzip(t, snapshotAs(t, "csv", meterPoints, seed))
	case heldRecords:
		format = "csv"
	}
	dir := filepath.Join(scratch, fmt.Sprintf("snapshot-%s-%d-%d", format, meterPoints, seed))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if o := flagfill(t, "generate", "--out", dir, "--meter-points", fmt.Sprint(meterPoints), "--seed", fmt.Sprint(seed), "--errors", "0.001", "--format", format); o.code != 0 {
		t.Fatalf("cannot generate: %s", o.stderr)
	}
	return dir
}

// inGzip puts the CSV files of a snapshot beside themselves, packed.
func inGzip(t *testing.T, dir string) string {
	t.Helper()
	for _, table := range []string{"devices", "meter_points"} {
		text, err := os.ReadFile(filepath.Join(dir, table+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, err = w.Write(text)
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, table+".csv.gz"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// openAs opens a table of a snapshot. Records are made in the allocator.
func openAs(t *testing.T, format, from string, table engine.Table, allocator memory.Allocator) engine.Source {
	t.Helper()
	if format == heldRecords {
		path := filepath.Join(from, table.String()+".csv")
		return loaders.FromRecords(table, path, -1, func() (array.RecordReader, error) { return recordsOf(path, allocator) })
	}
	source, err := loaders.Open([]string{filepath.Join(from, table.String()+"."+format)}, table, loaders.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// recordsOf makes records of 1000 rows each; empty text is null.
func recordsOf(path string, allocator memory.Allocator) (array.RecordReader, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	var fields []arrow.Field
	for _, name := range rows[0] {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	b := array.NewRecordBuilder(allocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	var records []arrow.Record
	for part := range slices.Chunk(rows[1:], 1000) {
		for _, row := range part {
			for i, cell := range row {
				if to := b.Field(i).(*array.StringBuilder); cell == "" {
					to.AppendNull()
				} else {
					to.Append(cell)
				}
			}
		}
		records = append(records, b.NewRecord())
	}
	defer func() {
		for _, r := range records {
			r.Release() // the reader holds them
		}
	}()
	return array.NewRecordReader(b.Schema(), records)
}

// disturbedRun runs in this process, and looks at what is left.
func disturbedRun(t *testing.T, name, from, format string, d *disturbance, reading, cancels bool) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d.fault = func() error { return errDisturbed }
	if cancels {
		d.fault = func() error { cancel(); return nil }
	}
	calm := &disturbance{}
	onReading, onWriting := calm, d
	if reading {
		onReading, onWriting = d, calm
	}
	folder := t.TempDir()
	err := publish(t, ctx, from, format, filepath.Join(folder, "out"), onReading, onWriting)

	struck := d.calls.Load() >= d.at
	switch {
	case !struck && err != nil:
		t.Errorf("%s was not struck, and ends with %v", name, err)
	case struck && !cancels && !errors.Is(err, errDisturbed):
		t.Errorf("%s ends with %v", name, err)
	case cancels && err != nil && !errors.Is(err, context.Canceled):
		t.Errorf("%s ends with %v", name, err)
	}
	if left, dirErr := os.ReadDir(folder); dirErr != nil || err != nil && len(left) > 0 && !afterRename(left) {
		t.Errorf("%s leaves %v, %v: the run ended with %v", name, left, dirErr, err)
	}
	if err := goleak.Find(before); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, path := range openFiles(t) {
		if strings.HasPrefix(path, folder) || strings.HasPrefix(path, from) {
			t.Errorf("%s leaves %s open", name, path)
		}
	}
}

// afterRename tells whether all that stands there is the whole publication:
// making its name durable failed.
func afterRename(left []os.DirEntry) bool { return len(left) == 1 && left[0].Name() == "out" }

// publish is a run as the command does it.
func publish(t *testing.T, ctx context.Context, from, format, out string, onReading, onWriting *disturbance) error {
	t.Helper()
	var inputs [2]engine.Source
	allocator := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer allocator.AssertSize(t, 0)
	for i, table := range []engine.Table{engine.Devices, engine.MeterPoints} {
		inputs[i] = disturbedSource{openAs(t, format, from, table, allocator), onReading}
	}
	cfg := engine.Config{AsOf: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), Limits: engine.Limits{MaxExceptions: engine.Limit{Share: 1, Count: -1},
		MaxDemotions: engine.Limit{Share: 1, Count: -1}, MaxNoMeterLeft: engine.Limit{Share: 1, Count: -1}}, Workers: 3}
	defaults, err := config.Load("")
	if err != nil {
		t.Fatal(err)
	}
	defaults.Apply(&cfg)
	publication, err := writers.Create(ctx, disturbedFS{disturbance: onWriting}, out, cfg, writers.Settings{StagingSuffix: "leaks"})
	if err != nil {
		return err
	}
	result, err := engine.Run(ctx, cfg, engine.Inputs{Devices: inputs[0], MeterPoints: inputs[1]}, publication, &engine.Progress{})
	if err != nil {
		return errors.Join(err, publication.Abort())
	}
	_, err = publication.Commit(ctx, result)
	return err
}

// openFiles are the paths of the files that this process has open.
func openFiles(t *testing.T) (paths []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if path, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil { // the listing's own is closed by now
			paths = append(paths, path)
		}
	}
	return paths
}

// The program asks no Arrow allocator for anything: loaders hand out their own
// slices, wrapped, and readers outside this program free their own. So there is
// no balance to keep, and this keeps it so.
func TestNoArrowAllocator(t *testing.T) {
	allocates := regexp.MustCompile(`memory\.(New\w*Allocator|DefaultAllocator|Allocator\b)|array\.New\w*Builder|memory\.NewResizableBuffer`)
	searched := 0
	for _, room := range []string{"engine", "engine/kernel", "loaders", "writers", "cmd/flagfill"} {
		paths, err := filepath.Glob(filepath.Join("..", room, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			searched++
			if found := allocates.FindString(string(text)); found != "" && !strings.HasSuffix(path, "_test.go") {
				t.Errorf("%s uses %s", path, found)
			}
		}
	}
	if searched < 100 {
		t.Errorf("only %d files were searched", searched)
	}
}

// What the property looks for, it finds.
func TestOpenFilesAreSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, open := range openFiles(t) {
		if open == path {
			return
		}
	}
	t.Errorf("%s is open, and not seen", path)
}
