package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flagfill/assurance/property"
)

// watched is a yard in which everything that is said is looked through for
// canaries.
type watched struct {
	*yard
	*canaries
	outputs int64
}

func newWatched(t *testing.T, seed, stream int) *watched {
	t.Helper()
	return &watched{newYard(t), &canaries{Rand: rand.New(rand.NewPCG(uint64(seed), uint64(stream)))}, 0}
}

// says runs the program, as yard.run does, and looks through what it says.
func (w *watched) says(t *testing.T, codes []int, makes []string, args ...string) {
	t.Helper()
	o := w.run(t, codes, makes, args...)
	w.check(t, "flagfill "+strings.Join(args, " "), o.stdout+o.stderr)
	w.outputs++
}

// No MPxN of the input stands in what a command says, whatever is wrong with
// the input, nor in the evidence of a publication.
func TestPropertyCanaries(t *testing.T) {
	property.Property{Goal: "R10", Name: "no MPxN in what commands say of snapshots", Unit: "outputs", Seeds: 50}.Check(t,
		func(t *testing.T, seed int) int64 {
			w := newWatched(t, seed, 10)
			w.writeTables(t, w.Rand, w.canaryTables())
			w.tryCommands(t, []string{".csv", ".parquet"}[seed%2])
			w.tryHeaders(t)
			return w.outputs
		})
}

// tryCommands lets every command see the canaries, and every refusal there is
// of a snapshot that can be read.
func (w *watched) tryCommands(t *testing.T, format string) {
	t.Helper()
	devices, points := "devices"+format, "points"+format
	run := func(more ...string) []string {
		return append([]string{"run", "--devices", devices, "--meter-points", points, "--as-of", "2026-11-21T02:00:00Z", "--progress", "plain"}, more...)
	}
	w.says(t, []int{4}, nil, run("--out", "x")...)
	w.says(t, []int{4}, nil, run("--out", "x", "--json", "--dry-run", "--max-exceptions", "3")...)
	w.says(t, []int{4}, []string{"listed.parquet"}, run("--out", "x", "--warnings", "--exceptions", "listed.parquet")...)
	w.says(t, []int{4}, nil, run("--out", "x", "--max-exceptions", "100%", "--max-demotions", "0", "--max-no-meter-left", "0")...)
	w.says(t, []int{5}, nil, run("--out", "x", "--expect-rows", "devices=1,meter_points=1")...)
	w.says(t, []int{2}, nil, run("--out", "x", "--memory", "1MiB")...)
	w.says(t, []int{1, 2}, nil, run("--out", "devices.csv/x", "--max-exceptions", "100%")...)
	w.says(t, []int{5}, nil, "run", "--devices", points, "--meter-points", devices, "--out", "x")
	w.says(t, []int{5}, nil, "run", "--devices", devices, "--meter-points", points, "--meter-points", points, "--out", "x")
	w.says(t, []int{0}, nil, "inspect", devices, points, "--top", "1000")
	w.says(t, []int{0}, nil, "inspect", devices, points, "--json")
	w.says(t, []int{0}, nil, "inspect", devices, points, "--table", "devices")
	w.says(t, []int{0}, nil, "inspect", devices, points, "--table", "meter-points", "--json")
	w.says(t, []int{2}, nil, "rules", w.all[0])
	w.says(t, []int{2}, nil, w.all[1])

	all := append(slices.Clone(lifted), "--warnings")
	w.says(t, []int{0}, nil, run(append(all, "--out", "x", "--dry-run")...)...)
	w.says(t, []int{0}, nil, run(append(all, "--out", "x", "--dry-run", "--json", "--baseline", "reported")...)...)
	w.says(t, []int{0}, []string{"out"}, run(append(all, "--out", "out", "--baseline", "go-live")...)...)
	w.says(t, []int{2}, nil, run(append(all, "--out", "out")...)...)
	w.says(t, []int{0}, nil, "verify", "out")
	w.says(t, []int{0}, nil, "verify", "out", "--json")
	w.checkEvidence(t, filepath.Join(w.work, "out"))

	// The canaries were there: they stand where they may.
	if told := toldMeterPoints(t, filepath.Join(w.work, "out")); len(w.leaks(strings.Join(told, " "))) < 8 {
		t.Errorf("the flows tell of %v, and of hardly a canary", told)
	}
	listed, err := os.ReadFile(filepath.Join(w.work, "listed.parquet"))
	if err != nil || len(listed) < 2000 {
		t.Errorf("hardly an exception is listed: %d bytes, %v", len(listed), err)
	}
}

