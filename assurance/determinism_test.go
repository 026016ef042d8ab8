package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/assurance/property"
	"flagfill/engine"
)

// Each of 20 data sets is stored and run in 50 ways, ten seeds of five each.
const (
	dataSets              = 20
	configurationsPerSeed = 5
)

// What is published is a function of rows, configuration and as-of alone:
// however the rows are ordered, cut into files and encoded, and whatever
// workers, memory, processors, time zone, language and umask the run has.
func TestPropertyContentIsAFunctionOfTheRows(t *testing.T) {
	property.Property{Goal: "R3", Name: "one content whatever the storage and the surroundings", Unit: "runs", Seeds: 200}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			set := seed % dataSets
			random := rand.New(rand.NewPCG(uint64(set), 4))
			data, cfg := dataSet(t, set), asking(readingOf(random), random)
			first := publishVaried(t, data, cfg, rand.New(rand.NewPCG(uint64(set), 0)))
			for i := range configurationsPerSeed {
				got := publishVaried(t, data, cfg, rand.New(rand.NewPCG(uint64(seed), uint64(1+i))))
				if faults := first.differs(got); len(faults) > 0 {
					t.Fatalf("configuration %d under\n%s\n%s\nthe first was run as %s\nand this one as %s",
						i, settingsOf(cfg), strings.Join(faults, "\n"), first.command, got.command)
				}
				cases++
			}
			return cases
		})
}

// A single other value is noticed, in the content or among the exceptions.
func TestDeterminismFindsAnotherValue(t *testing.T) {
	random := rand.New(rand.NewPCG(0, 1))
	data, cfg := hostileTables(random), readingOf(random)
	found := func(row ...string) *foundContent {
		one := tables{devices: [][]string{row}}
		return publishVaried(t, data.and(one), cfg, rand.New(rand.NewPCG(1, 1)))
	}
	first := found("ESME", "Commissioned", "nothing", "", "")
	if faults := first.differs(found("ESME", "Commissioned", "something", "", "")); len(faults) != 1 || !strings.HasPrefix(faults[0], "exceptions") {
		t.Errorf("of another value that is no MPxN it says %v", faults)
	}
	if faults := first.differs(found("CHF", "Commissioned", "nothing", "", "")); len(faults) != 2 || !strings.HasPrefix(faults[0], "content") {
		t.Errorf("of another device type it says %v", faults)
	}
}

// dataSet is one of the snapshots. Every tenth has more rows than a batch, a
// range or a row group of a small file.
func dataSet(t *testing.T, number int) tables {
	random := rand.New(rand.NewPCG(uint64(number), 3))
	switch {
	case number%10 == 3:
		return generatedTables(t, 70_000, uint64(number))
	case number%3 == 2:
		return generatedTables(t, 200+random.Int64N(3000), uint64(number))
	}
	return hostileTables(random)
}

// foundContent is what one run published, as far as it must not vary, and its
// exceptions without their places.
type foundContent struct {
	command    string
	warnings   bool // are among the exceptions
	content    string
	files      map[string]string // path → SHA-256, of flows and changes.parquet
	exceptions map[exceptionAlike]int
}

type exceptionAlike struct{ table, column, code, value string }

// differs says in what another run's content is another.
func (f *foundContent) differs(other *foundContent) (faults []string) {
	if f.content != other.content {
		faults = append(faults, firstDifference("content of the manifest", f.content, other.content))
	}
	if !maps.Equal(f.files, other.files) {
		faults = append(faults, fmt.Sprintf("files %v are now %v", f.files, other.files))
	}
	if f.warnings == other.warnings && !maps.Equal(f.exceptions, other.exceptions) {
		faults = append(faults, fmt.Sprintf("exceptions %v are now %v", f.exceptions, other.exceptions))
	}
	return faults
}

func firstDifference(what, a, b string) string {
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	near := func(s string) string { return s[max(at-60, 0):min(at+60, len(s))] }
	return fmt.Sprintf("%s, byte %d: …%s… is now …%s…", what, at, near(a), near(b))
}

