package main

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"flagfill/assurance/property"
	"flagfill/engine/meterpoint"
)

// lifted lets a run publish whatever its exceptions.
var lifted = []string{"--as-of", "2026-11-21T02:00:00Z", "--max-exceptions", "100%", "--max-demotions", "100%", "--max-no-meter-left", "100%",
	"--workers", "2", "--progress", "plain"}

// hostileCells is a snapshot of 40 sound meter points and of 100 cells with a
// hostile text, in every column. told are the sound points, which are news.
func hostileCells(random *rand.Rand) (data tables, told []string) {
	next := uint64(random.IntN(1e6))
	newPoint := func() string {
		next++
		if next%2 == 0 {
			m := meterpoint.MPxN(10_000_000+next) * 100
			return (m + m.CheckDigits()).String()
		}
		m := meterpoint.MPxN((10+next%15)*10_000_000_000+next) * 10
		return (m + m.CheckDigit()).String()
	}
	kind := func(mpxn string) string {
		if len(mpxn) == 13 {
			return "ESME"
		}
		return "GSME"
	}
	for i := range 140 {
		point := newPoint()
		device := []string{kind(point), "Commissioned", point, "", ""}
		row := []string{point, "", "", "", "", ""}
		text := hostileText(random)
		switch at := i - 40; {
		case at < 0:
			told = append(told, point)
		case at%2 == 0:
			device[at/2%len(device)] = text
		default:
			row[at/2%len(row)] = text
		}
		data.devices = append(data.devices, device)
		data.points = append(data.points, row)
	}
	return data, told
}

// asCSV writes a table as CSV, which cannot hold a zero byte.
func asCSV(columns []string, rows [][]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(columns)
	for _, row := range rows {
		_ = w.Write(row)
	}
	w.Flush() // into memory, which does not fail
	return bytes.ReplaceAll(out.Bytes(), []byte{0}, nil)
}

// asParquet writes a table as Parquet, in any encoding.
func asParquet(t *testing.T, random *rand.Rand, columns []string, rows [][]string) []byte {
	t.Helper()
	all := make([]int, len(columns))
	for i := range all {
		all[i] = i
	}
	s := storing{Rand: random, spelling: func(column string) string { return column }}
	return s.parquet(t, columns, rows, all)
}

// writeTables puts a snapshot into the yard, and gives the flags that name it.
func (y *yard) writeTables(t *testing.T, random *rand.Rand, data tables) []string {
	t.Helper()
	y.write(t, "devices.csv", asCSV(deviceColumns, data.devices))
	y.write(t, "points.csv", asCSV(pointColumns, data.points))
	y.write(t, "devices.parquet", asParquet(t, random, deviceColumns, data.devices))
	y.write(t, "points.parquet", asParquet(t, random, pointColumns, data.points))
	format := []string{".csv", ".parquet"}[random.IntN(2)]
	return []string{"--devices", "devices" + format, "--meter-points", "points" + format}
}

// Whatever stands in a cell, no meter point is told but those whose row says
// so, nothing is written outside the publication, and nothing that is said
// steers a terminal or passes for another line.
func TestPropertyHostileCells(t *testing.T) {
	property.Property{Goal: "R9", Name: "hostile text in every column", Unit: "texts", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 9))
			y := newYard(t)
			data, told := hostileCells(random)
			inputs := y.writeTables(t, random, data)
			run := append(append([]string{"run", "--out", "out", "--warnings", "--exceptions", "exceptions.parquet"}, inputs...), lifted...)
			y.run(t, []int{0}, nil, append(run, "--dry-run", "--json", "--exceptions=")...)
			y.run(t, []int{0}, []string{"out", "exceptions.parquet"}, run...)
			y.run(t, []int{0}, nil, "verify", "out")
			y.run(t, []int{0}, nil, "inspect", inputs[1], inputs[3], "--json")
			y.run(t, []int{0}, nil, "inspect", inputs[1], inputs[3], "--top", "1000")
			y.run(t, []int{4}, nil, append(append([]string{"run", "--out", "over"}, inputs...), "--progress", "none")...)

			found := toldMeterPoints(t, filepath.Join(y.work, "out"))
			known := map[string]bool{}
			for _, row := range data.points {
				known[strings.Trim(row[0], " ")] = true
			}
			slices.Sort(found)
			if len(slices.Compact(slices.Clone(found))) != len(found) {
				t.Error("a meter point is told twice")
			}
			for _, m := range found {
				if !known[m] {
					t.Errorf("%s is told, and no row is of it", m)
				}
			}
			for _, m := range told {
				if !slices.Contains(found, m) {
					t.Errorf("%s is not told", m)
				}
			}
			checkValues(t, filepath.Join(y.work, "exceptions.parquet"), data)
			return 100
		})
}