// tryHeaders puts canaries where the names of columns are expected.
func (w *watched) tryHeaders(t *testing.T) {
	t.Helper()
	a, b := w.mpan(10), w.mprn()
	for _, text := range []string{
		"ESME,Commissioned," + a + "\nGSME,Commissioned," + b + "\n",
		"ESME,Commissioned,\"" + a + "\n" + b + "\"\nGSME,Commissioned,x\n",
		"device_type,MPAN " + a + ",X" + b + "\nGSME,Commissioned,x\n",
		"X" + a + ",X" + a + "\n1,2\n",
		"X" + a + ";X" + b + "\n1;2\n",
		"device_type,Device_Type,x" + a + "\n1,2,3\n",
		"device_type,X" + a + "\xff\n1,2\n",
		"device_type,device_status,X" + a + "\nESME,Commissioned," + a + "," + b + "\n",
	} {
		w.write(t, "header.csv", []byte(text))
		w.says(t, []int{5}, nil, "run", "--devices", "header.csv", "--meter-points", "points.csv", "--out", "x")
		w.says(t, []int{0, 5}, nil, "inspect", "header.csv")
		w.says(t, []int{0, 5}, nil, "inspect", "header.csv", "--table", "devices", "--json")
	}
	columns := []string{"device_type", "MPAN " + a, "x" + b}
	w.write(t, "header.parquet", asParquet(t, w.Rand, columns, [][]string{{"ESME", "1", "2"}}))
	w.write(t, "mapped.toml", []byte("[columns.devices]\nimport_mpxn = \"y"+a+"\"\ndevice_status = \"x"+b+"\"\n"))
	w.says(t, []int{5}, nil, "run", "--devices", "header.parquet", "--meter-points", "points.csv", "--out", "x")
	w.says(t, []int{5}, nil, "run", "--devices", "header.parquet", "--meter-points", "points.csv", "--out", "x", "--config", "mapped.toml")
	w.says(t, []int{0}, nil, "inspect", "header.parquet", "--json")
	w.says(t, []int{0}, nil, "inspect", "header.parquet", "--config", "mapped.toml")
}

// Damage does not bring an MPxN to light that stands beside it.
func TestPropertyCanariesInDamage(t *testing.T) {
	property.Property{Goal: "R10", Name: "no MPxN in what commands say of damaged files", Unit: "outputs", Seeds: 50}.Check(t,
		func(t *testing.T, seed int) int64 {
			w := newWatched(t, seed, 20)
			w.writeTables(t, w.Rand, w.canaryTables())
			for range 8 {
				w.damage(t, "points.csv", w.damagedCSV)
				w.damage(t, "points.parquet", w.damagedBytes)
			}
			return w.outputs
		})
}

func (w *watched) damage(t *testing.T, name string, damaged func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.work, name))
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "damaged-"+name, damaged(content))
	w.says(t, []int{4, 5}, nil, "run", "--devices", "devices.csv", "--meter-points", "damaged-"+name, "--out", "x", "--progress", "plain")
	w.says(t, []int{0, 5}, nil, "inspect", "damaged-"+name, "--table", "meter-points", "--json")
}

// damagedCSV breaks a line beside an identifier.
func (w *watched) damagedCSV(content []byte) []byte {
	breaks := []string{`"`, `""x"`, ",", ",,,", "\x00", "\r", "\n\"", "\xff", ";", "\n" + strings.Repeat("9", 2_000_000), strings.Repeat("x,", 100)}
	at := bytes.Index(content, []byte(w.all[w.IntN(8)]))
	if w.IntN(2) == 0 {
		at += 13
	}
	broken := append(bytes.Clone(content[:at]), breaks[w.IntN(len(breaks))]...)
	return append(broken, content[at:]...)
}

// damagedBytes turns bytes over, or cuts the file off.
func (w *watched) damagedBytes(content []byte) []byte {
	content = bytes.Clone(content)
	if w.IntN(4) == 0 {
		return content[:w.IntN(len(content))]
	}
	for range 1 + w.IntN(8) {
		content[w.IntN(len(content))] ^= byte(1 + w.IntN(255))
	}
	return content
}

// Nor does a publication that was tampered with.
func TestPropertyCanariesInTampering(t *testing.T) {
	property.Property{Goal: "R10", Name: "no MPxN in what verify finds", Unit: "outputs", Seeds: 50}.Check(t,
		func(t *testing.T, seed int) int64 {
			w := newWatched(t, seed, 30)
			inputs := w.writeTables(t, w.Rand, w.canaryTables())
			w.says(t, []int{0}, []string{"whole"}, append(append([]string{"run", "--out", "whole", "--warnings"}, inputs...), lifted...)...)
			whole, tampered := filepath.Join(w.work, "whole"), filepath.Join(w.work, "tampered")
			for range 12 {
				if err := os.CopyFS(tampered, os.DirFS(whole)); err != nil {
					t.Fatal(err)
				}
				w.tamper(t, tampered)
				// A forgery with every digest right is no finding where it tells one story.
				w.says(t, []int{0, 3}, nil, "verify", "tampered")
				w.says(t, []int{0, 3}, nil, "verify", "tampered", "--json")
				if err := os.RemoveAll(tampered); err != nil {
					t.Fatal(err)
				}
			}
			return w.outputs
		})
}
