package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"flagfill/assurance/property"
)

// plantedInEngine are faults planted into the engine's own source, each of a
// kind that its control totals and limits cannot see: only the range that is
// computed again can.
var plantedInEngine = []struct{ fault, file, line, planted string }{
	{"the table holds another answer", "engine/histogram.go",
		"o := v.question.Outcome(pointOf(situation))",
		"o := v.question.Outcome(pointOf(situation ^ 1<<5))"},
	{"folding keeps the last device alone", "engine/kernel/index.go",
		"sets[at] |= uint32(w)",
		"sets[at] = uint32(w)"},
	{"gathering loses half of the device words of a range", "engine/assess.go",
		"points = a.meeting.gather(points, a.deviceWords)",
		"points = a.meeting.gather(points, a.deviceWords[len(a.deviceWords)/2:])"},
	{"a range takes another day for one of its points", "engine/assess.go",
		"points, days := a.points.Sort(a.pointWords, a.days)",
		"points, days := a.points.Sort(a.pointWords, a.days)\n\tfor j := range days { days[j]++ }"},
	{"a cell is counted once", "engine/histogram.go",
		"\th.counts[at] += n\n}",
		"\th.counts[at] |= n\n}"},
	{"points like one before are counted with those of another cell", "engine/meeting.go",
		"h.add(q.cells[i], n)",
		"h.add(q.cells[0], n)"},
	{"only the range that is computed again is wrong", "engine/assess.go",
		"points, days := a.points.Sort(a.pointWords, a.days)",
		"points, days := a.points.Sort(a.pointWords, a.days)\n\tif before != nil {\n\t\tpoints[len(points)/2] ^= 1 << 17\n\t}"},
}

// A program with a fault in its engine ends in exit code 1 and publishes
// nothing, although nobody compares it with anything but itself.
func TestPropertySelfCheckStopsAFaultyProgram(t *testing.T) {
	if !property.Deep() {
		t.Skip("builds the program once for each fault")
	}
	property.Property{Goal: "R13", Name: "a program with a fault in its engine publishes nothing", Unit: "faulty programs", Seeds: len(plantedInEngine)}.
		Check(t, func(t *testing.T, seed int) int64 {
			p := plantedInEngine[seed]
			faulty := buildWith(t, p.file, p.line, p.planted)
			folder := t.TempDir()
			args := publishing(snapshot(t, 100_000, 7), filepath.Join(folder, "out"), "--baseline", "reported")
			if o := flagfill(t, args...); o.code != 0 {
				t.Fatalf("the sound program: exit code %d: %s", o.code, o.stderr)
			}
			if err := os.RemoveAll(filepath.Join(folder, "out")); err != nil {
				t.Fatal(err)
			}
			o := ended(t, exec.CommandContext(t.Context(), faulty, args...))
			if o.code != 1 || !strings.Contains(o.stderr, "self-check of range") {
				t.Errorf("%s: exit code %d: %s", p.fault, o.code, o.stderr)
			}
			left, err := os.ReadDir(folder)
			if err != nil || len(left) > 0 {
				t.Errorf("%s: %v was left, %v", p.fault, left, err)
			}
			return 1
		})
}

// buildWith builds the program with a line of one source file replaced.
func buildWith(t *testing.T, file, line, planted string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), line); n != 1 {
		t.Fatalf("%s has %q %d times: plant the fault elsewhere", file, line, n)
	}
	dir := t.TempDir()
	replaced, overlay, program := filepath.Join(dir, "replaced.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "flagfill")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{path: replaced}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{replaced: strings.Replace(string(text), line, planted, 1), overlay: string(list)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", program, "flagfill/cmd/flagfill").CombinedOutput(); err != nil {
		t.Fatalf("cannot build the program with %q: %v\n%s", planted, err, output)
	}
	return program
}