// checkValues: an exception's value is data, and stands as the cell has it.
func checkValues(t *testing.T, path string, data tables) {
	t.Helper()
	rows, err := parquet.ReadFile[struct {
		Value string `parquet:"value"`
	}](path)
	if err != nil {
		t.Fatal(err)
	}
	quoted := func(cell string) string { // as an exception has it
		cell = strings.Trim(cell, " ")
		return strings.ToValidUTF8(cell[:min(len(cell), 64)], "\uFFFD")
	}
	inCSV := strings.NewReplacer("\x00", "", "\r\n", "\n")
	isCell := map[string]bool{"": true}
	for _, row := range slices.Concat(data.devices, data.points) {
		for _, cell := range row {
			isCell[quoted(cell)], isCell[quoted(inCSV.Replace(cell))] = true, true
		}
	}
	for _, row := range rows {
		if !utf8.ValidString(row.Value) || !isCell[row.Value] {
			t.Errorf("an exception has the value %q, which no cell has", row.Value)
		}
	}
}

// Files, folders and columns with hostile names work or are refused, like any
// other.
func TestPropertyHostileNames(t *testing.T) {
	property.Property{Goal: "R9", Name: "hostile names of files, folders and columns", Unit: "names", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 19))
			y := newYard(t)
			data := tables{[][]string{{"ESME", "Commissioned", "1030006718997", "", ""}}, [][]string{{"1030006718997", "", "", "", "", ""}}}
			cases += y.tryFiles(t, random, data)
			cases += y.tryColumns(t, random, data)
			for range 4 {
				y.run(t, []int{2}, nil, hostileFlag(random, hostileArgument(random))...)
				cases++
			}
			return cases
		})
}

func (y *yard) tryFiles(t *testing.T, random *rand.Rand, data tables) (cases int64) {
	t.Helper()
	devices, points, out, snapshot := hostileName(random)+".d", hostileName(random)+".p", "o"+hostileName(random), "s"+hostileName(random)
	y.write(t, devices, asCSV(deviceColumns, data.devices))
	y.write(t, points, asParquet(t, random, pointColumns, data.points))
	run := append([]string{"run", "--devices", "./" + devices, "--meter-points=" + points, "--out=" + out}, lifted...)
	y.run(t, []int{0}, []string{out}, run...)
	if found := toldMeterPoints(t, filepath.Join(y.work, out)); len(found) != 1 {
		t.Errorf("%q: %v are told", run, found)
	}
	y.run(t, []int{2}, nil, run...) // it is not empty
	y.run(t, []int{0}, nil, "verify", "--", out)
	y.run(t, []int{0}, nil, "inspect", "--", devices, points)
	y.run(t, []int{0}, nil, "inspect", "--json", "--", devices, points)
	y.run(t, []int{0}, []string{snapshot}, "generate", "--out="+snapshot, "--meter-points", "500")
	y.run(t, []int{1}, nil, "generate", "--out="+devices, "--meter-points", "500")

	missing := hostileArgument(random)
	refused := append([]string{"run", "--devices", "./" + devices, "--progress=plain"}, run[3])
	y.run(t, []int{1, 2}, nil, append(refused, "--out=no such folder/"+missing)...)
	y.run(t, []int{2}, nil, append(refused, "--out=not here", "--config=missing"+missing)...)
	y.run(t, []int{5}, nil, append(refused, "--out=not here", "--meter-points=missing"+missing)...)
	y.run(t, []int{2}, nil, append(refused, "--out=not here", "--sign=missing"+missing)...)
	y.run(t, []int{2}, nil, "verify", "--key=missing"+missing, "--", out)
	y.run(t, []int{5}, nil, "inspect", "missing"+missing)
	y.run(t, []int{5}, nil, "verify", "missing"+missing)
	y.run(t, []int{5}, nil, "verify", "--", devices)
	return 5
}

func (y *yard) tryColumns(t *testing.T, random *rand.Rand, data tables) (cases int64) {
	t.Helper()
	columns := append(slices.Clone(pointColumns), hostileText(random))
	columns[1] = hostileText(random) // instead of service_status
	rows := [][]string{append(slices.Clone(data.points[0]), hostileText(random))}
	y.write(t, "columns.csv", asCSV(columns, rows))
	y.write(t, "columns.parquet", asParquet(t, random, columns, rows))
	y.write(t, "devices.csv", asCSV(deviceColumns, data.devices))
	for _, format := range []string{"columns.csv", "columns.parquet"} {
		y.run(t, []int{5}, nil, append([]string{"run", "--devices", "devices.csv", "--meter-points", format, "--out", "c"}, lifted...)...)
		y.run(t, []int{0, 5}, nil, "inspect", format)
		y.run(t, []int{0, 5}, nil, "inspect", format, "--table", "devices", "--json")
	}
	return 2
}

// hostileFlag gives a hostile text where none can be used.
func hostileFlag(random *rand.Rand, text string) []string {
	run := []string{"run", "--devices", "devices.csv", "--meter-points", "points.csv", "--out", "out"}
	flags := []string{"--as-of", "--fuel", "--scope", "--baseline", "--max-exceptions", "--max-demotions", "--expect-rows", "--workers", "--memory", "--progress"}
	switch random.IntN(6) {
	case 0:
		return []string{"x" + text}
	case 1:
		return append(run, "--x"+text)
	case 2:
		return append(run, "x"+text)
	case 3:
		return []string{"inspect", "x", "--table=" + text}
	case 4:
		return []string{"generate", "--out", "out", "--scale=" + text}
	}
	return append(run, flags[random.IntN(len(flags))]+"="+text+"x")
}
