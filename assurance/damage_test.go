package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"flagfill/assurance/property"
)

const (
	damagedPerSeed = 20
	damageAtMost   = 5 * time.Second
)

// limited is the program with 1 GiB to write to.
func limited(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return exec.CommandContext(t.Context(), "sh", append([]string{"-c", `ulimit -d 1048576 && exec "$@"`, "sh", program(t)}, args...)...)
}

// A damaged extract makes run and inspect end in a result, a limit or a refusal
// that names the file, within five seconds and 1 GiB: never in a crash.
func TestPropertyDamagedExtracts(t *testing.T) {
	p := property.Property{Goal: "R7", Name: "run and inspect survive damaged extracts, within 5 s and 1 GiB", Unit: "damaged extracts", Seeds: 50}
	p.Check(t, func(t *testing.T, seed int) int64 {
		random := rand.New(rand.NewPCG(uint64(seed), 70))
		files := smallSnapshots(t)
		for i := range damagedPerSeed {
			sound := files[random.IntN(len(files))]
			content, err := os.ReadFile(sound)
			if err != nil {
				t.Fatal(err)
			}
			damaged := filepath.Join(t.TempDir(), filepath.Base(sound))
			if err := os.WriteFile(damaged, damage(random, content), 0o600); err != nil {
				t.Fatal(err)
			}
			mustSurvive(t, sound, damaged)
			if t.Failed() {
				t.Fatalf("seed %d: file %d, %s, is damaged so that the claim does not hold", seed, i, filepath.Base(sound))
			}
		}
		return damagedPerSeed
	})
}

// smallSnapshots are the files of a snapshot in every format that is read.
func smallSnapshots(t *testing.T) (files []string) {
	t.Helper()
	for _, ending := range []string{"parquet", "arrow", "csv", "csv.gz", "csv.zst"} {
		dir := filepath.Join(scratch, "small-"+ending)
		if _, err := os.Stat(dir); err != nil {
			format, _, _ := strings.Cut(ending, ".")
			if o := flagfill(t, "generate", "--out", dir, "--meter-points", "1500", "--format", format); o.code != 0 {
				t.Fatalf("cannot generate: %s", o.stderr)
			}
		}
		for _, table := range []string{"devices.", "meter_points."} {
			path := filepath.Join(dir, table+ending)
			if _, err := os.Stat(path); err != nil {
				packSmall(t, path)
			}
			files = append(files, path)
		}
	}
	return files
}

// packSmall packs the CSV file that a path names, but for its last ending.
func packSmall(t *testing.T, path string) {
	t.Helper()
	ending := filepath.Ext(path)
	content, err := os.ReadFile(strings.TrimSuffix(path, ending))
	if err != nil {
		t.Fatal(err)
	}
	by := packers[slices.IndexFunc(packers, func(p packer) bool { return p.ending == ending })]
	s := newStoring(rand.New(rand.NewPCG(1, 71)), "")
	if err := os.WriteFile(path, s.packedBy(t, by, content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// damage flips, overwrites, cuts out and repeats bytes: in the footer or the
// last lines as often as anywhere.
func damage(random *rand.Rand, content []byte) []byte {
	out := slices.Clone(content)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(out))
		if random.IntN(2) == 0 {
			at = len(out) - 1 - random.IntN(min(len(out), 3000))
		}
		n := min(1+random.IntN(12), len(out)-at)
		switch random.IntN(7) {
		case 0, 1:
			out[at] ^= 1 << random.IntN(8)
		case 2:
			out[at] = [...]byte{0, 0x7f, 0x80, 0xff, '"', '\n', ','}[random.IntN(7)]
		case 3:
			copy(out[at:], slices.Repeat([]byte{0xff}, n))
		case 4:
			out = slices.Delete(out, at, at+n)
		case 5:
			out = slices.Insert(out, at, slices.Clone(out[at:at+n])...)
		case 6:
			if random.IntN(3) == 0 && at > 0 {
				out = out[:at]
			}
		}
	}
	return out
}

// mustSurvive runs, inspects and explains with a damaged file beside the sound
// other one.
func mustSurvive(t *testing.T, sound, damaged string) {
	t.Helper()
	devices, points := damaged, strings.ReplaceAll(sound, "devices.", "meter_points.")
	if strings.HasPrefix(filepath.Base(sound), "meter_points.") {
		devices, points = strings.ReplaceAll(sound, "meter_points.", "devices."), damaged
	}
	out := filepath.Join(filepath.Dir(damaged), "publication")
	for _, args := range [][]string{
		{"inspect", damaged},
		{"explain", "1200023305967", "--devices", devices, "--meter-points", points},
		{"run", "--devices", devices, "--meter-points", points, "--out", out, "--as-of", "2026-11-21T02:00:00Z", "--progress", "none"},
	} {
		o := ended(t, limited(t, args...))
		said := fmt.Sprintf("%s ends in exit %d after %v:\n%s", args[0], o.code, o.took, o.stderr)
		if !slices.Contains([]int{0, 4, 5}, o.code) || o.took > damageAtMost || strings.Contains(o.stderr, "goroutine ") {
			t.Error(said)
		}
		if o.code == 5 && !strings.Contains(o.stderr, filepath.Base(damaged)) {
			t.Errorf("does not name the file: %s", said)
		}
		if _, err := os.Lstat(out); args[0] == "run" && (err == nil) != (o.code == 0) {
			t.Errorf("published: %v; %s", err == nil, said)
		}
	}
}

// The limit is in force: with too little of it the program does not start.
func TestDamageLimitIsInForce(t *testing.T) {
	c := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -d 4096 && exec "$@"`, "sh", program(t), "version")
	if o := ended(t, c); o.code == 0 {
		t.Errorf("4 MiB are enough: %s", o.stdout)
	}
}