// publishVaried stores the tables in some way, runs the program in some
// surroundings, and checks what any publication must be.
func publishVaried(t *testing.T, data tables, cfg engine.Config, random *rand.Rand) *foundContent {
	t.Helper()
	folder, err := os.MkdirTemp(t.TempDir(), "run ")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	s := newStoring(random, folder)
	devices, devicePaths := s.store(t, engine.Devices, deviceColumns, data.devices)
	points, pointPaths := s.store(t, engine.MeterPoints, pointColumns, data.points)
	config := filepath.Join(folder, "config.toml")
	maxRecords := 20 + len(data.points)/10 // a few files for each RDP
	settings := settingsOf(cfg) + fmt.Sprintf("[flows]\nmax_records = %d\n", maxRecords) + strings.Join(s.config, "\n")
	if err := os.WriteFile(config, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", "--config", config, "--out", "out"}, flagsOf(cfg)...)
	for _, path := range devicePaths {
		args = append(args, "--devices", path)
	}
	for _, path := range pointPaths {
		args = append(args, "--meter-points", path)
	}
	c := inSurroundings(random, program(t), args)
	c.Dir = folder
	if o := ended(t, c); o.code != 0 {
		t.Fatalf("%s ends in exit code %d\n%s", c, o.code, o.stderr)
	}
	found := readFoundContent(t, filepath.Join(folder, "out"))
	found.command, found.warnings = fmt.Sprint(c.Env, c.Args), slices.Contains(c.Args, "--warnings")
	found.exceptions = exceptionsOf(t, filepath.Join(folder, "out"), append(devices, points...))
	return found
}

// inSurroundings is the program on some machine: processors, time zone,
// language, umask.
func inSurroundings(random *rand.Rand, program string, args []string) *exec.Cmd {
	pick := func(choices ...string) string { return choices[random.IntN(len(choices))] }
	args = append(args, "--workers", fmt.Sprint(1+random.IntN(8)), "--progress", pick("none", "plain", "auto", "bar"))
	if random.IntN(2) == 0 {
		args = append(args, "--memory", pick("600MiB", "2GiB", "3GB"))
	}
	if random.IntN(2) == 0 {
		args = append(args, "--warnings")
	}
	if random.IntN(2) == 0 {
		args = append(args, "--json")
	}
	c := exec.Command("sh", append([]string{"-c", `umask "$1"; shift; exec "$@"`, "sh", pick("000", "022", "027", "077"), program}, args...)...)
	locale := pick("C", "C.UTF-8", "en_GB.UTF-8", "tr_TR.UTF-8", "de_DE", "")
	c.Env = append(os.Environ(), "GOMAXPROCS="+pick("1", "2", "3", "8"), "GOGC="+pick("", "10", "400"), "LANG="+locale, "LC_ALL="+pick("", locale),
		"TZ="+pick("", "UTC", "Europe/London", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu"))
	return c
}

// readFoundContent reads what must not vary, and checks digest and modes.
func readFoundContent(t *testing.T, dir string) *foundContent {
	t.Helper()
	var manifest struct {
		ContentDigest string          `json:"content_digest"`
		Content       json.RawMessage `json:"content"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if err := json.Compact(&content, manifest.Content); err != nil {
		t.Fatal(err)
	}
	if sum := digestOf(content.Bytes()); sum != manifest.ContentDigest {
		t.Errorf("the content digest is %s, and that of content is %s", manifest.ContentDigest, sum)
	}
	found := &foundContent{content: content.String(), files: map[string]string{}}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if want := map[bool]os.FileMode{true: 0o750, false: 0o640}[d.IsDir()]; err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o (%v)", path, info.Mode().Perm(), want, err)
		}
		name, _ := filepath.Rel(dir, path)
		if name != "changes.parquet" && !strings.HasPrefix(name, "flows/") || d.IsDir() {
			return nil
		}
		bytes, err := os.ReadFile(path)
		found.files[name] = digestOf(bytes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// exceptionsOf reads exceptions.parquet: each must lead to a cell that holds
// its value.
func exceptionsOf(t *testing.T, dir string, stored []storedFile) map[exceptionAlike]int {
	t.Helper()
	type row struct {
		Table  string `parquet:"table"`
		File   string `parquet:"file"`
		Row    int64  `parquet:"row"`
		Column string `parquet:"column"`
		Code   string `parquet:"code"`
		Value  string `parquet:"value"`
	}
	rows, err := parquet.ReadFile[row](filepath.Join(dir, "exceptions.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]storedFile{}
	for _, f := range stored {
		files[f.path] = f
	}
	alike := map[exceptionAlike]int{}
	for _, r := range rows {
		f, ours := files[r.File], strings.ToLower(strings.TrimPrefix(r.Column, "THEIR_"))
		cell, there := f.columns[r.Column]
		if r.Row >= int64(len(f.rows)) || there && bareValue(f.rows[r.Row][cell]) != bareValue(r.Value) || !there && r.Value != "" {
			t.Errorf("%+v leads to no such cell", r)
		}
		value := bareValue(r.Value)
		if r.Table == "meter_points" && ours != "mpxn" { // of rows that mean the same, which is the first is a matter of order
			value = ""
		}
		if r.Code == "MISSING_EFFECTIVE_DATE" || r.Code == "NO_RDP" { // what is absent is so in a column, or with its column
			ours, value = "", ""
		}
		alike[exceptionAlike{r.Table, ours, r.Code, value}]++
	}
	return alike
}

// bareValue is a value without what a number may wear as text and not as an
// integer.
func bareValue(value string) string { return strings.TrimLeft(strings.Trim(value, " "), "0") }
